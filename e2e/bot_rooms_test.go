//go:build goolm && linux

package e2e_test

import (
	"fmt"
	"io"
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

// TestBotNio has matrix-nio, which shares no code with mautrix, talk to the bot in an
// encrypted room.
func TestBotNio(t *testing.T) {
	t.Parallel()
	h, s := newBotHouse(t, storetest.SQLite(t))
	ann := newPerson(t, s, "ann").withKeys()
	room := ann.newRoom(true, botUser)
	h.start()
	ann.awaitMember(room, botUser)
	first := ann.say(room, "!ping")
	ann.awaitAnswer(room, first)
	bob := s.Account(t, "bob", password)
	if _, err := ann.InviteUser(t.Context(), room, &mautrix.ReqInviteUser{UserID: id.UserID(bob.UserID)}); err != nil {
		t.Fatal(err)
	}
	n := startMember(t, s.URL, bob.UserID, "--room", room.String())
	second := ann.say(room, "!ping")
	checkPong(t, ann.awaitAnswer(room, second), true)
	var pongs int
	for _, m := range n.messages(t, 2) {
		if m.sender == botUser && strings.HasPrefix(m.body(), "Pong! ") {
			pongs++
		}
	}
	if pongs != 1 {
		t.Errorf("nio reads %d answers", pongs)
	}
}

// TestBotRooms invites the bot, changes who is in an encrypted room with it, and says much
// while it is away.
func TestBotRooms(t *testing.T) {
	t.Parallel()
	h, s := newBotHouse(t, storetest.SQLite(t))
	h.bot += `, invited_by: ["@ann:` + domain + `"], prefix: "?", commands: {ping: {rooms: ["#talk:` + domain + `"]}}`
	h.write()
	ann, bob := newPerson(t, s, "ann").withKeys(), newPerson(t, s, "bob").withKeys()
	talk := ann.newRoom(true, botUser)
	if _, err := ann.CreateAlias(t.Context(), "#talk:"+domain, talk); err != nil {
		t.Fatal(err)
	}
	other, foreign := ann.newRoom(false, botUser, bob.UserID.String()), bob.newRoom(false, botUser) // with two people a room is a direct chat
	h.start()
	ann.awaitMember(talk, botUser)
	ann.awaitMember(other, botUser)
	checkPong(t, ann.awaitAnswer(talk, ann.say(talk, "?ping")), true)

	denied := ann.say(other, "?ping")
	eventually(t, 20*time.Second, "the bot says no", func() bool {
		return slices.ContainsFunc(ann.timeline(other), func(evt *event.Event) bool {
			relation, _ := evt.Content.Raw["m.relates_to"].(map[string]any)
			return evt.Type.Type == "m.reaction" && evt.Sender == botUser && relation["event_id"] == denied.String() && relation["key"] == "🚫"
		})
	})
	if joined, err := bob.JoinedMembers(t.Context(), foreign); err != nil || len(joined.Joined) != 1 {
		t.Errorf("bob's invitation was accepted: %v, %v", joined, err)
	}

	invite(t, ann, bob, talk)
	notice()
	checkPong(t, bob.awaitAnswer(talk, bob.say(talk, "?ping")), true)
	phone := ann.newDevice()
	notice()
	fromPhone := phone.say(talk, "?ping")
	checkPong(t, phone.awaitAnswer(talk, fromPhone), true)
	checkPong(t, bob.awaitAnswer(talk, fromPhone), true)
	edited := ann.say(talk, "never mind")
	if _, err := ann.SendMessageEvent(t.Context(), talk, event.EventMessage, &event.MessageEventContent{
		MsgType: event.MsgText, Body: "* ?ping", NewContent: &event.MessageEventContent{MsgType: event.MsgText, Body: "?ping"},
		RelatesTo: &event.RelatesTo{Type: event.RelReplace, EventID: edited},
	}); err != nil {
		t.Fatal(err)
	}

	for _, series := range []string{
		`lotus_hooks_commands_total{command="ping",result="ok"} 3`,
		`lotus_hooks_commands_total{command="ping",result="denied"} 1`,
		`lotus_hooks_command_duration_seconds_count{command="ping"} 3`,
	} {
		eventually(t, 20*time.Second, series, func() bool { return strings.Contains(h.numbers(), series+"\n") })
	}

	h.stop()
	leave(t, bob, talk)
	early := ann.say(talk, "?ping")
	for n := range 130 {
		ann.say(talk, fmt.Sprintf("chatter %d", n))
	}
	h.start()
	checkPong(t, ann.awaitAnswer(talk, early), true)
	for _, evt := range ann.timeline(talk)[len(ann.timeline(talk))-1:] {
		if bob.decrypt(evt, 300*time.Millisecond) != nil {
			t.Error("bob, who has left, can read the answer")
		}
	}
	if n := len(ann.answers(talk, edited)); n != 0 {
		t.Errorf("an edit was answered %d times", n)
	}
}

// numbers returns what the program shows to Prometheus.
func (h *house) numbers() string {
	h.t.Helper()
	resp, err := http.Get("http://" + h.metrics + "/metrics")
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read from
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(text)
}

// TestBotTurns has a room turn encrypted while people talk to the bot.
func TestBotTurns(t *testing.T) {
	t.Parallel()
	h, s := newBotHouse(t, storetest.SQLite(t))
	ann := newPerson(t, s, "ann").withKeys()
	room := ann.newRoom(false, botUser)
	h.start()
	ann.awaitMember(room, botUser)
	checkPong(t, ann.awaitAnswer(room, ann.say(room, "!ping")), false)
	ann.encrypt(room)
	notice()
	checkPong(t, ann.awaitAnswer(room, ann.say(room, "!ping")), true)
}

// TestBotAway starts the program while the homeserver is away.
func TestBotAway(t *testing.T) {
	t.Parallel()
	h, s := newBotHouse(t, storetest.SQLite(t))
	ann := newPerson(t, s, "ann").withKeys()
	room := ann.newRoom(true, botUser)
	s.Stop(t)
	h.start() // which waits until it is ready
	s.Up(t)
	ann.awaitMember(room, botUser)
	checkPong(t, ann.awaitAnswer(room, ann.say(room, "!ping")), true)
	s.Kill(t)
	time.Sleep(2 * time.Second)
	s.Up(t)
	checkPong(t, ann.awaitAnswer(room, ann.say(room, "!ping")), true)
	checkSigned(t, ann)
}
