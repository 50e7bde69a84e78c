package homeserver_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

func contractCreateRoom(t *testing.T, h *harness) {
	owner, user := h.person(t), h.intent(t, "D")
	alias := h.name("spam")
	resp, err := owner.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{
		Preset: "private_chat", Name: "Spam and Stuff", Topic: "hooks", RoomAliasName: alias,
		Invite:       []id.UserID{user.UserID},
		InitialState: []*event.Event{{Type: event.StateRoomAvatar, Content: event.Content{Raw: map[string]any{"url": "mxc://a/b"}}}},
	})
	must(t, err)
	if !strings.HasPrefix(resp.RoomID.String(), "!") || len(resp.RoomID) != 44 || strings.Contains(resp.RoomID.String(), ":") {
		t.Errorf("room id %q", resp.RoomID)
	}
	state, err := owner.State(t.Context(), resp.RoomID)
	must(t, err)
	create := state[event.StateCreate][""]
	if create == nil || create.Content.AsCreate().RoomVersion != id.RoomV12 || create.Sender != owner.UserID {
		t.Errorf("create event %+v", create)
	}
	if "$"+resp.RoomID.String()[1:] != create.ID.String() {
		t.Errorf("room id %s is not the create event's %s", resp.RoomID, create.ID)
	}
	for _, want := range []struct{ got, want string }{
		{state[event.StateRoomName][""].Content.AsRoomName().Name, "Spam and Stuff"},
		{state[event.StateTopic][""].Content.AsTopic().Topic, "hooks"},
		{state[event.StateCanonicalAlias][""].Content.AsCanonicalAlias().Alias.String(), "#" + alias + ":" + domain},
		{string(state[event.StateJoinRules][""].Content.AsJoinRules().JoinRule), "invite"},
		{string(state[event.StateMember][user.UserID.String()].Content.AsMember().Membership), "invite"},
		{string(state[event.StateMember][owner.UserID.String()].Content.AsMember().Membership), "join"},
		{state[event.StateRoomAvatar][""].Content.Raw["url"].(string), "mxc://a/b"},
	} {
		if want.got != want.want {
			t.Errorf("got %q, want %q", want.got, want.want)
		}
	}
	levels := state[event.StatePowerLevels][""].Content.AsPowerLevels()
	if _, named := levels.Users[owner.UserID]; named {
		t.Error("a creator of a version 12 room must not be named in its power levels")
	}
	_, err = owner.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{RoomAliasName: alias})
	wantCode(t, err, mautrix.MRoomInUse)
	_, err = owner.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{RoomVersion: "99"})
	wantCode(t, err, mautrix.MUnsupportedRoomVersion)

	old, err := owner.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{RoomVersion: id.RoomV11})
	must(t, err)
	if !strings.HasSuffix(old.RoomID.String(), ":"+domain) {
		t.Errorf("version 11 room id %q", old.RoomID)
	}
}

func contractMembership(t *testing.T, h *harness) {
	t.Run("EnsureJoined", func(t *testing.T) { // join, refused, invited by the bot, join
		bot, user := h.as.BotIntent(), h.intent(t, "D")
		made, err := bot.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{Preset: "private_chat"})
		must(t, err)
		_, err = user.JoinRoomByID(t.Context(), made.RoomID)
		wantCode(t, err, mautrix.MForbidden)
		must(t, user.EnsureJoined(t.Context(), made.RoomID))
		rooms, err := user.JoinedRooms(t.Context())
		must(t, err)
		if !slices.Contains(rooms.JoinedRooms, made.RoomID) {
			t.Errorf("joined rooms %v", rooms.JoinedRooms)
		}
	})
	t.Run("JoinTwice", func(t *testing.T) {
		owner, user := h.person(t), h.intent(t, "D")
		room := h.room(t, owner, user)
		_, err := user.JoinRoomByID(t.Context(), room)
		must(t, err)
		joins := 0
		for _, e := range messages(t, owner, room) {
			if e.Type == event.StateMember && *e.StateKey == user.UserID.String() {
				joins++
			}
		}
		if joins != 1 {
			t.Errorf("%d member events", joins)
		}
	})
	t.Run("LeaveAndRejoin", func(t *testing.T) {
		owner, user := h.person(t), h.intent(t, "D")
		room := h.room(t, owner, user)
		_, err := user.LeaveRoom(t.Context(), room)
		must(t, err)
		_, err = send(t.Context(), user.Client, room, h.name("t"), "gone")
		wantCode(t, err, mautrix.MForbidden)
		must(t, user.EnsureJoined(t.Context(), room))
		_, err = send(t.Context(), user.Client, room, h.name("t"), "back")
		must(t, err)
	})
	t.Run("KickAndBan", func(t *testing.T) {
		owner, user, other := h.person(t), h.intent(t, "D"), h.intent(t, "D")
		room := h.room(t, owner, user, other)
		_, err := other.KickUser(t.Context(), room, &mautrix.ReqKickUser{UserID: user.UserID})
		wantCode(t, err, mautrix.MForbidden)
		_, err = owner.KickUser(t.Context(), room, &mautrix.ReqKickUser{UserID: user.UserID, Reason: "noise"})
		must(t, err)
		_, err = send(t.Context(), user.Client, room, h.name("t"), "gone")
		wantCode(t, err, mautrix.MForbidden)
		_, err = owner.BanUser(t.Context(), room, &mautrix.ReqBanUser{UserID: user.UserID})
		must(t, err)
		_, err = user.Client.JoinRoomByID(t.Context(), room)
		wantCode(t, err, mautrix.MBadState)
		wantStatus(t, err, http.StatusForbidden)
		_, err = owner.InviteUser(t.Context(), room, &mautrix.ReqInviteUser{UserID: user.UserID})
		wantCode(t, err, mautrix.MBadState)
		_, err = owner.UnbanUser(t.Context(), room, &mautrix.ReqUnbanUser{UserID: user.UserID})
		must(t, err)
		_, err = user.Client.JoinRoomByID(t.Context(), room)
		must(t, err)
	})
	t.Run("ErrInvite", func(t *testing.T) {
		owner, user, stranger := h.person(t), h.intent(t, "D"), h.intent(t, "D")
		room := h.room(t, owner, user)
		_, err := stranger.Client.InviteUser(t.Context(), room, &mautrix.ReqInviteUser{UserID: h.intent(t, "").UserID})
		wantCode(t, err, mautrix.MForbidden) // not in the room
		_, err = owner.InviteUser(t.Context(), room, &mautrix.ReqInviteUser{UserID: user.UserID})
		wantCode(t, err, mautrix.MForbidden) // already in the room
		_, err = user.Client.InviteUser(t.Context(), room, &mautrix.ReqInviteUser{UserID: stranger.UserID})
		wantCode(t, err, mautrix.MForbidden) // public rooms ask for level 50
	})
	t.Run("ErrJoinUnknown", func(t *testing.T) {
		_, err := h.intent(t, "").Client.JoinRoomByID(t.Context(), "!0000000000000000000000000000000000000000000")
		wantStatus(t, err, http.StatusNotFound) // with M_UNKNOWN
	})
	t.Run("Members", func(t *testing.T) {
		owner, user := h.person(t), h.intent(t, "D")
		room := h.room(t, owner, user)
		must(t, user.SetDisplayName(t.Context(), "Sonarr"))
		joined, err := user.JoinedMembers(t.Context(), room)
		must(t, err)
		if len(joined.Joined) != 2 {
			t.Errorf("joined members %v", joined.Joined)
		}
		members, err := owner.Members(t.Context(), room, mautrix.ReqMembers{Membership: event.MembershipJoin})
		must(t, err)
		if len(members.Chunk) != 2 {
			t.Errorf("members %v", members.Chunk)
		}
		_, err = h.person(t).JoinedMembers(t.Context(), room)
		wantCode(t, err, mautrix.MForbidden)
	})
}

func contractAliases(t *testing.T, h *harness) {
	owner, user := h.person(t), h.intent(t, "D")
	room := h.room(t, owner)
	alias := id.NewRoomAlias(h.name("alias"), domain)

	_, err := user.ResolveAlias(t.Context(), alias)
	wantCode(t, err, mautrix.MNotFound)
	_, err = user.JoinRoom(t.Context(), alias.String(), nil)
	wantCode(t, err, mautrix.MNotFound)
	_, err = owner.CreateAlias(t.Context(), alias, room)
	must(t, err)
	resolved, err := user.ResolveAlias(t.Context(), alias)
	must(t, err)
	if resolved.RoomID != room || !slices.Contains(resolved.Servers, domain) {
		t.Errorf("resolved %+v", resolved)
	}
	_, err = owner.CreateAlias(t.Context(), alias, room)
	wantStatus(t, err, http.StatusConflict)
	joined, err := user.JoinRoom(t.Context(), alias.String(), nil)
	must(t, err)
	if joined.RoomID != room {
		t.Errorf("joined %s", joined.RoomID)
	}
	_, err = owner.DeleteAlias(t.Context(), alias)
	must(t, err)
	_, err = user.ResolveAlias(t.Context(), alias)
	wantCode(t, err, mautrix.MNotFound)
}

func contractState(t *testing.T, h *harness) {
	owner, user := h.person(t), h.intent(t, "D")
	room := h.room(t, owner, user)

	t.Run("SetAndGet", func(t *testing.T) {
		_, err := owner.SendStateEvent(t.Context(), room, event.StateRoomName, "", map[string]any{"name": "Spam"})
		must(t, err)
		var name event.RoomNameEventContent
		must(t, user.StateEvent(t.Context(), room, event.StateRoomName, "", &name))
		if name.Name != "Spam" {
			t.Errorf("name %q", name.Name)
		}
	})
	t.Run("SameAgain", func(t *testing.T) {
		first, err := owner.SendStateEvent(t.Context(), room, event.StateTopic, "", map[string]any{"topic": "x"})
		must(t, err)
		again, err := owner.SendStateEvent(t.Context(), room, event.StateTopic, "", map[string]any{"topic": "x"})
		must(t, err)
		if first.EventID != again.EventID {
			t.Error("an unchanged state made an event")
		}
	})
	t.Run("WithKey", func(t *testing.T) {
		kind := event.Type{Type: "org.lotus/hook", Class: event.StateEventType}
		_, err := owner.SendStateEvent(t.Context(), room, kind, "a/b c", map[string]any{"x": 1})
		must(t, err)
		var got map[string]any
		must(t, owner.StateEvent(t.Context(), room, kind, "a/b c", &got))
	})
	t.Run("FullState", func(t *testing.T) {
		state, err := user.StateAsArray(t.Context(), room)
		must(t, err)
		if len(state) < 6 {
			t.Errorf("%d state events", len(state))
		}
	})
	t.Run("ErrNotSet", func(t *testing.T) {
		err := user.StateEvent(t.Context(), room, event.StateEncryption, "", &struct{}{})
		wantCode(t, err, mautrix.MNotFound)
		wantStatus(t, err, http.StatusNotFound)
	})
	t.Run("ErrNotJoined", func(t *testing.T) {
		err := h.intent(t, "").Client.StateEvent(t.Context(), room, event.StateRoomName, "", &struct{}{})
		wantCode(t, err, mautrix.MForbidden)
		_, err = h.intent(t, "").Client.State(t.Context(), room)
		wantCode(t, err, mautrix.MForbidden)
	})
	t.Run("ErrOthersKey", func(t *testing.T) {
		kind := event.Type{Type: "org.lotus.hook", Class: event.StateEventType}
		_, err := owner.SendStateEvent(t.Context(), room, kind, user.UserID.String(), map[string]any{})
		wantCode(t, err, mautrix.MForbidden)
	})
}
