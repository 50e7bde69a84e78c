package bot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
)

// polls makes the feature anew, as a new process does.
func polls(h *house) bot.Feature {
	return bot.Poll(h.memory("poll"), bot.PollOptions{Prefix: "!"})
}

func nativePolls(h *house) bot.Feature {
	return bot.Poll(h.memory("poll"), bot.PollOptions{Prefix: "!", Native: true})
}

// asks lets somebody make a poll, and returns its message's id.
func asks(h *house, user, room, text string) string {
	h.t.Helper()
	return one(h.t, h.says(user, room, text)).id
}

// shows says whether a message has a line that begins so.
func shows(a bot.Answer, line string) bool {
	return slices.ContainsFunc(strings.SplitAfter(a.Text, "\n"), func(l string) bool { return strings.HasPrefix(l, line) })
}

func mustShow(t *testing.T, a bot.Answer, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !shows(a, line) {
			t.Errorf("no line %q in\n%s", line, a.Text)
		}
	}
}

func TestPoll(t *testing.T) {
	t.Parallel()
	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, polls)
		id := asks(h, ann, lobby, `!poll "Which <game>?" Go | Chess | Ludo`)
		if got := h.reactions(id); !slices.Equal(got, []string{"1️⃣", "2️⃣", "3️⃣"}) {
			t.Errorf("reactions %v", got)
		}
		first := h.shown(id)
		mustShow(t, first, "📊 Which <game>?", "1️⃣ Go", "No votes yet")
		if !first.Board || first.ReplyTo != "$event-1" || strings.Contains(first.HTML, "<game>") {
			t.Errorf("got %+v", first)
		}
		h.reacts(ann, lobby, id, "1️⃣")
		h.reacts(bob, lobby, id, "1\u20e3") // as other clients write it
		h.pass(3 * time.Second)
		mustShow(t, h.shown(id), "1️⃣ Go: 2 (100 %)", "2 votes")
		h.reacts(bob, lobby, id, "3️⃣")
		h.reacts(botUser, lobby, id, "3️⃣")
		h.reacts(ann, lobby, id, "🎉")
		h.reacts(ann, den, id, "2️⃣")
		h.reacts(ann, lobby, "$other", "2️⃣")
		h.pass(3 * time.Second)
		mustShow(t, h.shown(id), "1️⃣ Go: 1 (50 %)", "3️⃣ Ludo: 1 (50 %)", "2 votes")
		h.says(ann, lobby, "!poll close")
		mustShow(t, h.shown(id), "3️⃣ Ludo 🏆: 1 (50 %)", "2 votes · closed")
		last := h.all()[len(h.all())-1]
		if last.Text != "📊 Which <game>? A draw between Go and Ludo, with 1 each" || last.ReplyTo != id || len(last.Mention) > 0 {
			t.Errorf("the end is told as %+v", last)
		}
		h.reacts(bob, lobby, id, "1️⃣")
		h.pass(time.Minute)
		mustShow(t, h.shown(id), "1️⃣ Go 🏆: 1 (50 %)")
	})
	t.Run("YesNo", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, polls)
		id := asks(h, ann, lobby, "!poll Pizza tonight?")
		if got := h.reactions(id); !slices.Equal(got, []string{"✅", "❌"}) {
			t.Errorf("reactions %v", got)
		}
		h.reacts(bob, lobby, id, "✅")
		h.says(ann, lobby, "!poll close")
		if last := h.all()[len(h.all())-1]; last.Text != "📊 Pizza tonight? Yes, with 1 of 1" {
			t.Errorf("the end is told as %q", last.Text)
		}
	})
	t.Run("TakenBack", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, polls)
		id := asks(h, ann, lobby, "!poll Pizza?")
		vote := h.reacts(bob, lobby, id, "✅")
		h.redacts(bob, lobby, vote)
		h.pass(3 * time.Second)
		mustShow(t, h.shown(id), "✅ Yes", "No votes yet")
	})
	t.Run("Multi", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, polls)
		id := asks(h, ann, lobby, `!poll multi "Days?" Monday | Tuesday`)
		h.reacts(bob, lobby, id, "1️⃣")
		h.reacts(bob, lobby, id, "2️⃣")
		h.reacts(ann, lobby, id, "2️⃣")
		h.pass(3 * time.Second)
		mustShow(t, h.shown(id), "1️⃣ Monday: 1 (50 %)", "2️⃣ Tuesday: 2 (100 %)", "2 people")
	})
	t.Run("Removed", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, polls)
		id := asks(h, ann, lobby, "!poll Pizza?")
		h.redacts(bob, lobby, id)
		h.reacts(bob, lobby, id, "✅")
		before := len(h.all())
		h.pass(time.Hour)
		if len(h.all()) != before {
			t.Errorf("the bot still spoke: %+v", h.all()[before:])
		}
	})
	t.Run("TwoRooms", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, polls)
		a, b := asks(h, ann, lobby, "!poll A?"), asks(h, ann, den, "!poll B?")
		h.reacts(bob, lobby, a, "✅")
		h.reacts(bob, den, b, "❌")
		h.pass(3 * time.Second)
		mustShow(t, h.shown(a), "✅ Yes: 1", "❌ No")
		mustShow(t, h.shown(b), "✅ Yes", "❌ No: 1")
		h.says(ann, den, "!poll close")
		mustShow(t, h.shown(b), "1 vote · closed")
		mustShow(t, h.shown(a), "1 vote · react")
	})
}

// TestPollEdits votes a lot: edits are few, and the last one has all.
func TestPollEdits(t *testing.T) {
	t.Parallel()
	h := newHouse(t, polls)
	id := asks(h, ann, lobby, "!poll Pizza?")
	for i := range 60 {
		h.reacts(fmt.Sprintf("@u%d:test", i), lobby, id, "✅")
		h.pass(200 * time.Millisecond) // 12 s altogether
	}
	h.pass(3 * time.Second)
	if edits := len(h.all()) - 1; edits < 3 || edits > 6 {
		t.Errorf("%d edits", edits)
	}
	mustShow(t, h.shown(id), "✅ Yes: 60")
	before := len(h.all())
	h.pass(time.Hour)
	if len(h.all()) != before {
		t.Error("edits without a change")
	}
}

func TestPollTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t, polls)
	id := asks(h, ann, lobby, `!poll 10m "Pizza?"`)
	mustShow(t, h.shown(id), "No votes yet · react to vote · open until 12:10")
	h.reacts(bob, lobby, id, "❌")
	h.pass(10*time.Minute - time.Second)
	mustShow(t, h.shown(id), "1 vote · react")
	h.pass(time.Second)
	mustShow(t, h.shown(id), "1 vote · closed")
	if last := h.all()[len(h.all())-1]; last.Text != "📊 Pizza? No, with 1 of 1" {
		t.Errorf("the end is told as %q", last.Text)
	}
	if got := one(t, h.says(ann, lobby, "!poll close")); got.Text != "There is no open poll here." {
		t.Errorf("got %q", got.Text)
	}
	keys, err := h.memory("poll").Keys(t.Context(), "")
	if err != nil || len(keys) != 1 {
		t.Errorf("keys %v, %v", keys, err)
	}
	h.pass(25 * time.Hour)
	if keys, err = h.memory("poll").Keys(t.Context(), ""); err != nil || len(keys) != 0 {
		t.Errorf("after a day, keys %v, %v", keys, err)
	}
}

// TestPollAway has the bot away when a poll ends. Votes that were made before count.
func TestPollAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t, polls)
	id := asks(h, ann, lobby, `!poll 10m "Pizza?"`)
	early := h.reacts(ann, lobby, id, "❌")
	h.stop()
	start := h.time()
	h.mu.Lock()
	h.now = start.Add(time.Hour)
	h.mu.Unlock()
	h.start(polls)
	h.pass(0)
	mustShow(t, h.shown(id), "No votes yet · react") // it waits for what is on its way
	h.do(bot.Event{Kind: bot.KindReaction, Room: lobby, Sender: bob, Target: id, Key: "✅", Sent: start.Add(9 * time.Minute)})
	h.do(bot.Event{Kind: bot.KindReaction, Room: lobby, Sender: "@cy:test", Target: id, Key: "✅", Sent: start.Add(11 * time.Minute)})
	h.do(bot.Event{Kind: bot.KindRedaction, Room: lobby, Sender: ann, Target: early, Sent: start.Add(5 * time.Minute)})
	h.pass(11 * time.Second)
	mustShow(t, h.shown(id), "✅ Yes 🏆: 1 (100 %)", "❌ No", "1 vote · closed")
}

func TestPollClose(t *testing.T) {
	t.Parallel()
	t.Run("ErrNone", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, polls)
		if got := one(t, h.says(ann, lobby, "!poll close")); got.Text != "There is no open poll here." {
			t.Errorf("got %q", got.Text)
		}
	})
	t.Run("ErrNotYours", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, polls)
		asks(h, ann, lobby, "!poll Pizza?")
		if got := one(t, h.says(bob, lobby, "!poll close")); got.Text != "Only a moderator, or whoever asked, can close that poll." {
			t.Errorf("got %q", got.Text)
		}
	})
	t.Run("Moderator", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, polls)
		h.chat.power[bob] = 50
		id := asks(h, ann, lobby, "!poll Pizza?")
		h.says(bob, lobby, "!poll close")
		mustShow(t, h.shown(id), "No votes · closed")
		if last := h.all()[len(h.all())-1]; last.Text != "📊 Pizza? Nobody voted" {
			t.Errorf("the end is told as %q", last.Text)
		}
	})
	t.Run("NewestOwn", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, polls)
		h.chat.power[bob] = 50
		a := asks(h, bob, lobby, "!poll A?")
		h.pass(time.Second)
		b := asks(h, bob, lobby, "!poll B?")
		h.pass(time.Second)
		c := asks(h, ann, lobby, "!poll C?")
		h.says(bob, lobby, "!poll close")
		mustShow(t, h.shown(b), "No votes · closed")
		mustShow(t, h.shown(a), "No votes yet")
		mustShow(t, h.shown(c), "No votes yet")
	})
	t.Run("Reply", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, polls)
		a := asks(h, ann, lobby, "!poll A?")
		h.pass(time.Second)
		b := asks(h, ann, lobby, "!poll B?")
		h.replies(ann, lobby, a, "!poll close")
		mustShow(t, h.shown(a), "No votes · closed")
		mustShow(t, h.shown(b), "No votes yet")
		if got := one(t, h.replies(ann, lobby, a, "!poll close")); got.Text != "That poll is closed already." {
			t.Errorf("got %q", got.Text)
		}
	})
}

func TestPollWrong(t *testing.T) {
	t.Parallel()
	h := newHouse(t, polls)
	for text, want := range map[string]string{
		"!poll":             "What is the question? Usage: !poll",
		`!poll "Which" a`:   "A poll needs at least two options",
		`!poll "Which a|b`:  "The question's closing quotation mark is missing.",
		`!poll 1s "Which?"`: "A poll is open for 30 seconds to 30 days.",
	} {
		if got := one(t, h.says(ann, lobby, text)); !strings.HasPrefix(got.Text, want) || got.Board {
			t.Errorf("%s is answered with %q", text, got.Text)
		}
	}
	for i := range 10 {
		asks(h, ann, lobby, fmt.Sprintf("!poll Question %d?", i))
	}
	if got := one(t, h.says(ann, lobby, "!poll One more?")); got.Text != "There are 10 open polls in this room. Close one first with !poll close." {
		t.Errorf("got %q", got.Text)
	}
	one(t, h.says(ann, den, "!poll Elsewhere?"))
}

func TestPollNative(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nativePolls)
	start := one(t, h.says(ann, lobby, `!poll 10m "Which?" a | b`))
	data, err := json.Marshal(start.Content)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"org.matrix.msc1767.text":"Which?\n1. a\n2. b","org.matrix.msc3381.poll.start":{"answers":[{"id":"1","org.matrix.msc1767.text":"a"},{"id":"2","org.matrix.msc1767.text":"b"}],"kind":"org.matrix.msc3381.poll.disclosed","max_selections":1,"question":{"org.matrix.msc1767.text":"Which?"}}}`
	if string(data) != want || start.Type != "org.matrix.msc3381.poll.start" || len(h.reactions(start.id)) > 0 {
		t.Errorf("got %s %s", start.Type, data)
	}
	h.reacts(bob, lobby, start.id, "1️⃣")
	h.restart(nativePolls)
	h.pass(10 * time.Minute)
	end := h.all()[1:]
	data, err = json.Marshal(one(t, end).Content)
	if err != nil {
		t.Fatal(err)
	}
	const over = `{"m.relates_to":{"event_id":"$1","rel_type":"m.reference"},"org.matrix.msc1767.text":"The poll is closed.","org.matrix.msc3381.poll.end":{}}`
	if string(data) != over || end[0].Type != "org.matrix.msc3381.poll.end" {
		t.Errorf("got %s %s", end[0].Type, data)
	}
	again := asks(h, ann, lobby, `!poll "Again?" a | b`)
	h.says(ann, lobby, "!poll close")
	if last := h.all()[len(h.all())-1]; last.Type != "org.matrix.msc3381.poll.end" || again == "" {
		t.Errorf("closed by command: %+v", last)
	}
}

// TestPollCrash lets every send fail once, in turn, and the bot start anew after it: what
// people see in the end is the same, and nothing comes twice.
func TestPollCrash(t *testing.T) {
	t.Parallel()
	for failing := range 8 {
		t.Run(fmt.Sprint(failing), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, polls)
			id := asks(h, ann, lobby, `!poll 10m "Pizza?"`)
			h.reacts(bob, lobby, id, "✅")
			sends := 0
			h.chat.mu.Lock()
			h.chat.fail = func(string) error {
				if sends++; sends == failing {
					return errors.New("away")
				}
				return nil
			}
			h.chat.mu.Unlock()
			h.pass(3 * time.Second)
			h.restart(polls)
			h.reacts(ann, lobby, id, "❌")
			h.pass(40 * time.Second)
			h.restart(polls)
			h.pass(9 * time.Minute)
			for range 5 {
				h.pass(40 * time.Second)
			}
			mustShow(t, h.shown(id), "✅ Yes 🏆: 1 (50 %)", "2 votes · closed")
			ends := 0
			for _, s := range h.all() {
				if s.Replaces == "" && s.id != id {
					ends++
				}
			}
			if ends != 1 {
				t.Errorf("the end was told %d times", ends)
			}
		})
	}
}

// TestPollRecount votes at random with restarts in between, and compares what is shown with
// a plain recount.
func TestPollRecount(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		rand := rand.New(rand.NewPCG(seed, 7))
		h := newHouse(t, polls)
		id := asks(h, ann, lobby, `!poll "Which?" a | b | c`)
		type vote struct {
			id, user string
			choice   int
		}
		var standing []vote
		keys := []string{"1️⃣", "2️⃣", "3️⃣"}
		for range 40 {
			switch roll := rand.IntN(12); {
			case roll < 7:
				v := vote{user: fmt.Sprintf("@u%d:test", rand.IntN(5)), choice: rand.IntN(3)}
				v.id = h.reacts(v.user, lobby, id, keys[v.choice])
				standing = append(standing, v)
			case roll < 10 && len(standing) > 0:
				i := rand.IntN(len(standing))
				h.redacts(standing[i].user, lobby, standing[i].id)
				standing = slices.Delete(standing, i, i+1)
			case roll == 10:
				h.restart(polls)
			default:
				h.pass(time.Second)
			}
		}
		h.pass(5 * time.Second)
		last, counts := map[string]int{}, [3]int{}
		for _, v := range standing {
			last[v.user] = v.choice
		}
		for _, choice := range last {
			counts[choice]++
		}
		for i, name := range []string{"a", "b", "c"} {
			line := fmt.Sprintf("%s %s: %d (", keys[i], name, counts[i])
			if counts[i] == 0 {
				line = fmt.Sprintf("%s %s\n", keys[i], name)
			}
			mustShow(t, h.shown(id), line)
		}
	}
}

// TestPollTwice handles commands a second time, by a new process, as after a crash before
// the end of the first was stored.
func TestPollTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	run := func(id, args string, after time.Duration) {
		t.Helper()
		f := polls(h)
		if err := f.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		call := &bot.Call{
			Event: bot.Event{Kind: bot.KindMessage, ID: id, Room: lobby, Sender: ann, Sent: h.time()},
			Args:  args, Now: h.time().Add(after), Chat: h.chat,
		}
		if err := f.Commands[0].Run(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	run("$ask", `"A?" a | b`, 0)
	run("$ask", `"A?" a | b`, time.Minute)
	if n, r := len(h.all()), len(h.chat.reacted); n != 1 || r != 2 {
		t.Errorf("%d messages and %d reactions", n, r)
	}
	run("$close", "close", time.Minute)
	run("$close", "close", 2*time.Minute)
	run("$ask", `"A?" a | b`, 3*time.Minute)
	if n := len(h.all()); n != 3 || len(h.chat.reacted) != 2 {
		t.Errorf("%d messages: %+v", n, h.all())
	}
}
