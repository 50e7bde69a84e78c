package bot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia"
)

// quiz makes the feature anew, as a new process does. Chance is seeded, the same each time.
func quiz(h *house) bot.Feature {
	return bot.Trivia(h.memory("trivia"), chanceOf(1), bot.TriviaOptions{Prefix: "!"})
}

// chanceOf returns a source of chance that may be used by several rooms at once.
func chanceOf(seed uint64) func(int) int {
	var mu sync.Mutex
	source := rand.New(rand.NewPCG(seed, 1))
	return func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return source.IntN(n)
	}
}

// letters are the answers' emoji.
var letters = []string{"🇦", "🇧", "🇨", "🇩"}

// rightOf looks up in the bank what is right, and where it stands in an open question.
func rightOf(t *testing.T, a bot.Answer) (right string, place int, q trivia.Question) {
	t.Helper()
	bank, err := trivia.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(a.Text, "\n")
	for _, q := range bank {
		if lines[0] == "❓ "+q.Text {
			for i := range letters {
				if lines[i+1] == letters[i]+" "+q.Right {
					return q.Right, i, q
				}
			}
		}
	}
	t.Fatalf("not from the bank:\n%s", a.Text)
	return "", 0, trivia.Question{}
}

func TestTrivia(t *testing.T) {
	t.Parallel()
	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, quiz)
		h.chat.names[bob] = "<b>Bob"
		asked := one(t, h.says(ann, lobby, "!trivia science hard"))
		right, place, q := rightOf(t, asked.Answer)
		if !asked.Board || asked.ReplyTo == "" || !strings.Contains(asked.Text, "Science · hard, 3 points · 30 s to react") {
			t.Errorf("got %+v", asked)
		}
		if got := h.reactions(asked.id); !slices.Equal(got, letters) {
			t.Errorf("reactions %v", got)
		}
		h.reacts(ann, lobby, asked.id, letters[(place+1)%4])
		h.reacts(ann, lobby, asked.id, letters[place]) // the last one counts
		h.reacts(bob, lobby, asked.id, letters[(place+2)%4])
		h.reacts(botUser, lobby, asked.id, letters[place])
		taken := h.reacts("@cy:test", lobby, asked.id, letters[place])
		h.redacts("@cy:test", lobby, taken)
		h.reacts("@di:test", lobby, asked.id, "🎉")
		h.reacts("@di:test", lobby, "$other", letters[place])
		before := len(h.all())
		h.pass(29 * time.Second)
		if len(h.all()) != before {
			t.Errorf("revealed early: %+v", h.all()[before:])
		}
		h.pass(time.Second)
		mustShow(t, h.shown(asked.id), letters[place]+" "+right+" ✅")
		reveal := h.all()[len(h.all())-1]
		want := fmt.Sprintf("⏰ It was %s %s\n✅ Ann +3\n❌ <b>Bob\nSource: %s", letters[place], right, q.Source)
		if reveal.Text != want || reveal.ReplyTo != asked.id || len(reveal.Mention) > 0 || strings.Contains(reveal.HTML, "<b>Bob") {
			t.Errorf("got %+v, want %s", reveal.Answer, want)
		}
		h.reacts(bob, lobby, asked.id, letters[place]) // too late
		scores := one(t, h.says(bob, lobby, "!trivia scores"))
		if scores.Text != "🏆 Trivia in this room\n🥇 Ann: 3 points · 1 of 1 right\n🥈 <b>Bob: 0 points · 0 of 1 right" {
			t.Errorf("scores:\n%s", scores.Text)
		}
		if got := one(t, h.says(bob, den, "!trivia scores")); !strings.HasPrefix(got.Text, "Nobody has answered") {
			t.Errorf("another room's scores: %s", got.Text)
		}
	})
	t.Run("Nobody", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, quiz)
		h.says(ann, lobby, "!trivia")
		h.pass(30 * time.Second)
		if last := h.all()[len(h.all())-1]; !shows(last.Answer, "Nobody dared to answer.") {
			t.Errorf("got %s", last.Text)
		}
	})
	t.Run("Streak", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, quiz)
		for range 3 {
			asked := one(t, h.says(ann, lobby, "!trivia easy"))
			_, place, _ := rightOf(t, asked.Answer)
			h.reacts(ann, lobby, asked.id, letters[place])
			h.pass(30 * time.Second)
		}
		if last := h.all()[len(h.all())-1]; !shows(last.Answer, "✅ Ann +1 (3 in a row)") {
			t.Errorf("got %s", last.Text)
		}
		if got := one(t, h.says(ann, lobby, "!quiz top")); !shows(got.Answer, "🥇 Ann: 3 points · 3 of 3 right · 3 in a row") {
			t.Errorf("got %s", got.Text)
		}
	})
	t.Run("Removed", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, quiz)
		asked := one(t, h.says(ann, lobby, "!trivia"))
		h.redacts(bob, lobby, asked.id)
		before := len(h.all())
		h.pass(time.Minute)
		if len(h.all()) != before {
			t.Errorf("revealed what was removed: %+v", h.all()[before:])
		}
		one(t, h.says(ann, lobby, "!trivia"))
	})
	t.Run("OneAtATime", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, quiz)
		one(t, h.says(ann, lobby, "!trivia"))
		if got := one(t, h.says(bob, lobby, "!trivia")); got.Text != "One question at a time: the last one is still open." {
			t.Errorf("got %q", got.Text)
		}
		other := one(t, h.says(bob, den, "!trivia"))
		rightOf(t, other.Answer)
		h.pass(30 * time.Second)
		mustShow(t, h.shown(other.id), "❓")
		one(t, h.says(bob, lobby, "!trivia"))
	})
	t.Run("Wrong", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, quiz)
		got := one(t, h.says(ann, lobby, "!trivia cars"))
		if !strings.HasPrefix(got.Text, `I know no category "cars". There are books, computing,`) || !strings.HasSuffix(got.Text, "Usage: !trivia [<category>] [easy|medium|hard]") || got.Board {
			t.Errorf("got %q", got.Text)
		}
		for _, two := range []string{"easy hard", "film food", "film movies easy"} {
			if got := one(t, h.says(ann, lobby, "!trivia "+two)); !strings.HasPrefix(got.Text, "One category and one difficulty at a time.") {
				t.Errorf("%s: got %q", two, got.Text)
			}
		}
		if got := one(t, h.says(ann, lobby, "!trivia categories")); !strings.Contains(got.Text, "space (31)") {
			t.Errorf("got %q", got.Text)
		}
	})
}

// TestTriviaSecret looks for the answer in everything that leaves the bot before the reveal.
func TestTriviaSecret(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		h := newHouse(t, func(h *house) bot.Feature {
			return bot.Trivia(h.memory("trivia"), chanceOf(seed), bot.TriviaOptions{Prefix: "!"})
		})
		asked := one(t, h.says(ann, lobby, "!trivia"))
		_, place, q := rightOf(t, asked.Answer)
		sent, err := json.Marshal(asked.Answer)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(sent), q.Source) || strings.Contains(string(sent), "✅") || strings.Contains(asked.key, q.ID) {
			t.Errorf("the question tells more than it should: %s", sent)
		}
		text, markup := strings.Split(asked.Text, "\n"), strings.Split(asked.HTML, "<br>")
		for i := range letters { // each answer is a letter and its text, and nothing else
			plain := slices.ContainsFunc(append(q.Wrong, q.Right), func(answer string) bool {
				return text[i+1] == letters[i]+" "+answer && strings.Contains(markup[i]+"</p>", letters[i]+" "+html.EscapeString(answer)+"</p>")
			})
			if !plain {
				t.Errorf("answer %d (right is %d): %s, %s", i, place, text[i+1], markup[i])
			}
		}
		if got := h.reactions(asked.id); !slices.Equal(got, letters) {
			t.Errorf("reactions %v", got)
		}
	}
}

// TestTriviaAway has the bot away when the time is up. Answers that were given before count.
func TestTriviaAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t, quiz)
	asked := one(t, h.says(ann, lobby, "!trivia hard"))
	_, place, _ := rightOf(t, asked.Answer)
	early := h.reacts(bob, lobby, asked.id, letters[place])
	h.stop()
	start := h.time()
	h.mu.Lock()
	h.now = start.Add(10 * time.Minute)
	h.mu.Unlock()
	h.start(quiz)
	h.pass(0)
	if n := len(h.all()); n != 1 {
		t.Errorf("revealed before what is on its way has come: %+v", h.all()[1:])
	}
	h.do(bot.Event{Kind: bot.KindReaction, Room: lobby, Sender: ann, Target: asked.id, Key: letters[place], Sent: start.Add(29 * time.Second)})
	h.do(bot.Event{Kind: bot.KindReaction, Room: lobby, Sender: "@cy:test", Target: asked.id, Key: letters[place], Sent: start.Add(31 * time.Second)})
	h.do(bot.Event{Kind: bot.KindRedaction, Room: lobby, Sender: bob, Target: early, Sent: start.Add(20 * time.Second)})
	h.pass(10 * time.Second)
	if last := h.all()[len(h.all())-1]; !shows(last.Answer, "✅ Ann +3") || strings.Contains(last.Text, "cy") || strings.Contains(last.Text, "Bob") {
		t.Errorf("got %s", last.Text)
	}
}

// TestTriviaCrash lets each send of the reveal fail, with a new process after it: it is
// revealed once, and scored once.
func TestTriviaCrash(t *testing.T) {
	t.Parallel()
	for failing := range 4 {
		t.Run(fmt.Sprint(failing), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, quiz)
			asked := one(t, h.says(ann, lobby, "!trivia easy"))
			_, place, _ := rightOf(t, asked.Answer)
			h.reacts(ann, lobby, asked.id, letters[place])
			sends := 0
			h.chat.mu.Lock()
			h.chat.fail = func(string) error {
				if sends++; sends == failing {
					return errors.New("away")
				}
				return nil
			}
			h.chat.mu.Unlock()
			h.pass(30 * time.Second)
			h.restart(quiz)
			h.reacts(bob, lobby, asked.id, letters[place]) // too late, whatever failed
			h.pass(40 * time.Second)
			if n := len(h.all()); n != 3 {
				t.Errorf("%d messages: %+v", n, h.all())
			}
			h.chat.mu.Lock()
			h.chat.fail = nil
			h.chat.mu.Unlock()
			if got := one(t, h.says(ann, lobby, "!trivia scores")); got.Text != "🏆 Trivia in this room\n🥇 Ann: 1 point · 1 of 1 right" {
				t.Errorf("scores:\n%s", got.Text)
			}
		})
	}
}

// TestTriviaTwice handles a command a second time, by a new process.
func TestTriviaTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	seed := uint64(0)
	run := func() {
		t.Helper()
		seed++
		f := bot.Trivia(h.memory("trivia"), chanceOf(seed), bot.TriviaOptions{})
		if err := f.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		call := &bot.Call{Event: bot.Event{Kind: bot.KindMessage, ID: "$ask", Room: lobby, Sender: ann, Sent: h.time()}, Now: h.time(), Chat: h.chat}
		if err := f.Commands[0].Run(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	run()
	run()
	first := one(t, h.all())
	if len(h.chat.reacted) != 4 {
		t.Errorf("%d reactions", len(h.chat.reacted))
	}
	h.restart(quiz)
	h.pass(30 * time.Second)
	if n := len(h.all()); n != 3 {
		t.Errorf("%d messages", n)
	}
	right, _, _ := rightOf(t, first.Answer)
	if last := h.all()[2]; !strings.Contains(last.Text, right) {
		t.Errorf("another question's answer: %s, want %s", last.Text, right)
	}
	run() // when the round is over
	if n := len(h.all()); n != 3 {
		t.Errorf("%d messages", n)
	}
	h.restart(quiz)
	rightOf(t, one(t, h.says(ann, lobby, "!trivia")).Answer) // and no other has begun
}

// TestTriviaNoRepeats plays a whole category, with restarts.
func TestTriviaNoRepeats(t *testing.T) {
	t.Parallel()
	h := newHouse(t, quiz)
	seen := map[string]bool{}
	for i := range 31 {
		asked := one(t, h.says(ann, lobby, "!trivia space"))
		_, _, q := rightOf(t, asked.Answer)
		if seen[q.ID] {
			t.Fatalf("%s came again", q.ID)
		}
		seen[q.ID] = true
		h.pass(30 * time.Second)
		if i%10 == 9 {
			h.restart(quiz)
		}
	}
	one(t, h.says(ann, lobby, "!trivia space"))
}

// live is a source with one question.
type live struct{ q *trivia.Question }

func (l live) Question(f trivia.Filter, seen func(string) bool) (*trivia.Question, bool) {
	return l.q, f.Matches(l.q) && !seen(l.q.ID)
}

func TestTriviaLive(t *testing.T) {
	t.Parallel()
	q := &trivia.Question{
		ID: "opentdb-1", Category: "anime & manga", Difficulty: trivia.Medium, Text: "Who is <he>?", Right: "A&B",
		Wrong: []string{"C", "D", "E"}, Credit: "Open Trivia Database, CC BY-SA 4.0",
	}
	h := newHouse(t, func(h *house) bot.Feature {
		return bot.Trivia(h.memory("trivia"), chanceOf(1), bot.TriviaOptions{Prefix: "!", Live: live{q}})
	})
	asked := one(t, h.says(ann, lobby, "!trivia medium"))
	if !strings.Contains(asked.Text, "❓ Who is <he>?") || !strings.HasSuffix(asked.Text, "Open Trivia Database, CC BY-SA 4.0") ||
		!strings.Contains(asked.HTML, "&lt;he&gt;") || !strings.Contains(asked.HTML, "A&amp;B") || !strings.Contains(asked.HTML, "CC BY-SA 4.0") {
		t.Errorf("got %+v", asked.Answer)
	}
	h.pass(30 * time.Second)
	if last := h.all()[len(h.all())-1]; !shows(last.Answer, "Open Trivia Database, CC BY-SA 4.0") || shows(last.Answer, "Source:") {
		t.Errorf("got %s", last.Text)
	}
	rightOf(t, one(t, h.says(ann, lobby, "!trivia medium")).Answer) // seen: the bank's turn
}

// TestTriviaBesidePoll has a question and a poll in one room: what is taken back may concern
// either.
func TestTriviaBesidePoll(t *testing.T) {
	t.Parallel()
	h := newHouse(t, quiz, polls)
	asked, vote := one(t, h.says(ann, lobby, "!trivia hard")), asks(h, ann, lobby, "!poll Pizza?")
	_, place, _ := rightOf(t, asked.Answer)
	answer, yes := h.reacts(bob, lobby, asked.id, letters[place]), h.reacts(bob, lobby, vote, "✅")
	h.reacts(ann, lobby, asked.id, letters[place])
	h.reacts(ann, lobby, vote, "✅")
	h.redacts(bob, lobby, yes)
	h.redacts(bob, lobby, answer)
	h.pass(30 * time.Second)
	mustShow(t, h.shown(vote), "✅ Yes: 1 (100 %)")
	reveal := one(t, h.repliesTo(asked.id))
	if !shows(reveal.Answer, "✅ Ann +3") || strings.Contains(reveal.Text, "Bob") {
		t.Errorf("got %s", reveal.Text)
	}
}
