package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// SyncEvents are the types of events that Matrix wants of /sync, besides membership,
// encryption, history visibility and upgrades.
var SyncEvents = []string{
	event.EventMessage.Type, event.EventEncrypted.Type, event.EventReaction.Type, event.EventRedaction.Type,
	event.StatePowerLevels.Type, "m.key.verification.*",
}

// Account is the session of the bot's account.
type Account interface {
	// As does something as the account. A session that has ended is replaced.
	As(ctx context.Context, do func(*mautrix.Client) error) error
	// Renew gives up a session whose device is lost.
	Renew(ctx context.Context, client *mautrix.Client) error
}

// Crypto is the part of matrix.Crypto that the bot uses.
type Crypto interface {
	Account(ctx context.Context, client *mautrix.Client, o matrix.AccountOptions) (matrix.AccountDevice, error)
}

// MatrixOptions are what Matrix needs.
type MatrixOptions struct {
	Account   Account
	User      string
	Crypto    Crypto
	Identity  matrix.IdentityOptions
	DB        *store.DB
	InvitedBy []string               // whose invitations are accepted: user ids, "@*:example.org", or "*"
	Deaf      func(user string) bool // members who never read: keys are not sent to them; nil is nobody
	Log       *slog.Logger
	Now       func() time.Time
}

// Matrix is the bot's account: the Chat of a Bot, and where its events come from. It lives as
// long as this process has the keys.
type Matrix struct {
	account   Account
	user      id.UserID
	crypto    Crypto
	identity  matrix.IdentityOptions
	memory    Memory // invitations, and messages that wait for their key
	invitedBy []string
	deaf      func(string) bool
	log       *slog.Logger
	now       func() time.Time

	setUp   sync.Mutex
	current *session // nil until the first use

	mu      sync.Mutex
	rooms   map[id.RoomID]*knownRoom
	aliases map[string]alias
	moved   map[string]string     // rooms that have taken another's place, by that one; nil until it is read
	threads map[string]id.EventID // roots of threads, by event: of the last few
	told    []string              // the keys of threads, the oldest first
	status  SyncStatus

	following chan struct{} // closed by the first response
	direct    sync.Mutex    // held while the list of direct rooms is changed
	inviting  sync.Mutex    // held while an invitation is stored or forgotten
	invited   chan struct{} // has something when there are new invitations
	waiting   []*unread     // messages without their key; of Handle alone
	loaded    bool          // whether those of before are among them
}

// SyncStatus says how far the bot is behind.
type SyncStatus struct {
	Last time.Time     // when /sync was answered last; zero before
	Lag  time.Duration // how long the last event that came took, by the homeserver's clock and ours
}

// session is a client with its device's encryption.
type session struct {
	client *mautrix.Client
	device matrix.AccountDevice
}

// NewMatrix returns the account. It makes no request.
func NewMatrix(o MatrixOptions) *Matrix {
	if o.Deaf == nil {
		o.Deaf = func(string) bool { return false }
	}
	return &Matrix{
		account: o.Account, user: id.UserID(o.User), crypto: o.Crypto, identity: o.Identity,
		memory: MemoryOf(o.DB, "matrix"), invitedBy: o.InvitedBy, deaf: o.Deaf, log: o.Log, now: o.Now,
		rooms: map[id.RoomID]*knownRoom{}, aliases: map[string]alias{}, threads: map[string]id.EventID{},
		following: make(chan struct{}), invited: make(chan struct{}, 1),
	}
}

// User implements Chat.
func (m *Matrix) User() string { return m.user.String() }

// Status returns how far the bot is behind.
func (m *Matrix) Status() SyncStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.status
}

// Following is closed when the first response of /sync is taken in. Before, no room is known,
// and what a bot would say might have to wait for a homeserver that is away.
func (m *Matrix) Following() <-chan struct{} { return m.following }

// Ping asks the homeserver for nearly nothing.
func (m *Matrix) Ping(ctx context.Context) error {
	return m.account.As(ctx, func(client *mautrix.Client) error {
		_, err := client.MakeRequest(ctx, http.MethodGet, client.BuildClientURL("versions"), nil, nil)
		return err
	})
}

// Homeserver returns the name of the homeserver.
func (m *Matrix) Homeserver() string { return m.user.Homeserver() }

// as does something as the account, with its encryption.
func (m *Matrix) as(ctx context.Context, do func(*session) error) error {
	return m.account.As(ctx, func(client *mautrix.Client) error {
		s, err := m.session(ctx, client)
		if err != nil {
			return err
		}
		err = do(s)
		if errors.Is(err, matrix.ErrNotStored) {
			m.drop(s)
		}
		return err
	})
}

// session returns the encryption of the client's device. It is set up when it is first asked for.
func (m *Matrix) session(ctx context.Context, client *mautrix.Client) (*session, error) {
	m.setUp.Lock()
	defer m.setUp.Unlock()
	if m.current != nil && m.current.client == client {
		return m.current, nil
	}
	device, err := m.crypto.Account(ctx, client, matrix.AccountOptions{Room: m.cryptoRoom, Log: m.log})
	if errors.Is(err, matrix.ErrDeviceLost) {
		return nil, errors.Join(err, m.account.Renew(ctx, client))
	}
	if errors.Is(err, matrix.ErrNoEncryption) || m.has(err, "M_UNRECOGNIZED") {
		m.log.Info("the homeserver knows no encryption: the bot speaks in rooms that are not encrypted", "err", err)
		device, err = plain{}, nil
	}
	if err != nil {
		return nil, err
	}
	if err := m.identify(ctx, device); err != nil {
		return nil, err
	}
	m.mu.Lock()
	m.rooms = map[id.RoomID]*knownRoom{} // whose sessions are another device's
	m.mu.Unlock()
	m.current = &session{client, device}
	return m.current, nil
}

// identify signs the device. Where that takes a person, the bot speaks all the same: clients
// warn of it, or some day refuse it.
func (m *Matrix) identify(ctx context.Context, device matrix.AccountDevice) error {
	identity, err := device.Identify(ctx, m.identity)
	switch _, answered := matrix.AsRejection(err, m.now()); {
	case err == nil && identity == matrix.IdentityMade:
		m.log.Info("the bot's account has new cross-signing keys")
	case err == nil && identity == matrix.IdentityRecovered:
		m.log.Info("the bot's cross-signing keys were fetched with the recovery key")
	case err == nil:
	case errors.Is(err, matrix.ErrKeyNotKept):
		m.log.Error("the bot's device is not verified, and clients warn of it: let the program write bot.recovery_key_file", "err", err)
	case errors.Is(err, matrix.ErrForeignIdentity), errors.Is(err, matrix.ErrWrongRecoveryKey), answered:
		m.log.Error("the bot's device is not verified, and clients warn of it: "+
			"give the account's recovery key (bot.recovery_key_file), or make new keys with: lotus-hooks bot reset-identity", "err", err)
	default:
		return fmt.Errorf("see to the bot's cross-signing keys: %w", err)
	}
	return nil
}

// drop makes the device be asked for anew.
func (m *Matrix) drop(s *session) {
	m.setUp.Lock()
	defer m.setUp.Unlock()
	if m.current == s {
		m.current = nil
	}
}

// Pauses between attempts, unless the homeserver asks for longer ones.
const (
	firstPause = 300 * time.Millisecond
	longPause  = 10 * time.Second
)

// attempt does something as the account until it succeeds, or cannot, or ctx ends: the
// homeserver may be away, or ask us to speak more slowly.
func (m *Matrix) attempt(ctx context.Context, do func(*session) error) error {
	ctx, cancel := context.WithTimeout(ctx, handlerTime)
	defer cancel()
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		err := m.as(ctx, do)
		if err == nil || ctx.Err() != nil || errors.Is(err, matrix.ErrNoEncryption) || m.refused(err) {
			return err
		}
		wait := pause
		if answer, ok := matrix.AsRejection(err, m.now()); ok {
			wait = max(wait, answer.RetryAfter)
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}

// refused says whether the homeserver's answer was no, and will be.
func (m *Matrix) refused(err error) bool {
	answer, ok := matrix.AsRejection(err, m.now())
	return ok && answer.Status >= 400 && answer.Status < 500 && answer.Status != 429 && answer.Code != "M_UNKNOWN_TOKEN"
}

// has says whether the homeserver answered err with one of the codes.
func (m *Matrix) has(err error, codes ...string) bool {
	answer, ok := matrix.AsRejection(err, m.now())
	for _, code := range codes {
		if ok && answer.Code == code {
			return true
		}
	}
	return false
}
