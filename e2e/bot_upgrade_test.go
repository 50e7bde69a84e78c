//go:build goolm && linux

package e2e_test

import (
	"fmt"
	"net/http"
	"testing"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// upgrade has a person upgrade a room, and returns the one in its place.
func (p *person) upgrade(room id.RoomID) id.RoomID {
	p.t.Helper()
	var made struct {
		Room id.RoomID `json:"replacement_room"`
	}
	_, err := p.MakeRequest(p.t.Context(), http.MethodPost, p.BuildClientURL("v3", "rooms", room, "upgrade"), map[string]string{"new_version": "12"}, &made)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.State(p.t.Context(), made.Room); err != nil { // so that p knows that it is encrypted
		p.t.Fatal(err)
	}
	return made.Room
}

// TestBotUpgrade upgrades the room that a command is for, once while the bot is there and may
// not follow without an invitation, and once while it is away. The bot has an access token and
// no password.
func TestBotUpgrade(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(testing.TB) string { return storetest.SQLite(t) })
	s := h.startSynapse()
	h.writeFile("bot-token", s.Account(t, "bot", password).Token)
	ann := newPerson(t, s, "ann").withKeys()
	first := ann.newRoom(true, botUser)
	h.bot = fmt.Sprintf("user: %q, token_file: bot-token, commands: {ping: {rooms: [%q]}}", botUser, first)
	h.write()
	h.start()
	talk := func(room id.RoomID) {
		t.Helper()
		ann.awaitMember(room, botUser)
		checkPong(t, ann.awaitAnswer(room, ann.say(room, "!ping")), true)
	}
	talk(first)

	second := ann.upgrade(first)
	if _, err := ann.InviteUser(t.Context(), second, &mautrix.ReqInviteUser{UserID: botUser}); err != nil {
		t.Fatal(err)
	}
	talk(second)

	h.stop()
	third := ann.upgrade(second)
	if _, err := ann.SendStateEvent(t.Context(), third, event.StateJoinRules, "", &event.JoinRulesEventContent{JoinRule: event.JoinRulePublic}); err != nil {
		t.Fatal(err)
	}
	h.start()
	talk(third)
}
