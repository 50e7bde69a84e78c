//go:build goolm

package virtualusers_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

const sender = id.UserID("@hookshot:synapse.test")

// TestPlain tells rooms that are not encrypted, on a real Synapse.
func TestPlain(t *testing.T) {
	t.Parallel()
	s := startSynapse(t)
	h := open(t, s, newDisk(t))
	ann := logIn(t, s, s.Account(t, "ann", password))

	t.Run("OK", func(t *testing.T) {
		room := ann.newRoom(t, false, sender)
		place := h.place(t, room.String(), "hookshot_grafana")
		if place.UserID != "@hookshot_grafana:synapse.test" || place.DeviceID == "" || place.Encrypted {
			t.Errorf("place: %+v", place)
		}
		first := virtualusers.Event{Place: place, TransactionID: uuid.NewString(), Notification: note("plain")}
		eventID := h.send(t, first)
		evt := ann.reads(t, "plain")
		if evt.Sender != "@hookshot_grafana:synapse.test" || evt.ID.String() != eventID {
			t.Errorf("got event %s of %s, sent %s", evt.ID, evt.Sender, eventID)
		}
		if evt.Content.Raw["m.mentions"] == nil {
			t.Error("the event has no m.mentions")
		}
		if again := h.send(t, first); again != eventID {
			t.Errorf("sent again: %s, want %s", again, eventID)
		}
		first.Drawn = time.Now()
		if found, ok, err := h.Find(t.Context(), first); err != nil || !ok || found != eventID {
			t.Errorf("Find = %q, %v, %v; want %q", found, ok, err, eventID)
		}
		first.TransactionID = uuid.NewString()
		if found, ok, err := h.Find(t.Context(), first); err != nil || ok {
			t.Errorf("Find of an event that was not sent = %q, %v, %v", found, ok, err)
		}
	})

	t.Run("ErrNotInvited", func(t *testing.T) {
		room := ann.newRoom(t, false)
		_, err := h.Resolve(t.Context(), room.String(), virtualusers.Profile{Localpart: "hookshot_grafana"})
		wantClass(t, err, virtualusers.Room)
		// An invitation is all that is missing.
		if _, err := ann.InviteUser(t.Context(), room, &mautrix.ReqInviteUser{UserID: sender}); err != nil {
			t.Fatal(err)
		}
		h.tell(t, room, "hookshot_grafana", "invited")
		ann.reads(t, "invited")
	})

	t.Run("ErrNoSuchRoom", func(t *testing.T) {
		for _, ref := range []string{"#nowhere:synapse.test", "!nowhere", "!nowhere:synapse.test", "#not an alias"} {
			_, err := h.Resolve(t.Context(), ref, virtualusers.Profile{Localpart: "hookshot_grafana"})
			wantClass(t, err, virtualusers.Room)
		}
	})

	t.Run("ErrNotOurUser", func(t *testing.T) {
		room := ann.newRoom(t, false, sender)
		_, err := h.Resolve(t.Context(), room.String(), virtualusers.Profile{Localpart: "somebody"})
		wantClass(t, err, virtualusers.Room)
	})

	t.Run("Removed", func(t *testing.T) {
		room := ann.newRoom(t, false, sender)
		place := h.place(t, room.String(), "hookshot_sonarr")
		if _, err := ann.KickUser(t.Context(), room, &mautrix.ReqKickUser{UserID: id.UserID(place.UserID)}); err != nil {
			t.Fatal(err)
		}
		h.send(t, virtualusers.Event{Place: place, Notification: note("back again")})
		ann.reads(t, "back again")
	})

	t.Run("ErrBanned", func(t *testing.T) {
		room := ann.newRoom(t, false, sender)
		place := h.place(t, room.String(), "hookshot_sonarr")
		if _, err := ann.BanUser(t.Context(), room, &mautrix.ReqBanUser{UserID: id.UserID(place.UserID)}); err != nil {
			t.Fatal(err)
		}
		_, err := h.Send(t.Context(), virtualusers.Event{Place: place, TransactionID: uuid.NewString(), Notification: note("never")})
		wantClass(t, err, virtualusers.Room)
	})

	t.Run("Alias", func(t *testing.T) {
		room := ann.newRoom(t, false, sender)
		if _, err := ann.CreateAlias(t.Context(), "#spam:synapse.test", room); err != nil {
			t.Fatal(err)
		}
		if place := h.place(t, "#spam:synapse.test", "hookshot_grafana"); place.RoomID != room.String() {
			t.Errorf("room %s, want %s", place.RoomID, room)
		}
	})

	t.Run("Upgraded", func(t *testing.T) {
		room := ann.newRoom(t, false, sender)
		place := h.place(t, room.String(), "hookshot_grafana")
		card := h.send(t, virtualusers.Event{Place: place, Notification: note("card")})
		replacement := ann.newRoom(t, false, sender)
		_, err := ann.SendStateEvent(t.Context(), room, event.StateTombstone, "", &event.TombstoneEventContent{ReplacementRoom: replacement})
		if err != nil {
			t.Fatal(err)
		}
		_, err = ann.SendStateEvent(t.Context(), room, event.StatePowerLevels, "", map[string]any{"events_default": 50, "invite": 50})
		if err != nil {
			t.Fatal(err)
		}
		// What was planned before goes to the new room, without what it referred to.
		eventID := h.send(t, virtualusers.Event{Place: place, Notification: note("after"), Replace: card})
		if got := ann.raw(t, replacement, eventID); got.Content.Raw["m.relates_to"] != nil {
			t.Errorf("content: %v", got.Content.Raw)
		}
		if place := h.place(t, room.String(), "hookshot_grafana"); place.RoomID != replacement.String() {
			t.Errorf("room %s, want %s", place.RoomID, replacement)
		}
	})

	t.Run("EditOfNothing", func(t *testing.T) {
		room := ann.newRoom(t, false, sender)
		place := h.place(t, room.String(), "hookshot_grafana")
		h.send(t, virtualusers.Event{Place: place, Notification: note("on its own"), Replace: "$purged"})
		if evt := ann.reads(t, "on its own"); evt.Content.Raw["m.relates_to"] != nil {
			t.Errorf("content: %v", evt.Content.Raw)
		}
	})

	t.Run("Large", func(t *testing.T) {
		room := ann.newRoom(t, false, sender)
		place := h.place(t, room.String(), "hookshot_grafana")
		n := largest(formatters.LargeBytes)
		card := h.send(t, virtualusers.Event{Place: place, Notification: n})
		h.send(t, virtualusers.Event{Place: place, Notification: n, Replace: card})
		checkWhole(t, ann.reads(t, n.Subject))
		checkWhole(t, ann.reads(t, n.Subject))
	})

	t.Run("EditAndReply", func(t *testing.T) {
		room := ann.newRoom(t, false, sender)
		place := h.place(t, room.String(), "hookshot_grafana")
		card := h.send(t, virtualusers.Event{Place: place, Notification: note("card")})
		h.send(t, virtualusers.Event{Place: place, Notification: note("edited"), Replace: card})
		h.send(t, virtualusers.Event{Place: place, Notification: note("answered"), ReplyTo: card})
		if got := ann.reads(t, "edited").Content.AsMessage().RelatesTo.GetReplaceID(); got.String() != card {
			t.Errorf("replaces %s, want %s", got, card)
		}
		if got := ann.reads(t, "answered").Content.AsMessage().RelatesTo.GetReplyTo(); got.String() != card {
			t.Errorf("replies to %s, want %s", got, card)
		}
	})
}

// TestProfile sets names and pictures on a real Synapse.
func TestProfile(t *testing.T) {
	t.Parallel()
	s := startSynapse(t)
	disk := newDisk(t)
	h := open(t, s, disk)
	ann := logIn(t, s, s.Account(t, "ann", password))
	room := ann.newRoom(t, false, sender)
	profile := virtualusers.Profile{
		Localpart:      "hookshot_grafana",
		DefaultName:    "Grafana",
		DefaultPicture: virtualusers.Avatar("grafana"),
	}
	resolve := func() *mautrix.RespUserProfile {
		t.Helper()
		if _, err := h.Resolve(t.Context(), room.String(), profile); err != nil {
			t.Fatal(err)
		}
		got, err := ann.GetProfile(t.Context(), "@hookshot_grafana:synapse.test")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	first := resolve()
	if first.DisplayName != "Grafana" || first.AvatarURL.IsEmpty() {
		t.Fatalf("profile of a new user: %+v", first)
	}
	profile.Name = "Alerts"
	if got := resolve(); got.DisplayName != "Alerts" || got.AvatarURL != first.AvatarURL {
		t.Errorf("after a name was configured: %+v", got)
	}

	// What people change by hand stays as long as the configuration does not change.
	homeserver := appservice(t, s)
	hand, err := homeserver.User("@hookshot_grafana:synapse.test", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := hand.SetDisplayName(t.Context(), "By hand"); err != nil {
		t.Fatal(err)
	}
	h.stop()
	h = open(t, s, disk)
	if got := resolve(); got.DisplayName != "By hand" {
		t.Errorf("after a restart: %+v", got)
	}
	profile.Picture = virtualusers.Avatar("sonarr")
	if got := resolve(); got.DisplayName != "Alerts" || got.AvatarURL == first.AvatarURL {
		t.Errorf("after a picture was configured: %+v", got)
	}
}

// wantClass fails the test unless err is a failure of the class.
func wantClass(t *testing.T, err error, want virtualusers.Class) {
	t.Helper()
	var f *virtualusers.Failure
	if !errors.As(err, &f) {
		t.Fatalf("error %v is no failure", err)
	}
	if f.Class != want || f.Ambiguous {
		t.Errorf("class %s, ambiguous %v, want %s: %v", f.Class, f.Ambiguous, want, err)
	}
}
