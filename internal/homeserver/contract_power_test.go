package homeserver_test

import (
	"errors"
	"net/http"
	"testing"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

func contractPower(t *testing.T, h *harness) {
	owner, user, other := h.person(t), h.intent(t, "D"), h.intent(t, "D")
	room := h.room(t, owner, user, other)
	levels := func() *event.PowerLevelsEventContent {
		t.Helper()
		var l event.PowerLevelsEventContent
		must(t, owner.StateEvent(t.Context(), room, event.StatePowerLevels, "", &l))
		return &l
	}
	set := func(client *mautrix.Client, change func(*event.PowerLevelsEventContent)) error {
		l := levels()
		change(l)
		_, err := client.SendStateEvent(t.Context(), room, event.StatePowerLevels, "", l)
		return err
	}

	_, err := user.SetRoomName(t.Context(), room, "mine")
	wantCode(t, err, mautrix.MForbidden)
	wantCode(t, set(user.Client, func(l *event.PowerLevelsEventContent) { l.SetUserLevel(user.UserID, 100) }), mautrix.MForbidden)
	must(t, set(owner, func(l *event.PowerLevelsEventContent) { l.SetUserLevel(user.UserID, 100) }))
	_, err = user.SetRoomName(t.Context(), room, "mine")
	must(t, err)

	// A room may be muted: then only those with the level may send, and a refused virtual
	// user gets M_FORBIDDEN although it is joined.
	must(t, set(owner, func(l *event.PowerLevelsEventContent) { l.EventsDefault = 50 }))
	_, err = send(t.Context(), other.Client, room, h.name("t"), "muted")
	wantCode(t, err, mautrix.MForbidden)
	_, err = send(t.Context(), user.Client, room, h.name("t"), "loud")
	must(t, err)

	// A creator has no level to name.
	err = set(owner, func(l *event.PowerLevelsEventContent) { l.Users[owner.UserID] = 100 })
	if err == nil {
		t.Error("a creator was named in the power levels")
	}
	var httpErr mautrix.HTTPError
	if errors.As(err, &httpErr) && httpErr.Response.StatusCode != http.StatusForbidden && httpErr.Response.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", httpErr.Response.StatusCode)
	}
	pl, err := h.as.BotIntent().PowerLevels(t.Context(), room)
	must(t, err)
	if pl.GetUserLevel(owner.UserID) <= 100 || pl.GetUserLevel(user.UserID) != 100 {
		t.Errorf("owner %d, user %d", pl.GetUserLevel(owner.UserID), pl.GetUserLevel(user.UserID))
	}
}

func contractUpgrade(t *testing.T, h *harness) {
	owner, user := h.person(t), h.intent(t, "D")
	room := h.room(t, owner, user)
	_, err := owner.SendStateEvent(t.Context(), room, event.StateRoomName, "", map[string]any{"name": "Spam"})
	must(t, err)
	alias := id.NewRoomAlias(h.name("upgraded"), domain)
	_, err = owner.CreateAlias(t.Context(), alias, room)
	must(t, err)
	path := "v3/rooms/" + room.String() + "/upgrade"
	wantReply(t, h.ask(t, "POST", path+"?user_id="+user.UserID.String(), map[string]any{"new_version": "12"}), 403, "M_FORBIDDEN")
	r := h.askAs(t, owner.AccessToken, "POST", path, map[string]any{"new_version": "12"})
	wantReply(t, r, 200, "")
	replacement := id.RoomID(r.body["replacement_room"].(string))

	var tombstone event.TombstoneEventContent
	must(t, user.Client.StateEvent(t.Context(), room, event.StateTombstone, "", &tombstone))
	if tombstone.ReplacementRoom != replacement {
		t.Errorf("tombstone %+v", tombstone)
	}
	must(t, user.EnsureJoined(t.Context(), replacement))
	var create event.CreateEventContent
	must(t, user.StateEvent(t.Context(), replacement, event.StateCreate, "", &create))
	if create.Predecessor == nil || create.Predecessor.RoomID != room {
		t.Errorf("create %+v", create)
	}
	var name event.RoomNameEventContent
	must(t, user.StateEvent(t.Context(), replacement, event.StateRoomName, "", &name))
	if name.Name != "Spam" {
		t.Errorf("name %q", name.Name)
	}
	resolved, err := user.ResolveAlias(t.Context(), alias)
	must(t, err)
	if resolved.RoomID != replacement {
		t.Error("the alias stayed behind")
	}
	// Synapse mutes the old room: who is told to follow must not go on there.
	_, err = send(t.Context(), user.Client, room, h.name("t"), "too late")
	wantCode(t, err, mautrix.MForbidden)
}
