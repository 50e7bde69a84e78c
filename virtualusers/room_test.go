package virtualusers

import (
	"encoding/json"
	"testing"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

const bob = id.UserID("@bob:b.c")

// followed returns an encrypted room that the member is in, and that ann is in.
func followed() *room {
	r := &room{id: "!a", joined: map[id.UserID]bool{}}
	r.see(true)
	_, seen := r.known()
	r.learn(roomState{encryption: &event.EncryptionEventContent{}, members: map[id.UserID]bool{"@ann:b.c": true}}, seen)
	return r
}

func happens(t *testing.T, kind event.Type, key, content string) []*event.Event {
	t.Helper()
	evt := &event.Event{Type: kind, StateKey: &key, RoomID: "!a"}
	if err := json.Unmarshal([]byte(content), &evt.Content); err != nil {
		t.Fatal(err)
	}
	return []*event.Event{evt}
}

func TestSee(t *testing.T) {
	t.Parallel()
	member := func(user id.UserID, membership string) func(*testing.T, *room) {
		return func(t *testing.T, r *room) {
			r.see(true, happens(t, event.StateMember, user.String(), `{"membership":"`+membership+`"}`))
		}
	}
	for name, test := range map[string]struct {
		what   func(*testing.T, *room)
		unfit  bool // whether sessions are unfit afterwards
		forgot bool // whether the state is read again
	}{
		"Joins":          {member(bob, "join"), true, false},
		"IsInvited":      {member(bob, "invite"), true, false},
		"Leaves":         {member("@ann:b.c", "leave"), true, false},
		"IsBanned":       {member("@ann:b.c", "ban"), true, false},
		"ChangesName":    {member("@ann:b.c", "join"), false, false},
		"Knocks":         {member(bob, "knock"), false, false},
		"NewDevice":      {func(_ *testing.T, r *room) { r.devicesChanged([]id.UserID{bob, "@ann:b.c"}) }, true, false},
		"StrangersPhone": {func(_ *testing.T, r *room) { r.devicesChanged([]id.UserID{bob}) }, false, false},
		"Visibility": {func(t *testing.T, r *room) {
			r.see(true, happens(t, event.StateHistoryVisibility, "", `{"history_visibility":"joined"}`))
		}, false, true},
		"Encryption": {func(t *testing.T, r *room) {
			r.see(true, happens(t, event.StateEncryption, "", `{"algorithm":"m.megolm.v1.aes-sha2"}`))
		}, false, true},
		"Tombstone": {func(t *testing.T, r *room) {
			r.see(true, happens(t, event.StateTombstone, "", `{"replacement_room":"!b"}`))
		}, false, true},
		"Topic":      {func(t *testing.T, r *room) { r.see(true, happens(t, event.StateTopic, "", `{"topic":"x"}`)) }, false, false},
		"MemberLeft": {func(_ *testing.T, r *room) { r.see(false) }, false, true},
		"BrokenEvent": {func(t *testing.T, r *room) {
			r.see(true, happens(t, event.StateMember, "@ann:b.c", `{"membership":7}`))
		}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := followed()
			before := r.currentEpoch()
			test.what(t, r)
			if got := r.currentEpoch() != before; got != test.unfit {
				t.Errorf("sessions are unfit: %v, want %v", got, test.unfit)
			}
			state, seen := r.known()
			if got := state == nil; got != test.forgot {
				t.Errorf("the state is read again: %v, want %v", got, test.forgot)
			}
			if state == nil {
				r.learn(roomState{encryption: &event.EncryptionEventContent{}}, seen)
				if r.currentEpoch() == before {
					t.Error("sessions from before the state was read again are fit")
				}
			}
		})
	}
}

// TestLearnLate does not store a state that was read before something happened.
func TestLearnLate(t *testing.T) {
	t.Parallel()
	r := followed()
	r.forget("@hookshot_x:b.c")
	_, seen := r.known()
	r.see(true, happens(t, event.StateEncryption, "", `{"algorithm":"m.megolm.v1.aes-sha2"}`))
	if r.learn(roomState{}, seen) {
		t.Error("a plain state was stored after the room was encrypted")
	}
}

func TestVirtualUserLeaves(t *testing.T) {
	t.Parallel()
	r := followed()
	r.add("@hookshot_x:b.c")
	r.see(true, happens(t, event.StateMember, "@hookshot_x:b.c", `{"membership":"leave"}`))
	if r.has("@hookshot_x:b.c") {
		t.Error("a virtual user that was removed is taken to be there")
	}
}
