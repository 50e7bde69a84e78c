//go:build goolm && linux

package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestEncryptedMembers tells an encrypted room while people and their devices come and go,
// also while the program is down. What is told next is readable by exactly those who are
// there.
func TestEncryptedMembers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, tellMembers)
}

func tellMembers(t *testing.T, url string) {
	h := newHouse(t, func(testing.TB) string { return url })
	s := h.startSynapse()
	ann := newPerson(t, s, "ann").withKeys()
	bob := newPerson(t, s, "bob").withKeys()
	room := ann.newRoom(true, sender)
	h.room("secret", room.String())
	v := &voices{house: h, ann: ann, room: room, urls: []string{
		h.hook("one", "generic", "secret", ""),
		h.hook("two", "generic", "secret", "user: {localpart: other}"),
	}}
	h.write()
	h.start()

	first := v.tell()
	v.check("ann", first, ann, true)

	phone := ann.newDevice()
	notice()
	toPhone := v.tell()
	v.check("ann", toPhone, ann, true)
	v.check("ann's new device", toPhone, phone, true)
	v.check("ann's new device, what was told before", first, phone, false)

	invite(t, ann, bob, room)
	notice()
	toBob := v.tell()
	v.check("ann", toBob, ann, true)
	v.check("bob, who has joined", toBob, bob, true)
	v.check("bob, what was told before", toPhone, bob, false)

	h.stop()
	h.start()
	restarted := v.tell()
	v.check("ann, after a restart", restarted, ann, true)
	v.check("bob, after a restart", restarted, bob, true)

	leave(t, bob, room)
	notice()
	withoutBob := v.tell()
	v.check("ann", withoutBob, ann, true)
	v.check("bob, who has left", withoutBob, bob, false)

	h.kill()
	tablet := ann.newDevice()
	invite(t, ann, bob, room)
	h.start()
	whileDown := v.tell()
	v.check("a device that came while the program was down", whileDown, tablet, true)
	v.check("bob, who came back while the program was down", whileDown, bob, true)

	h.stop()
	leave(t, bob, room)
	h.start()
	atLast := v.tell()
	v.check("ann", atLast, ann, true)
	v.check("the tablet", atLast, tablet, true)
	v.check("bob, who left while the program was down", atLast, bob, false)
}

// notice gives the program the moment that its /sync needs to see what has just happened.
func notice() { time.Sleep(time.Second) }

func invite(t *testing.T, host, guest *person, room id.RoomID) {
	t.Helper()
	if _, err := host.InviteUser(t.Context(), room, &mautrix.ReqInviteUser{UserID: guest.UserID}); err != nil {
		t.Fatal(err)
	}
	if _, err := guest.JoinRoomByID(t.Context(), room); err != nil {
		t.Fatal(err)
	}
}

func leave(t *testing.T, guest *person, room id.RoomID) {
	t.Helper()
	if _, err := guest.LeaveRoom(t.Context(), room); err != nil {
		t.Fatal(err)
	}
}

// voices are hooks with a virtual user each: what changes must reach the keys of all.
type voices struct {
	*house
	urls []string
	ann  *person // sees all events
	room id.RoomID
	said int
}

// tell posts a webhook to each hook and returns the events.
func (v *voices) tell() []*event.Event {
	v.t.Helper()
	for _, url := range v.urls {
		v.said++
		status, err := postText(v.t.Context(), url, fmt.Sprintf("words-%05d", v.said), "")
		if status != http.StatusAccepted || err != nil {
			v.t.Fatalf("post: status %d, %v", status, err)
		}
	}
	v.awaitTold(time.Minute)
	told := slices.DeleteFunc(v.ann.timeline(v.room), func(evt *event.Event) bool { return evt.StateKey != nil })
	return told[len(told)-len(v.urls):]
}

// check fails the test unless a person can read all of the events, or none. The homeserver
// does not give events to those who may not see them; they have them from somebody else.
func (v *voices) check(who string, events []*event.Event, p *person, readable bool) {
	v.t.Helper()
	for n, evt := range events {
		if evt.Type.Type != event.EventEncrypted.Type {
			v.t.Fatalf("event %s is a %s", evt.ID, evt.Type.Type)
		}
		patience := 20 * time.Second
		if !readable {
			patience = 300 * time.Millisecond
		}
		plain := p.decrypt(evt, patience)
		switch {
		case plain == nil && readable:
			v.t.Errorf("%s cannot read event %d", who, n)
		case plain != nil && !readable:
			v.t.Errorf("%s can read event %d", who, n)
		case plain != nil && !strings.Contains(plain.Content.AsMessage().Body, "words-"):
			v.t.Errorf("%s reads %q", who, plain.Content.AsMessage().Body)
		}
	}
}

// TestTortureEncrypted kills the program while it tells an encrypted room, and one that
// turns encrypted in mid-burst.
func TestTortureEncrypted(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		tortureEncrypted(t, storetest.SQLite, rounds(t, 4), 400*time.Millisecond, 2*time.Second)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		sideBySide(t, 1, 4, func(t *testing.T, kills int) {
			tortureEncrypted(t, storetest.Postgres, kills, 3*time.Second, leaseTime+2*time.Second)
		})
	})
}

func tortureEncrypted(t *testing.T, database func(testing.TB) string, kills int, pause, lifetime time.Duration) {
	h := newHouse(t, database)
	ann := newPerson(t, h.startSynapse(), "ann").withKeys()
	always, turns := ann.newRoom(true, sender), ann.newRoom(false, sender)
	h.room("always", always.String())
	h.room("turns", turns.String())
	one := &poster{name: "one", url: h.hook("one", "generic", "always", "")}
	two := &poster{name: "two", url: h.hook("two", "generic", "turns", "")}
	three := &poster{name: "three", url: h.hook("three", "generic", "turns", "user: {localpart: other}")}
	h.write()
	h.start()

	b := startBurst(t, pause, one, two, three)
	ann.awaitPlain(turns)
	ann.encrypt(turns)
	for range kills {
		time.Sleep(lifetime / 2)
		time.Sleep(random(lifetime))
		h.kill()
		h.launch()
	}
	time.Sleep(lifetime)
	b.finish()
	h.awaitTold(2 * time.Minute)
	checkTold(t, ann.read(always), one)
	checkTold(t, ann.read(turns), two, three)
	checkTurned(t, ann.timeline(turns))
}

// awaitPlain waits until something was told in the room.
func (p *person) awaitPlain(room id.RoomID) {
	p.t.Helper()
	told := func(evt *event.Event) bool { return evt.Type.Type == event.EventMessage.Type }
	for deadline := time.Now().Add(time.Minute); !slices.ContainsFunc(p.timeline(room), told); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatal("nothing was told within a minute")
		}
	}
}

// checkTurned fails the test when more was told in plain, after the room was encrypted, than
// the one request that was in flight.
func checkTurned(t *testing.T, timeline []*event.Event) {
	t.Helper()
	var turned bool
	var before, plain, encrypted int
	for _, evt := range timeline {
		switch {
		case evt.Type.Type == event.StateEncryption.Type:
			turned = true
		case evt.Type.Type == event.EventEncrypted.Type:
			encrypted++
		case evt.Type.Type != event.EventMessage.Type:
		case turned:
			plain++
		default:
			before++
		}
	}
	t.Logf("%d messages were in flight when the room turned encrypted", plain)
	if before == 0 || !turned || encrypted == 0 || plain > 1 {
		t.Errorf("%d messages before the room turned encrypted; after it %d in plain and %d encrypted", before, plain, encrypted)
	}
}
