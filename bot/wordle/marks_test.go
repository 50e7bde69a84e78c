package wordle_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// allGuesses returns every word that may be guessed.
func allGuesses(t *testing.T) []string {
	t.Helper()
	file, err := os.ReadFile("words/guesses.txt")
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(file))
	for _, word := range words {
		if !wordle.Legal(word) {
			t.Fatalf("%s may not be guessed", word)
		}
	}
	return words
}

// define marks a letter as the rules of the game say, one letter by itself: it is present if
// the answer has the letter at more places that are not found than the guess has before.
func define(guess, answer string, i int) wordle.Mark {
	if guess[i] == answer[i] {
		return wordle.Correct
	}
	open, before := 0, 0
	for j := range wordle.Letters {
		if answer[j] == guess[i] && guess[j] != answer[j] {
			open++
		}
		if j < i && guess[j] == guess[i] && guess[j] != answer[j] {
			before++
		}
	}
	if before < open {
		return wordle.Present
	}
	return wordle.Absent
}

// TestScoreIsItsDefinition compares some millions of pairs.
func TestScoreIsItsDefinition(t *testing.T) {
	t.Parallel()
	guesses := allGuesses(t)
	pairs := 0
	for i := 0; i < wordle.Answers(); i += 7 {
		answer := wordle.Answer(i)
		for _, guess := range guesses {
			pairs++
			for j, mark := range wordle.Score(guess, answer) {
				if want := define(guess, answer, j); mark != want {
					t.Fatalf("%s for %s: letter %d is marked %d, want %d", guess, answer, j+1, mark, want)
				}
			}
		}
	}
	if pairs < 3_000_000 {
		t.Errorf("only %d pairs were compared", pairs)
	}
}

func TestScore(t *testing.T) {
	t.Parallel()
	const a, p, c = wordle.Absent, wordle.Present, wordle.Correct
	for _, test := range []struct {
		guess, answer string
		want          wordle.Marks
	}{
		{"crane", "crane", wordle.Marks{c, c, c, c, c}},
		{"crane", "moist", wordle.Marks{a, a, a, a, a}},
		{"speed", "abide", wordle.Marks{a, a, p, a, p}}, // the second E has none left
		{"speed", "erase", wordle.Marks{p, a, p, p, a}},
		{"eerie", "elder", wordle.Marks{c, p, p, a, a}},
		{"llama", "hello", wordle.Marks{p, p, a, a, a}},
		{"allay", "llama", wordle.Marks{p, c, p, p, a}},
		{"geese", "these", wordle.Marks{a, a, c, c, c}}, // the E at its place comes first
	} {
		if got := wordle.Score(test.guess, test.answer); got != test.want {
			t.Errorf("%s for %s: %v, want %v", test.guess, test.answer, got, test.want)
		}
	}
}

// TestHardModeTakesTheAnswer plays games at random in hard mode: whatever was guessed, the
// answer is always allowed, and what is rejected breaks the rule that is named.
func TestHardModeTakesTheAnswer(t *testing.T) {
	t.Parallel()
	guesses := allGuesses(t)
	chance := rand.New(rand.NewPCG(1, 2))
	rejected := 0
	for i := range wordle.Answers() {
		for range 10 {
			game := wordle.Game{Answer: wordle.Answer(i), Hard: true}
			for tries := 0; len(game.Guesses) < wordle.Tries-1 && !game.Over() && tries < 30; tries++ {
				word := guesses[chance.IntN(len(guesses))]
				if err := game.Guess(word); err != nil {
					rejected++
					checkBreach(t, &game, word, err)
				}
				ended := game
				ended.Guesses = append([]string(nil), game.Guesses...)
				if err := ended.Guess(game.Answer); err != nil && !ended.Over() {
					t.Fatalf("after %v the answer %s is rejected: %v", game.Guesses, game.Answer, err)
				}
			}
		}
	}
	if rejected < 100_000 {
		t.Errorf("only %d guesses were rejected", rejected)
	}
}
