package bot_test

import (
	"context"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

func rps(pick func(int) int) func(*house) bot.Feature {
	return func(h *house) bot.Feature { return bot.RPS(h.memory("rps"), pick) }
}

func TestRPS(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rps(picks(0, 1, 2, 0, 0, 0, 0)))
	for _, test := range []struct{ args, want string }{
		{"score", "We have not played yet."},
		{"paper", "Your 📄 paper against my 🪨 rock: you win! You 1, me 0."},
		{"Paper!", "Your 📄 paper against my 📄 paper: a draw. You 1, me 0, 1 draw."},
		{"p", "Your 📄 paper against my ✂️ scissors: I win. You 1, me 1, 1 draw."},
		{"✂️", "Your ✂️ scissors against my 🪨 rock: I win. You 1, me 2, 1 draw."},
		{"✂", "Your ✂️ scissors against my 🪨 rock: I win. You 1, me 3, 1 draw."},
		{"🪨", "Your 🪨 rock against my 🪨 rock: a draw. You 1, me 3, 2 draws."},
		{"SCORE", "You 1, me 3, 2 draws."},
		{"lizard", "Show me rock, paper or scissors. Usage: !rps rock | paper | scissors | score"},
		{"", "Show me rock, paper or scissors. Usage: !rps rock | paper | scissors | score"},
	} {
		if got := one(t, h.says(ann, lobby, "!rps "+test.args)); got.Text != test.want {
			t.Errorf("%s: got %q, want %q", test.args, got.Text, test.want)
		}
	}
	if got := one(t, h.says(bob, lobby, "!rps rock")); !strings.HasSuffix(got.Text, "You 0, me 0, 1 draw.") {
		t.Errorf("another player: %q", got.Text)
	}
	h.restart(rps(picks(1)))
	if got := one(t, h.says(ann, den, "!rps s")); got.Text != "Your ✂️ scissors against my 📄 paper: you win! You 2, me 3, 2 draws." {
		t.Errorf("after a restart: %q", got.Text)
	}
}

// TestRPSAgain handles one event twice, as after a crash: it counts once, and is answered the same.
func TestRPSAgain(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	memory := bot.MemoryOf(db, "rps")
	play := func(event, args string, pick int) string {
		t.Helper()
		chat := newChat()
		c := &bot.Call{Event: bot.Event{Kind: bot.KindMessage, ID: event, Room: lobby, Sender: ann}, Args: args, Chat: chat}
		if err := bot.RPS(memory, picks(pick)).Commands[0].Run(context.Background(), c); err != nil {
			t.Fatal(err)
		}
		return chat.said[0].Text
	}
	first := play("$1", "rock", 2)
	play("$2", "rock", 0)
	if again := play("$1", "rock", 1); !strings.HasPrefix(again, "Your 🪨 rock against my ✂️ scissors: you win!") {
		t.Errorf("first %q, then %q", first, again)
	}
	if score := play("$3", "score", 0); score != "You 1, me 0, 1 draw." {
		t.Errorf("the score is %q", score)
	}
}

// TestRPSTwoRooms plays in two rooms at once.
func TestRPSTwoRooms(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rps(picks(0)))
	for range 20 {
		h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!rps paper"})
		h.event(bot.Event{Kind: bot.KindMessage, Room: den, Sender: ann, Text: "!rps scissors"})
	}
	h.wait()
	if got := one(t, h.says(ann, lobby, "!rps score")); got.Text != "You 20, me 20." {
		t.Errorf("the score is %q", got.Text)
	}
}
