package virtualusers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// AccountOptions are what an Account needs. One of Password and Token must be given.
type AccountOptions struct {
	Homeserver *matrix.Homeserver
	User       id.UserID
	Password   string
	Token      string        // an access token of the account
	DB         *sql.DB       // keeps the session of who logs in by password; of package store
	Crypto     matrix.Crypto // keeps how far the rooms were followed
	Log        *slog.Logger
}

// Account is a Member that is an ordinary account, such as a bot's. People invite it, and it
// both invites the virtual users and follows the rooms.
type Account struct {
	o AccountOptions

	mu     sync.Mutex
	client *mautrix.Client // nil until it is logged in
}

// NewAccount returns the account as a member. It logs in when it is first needed.
func NewAccount(o AccountOptions) *Account { return &Account{o: o} }

// Inviter implements Member.
func (a *Account) Inviter(ctx context.Context) (*mautrix.Client, error) { return a.session(ctx) }

// Join implements Member.
func (a *Account) Join(ctx context.Context, room id.RoomID) error {
	return a.as(ctx, func(client *mautrix.Client) error {
		_, err := client.JoinRoomByID(ctx, room)
		if rejected(err, "M_FORBIDDEN", "M_NOT_FOUND", "M_UNKNOWN") {
			return roomFailure("%s may not join %s: invite it to the room once: %w", client.UserID, room, err)
		}
		return wrap(err, "join %s as %s", room, client.UserID)
	})
}

// Follow implements Member.
func (a *Account) Follow(ctx context.Context, handle handler) error {
	return follow(ctx, a.o.Log.With("component", "virtualusers"), a.o.Crypto, a.as, handle)
}

// as does something as the account. A session that the homeserver has ended is forgotten,
// so that the next call logs in anew.
func (a *Account) as(ctx context.Context, do func(*mautrix.Client) error) error {
	client, err := a.session(ctx)
	if err != nil {
		return err
	}
	err = do(client)
	if rejected(err, "M_UNKNOWN_TOKEN") && a.o.Token == "" {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.client == client {
			a.client = nil
			return errors.Join(err, a.store(ctx, "", ""))
		}
	}
	return err
}

// session returns the logged-in client: by the configured token, by the stored session, or
// by the password.
func (a *Account) session(ctx context.Context) (*mautrix.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client != nil {
		return a.client, nil
	}
	device, token := id.DeviceID(""), a.o.Token
	if token == "" {
		var err error
		if device, token, err = a.stored(ctx); err != nil {
			return nil, err
		}
	}
	client, err := a.o.Homeserver.Account(a.o.User, device, token)
	if err != nil {
		return nil, err
	}
	if token == "" {
		if err := a.login(ctx, client); err != nil {
			return nil, err
		}
	}
	a.client = client
	return client, nil
}

func (a *Account) login(ctx context.Context, client *mautrix.Client) error {
	_, err := client.Login(ctx, &mautrix.ReqLogin{
		Type:                     mautrix.AuthTypePassword,
		Identifier:               mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: a.o.User.String()},
		Password:                 a.o.Password,
		InitialDeviceDisplayName: deviceName,
		StoreCredentials:         true,
	})
	if err != nil {
		return fmt.Errorf("log in as %s: %w", a.o.User, err)
	}
	return a.store(ctx, client.DeviceID, client.AccessToken)
}

// stored returns the session of the last login, "" when there is none.
func (a *Account) stored(ctx context.Context) (device id.DeviceID, token string, err error) {
	err = a.o.DB.QueryRowContext(ctx, `SELECT device_id, token FROM accounts WHERE user_id=$1`, a.o.User.String()).Scan(&device, &token)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", "", fmt.Errorf("look up session of %s: %w", a.o.User, err)
	}
	return device, token, nil
}

func (a *Account) store(ctx context.Context, device id.DeviceID, token string) error {
	_, err := a.o.DB.ExecContext(ctx, `INSERT INTO accounts (user_id, device_id, token) VALUES ($1, $2, $3)
		ON CONFLICT (user_id) DO UPDATE SET device_id=excluded.device_id, token=excluded.token`, a.o.User.String(), device.String(), token)
	if err != nil {
		return fmt.Errorf("store session of %s: %w", a.o.User, err)
	}
	return nil
}
