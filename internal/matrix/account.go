package matrix

import (
	"context"
	"errors"
	"log/slog"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// AccountDevice encrypts and decrypts as the device of an ordinary account, such as a bot's.
// Its methods may be called at the same time; they take turns, and are under the same rule
// as Device's: after ErrNotStored, the device must be asked for anew.
//
// The keys of the account are in the same store as those of virtual users, each in rows of
// its own. What it knows of other people's devices is its own, too, and in memory: who
// shares a session must know when a device that it has just read is out of date, and cannot
// if others may have read it before.
type AccountDevice interface {
	// Encrypt is as Device's.
	Encrypt(ctx context.Context, room Room, eventType event.Type, content any, shared func() error) (*event.EncryptedEventContent, error)
	// Rotate makes the account start a new session in the room.
	Rotate(ctx context.Context, room id.RoomID) error
	// Untrack makes the devices of the users be read again.
	Untrack(users []id.UserID)
	// Receive handles what a response of /sync brings to the device: keys of sessions,
	// requests for keys, verifications; and keeps it supplied with one-time keys. It returns
	// whether anything came.
	Receive(ctx context.Context, resp *mautrix.RespSync) (bool, error)
	// Decrypt decrypts an event of a room. ErrNoKey says that its key is not here, or not yet.
	Decrypt(ctx context.Context, evt *event.Event) (*event.Event, error)
	// Request asks the sender's device, which should have sent it, for the key of an event.
	Request(ctx context.Context, evt *event.Event) error
	// Verify handles an event of a verification in a room, decrypted.
	Verify(ctx context.Context, evt *event.Event)
	// Identify sees to it that the device is signed by the account's own keys, so that no
	// client warns of it.
	Identify(ctx context.Context, o IdentityOptions) (Identity, error)
}

// AccountOptions are what the device of an account needs.
type AccountOptions struct {
	// Room returns what encrypting for a room takes; its Encryption is nil when the room is
	// not encrypted. It is called for verifications, from within Receive and Verify.
	Room func(ctx context.Context, room id.RoomID) (Room, error)
	Log  *slog.Logger
}

// IdentityOptions say how an account's cross-signing keys are had.
type IdentityOptions struct {
	Recovery Recovery
	Password string // of the account, if the homeserver wants it; "" when there is none
	Reset    bool   // make new keys in the place of those that the account has
}

// Recovery keeps the recovery key, which opens the cross-signing keys that the homeserver
// has, encrypted.
type Recovery interface {
	// Load returns the key, "" when there is none.
	Load() (string, error)
	// Store keeps a new key, in the place of one that there is.
	Store(key string) error
}

// Identity says where an account's cross-signing keys come from.
type Identity string

// Where cross-signing keys come from.
const (
	IdentityKept      Identity = "kept"      // from our database
	IdentityMade      Identity = "made"      // made now
	IdentityRecovered Identity = "recovered" // from the homeserver, by the recovery key
)

// The reasons why a device is not signed.
var (
	// ErrNoKey says that the key to an event is missing.
	ErrNoKey = errors.New("the key to an encrypted event is missing")
	// ErrForeignIdentity says that somebody else, such as another program, has made the
	// account's cross-signing keys, and there is no recovery key.
	ErrForeignIdentity = errors.New("the account has cross-signing keys that this program does not have, and there is no recovery key")
	// ErrKeyNotKept says that a new recovery key could not be stored, so that nothing was made.
	ErrKeyNotKept = errors.New("the recovery key cannot be stored")
	// ErrWrongRecoveryKey says that the recovery key does not open the account's keys.
	ErrWrongRecoveryKey = errors.New("the recovery key is not that of the account's cross-signing keys")
)
