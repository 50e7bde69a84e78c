package bot_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// wordleGame is Wordle in UTC. It starts practice with the first word, and goes on with the
// ones that follow.
func wordleGame(h *house) bot.Feature {
	next := -1
	return bot.Wordle(h.memory("wordle"), func(n int) int { next = (next + 1) % n; return next },
		bot.WordleOptions{Zone: time.UTC, Prefix: "!"})
}

// wordleDay is the number of the day in a new house; the word is "wider".
const wordleDay = 60

// playWordle makes some guesses in the direct chat of a user.
func playWordle(h *house, user string, guesses ...string) {
	h.t.Helper()
	for _, guess := range guesses {
		h.says(user, direct(user), guess)
	}
}

// beginWordle opens a user's board from the direct chat and returns its message.
func beginWordle(h *house, user, command string) string {
	h.t.Helper()
	return one(h.t, h.says(user, direct(user), command)).id
}

// lastIn returns what was said last in a room.
func lastIn(h *house, room string) said {
	h.t.Helper()
	for _, s := range slices.Backward(h.all()) {
		if s.room == room {
			return s
		}
	}
	h.t.Fatalf("nothing was said in %s", room)
	return said{}
}

// firstLine is what a notification shows.
func firstLine(a bot.Answer) string {
	line, _, _ := strings.Cut(a.Text, "\n")
	return line
}

func TestWordleFromARoom(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	got := h.says(ann, lobby, "!wordle")
	if len(got) != 2 || got[0].room != direct(ann) || !got[0].Board || got[0].ReplyTo != "" || firstLine(got[0].Answer) != "Wordle #60 · 0/6" {
		t.Fatalf("got %+v", got)
	}
	if got[1].room != lobby || got[1].Board || got[1].Text != "Your board is in our direct chat." {
		t.Errorf("in the room: %+v", got[1])
	}
	board := got[0].id
	for i, guess := range []string{"crane", " Moist. ", "tiger"} {
		edit := one(t, h.says(ann, direct(ann), guess))
		if edit.Replaces != board || !edit.Board || firstLine(edit.Answer) != fmt.Sprintf("Wordle #60 · %d/6", i+1) {
			t.Errorf("after %s: %+v", guess, edit)
		}
	}
	end := h.says(ann, direct(ann), "wider")
	if len(end) != 2 || end[0].Replaces != board || firstLine(end[0].Answer) != "Wordle #60 · 4/6 · solved" {
		t.Fatalf("at the end: %+v", end)
	}
	if want := "Four guesses, nicely solved. The next word comes in 12 h."; end[1].Text != want || end[1].Board {
		t.Errorf("the verdict is %q, want %q", end[1].Text, want)
	}
	if more := h.says(ann, direct(ann), "lotus"); len(more) > 0 {
		t.Errorf("after the end: %+v", more)
	}
	again := h.says(ann, lobby, "!wordle")
	if want := "You have played today's word. The next word comes in 12 h. !wordle share shows your board here, without the letters."; one(t, again).Text != want {
		t.Errorf("called again: %q", again[0].Text)
	}
	if a := one(t, h.says(ann, direct(ann), "!wordle slate")); firstLine(a.Answer) != "Wordle #60 · 4/6 · solved" || a.Replaces != "" {
		t.Errorf("a guess after the end: %+v", a)
	}
}

func TestWordleWrongUse(t *testing.T) {
	t.Parallel()
	const usage = " Usage: !wordle [<guess> | practice | hard on|off | contrast on|off | stats | share [<room>] | leaderboard | give up]"
	for name, test := range map[string]struct{ room, text, want string }{
		"Unknown":      {lobby, "!wordle what", "That is no word of five letters. Usage: !wordle <guess>"},
		"TwoWords":     {lobby, "!wordle crane moist", "I do not know that one." + usage},
		"Symbols":      {lobby, "!wordle cr@ne", "I do not know that one." + usage},
		"Give":         {lobby, "!wordle give", "That is no word of five letters. Usage: !wordle <guess>"},
		"GiveIn":       {lobby, "!wordle give in", "I do not know that one." + usage},
		"GiveUpNone":   {lobby, "!wordle give up", "You have no board open."},
		"Hard":         {lobby, "!wordle hard", "Hard mode is off. Change it with !wordle hard on."},
		"HardMaybe":    {lobby, "!wordle hard maybe", "Hard mode can be on or off. Usage: !wordle hard on|off"},
		"ContrastMore": {lobby, "!wordle contrast on off", "High contrast can be on or off. Usage: !wordle contrast on|off"},
		"StatsNone":    {lobby, "!wordle stats", "You have not played a word of the day to its end yet."},
		"StatsMore":    {lobby, "!wordle stats now", "I do not know that one." + usage},
		"LeadersNone":  {lobby, "!wordle leaderboard", "Nobody here has played a word of the day to its end yet."},
		"ShareNone":    {lobby, "!wordle share", "There is nothing to share yet: finish the word of the day first, with !wordle."},
		"ShareMore":    {lobby, "!wordle share a b", "I do not know that one." + usage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, wordleGame)
			if got := one(t, h.says(ann, test.room, test.text)); got.Text != test.want || got.Board || got.room != test.room {
				t.Errorf("got %q, want %q", got.Text, test.want)
			}
		})
	}
}

func TestWordleWrongGuess(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	board := beginWordle(h, ann, "!wordle")
	playWordle(h, ann, "crane")
	for text, want := range map[string]string{
		"cran":   "A guess has five letters, A to Z.",
		"naïve":  "A guess has five letters, A to Z.",
		"cr4ne":  "A guess has five letters, A to Z.",
		"zzzzz":  "ZZZZZ is not in my list of words. That guess does not count.",
		"Crane!": "You have guessed CRANE already. This time it does not count.",
	} {
		if got := one(t, h.says(ann, direct(ann), text)); got.Text != want || got.Board || got.ReplyTo == "" {
			t.Errorf("%s: got %+v, want %q", text, got, want)
		}
	}
	for _, text := range []string{"how are you", "👍", "", "https://a.test", "нет"} {
		if got := h.says(ann, direct(ann), text); len(got) > 0 {
			t.Errorf("%q was answered: %+v", text, got)
		}
	}
	for name, e := range map[string]bot.Event{
		"Reply":     {Sender: ann, Room: direct(ann), ReplyTo: "$other", Text: "moist"},
		"Other":     {Sender: bob, Room: direct(ann), Text: "moist"},
		"OtherRoom": {Sender: ann, Room: lobby, Text: "moist"},
	} {
		e.Kind = bot.KindMessage
		if got := h.do(e); len(got) > 0 {
			t.Errorf("%s was answered: %+v", name, got)
		}
	}
	if got := firstLine(h.shown(board)); got != "Wordle #60 · 1/6" {
		t.Errorf("the board is at %q", got)
	}
	if got := one(t, h.replies(ann, direct(ann), board, "moist")); firstLine(got.Answer) != "Wordle #60 · 2/6" {
		t.Errorf("a guess in reply to the board: %+v", got)
	}
}

func TestWordleHardMode(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	board := beginWordle(h, ann, "!wordle")
	got := h.says(ann, direct(ann), "!wordle hard on")
	if len(got) != 2 || got[0].Text != "Hard mode is on." || firstLine(h.shown(board)) != "Wordle #60 · 0/6* · hard mode" {
		t.Errorf("got %+v", got)
	}
	playWordle(h, ann, "tiger") // I, E and R of "wider"
	for guess, want := range map[string]string{
		"crane": "Hard mode: letter 2 must be I.",
		"cider": "", // allowed, comes last
	} {
		if want == "" {
			continue
		}
		if got := one(t, h.says(ann, direct(ann), guess)); got.Text != want {
			t.Errorf("%s: %q", guess, got.Text)
		}
	}
	if got := one(t, h.says(ann, direct(ann), "!wordle hard")); got.Text != "Hard mode is on. Change it with !wordle hard off." {
		t.Errorf("got %q", got.Text)
	}
	if got := h.says(ann, direct(ann), "!wordle hard off"); got[0].Text != "Hard mode is off from the next board." {
		t.Errorf("on a board that is begun: %q", got[0].Text)
	}
	playWordle(h, ann, "cider", "wider")
	if got := firstLine(h.shown(board)); got != "Wordle #60 · 3/6* · solved" {
		t.Errorf("the board is at %q", got)
	}
	if got := one(t, h.says(ann, lobby, "!wordle share")); firstLine(got.Answer) != "Ann solved Wordle #60 3/6*" {
		t.Errorf("shared as %q", got.Text)
	}
	if got := firstLine(h.shown(beginWordle(h, ann, "!wordle practice"))); got != "Wordle practice · 0/6" {
		t.Errorf("the next board is %q", got)
	}
}

func TestWordleContrast(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	board := beginWordle(h, ann, "!wordle")
	playWordle(h, ann, "tiger")
	if a := h.shown(board); !strings.Contains(a.Text, "⬛🟩⬛🟩🟩 TIGER") || !strings.Contains(a.HTML, "⬛🟩⬛🟩🟩") {
		t.Errorf("before: %s", a.Text)
	}
	if got := h.says(ann, lobby, "!wordle contrast on"); got[0].Text != "High contrast is on." || got[0].room != lobby {
		t.Errorf("got %+v", got)
	}
	if a := h.shown(board); !strings.Contains(a.Text, "⬛🟧⬛🟧🟧 TIGER") || !strings.Contains(a.HTML, "#f5793a") || strings.Contains(a.HTML, "#538d4e") {
		t.Errorf("after: %s", a.HTML)
	}
}

func TestWordlePractice(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	daily := beginWordle(h, ann, "!wordle")
	playWordle(h, ann, "crane")
	practice := beginWordle(h, ann, "!wordle practice") // "aback"
	playWordle(h, ann, "bacon")
	if d, p := firstLine(h.shown(daily)), firstLine(h.shown(practice)); d != "Wordle #60 · 1/6" || p != "Wordle practice · 1/6" {
		t.Fatalf("%q and %q", d, p)
	}
	end := h.says(ann, direct(ann), "aback")
	if len(end) != 2 || end[1].Text != "Two guesses, splendid!" || !strings.HasSuffix(end[0].Text, "🎉 Solved in 2. !wordle practice brings another.") {
		t.Errorf("got %+v", end)
	}
	if got := h.says(ann, direct(ann), "lotus"); len(got) > 0 {
		t.Errorf("between two games: %+v", got)
	}
	back := h.says(ann, direct(ann), "!wordle")
	if len(back) != 2 || firstLine(back[0].Answer) != "Wordle #60 · 1/6" || back[1].Replaces != daily || back[1].Text != "Wordle #60 · 1/6: the board is further down." {
		t.Fatalf("back to the daily board: %+v", back)
	}
	h.says(ann, direct(ann), "!wordle practice")
	h.says(ann, direct(ann), "!wordle give up")
	anew := h.says(ann, direct(ann), "!wordle wider")
	if got := firstLine(h.shown(anew[0].id)); got != "Wordle #60 · 2/6 · solved" {
		t.Errorf("the daily board is at %q", got)
	}
	if got := firstLine(one(t, h.says(ann, direct(ann), "!wordle stats")).Answer); got != "Ann, Wordle: 1 played · 100 % solved · streak 1 · longest 1" {
		t.Errorf("practice counts: %q", got)
	}
	if got := beginWordle(h, ann, "!wordle practice"); got == practice {
		t.Error("the same board again")
	}
	playWordle(h, ann, "abate")
	if got := lastIn(h, direct(ann)).Text; got != "In one! Can you read my mind?" {
		t.Errorf("the second practice word: %q", got)
	}
}

func TestWordleGiveUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	board := beginWordle(h, ann, "!wordle")
	playWordle(h, ann, "crane")
	got := h.says(ann, lobby, "!wordle give up")
	if len(got) != 3 || got[0].Replaces != board || got[2].room != lobby || got[2].Text != "Your board is in our direct chat." {
		t.Fatalf("got %+v", got)
	}
	if got[1].Text != "The word was WIDER. The next word comes in 12 h." || got[1].room != direct(ann) {
		t.Errorf("the verdict is %q", got[1].Text)
	}
	if a := h.shown(board); firstLine(a) != "Wordle #60 · X/6 · not solved" || !strings.Contains(a.HTML, "The word was WIDER.") {
		t.Errorf("the board is %s", a.Text)
	}
	if got := one(t, h.says(ann, lobby, "!wordle share")); got.Text != "Ann did not solve Wordle #60 X/6\n⬛🟨⬛⬛🟨" {
		t.Errorf("shared as %q", got.Text)
	}
}

// TestWordleNoLetters plays in public, rudely: no word is ever said there.
func TestWordleNoLetters(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	words := []string{"bitch", "zzzzz", "bitch", "crane", "wider"}
	for _, word := range words {
		h.says(ann, lobby, "!wordle "+word)
	}
	for _, command := range []string{"!wordle share", "!wordle stats", "!wordle leaderboard", "!wordle", "!wordle practice", "!wordle give up"} {
		h.says(ann, lobby, command)
	}
	if got := firstLine(h.shown(h.all()[0].id)); got != "Wordle #60 · 3/6 · solved" {
		t.Errorf("the board is at %q", got)
	}
	said := 0
	for _, s := range h.all() {
		if s.room != lobby {
			continue
		}
		said++
		for _, word := range append(words, "aback") {
			if strings.Contains(strings.ToLower(s.Text+s.HTML), word) {
				t.Errorf("said in public: %s", s.Text)
			}
		}
		if len(s.Mention) > 0 {
			t.Errorf("pings: %v", s.Mention)
		}
	}
	if said != len(words)+6 {
		t.Errorf("%d answers in the room", said)
	}
}

func TestWordleNoDirectChat(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	h.chat.mu.Lock()
	h.chat.fail = func(what string) error {
		if what == "direct" {
			return errors.New("forbidden")
		}
		return nil
	}
	h.chat.mu.Unlock()
	if got := one(t, h.says(ann, lobby, "!wordle")); got.Text != "I could not open a direct chat with you. Invite me to one and ask there." {
		t.Errorf("got %q", got.Text)
	}
}

// TestWordleSameWord lets two people in two rooms play at once: they have the same word, and
// boards of their own.
func TestWordleSameWord(t *testing.T) {
	t.Parallel()
	h := newHouse(t, wordleGame)
	for _, user := range []string{ann, bob} {
		for _, text := range []string{"!wordle crane", "!wordle tiger", "!wordle cider"} {
			h.event(bot.Event{Kind: bot.KindMessage, Room: map[string]string{ann: lobby, bob: den}[user], Sender: user, Text: text})
		}
	}
	h.wait()
	for _, user := range []string{ann, bob} {
		playWordle(h, user, "wider")
		if got := lastIn(h, direct(user)).Text; !strings.HasPrefix(got, "Four guesses") {
			t.Errorf("%s: %q", user, got)
		}
	}
	if wordle.AnswerOf(wordleDay) != "wider" {
		t.Error("another word")
	}
}
