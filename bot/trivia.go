package bot

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia"
)

const (
	triviaTime   = 30 * time.Second // for an answer
	triviaSeen   = 500              // questions of a live source that a room is known to have had
	triviaEmojis = "🇦 🇧 🇨 🇩"

	triviaQuestion = "[<category>] [easy|medium|hard]" // what may be asked for
)

// TriviaSource has questions besides the bank. It answers at once: what it does not have
// now comes from the bank.
type TriviaSource interface {
	Question(f trivia.Filter, seen func(id string) bool) (*trivia.Question, bool)
}

// TriviaOptions are what the configuration says of trivia.
type TriviaOptions struct {
	Prefix string // of commands, for hints
	Live   TriviaSource
}

// triviaFeature asks questions in rooms. A round is one message of the bot; the answers are
// people's reactions to it, of which each person's last one counts. What is right is in no
// event before the reveal: no client hides what it has received.
type triviaFeature struct {
	memory Memory
	pick   func(n int) int
	TriviaOptions
	bank  trivia.Bank
	emoji []string

	mu    sync.Mutex
	rooms map[string]*triviaPlace
}

// triviaPlace is what Wants knows of a room, and a lock: alarms and reactions come at once.
type triviaPlace struct {
	work sync.Mutex // held while the round is changed or shown

	event string // the question's message; "" until it is known
	open  bool
}

// Trivia is the quiz. pick returns a number from 0 up to n, n left out, by chance.
func Trivia(m Memory, pick func(n int) int, o TriviaOptions) Feature {
	t := &triviaFeature{memory: m, pick: pick, TriviaOptions: o, emoji: strings.Fields(triviaEmojis), rooms: map[string]*triviaPlace{}}
	return Feature{
		Name: "trivia", Start: t.start, Wants: t.wants, Handle: t.handle,
		Commands: []Command{{
			Name:    "trivia",
			Aliases: []string{"quiz"},
			Usage:   triviaQuestion + " | scores | categories",
			Summary: "a question with four answers, for everybody in the room",
			Details: strings.Join([]string{
				"React with the letter of your answer within 30 seconds. Your last choice counts; take it away and you are out.",
				"An easy question brings one point, a medium one two, a hard one three.",
				"scores: who in this room knows most",
				"categories: what I can ask about",
			}, "\n"),
			Run: t.run,
		}},
	}
}

// start reads the bank, and learns in which rooms a question is open.
func (t *triviaFeature) start(ctx context.Context) error {
	var err error
	if t.bank, err = trivia.Shipped(); err != nil {
		return err
	}
	keys, err := t.memory.Keys(ctx, triviaKey)
	if err != nil {
		return err
	}
	for _, key := range keys {
		st, err := t.load(ctx, strings.TrimPrefix(key, triviaKey))
		if err != nil {
			return err
		}
		t.know(st)
	}
	return nil
}

// wants says yes to answers, and to everything that is taken back in a room with a question.
// One whose message is on its way may be any. What a room remembers follows its upgrade.
func (t *triviaFeature) wants(e Event) bool {
	if e.Kind != KindReaction && e.Kind != KindRedaction && e.Kind != KindUpgrade {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	place := t.rooms[e.Room]
	if place == nil || e.Kind == KindUpgrade {
		return place != nil
	}
	return place.open && (e.Kind == KindRedaction || place.event == e.Target || place.event == "")
}

// place returns what is known of a room. t.mu must be held.
func (t *triviaFeature) place(room string) *triviaPlace {
	if t.rooms[room] == nil {
		t.rooms[room] = &triviaPlace{}
	}
	return t.rooms[room]
}

// know keeps what Wants knows up to date.
func (t *triviaFeature) know(st *triviaRoom) {
	t.mu.Lock()
	defer t.mu.Unlock()
	place := t.place(st.room)
	place.event, place.open = "", false
	if st.Round != nil && !st.Round.Scored {
		place.event, place.open = st.Round.Event, true
	}
}

// lock waits for its turn with a room. Unlock it with what it returns.
func (t *triviaFeature) lock(room string) func() {
	t.mu.Lock()
	place := t.place(room)
	t.mu.Unlock()
	place.work.Lock()
	return place.work.Unlock
}

// run asks a question, or shows something about the game.
func (t *triviaFeature) run(ctx context.Context, c *Call) error {
	words := c.Words()
	if len(words) == 1 {
		switch strings.ToLower(words[0]) {
		case "scores", "score", "leaderboard", "top":
			return t.scores(ctx, c)
		case "categories", "category", "list":
			_, err := c.Reply(ctx, drawTriviaCategories(t.bank))
			return err
		}
	}
	categories := t.bank.Categories()
	f, unknown := trivia.ParseFilter(words, categories)
	if _, still := trivia.ParseFilter([]string{unknown}, categories); unknown != "" && still == "" {
		return &UsageError{Text: "One category and one difficulty at a time.", Usage: triviaQuestion}
	}
	if unknown != "" {
		return &UsageError{Text: fmt.Sprintf("I know no category %q. There are %s.", unknown, strings.Join(categories, ", ")), Usage: triviaQuestion}
	}
	return t.ask(ctx, c, f)
}
