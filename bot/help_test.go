package bot_test

import (
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
)

// TestHelpForms has a list show what is short of how commands are called.
func TestHelpForms(t *testing.T) {
	t.Parallel()
	long := "<something> | <or something else> | off"
	h := newHouse(t, feature(bot.Feature{Name: "forms", Commands: []bot.Command{
		{Name: "none", Summary: "one"}, {Name: "short", Usage: "[<word>]", Summary: "two"}, {Name: "long", Usage: long, Summary: "three"},
	}}))
	want := "!none: one\n!short [<word>]: two\n!long …: three\n!help [<command>]: this list"
	if got := one(t, h.says(ann, lobby, "!help")); !strings.HasPrefix(got.Text, want) {
		t.Errorf("the list is\n%s\nwant\n%s", got.Text, want)
	}
	if got := one(t, h.says(ann, lobby, "!help long")); got.Text != "!long "+long+": three" {
		t.Errorf("more is %q", got.Text)
	}
}

// TestWait tells in words how long somebody must wait.
func TestWait(t *testing.T) {
	t.Parallel()
	for left, want := range map[time.Duration]string{
		11 * time.Second:         "11 s",
		59100 * time.Millisecond: "1 min",
		112 * time.Second:        "1 min 52 s",
		2 * time.Minute:          "2 min",
		90*time.Minute + 1:       "91 min",
	} {
		pause := 2 * time.Hour
		h := ruled(t, bot.Rule{Cooldown: &pause})
		h.says(ann, lobby, "!say a")
		h.pass(pause - left)
		if got := one(t, h.says(ann, lobby, "!say a")); got.Text != "Again in "+want+"." {
			t.Errorf("%s: %q, want %s", left, got.Text, want)
		}
	}
}
