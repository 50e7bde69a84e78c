package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestDatabases has each feature that remembers something go on with it after a restart, on
// each kind of database.
func TestDatabases(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		model := saying("forty-two")
		features := func() []func(*house) bot.Feature {
			return []func(*house) bot.Feature{wordleGame, quiz, polls, rps(picks(0, 0, 0, 0)), asking(model), greets}
		}
		h := newHouseOn(t, url, bot.Settings{})
		h.stop()
		h.chat.aliases["#space:test"], h.chat.aliases["#general:test"] = space, lobby
		h.chat.members[space] = []string{botUser, ann}
		h.start(features()...)
		h.pass(0)

		greeting := one(t, h.comes(cat))
		board := beginWordle(h, ann, "!wordle")
		playWordle(h, ann, "crane", "moist")
		vote := asks(h, ann, lobby, "!poll 10m Tea?")
		h.reacts(bob, lobby, vote, "✅")
		h.says(ann, lobby, "!rps paper")
		asked := one(t, h.says(bob, den, "!ask What is it?"))
		question := one(t, h.says(ann, den, "!trivia"))
		_, place, _ := rightOf(t, question.Answer)
		h.reacts(bob, den, question.id, letters[place])

		h.restart(features()...)
		h.reacts(ann, lobby, vote, "❌")
		h.reacts(cat, direct(cat), greeting.id, "✅")
		if got := h.invitations(); !slices.Equal(got, []string{lobby + " " + cat, den + " " + cat}) {
			t.Errorf("welcome invited %q", got)
		}
		if again := h.comes(cat); len(again) > 0 {
			t.Errorf("welcome greeted twice: %+v", again)
		}
		h.pass(30 * time.Second)
		if got := h.shown(question.id); !strings.Contains(got.Text, "losed") {
			t.Errorf("trivia did not end: %s", got.Text)
		}
		if got := one(t, h.says(ann, den, "!trivia scores")); !strings.Contains(got.Text, "Bob") || strings.Contains(got.Text, "Ann") {
			t.Errorf("trivia scores: %s", got.Text)
		}
		playWordle(h, ann, "wider")
		if got := h.shown(board); firstLine(got) != "Wordle #60 · 3/6 · solved" {
			t.Errorf("wordle: %s", got.Text)
		}
		if got := one(t, h.says(ann, lobby, "!wordle stats")); !strings.Contains(got.Text, "1") {
			t.Errorf("wordle statistics: %s", got.Text)
		}
		if got := one(t, h.says(ann, lobby, "!rps score")); got.Text != "You 1, me 0." {
			t.Errorf("rps: %s", got.Text)
		}
		h.replies(bob, den, asked.id, "Are you sure?")
		model.mu.Lock()
		if last := model.asked[len(model.asked)-1]; len(last) != 4 || last[2].Content != "forty-two" {
			t.Errorf("the conversation: %+v", last)
		}
		model.mu.Unlock()
		h.pass(10 * time.Minute)
		if got := h.shown(vote); strings.Count(got.Text, "50 %") != 2 {
			t.Errorf("poll: %s", got.Text)
		}
		fmt.Fprintln(t.Output(), h.shown(vote).Text, h.shown(question.id).Text, one(t, h.says(ann, lobby, "!wordle stats")).Text)
	})
}
