//go:build goolm

package virtualusers_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto/cryptohelper"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/e2e/synapse"
	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

const registration = `
id: lotus-hooks
url: null
as_token: as-token
hs_token: hs-token
sender_localpart: hookshot
rate_limited: false
namespaces: {users: [{exclusive: true, regex: '@hookshot.*'}], aliases: [], rooms: []}
io.element.msc4190: true
`

func startSynapse(t *testing.T) *synapse.Instance {
	t.Helper()
	return synapse.Start(t, synapse.Options{Registrations: []string{registration}})
}

// house is one process of ours: its virtual users and the databases they outlive it in.
type house struct {
	*virtualusers.Users
	stop  func()
	leads chan bool // gets true when it has the keys, and false when it loses them
}

// awaits waits until the process has the keys, or has lost them.
func (h *house) awaits(t *testing.T, leads bool) {
	t.Helper()
	for {
		select {
		case now := <-h.leads:
			if now == leads {
				return
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("not within 20 s: the process has the keys: %v", leads)
		}
	}
}

// keyring lends the keys to the only process there is.
type keyring struct {
	db       *sql.DB
	postgres bool
	log      *slog.Logger
}

func (k *keyring) Hold(ctx context.Context, use func(context.Context, matrix.Crypto) error) error {
	crypto, err := matrix.OpenCrypto(ctx, k.db, k.postgres, k.log)
	if err != nil {
		return err
	}
	return use(ctx, crypto)
}

// disk is where a process keeps its databases.
type disk struct {
	main, keys string // paths of SQLite files, or PostgreSQL URLs
	postgres   bool
}

func newDisk(t *testing.T) disk {
	t.Helper()
	dir := t.TempDir()
	return disk{main: filepath.Join(dir, "main.db"), keys: filepath.Join(dir, "crypto.db")}
}

// open starts a process on the databases, and waits until it has the keys. An option changes
// how its virtual users are made.
func open(t *testing.T, s *synapse.Instance, d disk, options ...func(*virtualusers.Options)) *house {
	t.Helper()
	h := start(t, s, d, options...)
	h.awaits(t, true)
	return h
}

// start starts a process on the databases.
func start(t *testing.T, s *synapse.Instance, d disk, options ...func(*virtualusers.Options)) *house {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	db, keys := openStore(t, d.main, d.postgres), openDB(t, d.keys, d.postgres)
	leads := make(chan bool, 10)
	o := virtualusers.Options{
		Homeserver: appservice(t, s), Sender: "hookshot", Follower: "hookshot_follower", DB: db.SQL(), Log: log, Now: time.Now,
		Keys: &keyring{db: keys, postgres: d.postgres, log: log}, OnLead: func(now bool) { leads <- now },
	}
	for _, option := range options {
		option(&o)
	}
	users, err := virtualusers.New(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- users.Run(ctx) }()
	h := &house{Users: users, leads: leads}
	stopped := false
	h.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		_, _ = db.Close(), keys.Close()
	}
	t.Cleanup(h.stop)
	return h
}

// openStore opens the database that has the program's own tables.
func openStore(t *testing.T, name string, postgres bool) *store.DB {
	t.Helper()
	if !postgres {
		name = "sqlite:" + name
	}
	db, err := store.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func openDB(t *testing.T, name string, postgres bool) *sql.DB {
	t.Helper()
	if postgres {
		db, err := sql.Open("pgx", name)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db, err := store.OpenSQLiteFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// tell resolves the place and sends one event there. It tries again as the outbox would.
func (h *house) tell(t *testing.T, room id.RoomID, localpart, text string) string {
	t.Helper()
	place := h.place(t, room.String(), localpart)
	return h.send(t, virtualusers.Event{Place: place, Notification: note(text)})
}

func (h *house) place(t *testing.T, ref, localpart string) virtualusers.Place {
	t.Helper()
	place, err := h.Resolve(t.Context(), ref, virtualusers.Profile{Localpart: localpart})
	if err != nil {
		t.Fatalf("resolve %s for %s: %v", ref, localpart, err)
	}
	return place
}

func (h *house) send(t *testing.T, e virtualusers.Event) string {
	t.Helper()
	if e.TransactionID == "" {
		e.TransactionID = uuid.NewString()
	}
	e.Drawn = time.Now()
	made, err := h.Send(t.Context(), e)
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return made.ID
}

func note(text string) formatters.Notification {
	return formatters.Notification{Version: 1, Status: "test", Subject: text}
}

// largest returns a notification that takes as much of an event as it may.
func largest(limit int) formatters.Notification {
	n := note("large")
	n.Large = true
	const line = "imported a line of eighty bytes, in which \"Tide & Ember\" is told for a long time"
	for size := 2 << 10; size+formatters.Weigh(line) < limit; size += formatters.Weigh(line) {
		n.Details += line + "\n"
	}
	n.Details += "the last line"
	return n
}

// checkWhole fails the test unless an event shows all of a notification, in either body.
func checkWhole(t *testing.T, evt *event.Event) {
	t.Helper()
	content := evt.Content.AsMessage()
	if content.NewContent != nil {
		content = content.NewContent
	}
	for _, body := range []string{content.Body, content.FormattedBody} {
		if !strings.Contains(body, "the last line") {
			t.Errorf("the end of %d bytes is cut off", len(body))
		}
	}
}

// person is a member with a client that encrypts.
type person struct {
	*mautrix.Client
	seen chan *event.Event
}

// logIn starts a client with a device of its own for the account.
func logIn(t *testing.T, s *synapse.Instance, account synapse.Account) *person {
	t.Helper()
	c, err := mautrix.NewClient(s.URL, id.UserID(account.UserID), account.Token)
	if err != nil {
		t.Fatal(err)
	}
	c.DeviceID = id.DeviceID(account.DeviceID)
	if account.Token == "" {
		_, err := c.Login(t.Context(), &mautrix.ReqLogin{
			Type:       mautrix.AuthTypePassword,
			Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: account.UserID},
			Password:   password, StoreCredentials: true,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	raw := openDB(t, filepath.Join(t.TempDir(), "person.db"), false)
	db, err := dbutil.NewWithDB(raw, "sqlite")
	if err != nil {
		t.Fatal(err)
	}
	helper, err := cryptohelper.NewCryptoHelper(c, []byte("test"), db)
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Crypto = helper
	p := &person{Client: c, seen: make(chan *event.Event, 100)}
	syncer := c.Syncer.(*mautrix.DefaultSyncer)
	syncer.OnEventType(event.EventMessage, func(_ context.Context, evt *event.Event) { p.seen <- evt })
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = c.SyncWithContext(ctx) }()
	t.Cleanup(func() { cancel(); <-done; _ = raw.Close() })
	return p
}

const password = "a password"

// newRoom makes a room of the latest version to which people are invited.
func (p *person) newRoom(t *testing.T, encrypted bool, invite ...id.UserID) id.RoomID {
	t.Helper()
	req := &mautrix.ReqCreateRoom{Preset: "private_chat", Invite: invite}
	if encrypted {
		req.InitialState = []*event.Event{{
			Type:    event.StateEncryption,
			Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}},
		}}
	}
	made, err := p.CreateRoom(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return made.RoomID
}

// reads waits for a message with the text and returns it.
func (p *person) reads(t *testing.T, text string) *event.Event {
	t.Helper()
	if evt := p.await(text, 15*time.Second); evt != nil {
		return evt
	}
	t.Fatalf("%s on %s does not read %q", p.UserID, p.DeviceID, text)
	return nil
}

func (p *person) await(text string, patience time.Duration) *event.Event {
	timeout := time.After(patience)
	for {
		select {
		case evt := <-p.seen:
			if strings.Contains(evt.Content.AsMessage().Body, text) {
				return evt
			}
		case <-timeout:
			return nil
		}
	}
}

// raw returns an event as the homeserver has it.
func (p *person) raw(t *testing.T, room id.RoomID, eventID string) *event.Event {
	t.Helper()
	evt, err := p.GetEvent(t.Context(), room, id.EventID(eventID))
	if err != nil {
		t.Fatalf("read event: %v", err)
	}
	return evt
}

// isEncrypted fails the test when the event is not.
func (p *person) isEncrypted(t *testing.T, room id.RoomID, eventID string) {
	t.Helper()
	if evt := p.raw(t, room, eventID); evt.Type.Type != event.EventEncrypted.Type {
		t.Errorf("event %s is a %s", eventID, evt.Type.Type)
	}
}

func unique(t *testing.T, name string) string {
	t.Helper()
	return fmt.Sprintf("%s-%s", name, uuid.NewString()[:8])
}

func appservice(t *testing.T, s *synapse.Instance) *matrix.Homeserver {
	t.Helper()
	h, err := matrix.New(matrix.Options{URL: s.URL, Domain: s.ServerName, Token: "as-token"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}
