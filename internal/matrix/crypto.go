package matrix

import (
	"context"
	"errors"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// Crypto is the store of keys of all virtual users, for the one process that sends to
// encrypted rooms. Two processes must not use the same database at the same time.
//
// The devices of other people are kept once for all virtual users. Who follows the rooms
// says Untrack when somebody's devices may have changed: they are read again when the next
// session is shared. Megolm sessions are dropped by room, for all virtual users at once.
type Crypto interface {
	// Device returns the encryption of the client's user and device. It publishes the
	// device's keys when they are new, and signs them with the user's own cross-signing
	// keys. ErrDeviceLost says that the device cannot be used any more. Where the user had
	// another device, everything of that is dropped, but not the cross-signing keys.
	Device(ctx context.Context, client *mautrix.Client) (Device, error)
	// Account returns the encryption of the device of an ordinary account, whose client has a
	// device id. It publishes the device's keys when they are new, and leaves signing them to
	// AccountDevice.Identify. Its errors are those of Device.
	Account(ctx context.Context, client *mautrix.Client, o AccountOptions) (AccountDevice, error)
	// Users returns the users that have a device with keys.
	Users(ctx context.Context) ([]id.UserID, error)
	// Untrack makes the devices of the users be read again before they are trusted with a
	// session; nil stands for everybody.
	Untrack(ctx context.Context, users []id.UserID) error
	// Rotate makes every virtual user start a new session in the room.
	Rotate(ctx context.Context, room id.RoomID) error
	// NextBatch returns the position up to which an account's /sync was handled, "" at first.
	NextBatch(ctx context.Context, account id.UserID) (string, error)
	// SaveNextBatch stores the position.
	SaveNextBatch(ctx context.Context, account id.UserID, token string) error
}

// Device encrypts as one device of one virtual user. Its methods may be called at the same
// time; they take turns. Nothing is sent of which the store has not taken in how far the keys
// are used. After ErrNotStored, the device must be asked for anew.
type Device interface {
	// Encrypt encrypts an event of the given type for the devices of the audience. When
	// there is no session yet, it makes one and shares it, and calls shared: an error of
	// it ends the attempt before anything is encrypted.
	Encrypt(ctx context.Context, room Room, eventType event.Type, content any, shared func() error) (*event.EncryptedEventContent, error)
	// Drain handles what others sent to the device, and keeps the homeserver supplied with
	// one-time keys. Keys to what others say in rooms are thrown away.
	Drain(ctx context.Context) error
}

// Room is what encrypting for a room needs to know about it.
type Room struct {
	ID         id.RoomID
	Encryption *event.EncryptionEventContent        // never nil
	Visibility *event.HistoryVisibilityEventContent // nil when the room has none
	Audience   []id.UserID                          // who gets the key to the session
}

// ErrDeviceLost says that homeserver and database do not agree about a device's keys: one
// of the two was reset. The user needs a new device.
var ErrDeviceLost = errors.New("the device's keys are lost")

// ErrNotStored says that the database did not take in how far a device's keys are used. What
// was encrypted with them was not sent.
var ErrNotStored = errors.New("the use of the device's keys could not be stored")

// ErrNoEncryption says that this program cannot encrypt.
var ErrNoEncryption = errors.New("this program was built without encryption: build it with -tags goolm")
