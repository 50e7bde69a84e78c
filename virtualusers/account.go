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
	Token      string  // an access token of the account
	DB         *sql.DB // keeps the session of who logs in by password; of package store
	Log        *slog.Logger

	// Also is given each response of /sync that is followed, after the virtual users. The
	// position moves on only when both have taken it in. nil for a bot that does not listen.
	Also handler
	// Events are the types of events that Also wants besides those that change a room.
	Events []string
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
	return a.As(ctx, func(client *mautrix.Client) error {
		_, err := client.JoinRoomByID(ctx, room)
		if rejected(err, "M_FORBIDDEN", "M_NOT_FOUND", "M_UNKNOWN") {
			return roomFailure("%s may not join %s: invite it to the room once: %w", client.UserID, room, err)
		}
		return wrap(err, "join %s as %s", room, client.UserID)
	})
}

// Follow implements Member.
func (a *Account) Follow(ctx context.Context, at positions, handle handler) error {
	both := func(ctx context.Context, resp *mautrix.RespSync, since string) error {
		if err := handle(ctx, resp, since); err != nil || a.o.Also == nil {
			return err
		}
		return a.o.Also(ctx, resp, since)
	}
	return follow(ctx, a.o.Log.With("component", "virtualusers"), at, a.As, syncFilter(a.o.Events...), both)
}

// Renew ends the session of a client whose device is lost, so that the next call of As makes
// another, if there is a password.
func (a *Account) Renew(ctx context.Context, client *mautrix.Client) error {
	if a.o.Token != "" {
		return fmt.Errorf("the keys of %s's device %s are lost: make a new access token for it, or give its password", a.o.User, client.DeviceID)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client != client {
		return nil
	}
	if err := a.store(ctx, "", ""); err != nil {
		return err
	}
	a.client = nil
	if _, err := client.Logout(ctx); err != nil { // it stays in the list of devices, which does no harm
		a.o.Log.Warn("the bot's lost device was not logged out", "device_id", client.DeviceID, "err", err)
	}
	return nil
}

// As does something as the account. A session that the homeserver has ended is forgotten,
// so that the next call logs in anew.
func (a *Account) As(ctx context.Context, do func(*mautrix.Client) error) error {
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
	switch {
	case token == "":
		err = a.login(ctx, client)
	case device == "":
		err = a.ask(ctx, client)
	}
	if err != nil {
		return nil, err
	}
	a.client = client
	return client, nil
}

// ask finds out which device the configured token belongs to.
func (a *Account) ask(ctx context.Context, client *mautrix.Client) error {
	who, err := client.Whoami(ctx)
	if err != nil {
		return fmt.Errorf("look up whose the token of %s is: %w", a.o.User, err)
	}
	if who.UserID != a.o.User {
		return fmt.Errorf("the access token is not of %s, but of %s", a.o.User, who.UserID)
	}
	client.DeviceID = who.DeviceID
	return nil
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
