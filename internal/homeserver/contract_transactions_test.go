package homeserver_test

import (
	"sync"
	"testing"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

func contractTransactions(t *testing.T, h *harness) {
	t.Run("SameDevice", func(t *testing.T) {
		owner, user := h.person(t), h.intent(t, "D")
		room, txn := h.room(t, owner, user), h.name("t")
		first, err := send(t.Context(), user.Client, room, txn, "first")
		must(t, err)
		second, err := send(t.Context(), user.Client, room, txn, "second")
		must(t, err)
		if first != second {
			t.Errorf("two events %s and %s", first, second)
		}
		wantBodies(t, owner, room, "first")
	})
	t.Run("Concurrent", func(t *testing.T) {
		owner, user := h.person(t), h.intent(t, "D")
		room, txn := h.room(t, owner, user), h.name("t")
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, err := send(t.Context(), user.Client, room, txn, "once"); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		wantBodies(t, owner, room, "once")
	})
	// The memory in RAM knows the appservice, not the user: the second user's message is
	// swallowed, with devices or without. A transaction id must never be used for two sends.
	for name, device := range map[string]id.DeviceID{"SwallowedWithDevice": "D", "SwallowedWithoutDevice": ""} {
		t.Run(name, func(t *testing.T) {
			owner, one, two := h.person(t), h.intent(t, device), h.intent(t, device)
			room, txn := h.room(t, owner, one, two), h.name("t")
			first, err := send(t.Context(), one.Client, room, txn, "one")
			must(t, err)
			second, err := send(t.Context(), two.Client, room, txn, "two")
			must(t, err)
			if first != second {
				t.Errorf("two events %s and %s", first, second)
			}
			wantBodies(t, owner, room, "one")
		})
	}
	t.Run("OtherRoom", func(t *testing.T) {
		owner, user := h.person(t), h.intent(t, "D")
		one, two, txn := h.room(t, owner, user), h.room(t, owner, user), h.name("t")
		_, err := send(t.Context(), user.Client, one, txn, "one")
		must(t, err)
		_, err = send(t.Context(), user.Client, two, txn, "two")
		must(t, err)
		wantBodies(t, owner, one, "one")
		wantBodies(t, owner, two, "two")
	})
	t.Run("RefusedIsForgotten", func(t *testing.T) {
		owner, user := h.person(t), h.intent(t, "D")
		room, txn := h.room(t, owner), h.name("t")
		_, err := send(t.Context(), user.Client, room, txn, "before joining")
		wantCode(t, err, mautrix.MForbidden)
		must(t, user.EnsureJoined(t.Context(), room))
		_, err = send(t.Context(), user.Client, room, txn, "after joining")
		must(t, err)
		wantBodies(t, owner, room, "after joining")
	})
	t.Run("Person", func(t *testing.T) {
		one, two := h.person(t), h.person(t)
		room, txn := h.room(t, one), h.name("t")
		_, err := two.JoinRoomByID(t.Context(), room)
		must(t, err)
		for _, client := range []*mautrix.Client{one, two, one} {
			_, err := send(t.Context(), client, room, txn, client.UserID.Localpart())
			must(t, err)
		}
		wantBodies(t, one, room, one.UserID.Localpart(), two.UserID.Localpart())
	})
}

// contractRestart runs alone: it restarts the homeserver.
func contractRestart(t *testing.T, h *harness) {
	owner := h.person(t)
	device, one, two, bare := h.intent(t, "D"), h.intent(t, "D"), h.intent(t, "D"), h.intent(t, "")
	room := h.room(t, owner, device, one, two, bare)
	ask := func(client *mautrix.Client, txn, body string) {
		t.Helper()
		_, err := send(t.Context(), client, room, txn, body)
		must(t, err)
	}
	ask(device.Client, "kept", "device")
	ask(bare.Client, "lost", "no device")
	ask(one.Client, "shared", "one")
	ask(two.Client, "shared", "swallowed")
	h.restart(t)
	ask(device.Client, "kept", "device again")     // remembered on disk
	ask(bare.Client, "lost", "no device again")    // forgotten: a second event
	ask(two.Client, "shared", "two after restart") // its own device never used the id
	wantBodies(t, owner, room, "device", "no device", "one", "no device again", "two after restart")
}
