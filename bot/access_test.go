package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// ruled is a house with the parrot and a rule for it.
func ruled(t *testing.T, rule bot.Rule) *house {
	t.Helper()
	return newHouseOn(t, storetest.SQLite(t), bot.Settings{Rules: map[string]bot.Rule{"say": rule}}, parrot)
}

func TestAccess(t *testing.T) {
	t.Parallel()
	level, none, pause := 50, 0, time.Duration(0)
	for name, test := range map[string]struct {
		rule    bot.Rule
		room    string
		power   int
		allowed bool
	}{
		"OK":                   {bot.Rule{}, lobby, 0, true},
		"OKCooldownOff":        {bot.Rule{Cooldown: &pause}, lobby, 0, true},
		"OKRoom":               {bot.Rule{Rooms: []string{"!other", lobby}}, lobby, 0, true},
		"OKAlias":              {bot.Rule{Rooms: []string{"#lobby:test"}}, lobby, 0, true},
		"OKAliasOfAnother":     {bot.Rule{Rooms: []string{"#gone:test", lobby}}, lobby, 0, true},
		"OKDirect":             {bot.Rule{Rooms: []string{lobby}}, direct(ann), 0, true},
		"OKPower":              {bot.Rule{Power: &level}, lobby, 50, true},
		"OKUser":               {bot.Rule{Users: []string{ann}}, lobby, 0, true},
		"OKUserBelowPower":     {bot.Rule{Users: []string{ann}, Power: &level}, lobby, 0, true},
		"OKPowerOfNobody":      {bot.Rule{Power: &none}, lobby, 0, true},
		"ErrRoom":              {bot.Rule{Rooms: []string{lobby}}, den, 100, false},
		"ErrNoRoom":            {bot.Rule{Rooms: []string{}}, lobby, 100, false},
		"ErrDirectOfNoMember":  {bot.Rule{Rooms: []string{"!staff"}}, direct(ann), 100, false},
		"ErrPower":             {bot.Rule{Power: &level}, lobby, 49, false},
		"ErrUser":              {bot.Rule{Users: []string{bob}}, lobby, 100, false},
		"ErrUserInAnotherRoom": {bot.Rule{Users: []string{ann}, Rooms: []string{den}}, lobby, 100, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := ruled(t, test.rule)
			h.chat.power[ann], h.chat.aliases["#lobby:test"] = test.power, lobby
			id := h.event(bot.Event{Kind: bot.KindMessage, Room: test.room, Sender: ann, Text: "!say a"})
			h.wait()
			said, denied := len(h.all()) > 0, slices.Equal(h.reactions(id), []string{"🚫"})
			if said != test.allowed || denied == test.allowed {
				t.Errorf("said %+v, reactions %v", h.all(), h.reactions(id))
			}
			if n := h.counted.of("say", "denied"); n != map[bool]int{true: 0, false: 1}[test.allowed] {
				t.Errorf("%d calls were counted as denied", n)
			}
			help := one(t, h.says(ann, test.room, "!help")).Text
			if strings.Contains(help, "!say") != test.allowed {
				t.Errorf("help: %s", help)
			}
		})
	}
	t.Run("Off", func(t *testing.T) {
		t.Parallel()
		h := ruled(t, bot.Rule{Off: true})
		if got := h.says(ann, lobby, "!say a"); len(got) > 0 {
			t.Errorf("a command that is off answers %+v", got)
		}
		if got := one(t, h.says(ann, lobby, "!help say")); !strings.Contains(got.Text, `There is no command "say"`) {
			t.Errorf("help: %s", got.Text)
		}
	})
}

// TestAccessErr has a rule name a room that cannot be looked up.
func TestAccessErr(t *testing.T) {
	t.Parallel()
	h := ruled(t, bot.Rule{Rooms: []string{"#gone:test"}})
	if got := one(t, h.says(ann, lobby, "!say a")); !strings.HasPrefix(got.Text, "That did not work.") {
		t.Errorf("the bot said %q", got.Text)
	}
	if n := h.counted.of("say", "failed"); n != 1 {
		t.Errorf("%d calls were counted as failed", n)
	}
	if got := one(t, h.says(ann, lobby, "!help")); strings.Contains(got.Text, "!say") || !strings.Contains(got.Text, "!help") {
		t.Errorf("help: %s", got.Text)
	}
}

func TestCooldown(t *testing.T) {
	t.Parallel()
	pause := time.Minute
	h := ruled(t, bot.Rule{Cooldown: &pause})
	if got := one(t, h.says(ann, lobby, "!say a")); got.Text != "a" {
		t.Errorf("first: %q", got.Text)
	}
	h.pass(20 * time.Second)
	if got := one(t, h.says(ann, lobby, "!say b")); got.Text != "Again in 40 s." {
		t.Errorf("too soon: %q", got.Text)
	}
	if got := one(t, h.says(bob, lobby, "!say c")); got.Text != "c" {
		t.Errorf("somebody else: %q", got.Text)
	}
	if got := one(t, h.says(ann, den, "!say d")); got.Text != "d" {
		t.Errorf("in another room: %q", got.Text)
	}
	h.pass(35 * time.Second)
	id := h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!say e"})
	h.wait()
	if got := h.reactions(id); !slices.Equal(got, []string{"⏳"}) {
		t.Errorf("a moment too soon: %v", got)
	}
	h.pass(5 * time.Second)
	if got := one(t, h.says(ann, lobby, "!say f")); got.Text != "f" {
		t.Errorf("afterwards: %q", got.Text)
	}
	h.pass(2 * time.Minute)
	for _, fails := range []string{"away", "broken"} { // which gives the cooldown back
		h.says(ann, lobby, "!say "+fails)
		if got := one(t, h.says(ann, lobby, "!say "+fails)); strings.HasPrefix(got.Text, "Again") {
			t.Errorf("after a failure: %q", got.Text)
		}
	}
	h.says(ann, lobby, "!say panic")
	h.says(ann, lobby, "!say panic")
	if n := h.counted.of("say", "panic"); n != 2 {
		t.Errorf("%d panics were counted", n)
	}
	if n := h.counted.of("say", "cooldown"); n != 2 {
		t.Errorf("%d calls were counted as too soon", n)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	h := newHouse(t, parrot, feature(bot.Feature{Name: "secret", Commands: []bot.Command{{Name: "reboot", Summary: "<reboots>", Details: "a\n<b>", Power: 100}}}))
	got := one(t, h.says(ann, lobby, "!help"))
	if want := "!say <words>: says it\n!help [<command>]: this list, or more about one command\nMore with !help and a command's name."; got.Text != want {
		t.Errorf("got\n%s\nwant\n%s", got.Text, want)
	}
	h.chat.power[ann] = 100
	got = one(t, h.says(ann, lobby, "!commands"))
	if !strings.Contains(got.Text, "!reboot: <reboots>") || !strings.Contains(got.HTML, "<li><code>!reboot</code> &lt;reboots&gt;</li>") {
		t.Errorf("with more power: %+v", got)
	}
	got = one(t, h.says(ann, lobby, "!help !reboot"))
	if got.Text != "!reboot: <reboots>\na\n<b>" || got.HTML != "<code>!reboot</code> &lt;reboots&gt;<br>a<br>&lt;b&gt;" {
		t.Errorf("details: %+v", got)
	}
	got = one(t, h.says(ann, lobby, "!help echo"))
	if got.Text != "!say <words>: says it\nAlso !echo." {
		t.Errorf("details by an alias: %+v", got)
	}
	if got = one(t, h.says(ann, lobby, "!help nothing")); !strings.HasPrefix(got.Text, `There is no command "nothing".`) {
		t.Errorf("unknown: %+v", got)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	_, err := bot.New(bot.Options{}, bot.Feature{Commands: []bot.Command{{Name: "a"}, {Name: "b", Aliases: []string{"a"}}}})
	if err == nil || err.Error() != `two commands are called "a"` {
		t.Errorf("got %v", err)
	}
}
