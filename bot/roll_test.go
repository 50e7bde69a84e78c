package bot_test

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
)

// picks returns chance that is none: these numbers, and the last one for ever.
func picks(numbers ...int) func(int) int {
	var mu sync.Mutex
	return func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		next := numbers[0]
		if len(numbers) > 1 {
			numbers = numbers[1:]
		}
		return next % n
	}
}

func TestRoll(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ call, text, html string }{
		"Alone":   {"!roll", "🎲 d6 = 3", "🎲 d6 = <b>3</b>"},
		"One":     {"!roll 1d20", "🎲 d20 = 3", "🎲 d20 = <b>3</b>"},
		"Several": {"!roll 2d6", "🎲 2d6 [3 5] = 8", "🎲 2d6 [3 5] = <b>8</b>"},
		"Sum":     {"!roll 2d6 +3 -d4", "🎲 2d6 [3 5] + 3 - d4 [2] = 9", "🎲 2d6 [3 5] + 3 - d4 [2] = <b>9</b>"},
		"Keep":    {"!roll 4d6kh3", "🎲 4d6kh3 [3 5 2 (2)] = 10", "🎲 4d6kh3 [3 5 2 <del>2</del>] = <b>10</b>"},
		"Lowest":  {"!dice 2d20kl", "🎲 2d20kl1 [3 (5)] = 3", "🎲 2d20kl1 [3 <del>5</del>] = <b>3</b>"},
		"Rolls":   {"!roll d20 d20+1", "🎲 d20 = 3\n🎲 d20 [5] + 1 = 6", "🎲 d20 = <b>3</b><br>🎲 d20 [5] + 1 = <b>6</b>"},
		"Bounds":  {"!roll d1", "A die has 2 to 1000 sides. Usage: !roll [<N>d<S>[kh<n>|kl<n>]] [+ <n>] …", "A die has 2 to 1000 sides. Usage: <code>!roll [&lt;N&gt;d&lt;S&gt;[kh&lt;n&gt;|kl&lt;n&gt;]] [+ &lt;n&gt;] …</code>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, feature(bot.Roll(picks(2, 4, 1))))
			got := one(t, h.says(ann, lobby, test.call))
			if got.Text != test.text || got.HTML != test.html {
				t.Errorf("got\n%s\n%s\nwant\n%s\n%s", got.Text, got.HTML, test.text, test.html)
			}
		})
	}
}

// TestRollForeign looks for markup of a player's own in what is answered.
func TestRollForeign(t *testing.T) {
	t.Parallel()
	h := newHouse(t, feature(bot.Roll(rand.IntN)))
	if got := one(t, h.says(ann, lobby, "!roll <b>2d6</b>")); strings.Contains(got.HTML, "<b>") {
		t.Errorf("markup got through: %s", got.HTML)
	}
	if got := one(t, h.says(ann, lobby, "!roll "+strings.Repeat("100d1000 ", 20))); len(got.Text) > 200 {
		t.Errorf("the refusal is %d bytes long", len(got.Text))
	}
	if got := one(t, h.says(ann, lobby, "!roll 100d1000")); len(got.Text)+len(got.HTML) > 2000 {
		t.Errorf("the largest roll takes %d bytes", len(got.Text)+len(got.HTML))
	}
}
