//go:build goolm && linux

package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia"
)

// TestBotGames plays everything that lasts, in both rooms and two direct chats at once: the word
// of the day and one for practice, a question of trivia, polls, and the welcome of a new member.
// In the midst of it the program is stopped, killed, and started again, and what is said
// meanwhile counts.
func TestBotGames(t *testing.T) {
	t.Parallel()
	p := newParlour(t)
	rooms := []id.RoomID{p.plain, p.secret}
	daily, practice := p.startDaily(t), p.startPractice(t)
	greeting := p.greet(t, practice.room)
	daily.guess(t)
	practice.guess(t)
	var all []*game
	for _, room := range rooms {
		g := p.newGame(t, room)
		g.vote(t)
		all = append(all, g)
	}

	p.stop()
	in := p.away(t, rooms, "!roll d20")
	for _, g := range all {
		g.voteAgain(t)
	}
	daily.send(t, daily.next(t))
	practice.send(t, practice.next(t))
	p.bob.react(t, greeting.room, greeting.id, "✅")
	p.start()
	p.back(t, in)
	daily.settle(t)
	practice.settle(t)
	p.invited(t, greeting)
	for _, g := range all {
		g.stands(t)
	}

	in = p.away(t, rooms, "!flip")
	daily.send(t, daily.next(t))
	practice.send(t, practice.next(t))
	p.kill()
	in = append(in, p.away(t, rooms, "!random 7 7")...)
	p.start()
	p.back(t, in)
	daily.settle(t)
	practice.settle(t)

	for _, g := range all {
		g.closeChoice(t)
	}
	practice.breach(t)
	for _, w := range []*wordGame{daily, practice} {
		for !w.over() {
			w.guess(t)
		}
		w.end(t)
	}
	for _, g := range all {
		g.reveal(t)
		g.closed(t)
		if g.voted {
			p.converse(t, g.room, []exchange{{"!trivia scores", `board: 🏆 Trivia in this room\n🥇 .*: [123] points? · 1 of 1 right.*`}})
		}
		p.converse(t, g.room, []exchange{
			{"!trivia science hard", `board: ❓ .*\n🇦 .*\n🇧 .*\n🇨 .*\n🇩 .*\nScience · hard, 3 points · 30 s to react`},
			{"!trivia", `One question at a time: the last one is still open\.`},
			{"!wordle stats", `board: ann, Wordle: 1 played · .*`},
			{"!wordle share", `board: ann (?:solved|did not solve) Wordle #\d+ [\dX]/6\n(?:[⬛🟨🟩]{5}\n?)+`},
			{"!wordle share", `That board is shared there already\.`},
			{"!wordle leaderboard", `board: Wordle leaderboard · Today: ann [\dX]/6\n1\. ann: .*`},
			{"!wordle", `You have played today's word\. The next word comes in .*`},
			{"bob: !wordle share " + p.elsewhere.String(), `There is nothing to share yet: .*`},
		})
	}
	if n := len(p.bob.events(func(h heard) bool { return h.room == greeting.room && strings.HasPrefix(h.text(), "Hello bob!") })); n != 1 {
		t.Errorf("Bob was greeted %d times", n)
	}
}

// said is a command that waits for its answer.
type said struct{ event, text string }

// away says commands while nobody listens.
func (p *parlour) away(t *testing.T, rooms []id.RoomID, text string) []said {
	t.Helper()
	var all []said
	for _, room := range rooms {
		all = append(all, said{p.ann.say(t, room, text), text})
	}
	return all
}

// back waits until what was said is answered, once each.
func (p *parlour) back(t *testing.T, all []said) {
	t.Helper()
	for _, s := range all {
		answers := func(h heard) bool { return h.answers(s.event) }
		p.ann.await(t, "the answer to "+s.text, answers)
		if n := len(p.ann.events(answers)); n != 1 {
			t.Errorf("%s was answered %d times", s.text, n)
		}
	}
}

// greet has Bob join the space, and returns what he is told: in the chat that he has already.
func (p *parlour) greet(t *testing.T, chat id.RoomID) heard {
	t.Helper()
	p.bob.join(t, p.space)
	greeting := p.bob.await(t, "a greeting", func(h heard) bool { return h.sender == botUser && strings.HasPrefix(h.text(), "Hello") })
	p.check(t, exchange{"(joins)", "board: Hello bob!\nReact to come in\\."}, greeting)
	if greeting.room != chat {
		t.Errorf("Bob is greeted in %s, and has talked to the bot in %s", greeting.room, chat)
	}
	p.bob.await(t, "the ✅ to react to", func(h heard) bool {
		_, target, key := h.relation()
		return h.sender == botUser && target == greeting.id && key == "✅"
	})
	p.bob.react(t, greeting.room, greeting.id, "👍")
	return greeting
}

// invited waits until Bob is where his ✅ leads.
func (p *parlour) invited(t *testing.T, greeting heard) {
	t.Helper()
	p.bob.await(t, "the invitation", func(h heard) bool { return h.kind == "joined" && h.room == p.hall })
	told := p.bob.await(t, "that he is invited", func(h heard) bool {
		return h.room == greeting.room && strings.HasPrefix(h.text(), "🎉")
	})
	p.check(t, exchange{"✅", "🎉 The doors are open: you are invited\\. See you there!"}, told)
}

// game is a question of trivia and two polls in a room.
type game struct {
	*parlour
	room                    id.RoomID
	question, choice, timed heard
	right                   int // the right answer
	asked                   time.Time
	bobsChoice              string // a reaction that is taken back
	voted, revoted          bool   // in time, as far as can be told: before the end of the 30 s
	letters                 []string
}

func (p *parlour) newGame(t *testing.T, room id.RoomID) *game {
	t.Helper()
	g := &game{parlour: p, room: room, letters: strings.Fields("🇦 🇧 🇨 🇩")}
	ask := func(by *member, text, want string, choices int) heard {
		asked := by.say(t, room, text)
		got := p.ann.await(t, "an answer to "+text, func(h heard) bool { return h.answers(asked) })
		p.check(t, exchange{text, want}, got)
		p.ann.awaitMany(t, choices, "what can be chosen", func(h heard) bool {
			kind, target, _ := h.relation()
			return h.sender == botUser && kind == "m.annotation" && target == got.id
		})
		return got
	}
	g.asked = time.Now()
	g.question = ask(p.ann, "!trivia", `board: ❓ .*\n🇦 .*\n🇧 .*\n🇨 .*\n🇩 .*\n\w+ · \w+, \d points? · 30 s to react`, 4)
	g.timed = ask(p.ann, "!poll 30s Pizza tonight?", `board: 📊 Pizza tonight\?\n✅ Yes\n❌ No\nNo votes yet · react to vote · open until \d\d:\d\d:\d\d`, 2)
	g.choice = ask(p.bob, `!poll "Which <game>?" Go & more | Chess | Ludo`,
		`board: 📊 Which <game>\?\n1️⃣ Go & more\n2️⃣ Chess\n3️⃣ Ludo\nNo votes yet · react to vote`, 3)
	bank, err := trivia.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(g.question.text(), "\n")
	at := slices.IndexFunc(bank, func(q trivia.Question) bool { return "❓ "+q.Text == lines[0] })
	if at < 0 {
		t.Fatalf("no question of the bank: %s", lines[0])
	}
	g.right = slices.IndexFunc(lines[1:5], func(line string) bool { return strings.SplitN(line, " ", 2)[1] == bank[at].Right })
	if g.right < 0 {
		t.Fatalf("%s is not among %q", bank[at].Right, lines)
	}
	return g
}

// vote chooses with second thoughts: the last choice counts.
func (g *game) vote(t *testing.T) {
	t.Helper()
	wrong := g.letters[(g.right+1)%4]
	g.ann.react(t, g.room, g.question.id, wrong)
	g.ann.react(t, g.room, g.question.id, g.letters[g.right])
	g.bobsChoice = g.bob.react(t, g.room, g.question.id, g.letters[g.right])
	g.bob.react(t, g.room, g.question.id, "🍕")
	g.ann.react(t, g.room, g.timed.id, "✅")
	g.bob.react(t, g.room, g.timed.id, "❌")
	g.voted = time.Since(g.asked) < 28*time.Second
	g.ann.react(t, g.room, g.choice.id, "1️⃣")
	g.bob.react(t, g.room, g.choice.id, "2⃣") // as some clients write it
	g.awaitLook(t, g.choice, `📊 Which <game>\?\n1️⃣ Go & more: 1 \(50 %\)\n2️⃣ Chess: 1 \(50 %\)\n3️⃣ Ludo\n2 votes · react to vote`)
}

// voteAgain changes what was chosen, while the program is down.
func (g *game) voteAgain(t *testing.T) {
	t.Helper()
	g.bob.react(t, g.room, g.question.id, g.letters[(g.right+2)%4])
	g.bob.redact(t, g.room, g.bobsChoice)
	g.revoted = time.Since(g.asked) < 28*time.Second
	g.ann.react(t, g.room, g.choice.id, "2️⃣")
}

// stands waits until the poll shows what was chosen while the program was down.
func (g *game) stands(t *testing.T) {
	t.Helper()
	g.awaitLook(t, g.choice, `📊 Which <game>\?\n1️⃣ Go & more\n2️⃣ Chess: 2 \(100 %\)\n3️⃣ Ludo\n2 votes · react to vote`)
}

// closeChoice closes the poll that has no time: who may not, may not.
func (g *game) closeChoice(t *testing.T) {
	t.Helper()
	close := func(by *member, of heard) func(heard) bool {
		said := by.reply(t, g.room, of.id, "!poll close")
		return func(h heard) bool { return h.answers(said) }
	}
	no := g.ann.await(t, "a refusal", close(g.bob, g.timed))
	g.check(t, exchange{"!poll close", `Only a moderator, or whoever asked, can close that poll\.|That poll is closed already\.`}, no)

	close(g.ann, g.choice) // as a moderator
	outcome := func(h heard) bool { return h.answers(g.choice.id) && strings.HasPrefix(h.text(), "📊") }
	g.check(t, exchange{"!poll close", `board: 📊 Which <game>\? Chess, with 2 of 2`}, g.ann.await(t, "the poll's end", outcome))
	g.awaitLook(t, g.choice, `📊 Which <game>\?\n1️⃣ Go & more\n2️⃣ Chess 🏆: 2 \(100 %\)\n3️⃣ Ludo\n2 votes · closed`)
	again := g.ann.await(t, "that it is closed", close(g.ann, g.choice))
	g.check(t, exchange{"!poll close", `That poll is closed already\.`}, again)
	if n := len(g.ann.events(outcome)); n != 1 {
		t.Errorf("the poll ended %d times", n)
	}
}

// reveal waits for the end of the question, and looks at all that was told of it.
func (g *game) reveal(t *testing.T) {
	t.Helper()
	told := func(h heard) bool {
		return h.room == g.room && h.sender == botUser && strings.HasPrefix(h.text(), "⏰")
	}
	first := g.ann.await(t, "the reveal", told)
	want := `board: ⏰ It was ` + g.letters[g.right] + ` .*`
	switch { // on a very slow machine, it is too late for some
	case g.revoted:
		want += `\n✅ ann \+\d\n❌ bob\nSource: .*`
	case g.voted:
		want += `\n✅ ann \+\d.*\nSource: .*`
	}
	g.check(t, exchange{"(reveal)", want}, first)
	if n := len(g.ann.events(told)); n != 1 {
		t.Errorf("%d reveals", n)
	}
	look := g.awaitLook(t, g.question, `❓ .* ✅.*closed`)
	for _, h := range g.ann.events(func(h heard) bool { return h.room == g.room && h.sender == botUser }) {
		if h.id == look.id {
			break
		}
		if kind, target, _ := h.relation(); target == g.question.id && kind != "m.annotation" {
			t.Errorf("before the reveal, the bot said %v", h.content)
		}
	}
}

// closed waits for the end of the poll with a time.
func (g *game) closed(t *testing.T) {
	t.Helper()
	outcome := func(h heard) bool { return h.answers(g.timed.id) && strings.HasPrefix(h.text(), "📊") }
	ended := g.ann.await(t, "the poll's end", outcome)
	if n := len(g.ann.events(outcome)); n != 1 {
		t.Errorf("the poll ended %d times", n)
	}
	if g.voted {
		g.check(t, exchange{"(poll)", `board: 📊 Pizza tonight\? A draw, with 1 each`}, ended)
		g.awaitLook(t, g.timed, `📊 Pizza tonight\?\n✅ Yes 🏆: 1 \(50 %\)\n❌ No 🏆: 1 \(50 %\)\n2 votes · closed`)
	}
}

// awaitLook waits until a message looks like a pattern, by an edit.
func (g *game) awaitLook(t *testing.T, of heard, want string) heard {
	t.Helper()
	look := g.ann.await(t, fmt.Sprintf("%q to look like %s", of.text(), want), func(h heard) bool { return h.edits(of.id) && matches(want, h.text()) })
	g.checkMessage(t, look, true)
	return look
}
