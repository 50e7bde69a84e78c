package wordle_test

import (
	"errors"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// checkBreach holds a rejection of hard mode to what the guesses before have shown.
func checkBreach(t *testing.T, game *wordle.Game, word string, err error) {
	t.Helper()
	if errors.Is(err, wordle.ErrAgain) {
		return
	}
	var b *wordle.Breach
	if !errors.As(err, &b) {
		t.Fatalf("%s after %v: %v", word, game.Guesses, err)
	}
	if b.Place > 0 {
		if b.Letter != game.Answer[b.Place-1] || word[b.Place-1] == b.Letter {
			t.Fatalf("%s after %v for %s is said to break: %v", word, game.Guesses, game.Answer, b)
		}
		return
	}
	letter := string(rune(b.Letter))
	if strings.Count(game.Answer, letter) < b.Count || strings.Count(word, letter) >= b.Count {
		t.Fatalf("%s after %v for %s is said to break: %v", word, game.Guesses, game.Answer, b)
	}
}

func TestHardMode(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer  string
		earlier []string
		guess   string
		want    string // "" is allowed
	}{
		"OK":             {"lotus", []string{"crane", "moist"}, "posts", ""},
		"Nothing":        {"lotus", []string{"crane"}, "cramp", ""}, // absent letters may come again
		"Place":          {"lotus", []string{"moist"}, "stilt", "letter 2 must be O"},
		"PlaceFirst":     {"lotus", []string{"lilac"}, "cramp", "letter 1 must be L"},
		"Letter":         {"lotus", []string{"stare"}, "chant", "the guess must have the letter S"},
		"LetterMoved":    {"lotus", []string{"stare"}, "stone", ""}, // may stay where it is not
		"Twice":          {"abbey", []string{"bobby"}, "ample", "letter 3 must be B"},
		"TwicePresent":   {"geese", []string{"eject"}, "enjoy", "letter 3 must be E"},
		"TwiceElsewhere": {"llama", []string{"allay"}, "flood", "the guess must have the letter A twice"},
		"MostOfOneGuess": {"geese", []string{"ethos", "leery"}, "beech", "the guess must have the letter S"},
		"Later":          {"lotus", []string{"crane", "stilt", "moist"}, "poult", "the guess must have the letter S"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			game := wordle.Game{Answer: test.answer, Guesses: test.earlier, Hard: true}
			err := game.Guess(test.guess)
			if test.want == "" {
				if err != nil {
					t.Errorf("rejected: %v", err)
				}
				return
			}
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if len(game.Guesses) != len(test.earlier) {
				t.Error("the guess counts")
			}
			game.Hard = false
			if err := game.Guess(test.guess); err != nil {
				t.Errorf("without hard mode: %v", err)
			}
		})
	}
}

func TestBreachError(t *testing.T) {
	t.Parallel()
	b := wordle.Breach{Letter: 'e', Count: 3}
	if got := b.Error(); got != "the guess must have the letter E 3 times" {
		t.Error(got)
	}
}
