package bot_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

var updateGoldens = flag.Bool("update", false, "write the golden files anew")

// TestWordleGolden holds what is drawn to testdata/wordle: text, then markup.
func TestWordleGolden(t *testing.T) {
	t.Parallel()
	for name, says := range map[string][]string{
		"empty":        {"!wordle"},
		"hard":         {"!wordle hard on", "!wordle", "crane", "tiger"},
		"solved":       {"!wordle", "crane", "moist", "wider"},
		"not-solved":   {"!wordle", "crane", "moist", "pluck", "buddy", "vouch", "fight"},
		"contrast":     {"!wordle contrast on", "!wordle", "rider", "wader"},
		"practice":     {"!wordle practice", "bacon"},
		"stats":        {"!wordle", "crane", "wider", "!wordle stats"},
		"leaderboard":  {"!wordle", "crane", "wider", "!wordle leaderboard"},
		"share":        {"!wordle contrast on", "!wordle", "crane", "tiger", "wider", "!wordle share !lobby"},
		"share-solved": {"!wordle hard on", "!wordle", "wider", "!wordle share !lobby"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, wordleGame)
			h.chat.mu.Lock()
			h.chat.names[ann] = "Ann <3"
			h.chat.mu.Unlock()
			for _, text := range says {
				h.says(ann, direct(ann), text)
			}
			var drawn bot.Answer
			for _, s := range h.all() {
				if s.Board {
					drawn = s.Answer
				}
			}
			got := drawn.Text + "\n----\n" + drawn.HTML + "\n"
			file := filepath.Join("testdata", "wordle", name+".golden")
			if *updateGoldens {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("not as in %s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestWordleShare(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	h.chat.mu.Lock()
	h.chat.aliases["#den:test"], h.chat.aliases["#Other:test"] = den, "!other"
	h.chat.members["!other"] = []string{botUser, bob}
	h.chat.mu.Unlock()
	beginWordle(h, ann, "!wordle")
	if got := one(t, h.says(ann, direct(ann), "!wordle share")).Text; !strings.HasPrefix(got, "There is nothing to share yet") {
		t.Errorf("before the end: %q", got)
	}
	playWordle(h, ann, "crane", "wider")
	for text, want := range map[string]string{
		"!wordle share":              "Name the room, or say it in the room that shall see your board.",
		"!wordle share #Other:test":  "I can share it only in a room that we are both in.",
		"!wordle share #nowhere:x":   "I do not know that room.",
		"!wordle share !nobody:test": "I can share it only in a room that we are both in.",
	} {
		if got := one(t, h.says(ann, direct(ann), text)); !strings.HasPrefix(got.Text, want) || got.room != direct(ann) {
			t.Errorf("%s: %+v", text, got)
		}
	}
	got := h.says(ann, direct(ann), "!wordle share #den:test")
	if len(got) != 2 || got[0].room != den || !got[0].Board || got[0].Text != "Ann solved Wordle #60 2/6\n⬛🟨⬛⬛🟨\n🟩🟩🟩🟩🟩" || got[1].Text != "Your board is shared." {
		t.Errorf("got %+v", got)
	}
	if got := one(t, h.says(ann, den, "!wordle share")); got.Text != "That board is shared there already." {
		t.Errorf("a second time: %q", got.Text)
	}
	if got := one(t, h.says(ann, lobby, "!wordle share")); got.room != lobby || got.ReplyTo == "" || !got.Board {
		t.Errorf("in another room: %+v", got)
	}
}

// TestWordleShareRoom shares from the direct chat where the game was called from, or else
// where the configuration says.
func TestWordleShareRoom(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(h *house) bot.Feature {
		return bot.Wordle(h.memory("wordle"), func(int) int { return 0 }, bot.WordleOptions{Zone: time.UTC, Prefix: "?", Room: "#den:test"})
	})
	h.chat.mu.Lock()
	h.chat.aliases["#den:test"] = den
	h.chat.mu.Unlock()
	h.says(ann, lobby, "!wordle wider")
	h.says(bob, direct(bob), "!wordle wider")
	for user, room := range map[string]string{ann: lobby, bob: den} {
		if got := h.says(user, direct(user), "!wordle share"); len(got) != 2 || got[0].room != room {
			t.Errorf("%s: got %+v", user, got)
		}
	}
}

func TestWordleLeaderboard(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	const cat, eve = "@cat:test", "@eve:test"
	h.chat.mu.Lock()
	h.chat.members[lobby] = []string{botUser, ann, bob, cat}
	h.chat.mu.Unlock()
	for user, guesses := range map[string][]string{ann: {"crane", "wider"}, bob: {"wider"}, eve: {"wider"}} {
		beginWordle(h, user, "!wordle")
		playWordle(h, user, guesses...)
	}
	beginWordle(h, cat, "!wordle")
	h.says(cat, direct(cat), "!wordle give up")
	want := "Wordle leaderboard · Today: Bob 1/6, Ann 2/6, @cat:test X/6\n" +
		"1. Bob: 1 of 1 solved, in 1.0 guesses on average\n2. Ann: 1 of 1 solved, in 2.0 guesses on average\n3. @cat:test: 0 of 1 solved"
	if got := one(t, h.says(ann, lobby, "!wordle leaderboard")).Text; got != want {
		t.Errorf("got %s", got)
	}
	h.pass(24 * time.Hour)
	for range 2 {
		h.says(ann, lobby, "!wordle "+wordle.AnswerOf(int(h.time().Sub(time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC))/(24*time.Hour))))
		h.pass(24 * time.Hour)
	}
	want = "Wordle leaderboard · Nobody has finished today's word yet.\n1. Ann: 3 of 3 solved, in 1.3 guesses on average · streak 3\n"
	if got := one(t, h.says(ann, lobby, "!wordle leaderboard")).Text; !strings.HasPrefix(got, want) {
		t.Errorf("days later: %s", got)
	}
	if got := one(t, h.says(ann, direct(ann), "!wordle leaderboard")).Text; !strings.Contains(got, eve) {
		t.Errorf("in a direct chat: %s", got)
	}
}

func TestImportWordle(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	h.says(bob, direct(bob), "!wordle wider")
	h.stop()
	before := map[string]wordle.Stats{
		ann: {Played: 10, Solved: 9, Streak: 4, Longest: 5, In: [6]int{0, 1, 2, 3, 2, 1}},
		bob: {Played: 10, Solved: 9, Streak: 4, Longest: 5, Last: 20, In: [6]int{0, 1, 2, 3, 2, 1}},
	}
	for i, want := range []int{2, 0} { // the second time nothing is added
		added, err := bot.ImportWordle(t.Context(), h.memory("wordle"), before, h.time(), time.UTC)
		if err != nil || added != want {
			t.Errorf("import %d: %d added, %v", i+1, added, err)
		}
	}
	h.start(wordleGame)
	beginWordle(h, ann, "!wordle")
	playWordle(h, ann, "wider")
	for user, want := range map[string]string{
		ann: "Ann, Wordle: 11 played · 90 % solved · streak 5 · longest 5",
		bob: "Bob, Wordle: 11 played · 90 % solved · streak 1 · longest 5",
	} {
		if got := firstLine(one(t, h.says(user, direct(user), "!wordle stats")).Answer); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// BenchmarkWordleWants is what every message in every room costs.
func BenchmarkWordleWants(b *testing.B) {
	f := bot.Wordle(bot.Memory{}, nil, bot.WordleOptions{})
	e := bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: fmt.Sprintf("%s, said in a room where nobody plays", "Hello")}
	for b.Loop() {
		if f.Wants(e) {
			b.Fatal("wanted")
		}
	}
}
