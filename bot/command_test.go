package bot_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
)

// parrot says what it is told to.
var parrot = feature(bot.Feature{Name: "parrot", Commands: []bot.Command{{
	Name: "say", Aliases: []string{"echo"}, Usage: "<words>", Summary: "says it",
	Run: func(ctx context.Context, c *bot.Call) error {
		switch c.Args {
		case "":
			return &bot.UsageError{Text: "Say what?"}
		case "away":
			return &bot.Refusal{Text: "The parrot is away.", Cause: errors.New("no parrot")}
		case "broken":
			return errors.New("a broken parrot")
		case "panic":
			panic("a parrot")
		}
		return c.Notice(ctx, strings.Join(c.Words(), "|"))
	},
}}})

func TestCommand(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"OK":           {"!say hello", "hello"},
		"Alias":        {"!echo hello", "hello"},
		"UpperCase":    {"  !SAY Hello", "Hello"},
		"Lines":        {"!say\na\nb", "a|b"},
		"Quotes":       {`!say a "b c" “d e” "" f`, "a|b c|d e||f"},
		"Usage":        {"!say", "Say what? Usage: !say <words>"},
		"Refusal":      {"!say away", "The parrot is away."},
		"Error":        {"!say broken", "That did not work. It is noted in the log."},
		"DidYouMean":   {"!sya hello", "Did you mean !say?"},
		"UnknownShort": {"!s", ""},
		"UnknownFar":   {"!teleport", ""},
		"NoCommand":    {"say hello", ""},
		"Exclamation":  {"!", ""},
		"Shouting":     {"!!! wow", ""},
		"Space":        {"! say hello", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, parrot)
			got := h.says(ann, lobby, test.text)
			if test.want == "" {
				if len(got) > 0 {
					t.Errorf("the bot said %q", got[0].Text)
				}
				return
			}
			if a := one(t, got); a.Text != test.want || a.ReplyTo != "$event-1" || a.room != lobby || a.Board {
				t.Errorf("got %+v, want the notice %q", a, test.want)
			}
		})
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	h := newHouse(t, parrot)
	id := h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!say panic"})
	h.wait()
	if got := h.reactions(id); !slices.Equal(got, []string{"💥"}) {
		t.Errorf("reactions: %v", got)
	}
	if got := one(t, h.says(ann, lobby, "!say hello")); got.Text != "hello" {
		t.Errorf("after a panic the bot said %q", got.Text)
	}
	if n := h.counted.of("say", "panic"); n != 1 {
		t.Errorf("%d panics were counted", n)
	}
}

// TestPanicAsked has a feature panic when it is asked about an event.
func TestPanicAsked(t *testing.T) {
	t.Parallel()
	asked := func(bot.Event) bool { panic("a question") }
	h := newHouse(t, parrot, feature(bot.Feature{Name: "nervous", Wants: asked, Commands: []bot.Command{{Name: "nervous", Continues: asked}}}))
	h.says(ann, lobby, "hello")
	h.reacts(ann, lobby, "$x", "✅")
	if got := one(t, h.says(ann, lobby, "!say hello")); got.Text != "hello" {
		t.Errorf("after a panic the bot said %q", got.Text)
	}
}

// TestOnce gives the bot the same event many times: from /sync, and after a restart.
func TestOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, parrot)
	hello := bot.Event{Kind: bot.KindMessage, ID: "$hello", Room: lobby, Sender: ann, Text: "!say hello"}
	one(t, h.do(hello))
	if again := h.do(hello); len(again) > 0 {
		t.Errorf("the bot answered twice: %+v", again)
	}
	h.restart(parrot)
	if again := h.do(hello); len(again) > 0 {
		t.Errorf("the bot answered again after a restart: %+v", again)
	}
}

func TestOld(t *testing.T) {
	t.Parallel()
	h := newHouse(t, parrot)
	old := bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!say hello", Sent: h.time().Add(-6 * time.Minute)}
	if got := h.do(old); len(got) > 0 {
		t.Errorf("the bot answered an old command: %+v", got)
	}
	young := old
	young.Sent = h.time().Add(-4 * time.Minute)
	one(t, h.do(young))
}

func TestOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, parrot)
	if got := h.says(botUser, lobby, "!say hello"); len(got) > 0 {
		t.Errorf("the bot answered itself: %+v", got)
	}
}
