//go:build goolm && linux

package e2e_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// wordGame is a board of Wordle in a direct chat, as its player sees it.
type wordGame struct {
	*parlour
	player *member
	room   id.RoomID
	board  string   // the event
	answer string   // "" when it is by chance
	said   []string // the guesses that count
}

var wordleTitle = regexp.MustCompile(`^Wordle (?:#(\d+)|practice) · (\d|X)/6`)

// startDaily has Ann begin the word of the day from the plain room, in a new direct chat.
func (p *parlour) startDaily(t *testing.T) *wordGame {
	t.Helper()
	p.converse(t, p.plain, []exchange{{"!wordle", `Your board is in our direct chat\.`}})
	w := p.boardOf(t, p.ann, `board: Wordle #\d+ · 0/6\n\nSend me a word of five letters\.`)
	day, err := strconv.Atoi(wordleTitle.FindStringSubmatch(p.look(w.player, w.board))[1])
	if err != nil {
		t.Fatal(err)
	}
	w.answer = wordle.AnswerOf(day)
	return w
}

// startPractice has Bob begin a word for practice in hard mode from the encrypted room.
func (p *parlour) startPractice(t *testing.T) *wordGame {
	t.Helper()
	p.converse(t, p.secret, []exchange{
		{"bob: !wordle hard on", `Hard mode is on\.`},
		{"bob: !wordle contrast on", `High contrast is on\.`},
		{"bob: !wordle practice", `Your board is in our direct chat\.`},
	})
	return p.boardOf(t, p.bob, `board: Wordle practice · 0/6\* · hard mode\n\nSend me a word of five letters\.`)
}

func (p *parlour) boardOf(t *testing.T, player *member, want string) *wordGame {
	t.Helper()
	board := player.await(t, "a board", func(h heard) bool {
		kind, _, _ := h.relation()
		return h.sender == botUser && kind == "" && strings.HasPrefix(h.text(), "Wordle ")
	})
	p.check(t, exchange{"!wordle", want}, board)
	return &wordGame{parlour: p, player: player, room: board.room, board: board.id}
}

// look returns the text of a message as it is after all edits.
func (p *parlour) look(m *member, event string) string {
	all := m.events(func(h heard) bool { return h.id == event || h.edits(event) })
	return all[len(all)-1].text()
}

// next returns a guess that hard mode allows, and that does not end the game before the fifth
// when the answer is known; "" when the game is over.
func (w *wordGame) next(t *testing.T) string {
	t.Helper()
	if w.over() {
		return ""
	}
	if len(w.said) == 4 && w.answer != "" {
		return w.answer
	}
	look, other := w.look(w.player, w.board), ""
	for i := range wordle.Answers() {
		word := wordle.Answer((i + 1000) % wordle.Answers())
		if word == w.answer || slices.Contains(w.said, word) {
			continue
		}
		if fits(word, look) {
			return word
		}
		other = word
	}
	if w.answer == "" {
		t.Fatalf("no word fits\n%s", look)
	}
	return other // nothing else fits the day's word, which is not played in hard mode
}

// fits says whether a word may be the answer, after all that a board shows.
func fits(word, look string) bool {
	for line := range strings.SplitSeq(look, "\n") {
		row, guess, _ := strings.Cut(line, " ")
		if len([]rune(row)) == 5 && len(guess) == 5 && marks(strings.ToLower(guess), word) != plainMarks(row) {
			return false
		}
	}
	return true
}

// send guesses without waiting, unless the game is over.
func (w *wordGame) send(t *testing.T, word string) {
	t.Helper()
	if word == "" {
		return
	}
	w.said = append(w.said, word)
	w.player.say(t, w.room, word)
}

// guess guesses, and waits until the board shows it.
func (w *wordGame) guess(t *testing.T) {
	t.Helper()
	w.send(t, w.next(t))
	w.settle(t)
}

// settle waits until the board shows all guesses, once each, with the right marks.
func (w *wordGame) settle(t *testing.T) {
	t.Helper()
	last := strings.ToUpper(w.said[len(w.said)-1])
	look := w.player.await(t, "the guess "+last, func(h heard) bool {
		return h.sender == botUser && h.edits(w.board) && strings.Contains(h.text(), last)
	})
	w.checkMessage(t, look, true)
	var rows []string
	for line := range strings.SplitSeq(look.text(), "\n") {
		row, guess, _ := strings.Cut(line, " ")
		if len([]rune(row)) != 5 || len(guess) != 5 {
			continue
		}
		rows = append(rows, strings.ToLower(guess))
		if want := marks(strings.ToLower(guess), w.answer); w.answer != "" && want != row {
			t.Errorf("%s on %s is drawn %s, want %s", guess, w.answer, row, want)
		}
	}
	if got := strings.Join(rows, " "); got != strings.Join(w.said, " ") {
		t.Errorf("the board shows %s, and was told %s", got, w.said)
	}
	if testing.Verbose() {
		t.Logf("%s\n%v", look.text(), look.said()["formatted_body"])
	}
}

// breach guesses what hard mode forbids, if something is known of the word.
func (w *wordGame) breach(t *testing.T) {
	t.Helper()
	look := w.look(w.player, w.board)
	if w.over() || !strings.ContainsAny(look, "🟦🟧") {
		t.Log("nothing is known of the word: nothing to break")
		return
	}
	w.player.say(t, w.room, "fuzzy") // which fits nothing that is known, or hardly ever
	got := w.player.await(t, "the rule of hard mode", func(h heard) bool { return h.room == w.room && strings.HasPrefix(h.text(), "Hard mode: ") })
	w.check(t, exchange{"fuzzy", `Hard mode: (?:letter \d must be [A-Z]|the guess must have the letter [A-Z].*)\.`}, got)
}

func (w *wordGame) over() bool {
	title, _, _ := strings.Cut(w.look(w.player, w.board), "\n")
	return strings.HasSuffix(title, " solved")
}

// end looks at what a game is at its end.
func (w *wordGame) end(t *testing.T) {
	t.Helper()
	look := w.look(w.player, w.board)
	title := wordleTitle.FindString(look)
	ended := func(h heard) bool {
		return h.room == w.room && h.sender == botUser && matches(`(?:In one|Two guesses|Three guesses|Four guesses|Five guesses|Six guesses|The word was).*`, h.text())
	}
	w.check(t, exchange{title, `.*[.!]`}, w.player.await(t, "the end of the game", ended))
	if n := len(w.player.events(ended)); n != 1 {
		t.Errorf("the game ended %d times", n)
	}
}

// marks draws a guess in the plainest way: a letter at its place is green; another one is
// yellow if the answer has more of it, not at their places, than stand to its left.
func marks(guess, answer string) string {
	if answer == "" {
		return ""
	}
	var row strings.Builder
	for i := range guess {
		if guess[i] == answer[i] {
			row.WriteString("🟩")
			continue
		}
		free, before := 0, 0
		for j := range guess {
			if answer[j] == guess[i] && guess[j] != answer[j] {
				free++
			}
			if j < i && guess[j] == guess[i] && guess[j] != answer[j] {
				before++
			}
		}
		if before < free {
			row.WriteString("🟨")
		} else {
			row.WriteString("⬛")
		}
	}
	return row.String()
}

// plainMarks writes a row of high contrast as one without.
func plainMarks(row string) string {
	return strings.NewReplacer("🟧", "🟩", "🟦", "🟨").Replace(row)
}
