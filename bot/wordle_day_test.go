package bot_test

import (
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// TestWordleMidnight goes on with a board that was begun before midnight, and then with the
// new day's.
func TestWordleMidnight(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	board := beginWordle(h, ann, "!wordle")
	playWordle(h, ann, "crane")
	h.pass(13 * time.Hour)
	playWordle(h, ann, "tiger")
	if a := h.shown(board); firstLine(a) != "Wordle #60 · 2/6" || !strings.HasSuffix(a.Text, "4 guesses left. Midnight has passed: when this is done, !wordle brings today's word.") {
		t.Errorf("after midnight: %s", a.Text)
	}
	again := h.says(ann, direct(ann), "!wordle")
	if firstLine(again[0].Answer) != "Wordle #60 · 2/6" {
		t.Errorf("called after midnight: %s", again[0].Text)
	}
	playWordle(h, ann, "wider")
	if got := lastIn(h, direct(ann)).Text; got != "Three guesses, very well done! Today's word waits: !wordle." {
		t.Errorf("the verdict is %q", got)
	}
	next := beginWordle(h, ann, "!wordle")
	if got := firstLine(h.shown(next)); got != "Wordle #61 · 0/6" {
		t.Errorf("the next board is %q", got)
	}
	playWordle(h, ann, wordle.AnswerOf(wordleDay+1))
	if got := lastIn(h, direct(ann)).Text; got != "In one! Can you read my mind? Your streak is 2 days. The next word comes in 23 h." {
		t.Errorf("the verdict is %q", got)
	}
}

// TestWordleEmptyBoard leaves a board without a guess: the first one, a day later, is on
// that day's word.
func TestWordleEmptyBoard(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	board := beginWordle(h, ann, "!wordle")
	h.pass(36 * time.Hour)
	playWordle(h, ann, "crane")
	if got := firstLine(h.shown(board)); got != "Wordle #62 · 1/6" {
		t.Errorf("the board is %q", got)
	}
}

// TestWordleAbandoned leaves a board for days: it counts as not solved.
func TestWordleAbandoned(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	board := beginWordle(h, ann, "!wordle")
	playWordle(h, ann, "crane")
	h.pass(3 * 24 * time.Hour)
	got := h.says(ann, lobby, "!wordle")
	if len(got) != 4 || firstLine(got[0].Answer) != "Wordle #63 · 0/6" || got[1].room != lobby {
		t.Fatalf("got %+v", got)
	}
	if a := h.shown(board); got[2].Replaces != board || firstLine(a) != "Wordle #60 · X/6 · not solved" {
		t.Errorf("the old board is %s", a.Text)
	}
	if got[3].Text != "Wordle #60 had waited too long and counts as not solved. Its word was WIDER." || got[3].room != direct(ann) {
		t.Errorf("got %+v", got[3])
	}
	if got := firstLine(one(t, h.says(ann, direct(ann), "!wordle stats")).Answer); got != "Ann, Wordle: 1 played · 0 % solved · streak 0 · longest 0" {
		t.Errorf("statistics: %q", got)
	}
}

// TestWordleZone has midnight where the configuration says.
func TestWordleZone(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, func(h *house) bot.Feature {
		return bot.Wordle(h.memory("wordle"), func(int) int { return 0 }, bot.WordleOptions{Zone: zone, Prefix: "!"})
	})
	h.pass(16*time.Hour + 59*time.Minute) // 2026-03-02 04:59 UTC
	playWordle(h, ann, "")
	board := beginWordle(h, ann, "!wordle")
	if got := firstLine(h.shown(board)); got != "Wordle #60 · 0/6" {
		t.Errorf("before midnight: %q", got)
	}
	playWordle(h, ann, "wider")
	if got := lastIn(h, direct(ann)).Text; !strings.HasSuffix(got, "The next word comes in 1 min.") {
		t.Errorf("the verdict is %q", got)
	}
	h.pass(time.Minute)
	if got := firstLine(h.shown(beginWordle(h, ann, "!wordle"))); got != "Wordle #61 · 0/6" {
		t.Errorf("after midnight: %q", got)
	}
}

// TestWordleRestart restarts between any two guesses, and takes those that came meanwhile.
func TestWordleRestart(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	board := beginWordle(h, ann, "!wordle")
	for _, guess := range []string{"crane", "tiger"} {
		playWordle(h, ann, guess)
		h.restart(wordleGame)
	}
	h.stop()
	// While it was down: the bot that starts gets them from /sync in one go.
	h.start(wordleGame)
	h.event(bot.Event{Kind: bot.KindMessage, Room: direct(ann), Sender: ann, Text: "cider", Sent: h.time().Add(-time.Hour)})
	h.event(bot.Event{Kind: bot.KindMessage, Room: direct(ann), Sender: ann, Text: "wider"})
	h.event(bot.Event{Kind: bot.KindMessage, Room: direct(ann), Sender: ann, Text: "!wordle practice"})
	h.event(bot.Event{Kind: bot.KindMessage, Room: direct(ann), Sender: ann, Text: "bacon"}) // before the board is there
	h.wait()
	if got := firstLine(h.shown(board)); got != "Wordle #60 · 4/6 · solved" {
		t.Errorf("the board is at %q", got)
	}
	if got := firstLine(lastIn(h, direct(ann)).Answer); got != "Wordle practice · 1/6" {
		t.Errorf("the practice board is at %q", got)
	}
	h.restart(wordleGame)
	playWordle(h, ann, "aback")
	if got := lastIn(h, direct(ann)).Text; got != "Two guesses, splendid!" {
		t.Errorf("after the restart: %q", got)
	}
}

// TestWordleTwice handles every event a second time, as after a crash: nothing is said, and
// nothing counts, twice.
func TestWordleTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	now := h.time()
	for i, step := range []struct{ room, text string }{
		{lobby, "!crane"}, {direct(ann), "tiger"}, {direct(ann), "zzzzz"}, {lobby, "!"}, {lobby, "!cider"},
		{lobby, "!practice"}, {direct(ann), "aback"}, {lobby, "!contrast on"}, {direct(ann), "!give up"},
		{direct(ann), "!"}, {lobby, "!give up"}, {lobby, "!share"}, {direct(ann), "!stats"}, {lobby, "!leaderboard"},
	} {
		if i == 8 { // so that "!" brings an abandoned board's end
			now = now.Add(3 * 24 * time.Hour)
		}
		before := len(h.all())
		fresh := 0
		for range 3 {
			f := wordleGame(h)
			if err := f.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			c := &bot.Call{Chat: h.chat, Now: now, Event: bot.Event{
				Kind: bot.KindMessage, ID: "$" + step.text + step.room, Room: step.room, Sender: ann, Text: step.text, Sent: now,
			}}
			var err error
			if args, command := strings.CutPrefix(step.text, "!"); command {
				c.Args = args
				err = f.Commands[0].Run(t.Context(), c)
			} else {
				err = f.Handle(t.Context(), c)
			}
			if _, refused := err.(*bot.Refusal); err != nil && !refused { //nolint:errorlint // as it is returned
				t.Fatalf("%s: %v", step.text, err)
			}
			if fresh == 0 {
				fresh = len(h.all()) - before
			}
			if n := len(h.all()) - before; n != fresh {
				t.Errorf("%s: %d messages at first, then %d: %+v", step.text, fresh, n, h.all()[before:])
			}
		}
	}
	h.restart(wordleGame)
	if got := firstLine(one(t, h.says(ann, direct(ann), "!wordle stats")).Answer); got != "Ann, Wordle: 2 played · 0 % solved · streak 0 · longest 0" {
		t.Errorf("statistics: %q", got)
	}
}
