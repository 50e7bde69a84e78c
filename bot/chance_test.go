package bot_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
)

func TestFlip(t *testing.T) {
	t.Parallel()
	h := newHouse(t, feature(bot.Flip(picks(0, 1))))
	for _, want := range []string{"🪙 Heads.", "🪙 Tails."} {
		if got := one(t, h.says(ann, lobby, "!flip")); got.Text != want || got.Board || got.Mention != nil {
			t.Errorf("got %+v, want the notice %q", got, want)
		}
	}
	one(t, h.says(ann, lobby, "!coin for dinner"))
}

func TestRandom(t *testing.T) {
	t.Parallel()
	const usage = " Usage: !random <min> <max>"
	for name, test := range map[string]struct{ args, want string }{
		"OK":        {"1 10", "🎯 4, between 1 and 10."},
		"Swapped":   {"10 1", "🎯 4, between 1 and 10."},
		"Negative":  {"-5 −2", "🎯 -2, between -5 and -2."},
		"Same":      {"7 7", "🎯 7, between 7 and 7."},
		"Largest":   {"-1000000000000 1000000000000", "🎯 -999999999997, between -1000000000000 and 1000000000000."},
		"None":      {"", "From which number to which?" + usage},
		"One":       {"5", "From which number to which?" + usage},
		"Three":     {"1 2 3", "From which number to which?" + usage},
		"Word":      {"one 2", `"one" is no whole number.` + usage},
		"Fraction":  {"1.5 2", `"1.5" is no whole number.` + usage},
		"Sign":      {"- 2", `"-" is no whole number.` + usage},
		"TooLarge":  {"1 1000000000001", "I count from -1000000000000 to 1000000000000." + usage},
		"FarTooBig": {"1 99999999999999999999999", "I count from -1000000000000 to 1000000000000." + usage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, feature(bot.Random(picks(3))))
			if got := one(t, h.says(ann, lobby, "!random "+test.args)); got.Text != test.want {
				t.Errorf("got %q, want %q", got.Text, test.want)
			}
		})
	}
}

// TestRandomEnds finds both ends, and nothing beyond.
func TestRandomEnds(t *testing.T) {
	t.Parallel()
	for pick, want := range map[int]string{0: "🎯 -1, ", 1: "🎯 0, ", 2: "🎯 1, "} {
		h := newHouse(t, feature(bot.Random(func(n int) int {
			if n != 3 {
				t.Errorf("one of %d numbers is picked", n)
			}
			return pick
		})))
		if got := one(t, h.says(ann, lobby, "!random -1 1")); !strings.HasPrefix(got.Text, want) {
			t.Errorf("got %q, want %q", got.Text, want)
		}
	}
}

func TestEightBall(t *testing.T) {
	t.Parallel()
	number := 0
	h := newHouse(t, feature(bot.EightBall(func(n int) int {
		if n < 20 {
			t.Errorf("there are only %d replies", n)
		}
		number++
		return (number - 1) % n
	})))
	seen := map[string]bool{}
	for range 30 {
		got := one(t, h.says(ann, lobby, "!8ball will it rain?"))
		if !strings.HasPrefix(got.Text, "🎱 ") || seen[got.Text] {
			t.Errorf("got %q", got.Text)
		}
		seen[got.Text] = true
	}
	if got := one(t, h.says(ann, lobby, "!8ball")); got.Text != "Ask me something. Usage: !8ball <question>" {
		t.Errorf("without a question: %q", got.Text)
	}
}

func TestFortune(t *testing.T) {
	t.Parallel()
	least := 0
	h := newHouse(t, fortune(t, func(n int) int { least = n; return n - 1 }))
	got := one(t, h.says(ann, lobby, "!fortune"))
	if least < 150 || got.Text != "🥠 The fortune you hoped for is in the next cookie. This one just wanted to say hello." {
		t.Errorf("the last of %d fortunes is %q", least, got.Text)
	}
}

// TestOwnFortunes reads all that come with the program.
func TestOwnFortunes(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("data/fortunes.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimSpace(string(data)), "\n%\n")
	for i, f := range all {
		if f != strings.TrimSpace(f) || strings.ContainsAny(f, "\n%<>") || len(f) < 10 || len(f) > 140 || slices.Contains(all[:i], f) {
			t.Errorf("fortune %q", f)
		}
	}
}

func TestFortuneFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	verse := write("verse", "%% a comment\r\nRoses are <b>red</b>,\r\n\tviolets a\bare.\r\n%\r\n%\n\n"+strings.Repeat("long ", 1000)+"\n%\nshort & sweet\n%\n")
	more := write("more", "another one")
	for number, want := range []struct{ text, html string }{
		{"🥠 Roses are <b>red</b>,\n    violets are.", "🥠 Roses are &lt;b&gt;red&lt;/b&gt;,<br>    violets are."},
		{"🥠 short & sweet", ""},
		{"🥠 another one", ""},
	} {
		h := newHouse(t, fortune(t, func(n int) int {
			if n != 3 {
				t.Errorf("%d fortunes were read", n)
			}
			return number
		}, verse, more))
		if got := one(t, h.says(ann, lobby, "!fortune")); got.Text != want.text || got.HTML != want.html {
			t.Errorf("got %q and %q", got.Text, got.HTML)
		}
	}
	for name, file := range map[string]string{
		"ErrMissing": filepath.Join(dir, "none"),
		"ErrEmpty":   write("empty", "%\n%\n"),
		"ErrBinary":  write("binary", "a\x00b"),
		"ErrLatin":   write("latin", "f\xfcr"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := bot.Fortune(rand.IntN, []string{verse, file}); err == nil || !strings.Contains(err.Error(), file) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// fortune is the feature with files.
func fortune(t *testing.T, pick func(int) int, files ...string) func(*house) bot.Feature {
	t.Helper()
	f, err := bot.Fortune(pick, files)
	if err != nil {
		t.Fatal(err)
	}
	return feature(f)
}

func TestChampion(t *testing.T) {
	t.Parallel()
	f, err := bot.Champion(picks(1), "")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ args, want string }{
		"Any":       {"", "⚔️ How about Ahri, for mid?"},
		"Lane":      {"top", "⚔️ How about Akali, for top?"},
		"Alias":     {"ADC", "⚔️ How about Ashe, for bot?"},
		"UpperCase": {"SUPPORT", "⚔️ How about Ashe, for support?"},
		"ErrLane":   {"river", `I do not know "river". There are top, jungle, mid, bot and support. Usage: !champion [<lane>]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, feature(f))
			if got := one(t, h.says(ann, lobby, "!champion "+test.args)); got.Text != test.want {
				t.Errorf("got %q, want %q", got.Text, test.want)
			}
		})
	}
}

func TestAgent(t *testing.T) {
	t.Parallel()
	f, err := bot.Agent(picks(0), "")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ args, want string }{
		"Any":     {"", "🎯 How about Astra, the Controller?"},
		"Role":    {"initiator", "🎯 How about Breach, the Initiator?"},
		"Alias":   {"Smokes", "🎯 How about Astra, the Controller?"},
		"ErrRole": {"healer", `I do not know "healer". There are Duelist, Initiator, Controller and Sentinel. Usage: !agent [<role>]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, feature(f))
			if got := one(t, h.says(ann, lobby, "!agent "+test.args)); got.Text != test.want {
				t.Errorf("got %q, want %q", got.Text, test.want)
			}
		})
	}
}

func TestRosterFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, test := range []struct{ name, data, want string }{
		{"OK", `{"lanes":["top"],"aliases":{"Up":"top"},"champions":[{"name":"Pebble","id":7,"lanes":["top"]}]}`, ""},
		{"ErrSyntax", `{"lanes":`, "unexpected EOF"},
		{"ErrEmpty", `{"lanes":[],"champions":[]}`, "nobody is in it"},
		{"ErrName", `{"lanes":["top"],"champions":[{"lanes":["top"]}]}`, "somebody has no name"},
		{"ErrLane", `{"lanes":["top"],"champions":[{"name":"Pebble","lanes":["river"]}]}`, `Pebble is in "river", which is not listed`},
		{"ErrAlias", `{"lanes":["top"],"aliases":{"up":"roof"},"champions":[{"name":"Pebble","lanes":["top"]}]}`, `"up" stands for "roof", which is not listed`},
		{"ErrNobody", `{"lanes":["top","mid"],"champions":[{"name":"Pebble","lanes":["top"]}]}`, `nobody is in "mid"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(dir, fmt.Sprint(i))
			if err := os.WriteFile(file, []byte(test.data), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := bot.Champion(picks(0), file)
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), file) {
					t.Errorf("the error is %v, want %s", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			h := newHouse(t, feature(f))
			if got := one(t, h.says(ann, lobby, "!champ UP")); got.Text != "⚔️ How about Pebble, for top?" {
				t.Errorf("got %q", got.Text)
			}
		})
	}
	if _, err := bot.Agent(picks(0), filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("a file that is not there: %v", err)
	}
}
