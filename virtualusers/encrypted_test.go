//go:build goolm

package virtualusers_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto/cryptohelper"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/e2e/synapse"
	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

// voices are two virtual users: what changes must reach the sessions of both.
var voices = []string{"hookshot_grafana", "hookshot_sonarr"}

// tellAll lets both voices speak and returns the texts and the events.
func (h *house) tellAll(t *testing.T, room id.RoomID, name string) (texts, events []string) {
	t.Helper()
	for _, voice := range voices {
		text := unique(t, name)
		texts = append(texts, text)
		events = append(events, h.tell(t, room, voice, text))
	}
	return texts, events
}

// TestEncrypted tells an encrypted room on a real Synapse, while people come and go.
func TestEncrypted(t *testing.T) {
	t.Parallel()
	whole := t
	s := startSynapse(t)
	disk := newDisk(t)
	h := open(t, s, disk)
	ann := logIn(t, s, s.Account(t, "ann", password))
	bob := logIn(t, s, s.Account(t, "bob", password))
	room := ann.newRoom(t, true, sender)

	readBy := func(t *testing.T, p *person, texts []string) {
		t.Helper()
		for _, text := range texts {
			p.reads(t, text)
		}
	}
	settle := func() { time.Sleep(time.Second) } // /sync needs a moment to tell the member

	t.Run("OK", func(t *testing.T) {
		texts, events := h.tellAll(t, room, "first")
		for _, e := range events {
			ann.isEncrypted(t, room, e)
		}
		readBy(t, ann, texts)
		for _, voice := range voices {
			wantCrossSigned(t, ann, id.NewUserID(voice, s.ServerName))
		}
	})

	t.Run("NewDevice", func(t *testing.T) {
		phone := logIn(t, s, synapse.Account{UserID: ann.UserID.String()})
		settle()
		texts, _ := h.tellAll(t, room, "to the phone")
		readBy(t, phone, texts)
		readBy(t, ann, texts)
	})

	t.Run("Joins", func(t *testing.T) {
		if _, err := ann.InviteUser(t.Context(), room, &mautrix.ReqInviteUser{UserID: bob.UserID}); err != nil {
			t.Fatal(err)
		}
		if _, err := bob.JoinRoomByID(t.Context(), room); err != nil {
			t.Fatal(err)
		}
		settle()
		texts, _ := h.tellAll(t, room, "to bob")
		readBy(t, bob, texts)
	})

	t.Run("Leaves", func(t *testing.T) {
		before, _ := h.tellAll(t, room, "before he leaves")
		readBy(t, bob, before)
		if _, err := bob.LeaveRoom(t.Context(), room); err != nil {
			t.Fatal(err)
		}
		settle()
		texts, events := h.tellAll(t, room, "after he left")
		readBy(t, ann, texts)
		for _, e := range events {
			// The homeserver would not give him the event: he has it from somebody else.
			evt := ann.raw(t, room, e)
			if _, err := bob.Crypto.Decrypt(t.Context(), parsed(t, evt)); err == nil {
				t.Errorf("who left can read %s", e)
			}
			if _, err := ann.Crypto.Decrypt(t.Context(), parsed(t, evt)); err != nil {
				t.Errorf("who stayed cannot read %s: %v", e, err)
			}
		}
	})

	t.Run("FollowerRemoved", func(t *testing.T) {
		if _, err := ann.KickUser(t.Context(), room, &mautrix.ReqKickUser{UserID: "@hookshot_follower:synapse.test"}); err != nil {
			t.Fatal(err)
		}
		settle()
		texts, events := h.tellAll(t, room, "followed again")
		readBy(t, ann, texts)
		ann.isEncrypted(t, room, events[0])
	})

	t.Run("LongEdit", func(t *testing.T) {
		place := h.place(t, room.String(), voices[0])
		n := note("long")
		for len(n.Details) < 40<<10 {
			n.Details += "<&> a line that JSON writes longer than it is\n"
		}
		card := h.send(t, virtualusers.Event{Place: place, Notification: n})
		edit := h.send(t, virtualusers.Event{Place: place, Notification: n, Replace: card})
		ann.isEncrypted(t, room, edit)
		ann.reads(t, "long")
		ann.reads(t, "long")
	})

	t.Run("Large", func(t *testing.T) {
		place := h.place(t, room.String(), voices[0])
		n := largest(formatters.LargeEncryptedBytes)
		card := h.send(t, virtualusers.Event{Place: place, Notification: n})
		edit := h.send(t, virtualusers.Event{Place: place, Notification: n, Replace: card})
		ann.isEncrypted(t, room, edit)
		checkWhole(t, ann.reads(t, n.Subject))
		checkWhole(t, ann.reads(t, n.Subject))
	})

	t.Run("Restart", func(t *testing.T) {
		devices := h.place(t, room.String(), voices[0]).DeviceID
		h.stop()
		ann.tellSomething(t, room)
		h = open(whole, s, disk)
		texts, _ := h.tellAll(t, room, "after a restart")
		readBy(t, ann, texts)
		if got := h.place(t, room.String(), voices[0]).DeviceID; got != devices {
			t.Errorf("device %s, was %s", got, devices)
		}
	})

	t.Run("ChangesWhileAway", func(t *testing.T) {
		h.stop()
		tablet := logIn(t, s, synapse.Account{UserID: ann.UserID.String()})
		h = open(whole, s, disk)
		texts, _ := h.tellAll(t, room, "to the tablet")
		readBy(t, tablet, texts)
	})

	t.Run("LostDevices", func(t *testing.T) {
		homeserver := appservice(t, s)
		for _, localpart := range append([]string{"hookshot_follower"}, voices...) {
			c, err := homeserver.User(homeserver.UserID(localpart), "")
			if err != nil {
				t.Fatal(err)
			}
			all, err := c.GetDevicesInfo(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, device := range all.Devices {
				if err := c.DeleteDevice(t.Context(), device.DeviceID, &mautrix.ReqDeleteDevice[any]{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		texts, _ := h.tellAll(t, room, "from other devices")
		readBy(t, ann, texts)
		watch := logIn(t, s, synapse.Account{UserID: ann.UserID.String()})
		settle()
		texts, _ = h.tellAll(t, room, "to the watch")
		readBy(t, watch, texts)
		for _, voice := range voices {
			wantCrossSigned(t, ann, id.NewUserID(voice, s.ServerName))
		}
	})

	t.Run("Drain", func(t *testing.T) {
		for range 3 { // what a client says makes it share keys with the virtual users
			ann.tellSomething(t, room)
		}
		homeserver := appservice(t, s)
		v, err := homeserver.User(homeserver.UserID(voices[0]), id.DeviceID(h.place(t, room.String(), voices[0]).DeviceID))
		if err != nil {
			t.Fatal(err)
		}
		waiting := func(poll int) int { // Synapse answers the same request for two minutes from memory
			t.Helper()
			resp, err := v.FullSyncRequest(t.Context(), mautrix.ReqSync{Timeout: poll})
			if err != nil {
				t.Fatal(err)
			}
			return len(resp.ToDevice.Events)
		}
		if waiting(1) == 0 {
			t.Error("nothing to drain")
		}
		h.Drain(t.Context())
		if n := waiting(2); n != 0 {
			t.Errorf("%d events are still waiting", n)
		}
		counts, err := v.UploadKeys(t.Context(), &mautrix.ReqUploadKeys{})
		if err != nil {
			t.Fatal(err)
		}
		if n := counts.OneTimeKeyCounts.SignedCurve25519; n < 50 {
			t.Errorf("%d one-time keys", n)
		}
		texts, _ := h.tellAll(t, room, "after the drain")
		readBy(t, ann, texts)

		// The same for a device that has not encrypted since the start.
		h.stop()
		h = open(whole, s, disk)
		ann.encryptAnew(t, room)
		ann.tellSomething(t, room)
		if waiting(3) == 0 {
			t.Error("nothing to drain after a restart")
		}
		h.DrainRest(t.Context())
		if n := waiting(4); n != 0 {
			t.Errorf("%d events are still waiting", n)
		}
	})

	t.Run("LostDatabase", func(t *testing.T) {
		h.stop()
		h = open(whole, s, newDisk(whole))
		texts, events := h.tellAll(t, room, "from new devices")
		readBy(t, ann, texts)
		ann.isEncrypted(t, room, events[0])
		for _, voice := range voices {
			wantCrossSigned(t, ann, id.NewUserID(voice, s.ServerName))
		}
	})

	t.Run("KilledSynapse", func(t *testing.T) {
		place := h.place(t, room.String(), voices[0])
		e := virtualusers.Event{Place: place, TransactionID: uuid.NewString(), Notification: note("once")}
		first := h.send(t, e)
		s.Kill(t)
		_, err := h.Send(t.Context(), virtualusers.Event{Place: place, TransactionID: uuid.NewString(), Notification: note("away")})
		var f *virtualusers.Failure
		if !errors.As(err, &f) || f.Class != virtualusers.Server {
			t.Errorf("while the homeserver is away: %v", err)
		}
		s.Up(t)
		if again := h.sendSoon(t, e); again != first {
			t.Errorf("the event was made twice: %s and %s", first, again)
		}
		text := unique(t, "back")
		h.sendSoon(t, virtualusers.Event{Place: place, TransactionID: uuid.NewString(), Notification: note(text)})
		ann.reads(t, text)
	})
}

// TestEncryptedPostgres keeps devices and keys in PostgreSQL, in one database with all else.
func TestEncryptedPostgres(t *testing.T) {
	t.Parallel()
	s := startSynapse(t)
	url := storetest.Postgres(t)
	storetest.Open(t, url)
	disk := disk{main: url, keys: url, postgres: true}
	ann := logIn(t, s, s.Account(t, "ann", password))
	room := ann.newRoom(t, true, sender)
	for range 2 {
		h := open(t, s, disk)
		texts, _ := h.tellAll(t, room, "kept in PostgreSQL")
		for _, text := range texts {
			ann.reads(t, text)
		}
		ann.tellSomething(t, room)
		h.Drain(t.Context())
		h.stop()
	}
	wantCrossSigned(t, ann, id.NewUserID(voices[0], s.ServerName))
}

// TestTurnsEncrypted encrypts a room while it is told.
func TestTurnsEncrypted(t *testing.T) {
	t.Parallel()
	s := startSynapse(t)
	h := open(t, s, newDisk(t))
	ann := logIn(t, s, s.Account(t, "ann", password))
	room := ann.newRoom(t, false, sender)
	h.tell(t, room, voices[0], "plain")
	ann.reads(t, "plain")
	_, err := ann.SendStateEvent(t.Context(), room, event.StateEncryption, "", &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1})
	if err != nil {
		t.Fatal(err)
	}
	texts, events := h.tellAll(t, room, "secret")
	for i, e := range events {
		ann.isEncrypted(t, room, e)
		ann.reads(t, texts[i])
	}
}

// TestParallelRooms tells several encrypted rooms at once by the same users, while devices
// come: every member's device can read everything that is sent after it was seen.
func TestParallelRooms(t *testing.T) {
	t.Parallel()
	s := startSynapse(t)
	h := open(t, s, newDisk(t))
	ann := logIn(t, s, s.Account(t, "ann", password))
	var wg sync.WaitGroup
	var mu sync.Mutex
	var sent []string
	for range 4 {
		room := ann.newRoom(t, true, sender)
		wg.Go(func() {
			for n := range 10 {
				text := fmt.Sprintf("%s/%d", room, n)
				h.tell(t, room, voices[n%2], text)
				mu.Lock()
				sent = append(sent, text)
				mu.Unlock()
			}
		})
	}
	logIn(t, s, synapse.Account{UserID: ann.UserID.String()})
	wg.Wait()
	got := map[string]bool{}
	for len(got) < len(sent) {
		select {
		case evt := <-ann.seen:
			for _, text := range sent {
				if strings.Contains(evt.Content.AsMessage().Body+" ", text+" ") {
					got[text] = true
				}
			}
		case <-time.After(15 * time.Second):
			t.Fatalf("%d of %d were read", len(got), len(sent))
		}
	}
}

// sendSoon sends until the homeserver is there again.
func (h *house) sendSoon(t *testing.T, e virtualusers.Event) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	e.Drawn = time.Now()
	for {
		made, err := h.Send(ctx, e)
		if err == nil {
			return made.ID
		}
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("send: %v", err)
		}
	}
}

// encryptAnew makes the next message share its keys once more.
func (p *person) encryptAnew(t *testing.T, room id.RoomID) {
	t.Helper()
	if err := p.Crypto.(*cryptohelper.CryptoHelper).Machine().CryptoStore.RemoveOutboundGroupSession(t.Context(), room); err != nil {
		t.Fatal(err)
	}
}

// tellSomething makes clients share keys with the virtual users.
func (p *person) tellSomething(t *testing.T, room id.RoomID) {
	t.Helper()
	if _, err := p.SendText(t.Context(), room, "hello"); err != nil {
		t.Fatal(err)
	}
}

// wantCrossSigned fails the test unless each of the user's devices that has keys is signed
// by the user's own keys.
func wantCrossSigned(t *testing.T, p *person, user id.UserID) {
	t.Helper()
	keys, err := p.QueryKeys(t.Context(), &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{user: {}}})
	if err != nil {
		t.Fatal(err)
	}
	self := keys.SelfSigningKeys[user]
	signer := id.NewKeyID(id.KeyAlgorithmEd25519, self.FirstKey().String())
	if len(keys.DeviceKeys[user]) == 0 {
		t.Errorf("%s has no device with keys", user)
	}
	for device, k := range keys.DeviceKeys[user] {
		if k.Signatures[user][signer] == "" {
			t.Errorf("device %s of %s is not signed: %v", device, user, k.Signatures)
		}
	}
}

func parsed(t *testing.T, evt *event.Event) *event.Event {
	t.Helper()
	if evt.Content.Parsed == nil {
		if err := evt.Content.ParseRaw(evt.Type); err != nil {
			t.Fatal(err)
		}
	}
	return evt
}
