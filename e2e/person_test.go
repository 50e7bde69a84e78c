//go:build goolm && linux

package e2e_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto/cryptohelper"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/e2e/synapse"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

const password = "a password"

// message is a message as a member reads it.
type message struct {
	id        string
	sender    string
	encrypted bool
	content   map[string]any
}

func (m message) body() string {
	body, _ := m.content["body"].(string)
	return body
}

// person is a member with a client of their own.
type person struct {
	*mautrix.Client
	t *testing.T
}

// newPerson makes an account and logs it in.
func newPerson(t *testing.T, s *synapse.Instance, localpart string) *person {
	t.Helper()
	account := s.Account(t, localpart, password)
	c, err := mautrix.NewClient(s.URL, id.UserID(account.UserID), account.Token)
	if err != nil {
		t.Fatal(err)
	}
	c.DeviceID = id.DeviceID(account.DeviceID)
	return &person{Client: c, t: t}
}

// newDevice logs the person in on one more device.
func (p *person) newDevice() *person {
	p.t.Helper()
	c, err := mautrix.NewClient(p.HomeserverURL.String(), "", "")
	if err != nil {
		p.t.Fatal(err)
	}
	_, err = c.Login(p.t.Context(), &mautrix.ReqLogin{
		Type:       mautrix.AuthTypePassword,
		Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: p.UserID.String()},
		Password:   password, StoreCredentials: true,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return (&person{Client: c, t: p.t}).withKeys()
}

// syncPause lies between what a person hears and what they hear next.
const syncPause = 300 * time.Millisecond

// withKeys lets the person's device receive keys, so that it can read encrypted rooms, until
// the test ends.
func (p *person) withKeys() *person {
	p.t.Helper()
	raw, err := store.OpenSQLiteFile(filepath.Join(p.t.TempDir(), "person.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	db, err := dbutil.NewWithDB(raw, "sqlite")
	if err != nil {
		p.t.Fatal(err)
	}
	helper, err := cryptohelper.NewCryptoHelper(p.Client, []byte("test"), db)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := helper.Init(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	p.Crypto = helper
	p.Syncer.(*mautrix.DefaultSyncer).OnSync(func(ctx context.Context, _ *mautrix.RespSync, _ string) bool {
		select { // several events at once cost the homeserver less
		case <-ctx.Done():
		case <-time.After(syncPause):
		}
		return true
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil { // the homeserver may be away for a while
			_ = p.SyncWithContext(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	p.t.Cleanup(func() { cancel(); <-done; _ = raw.Close() })
	return p
}

// newRoom makes a room of the homeserver's default version, which is 12.
func (p *person) newRoom(encrypted bool, invite ...string) id.RoomID {
	p.t.Helper()
	req := &mautrix.ReqCreateRoom{Preset: "private_chat"}
	for _, user := range invite {
		req.Invite = append(req.Invite, id.UserID(user))
	}
	if encrypted {
		req.InitialState = []*event.Event{{
			Type:    event.StateEncryption,
			Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}},
		}}
	}
	made, err := p.CreateRoom(p.t.Context(), req)
	if err != nil {
		p.t.Fatal(err)
	}
	return made.RoomID
}

// encrypt turns a room's encryption on.
func (p *person) encrypt(room id.RoomID) {
	p.t.Helper()
	_, err := p.SendStateEvent(p.t.Context(), room, event.StateEncryption, "", &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1})
	if err != nil {
		p.t.Fatal(err)
	}
}

// timeline returns all events of a room, oldest first.
func (p *person) timeline(room id.RoomID) []*event.Event {
	p.t.Helper()
	var all []*event.Event
	for from := ""; ; {
		page, err := p.Messages(p.t.Context(), room, from, "", mautrix.DirectionBackward, nil, 500)
		if err != nil {
			p.t.Fatalf("read %s: %v", room, err)
		}
		all = append(all, page.Chunk...)
		if page.End == "" || len(page.Chunk) == 0 {
			slices.Reverse(all)
			return all
		}
		from = page.End
	}
}

// read returns the messages of a room, oldest first, decrypted.
func (p *person) read(room id.RoomID) []message {
	p.t.Helper()
	var all []message
	for _, evt := range p.timeline(room) {
		switch evt.Type.Type {
		case event.EventMessage.Type:
			all = append(all, message{id: evt.ID.String(), sender: evt.Sender.String(), content: evt.Content.Raw})
		case event.EventEncrypted.Type:
			m := message{id: evt.ID.String(), sender: evt.Sender.String(), encrypted: true}
			if plain := p.decrypt(evt, 20*time.Second); plain != nil {
				m.content = plain.Content.Raw
			} else {
				p.t.Errorf("%s on %s cannot read %s of %s", p.UserID, p.DeviceID, evt.ID, evt.Sender)
			}
			all = append(all, m)
		}
	}
	return all
}

// decrypt returns an event in plain, or nil when its key does not come within patience.
func (p *person) decrypt(evt *event.Event, patience time.Duration) *event.Event {
	p.t.Helper()
	if evt.Content.Parsed == nil {
		evt.Type.Class = event.MessageEventType
		if err := evt.Content.ParseRaw(evt.Type); err != nil {
			p.t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		plain, err := p.Crypto.Decrypt(p.t.Context(), evt)
		if err == nil {
			return plain
		}
		if time.Now().After(deadline) {
			p.t.Logf("%s on %s, of %s, sent %s: %v", p.UserID, p.DeviceID, evt.ID, time.UnixMilli(evt.Timestamp).UTC().Format(time.TimeOnly), err)
			return nil
		}
	}
}
