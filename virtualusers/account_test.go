//go:build goolm

package virtualusers_test

import (
	"testing"
	"time"

	"maunium.net/go/mautrix"

	"code.lotusguild.org/LotusGuild/lotus-hooks/e2e/synapse"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

// TestAccountIsMember has a bot's account invite and follow, on a real Synapse: the session
// of its login outlives the process, and one that is ended is replaced.
func TestAccountIsMember(t *testing.T) {
	t.Parallel()
	s := startSynapse(t)
	disk := newDisk(t)
	bot := s.Account(t, "bot", password)
	byPassword := func(o *virtualusers.Options) {
		o.Member = virtualusers.NewAccount(virtualusers.AccountOptions{
			Homeserver: o.Homeserver, User: "@bot:synapse.test", Password: password, DB: o.DB, Log: o.Log,
		})
	}
	ann := logIn(t, s, s.Account(t, "ann", password))
	room := ann.newRoom(t, true, "@bot:synapse.test")
	h := open(t, s, disk, byPassword)
	texts, events := h.tellAll(t, room, "by the bot's leave")
	for i, text := range texts {
		ann.reads(t, text)
		ann.isEncrypted(t, room, events[i])
	}

	phone := logIn(t, s, synapse.Account{UserID: ann.UserID.String()})
	time.Sleep(time.Second) // /sync needs a moment to tell the bot
	texts, _ = h.tellAll(t, room, "to the phone")
	for _, text := range texts {
		phone.reads(t, text)
	}

	h.stop()
	h = open(t, s, disk, byPassword)
	devices := func() int {
		client, err := mautrix.NewClient(s.URL, "@bot:synapse.test", bot.Token)
		if err != nil {
			t.Fatal(err)
		}
		all, err := client.GetDevicesInfo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(all.Devices)
	}
	texts, _ = h.tellAll(t, room, "after a restart")
	ann.reads(t, texts[0])
	if n := devices(); n != 2 { // the one that made the account, and ours
		t.Errorf("the bot has %d devices, want 2: a restart must not log in anew", n)
	}
}
