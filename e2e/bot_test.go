//go:build goolm && linux

package e2e_test

import (
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto/signatures"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/e2e/synapse"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

const botUser = "@bot:" + domain

// newBotHouse runs the program with a bot. The bot's account is new.
func newBotHouse(t *testing.T, database string) (*house, *synapse.Instance) {
	h := newHouse(t, func(testing.TB) string { return database })
	s := h.startSynapse()
	s.Account(t, "bot", password)
	h.writeFile("bot-password", password)
	h.bot = `user: "` + botUser + `", password_file: bot-password`
	h.write()
	return h, s
}

// say writes a message, encrypted where the room is.
func (p *person) say(room id.RoomID, text string) id.EventID {
	p.t.Helper()
	sent, err := p.SendMessageEvent(p.t.Context(), room, event.EventMessage,
		&event.MessageEventContent{MsgType: event.MsgText, Body: text, Mentions: &event.Mentions{}})
	if err != nil {
		p.t.Fatal(err)
	}
	return sent.EventID
}

// answers returns what the bot has answered to an event. To what an event relates is never
// encrypted.
func (p *person) answers(room id.RoomID, to id.EventID) []message {
	p.t.Helper()
	var all []message
	for _, evt := range p.timeline(room) {
		relation, _ := evt.Content.Raw["m.relates_to"].(map[string]any)
		reply, _ := relation["m.in_reply_to"].(map[string]any)
		if evt.Sender != botUser || reply["event_id"] != to.String() {
			continue
		}
		m := message{id: evt.ID.String(), sender: botUser, content: evt.Content.Raw}
		if m.encrypted = evt.Type.Type == event.EventEncrypted.Type; m.encrypted {
			plain := p.decrypt(evt, 20*time.Second)
			if plain == nil {
				p.t.Fatalf("%s on %s cannot read the bot's answer", p.UserID, p.DeviceID)
			}
			m.content = plain.Content.Raw
		}
		all = append(all, m)
	}
	return all
}

// awaitAnswer waits for the bot's answer, which must be the only one.
func (p *person) awaitAnswer(room id.RoomID, to id.EventID) message {
	p.t.Helper()
	var found []message
	eventually(p.t, time.Minute, "the bot answers", func() bool {
		found = p.answers(room, to)
		return len(found) > 0
	})
	if len(found) != 1 {
		p.t.Errorf("the bot answered %d times", len(found))
	}
	return found[0]
}

// awaitMember waits until somebody is a member of a room.
func (p *person) awaitMember(room id.RoomID, user id.UserID) {
	p.t.Helper()
	eventually(p.t, time.Minute, user.String()+" joins", func() bool {
		joined, err := p.JoinedMembers(p.t.Context(), room)
		if err != nil {
			return false
		}
		_, here := joined.Joined[user]
		return here
	})
}

// checkPong fails the test unless a message is what the bot answers to !ping.
func checkPong(t *testing.T, m message, encrypted bool) {
	t.Helper()
	mentions, explicit := m.content["m.mentions"].(map[string]any)
	if !strings.HasPrefix(m.body(), "Pong! ") || m.encrypted != encrypted || m.content["msgtype"] != "m.notice" || !explicit || len(mentions) > 0 {
		t.Errorf("the bot answered %+v", m)
	}
}

// checkSigned fails the test unless each of our devices of the bot is signed by its account,
// whose key it returns.
func checkSigned(t *testing.T, p *person) id.Ed25519 {
	t.Helper()
	known, err := p.QueryKeys(t.Context(), &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{botUser: {}}})
	if err != nil {
		t.Fatal(err)
	}
	master, self := known.MasterKeys[botUser], known.SelfSigningKeys[botUser]
	if ok, err := signatures.VerifySignatureJSON(self, botUser, master.FirstKey().String(), master.FirstKey()); !ok || err != nil {
		t.Errorf("the bot's self-signing key is not signed by its master key: %v", err)
	}
	ours := 0
	for name, device := range known.DeviceKeys[botUser] {
		if device.Unsigned["device_display_name"] != "lotus-hooks" {
			continue
		}
		ours++
		if ok, err := signatures.VerifySignatureJSON(device, botUser, self.FirstKey().String(), self.FirstKey()); !ok || err != nil {
			t.Errorf("the bot's device %s is not signed by its account: %v", name, err)
		}
	}
	if ours == 0 {
		t.Error("the bot has no device with keys")
	}
	return master.FirstKey()
}

// TestBot talks to the bot in a plain and an encrypted room, through a restart, a kill and
// commands that are given while it is down.
func TestBot(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		h, s := newBotHouse(t, url)
		ann := newPerson(t, s, "ann").withKeys()
		plain, secret := ann.newRoom(false, botUser), ann.newRoom(true, botUser)
		before := ann.say(plain, "!ping")
		h.start()
		ann.awaitMember(plain, botUser)
		ann.awaitMember(secret, botUser)
		first, second := ann.say(plain, "!ping"), ann.say(secret, "!ping")
		checkPong(t, ann.awaitAnswer(plain, first), false)
		checkPong(t, ann.awaitAnswer(secret, second), true)
		checkSigned(t, ann)
		if n := len(ann.answers(plain, before)); n > 1 {
			t.Errorf("what was said before the invitation was answered %d times", n)
		}

		h.stop()
		inPlain, inSecret := ann.say(plain, "!ping"), ann.say(secret, "!ping")
		h.start()
		checkPong(t, ann.awaitAnswer(plain, inPlain), false)
		checkPong(t, ann.awaitAnswer(secret, inSecret), true)

		h.kill()
		inPlain, inSecret = ann.say(plain, "!ping"), ann.say(secret, "!ping")
		h.launch()
		time.Sleep(3 * time.Second)
		h.kill()
		h.start()
		checkPong(t, ann.awaitAnswer(plain, inPlain), false)
		checkPong(t, ann.awaitAnswer(secret, inSecret), true)
		for _, event := range []id.EventID{first, inPlain} {
			if n := len(ann.answers(plain, event)); n != 1 {
				t.Errorf("a command in the plain room has %d answers at last", n)
			}
		}
		for _, event := range []id.EventID{second, inSecret} {
			if n := len(ann.answers(secret, event)); n != 1 {
				t.Errorf("a command in the encrypted room has %d answers at last", n)
			}
		}
	})
}
