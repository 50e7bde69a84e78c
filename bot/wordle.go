package bot

import (
	"context"
	"strings"
	"sync"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// WordleOptions are what the configuration says of Wordle.
type WordleOptions struct {
	Zone   *time.Location // whose midnight brings the next word
	Room   string         // a room reference: where "share" goes from a direct chat; "" is the room the board was called from
	Prefix string         // of commands, for hints
}

// wordleFeature is the game in rooms. A board is one message in the direct chat with its
// player, whom nobody else can read; guesses there need no command.
type wordleFeature struct {
	memory Memory
	pick   func(n int) int
	WordleOptions

	mu    sync.Mutex
	seats map[string]wordleSeat  // by the room of a direct chat: what Wants knows
	locks map[string]*sync.Mutex // by player: commands may come from several rooms at once
}

// wordleSeat is who plays in a room, and whether a board is open.
type wordleSeat struct {
	user, board string
	open        bool
}

// Wordle is the word game. pick returns a number from 0 up to n, n left out, by chance.
func Wordle(m Memory, pick func(n int) int, o WordleOptions) Feature {
	w := &wordleFeature{memory: m, pick: pick, WordleOptions: o, seats: map[string]wordleSeat{}, locks: map[string]*sync.Mutex{}}
	return Feature{
		Name: "wordle", Start: w.start, Wants: w.wants, Handle: w.handle,
		Commands: []Command{{
			Name:    "wordle",
			Usage:   "[<guess> | practice | hard on|off | contrast on|off | stats | share [<room>] | leaderboard | give up]",
			Summary: "the word of the day: five letters, six guesses, in our direct chat",
			Details: strings.Join([]string{
				"Alone it brings today's board. Guess by sending me just a word. 🟩 is a letter at its place, 🟨 one that belongs elsewhere, ⬛ one that is not in the word.",
				"practice: another word, as many as you like; they do not count",
				"hard on: what is found must be used; it counts from the next board that is still empty",
				"contrast on: 🟧 and 🟦 in place of 🟩 and 🟨",
				"stats: how you have played so far",
				"share: shows your finished board in a room, without its letters",
				"leaderboard: who in this room plays best",
				"give up: ends the board that is open",
				"A word that is also one of these, such as share, is guessed without the command.",
			}, "\n"),
			Run: w.run,
		}},
	}
}

// start learns where boards are open.
func (w *wordleFeature) start(ctx context.Context) error {
	users, err := w.users(ctx)
	if err != nil {
		return err
	}
	for _, user := range users {
		p, err := w.load(ctx, user)
		if err != nil {
			return err
		}
		w.seat(p)
	}
	return nil
}

// wants says yes to a single word of a player in the direct chat while a board is open. Five
// letters are taken there even before: the command that opens the board may be on its way.
func (w *wordleFeature) wants(e Event) bool {
	if e.Kind != KindMessage {
		return false
	}
	w.mu.Lock()
	seat, here := w.seats[e.Room]
	w.mu.Unlock()
	if !here || seat.user != e.Sender || e.ReplyTo != "" && e.ReplyTo != seat.board {
		return false
	}
	return singleWord(e.Text) && (seat.open || len(wordle.Clean(e.Text)) == wordle.Letters)
}

// singleWord says whether a message may be meant as a guess, a wrong one too.
func singleWord(text string) bool {
	word := wordle.Clean(text)
	foreign := func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 0xc0 <= r && r < 0x250 // Latin, with accents
		return !letter && !strings.ContainsRune("0123456789'-", r)
	}
	return word != "" && len(word) <= 20 && !strings.ContainsFunc(word, foreign)
}

// handle takes a guess in a direct chat.
func (w *wordleFeature) handle(ctx context.Context, c *Call) error {
	defer w.lock(c.Sender)()
	p, err := w.load(ctx, c.Sender)
	if err != nil {
		return err
	}
	if p.Room != c.Room || !p.open() && !p.did(c.ID) {
		return nil // said between two games
	}
	return w.guess(ctx, c, p, c.Text)
}

// run answers the command.
func (w *wordleFeature) run(ctx context.Context, c *Call) error {
	words := strings.Fields(strings.ToLower(c.Args))
	what, more := "", []string(nil)
	if len(words) > 0 {
		what, more = words[0], words[1:]
	}
	if what == "leaderboard" || what == "top" {
		return w.leaderboard(ctx, c)
	}
	defer w.lock(c.Sender)()
	p, err := w.load(ctx, c.Sender)
	if err != nil {
		return err
	}
	p.Name = c.Chat.Name(ctx, c.Room, c.Sender)
	switch {
	case len(more) == 0 && (what == "" || what == "daily" || what == "play"):
		return w.daily(ctx, c, p)
	case len(more) == 0 && what == "practice":
		return w.practice(ctx, c, p)
	case what == "hard" || what == "contrast":
		return w.prefer(ctx, c, p, what, more)
	case len(more) == 0 && what == "stats":
		return w.stats(ctx, c, p)
	case len(more) <= 1 && what == "share":
		return w.share(ctx, c, p)
	case len(more) == 0 && what == "giveup" || len(more) == 1 && what == "give" && more[0] == "up":
		return w.giveUp(ctx, c, p)
	case len(more) == 0 && singleWord(what):
		return w.guessAnywhere(ctx, c, p, what)
	}
	return &UsageError{Text: "I do not know that one."}
}
