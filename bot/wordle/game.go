package wordle

import (
	"errors"
	"fmt"
	"slices"
)

// What is wrong with a guess, besides a *Breach.
var (
	ErrOver    = errors.New("the game is over")
	ErrForm    = errors.New("a guess has five letters, A to Z")
	ErrUnknown = errors.New("not a word of the list")
	ErrAgain   = errors.New("guessed before")
)

// Game is one board.
type Game struct {
	Day     int      `json:"day,omitzero"` // its number; 0 is practice
	Answer  string   `json:"answer"`
	Hard    bool     `json:"hard,omitzero"`
	Guesses []string `json:"guesses,omitempty"`
	GivenUp bool     `json:"given_up,omitzero"`
}

// Guess adds a guess. A guess with an error does not count.
func (g *Game) Guess(text string) error {
	word := Clean(text)
	switch {
	case g.Over():
		return ErrOver
	case !fiveLetters(word):
		return ErrForm
	case !Legal(word):
		return ErrUnknown
	case slices.Contains(g.Guesses, word):
		return ErrAgain
	}
	if g.Hard {
		if b := breach(word, g.Guesses, g.Answer); b != nil {
			return b
		}
	}
	g.Guesses = append(g.Guesses, word)
	return nil
}

// Solved says whether the word was found.
func (g *Game) Solved() bool { return slices.Contains(g.Guesses, g.Answer) }

// Over says whether no more guesses are taken.
func (g *Game) Over() bool { return g.GivenUp || len(g.Guesses) == Tries || g.Solved() }

// Marks returns what a guess told, by its number from 0.
func (g *Game) Marks(i int) Marks { return Score(g.Guesses[i], g.Answer) }

// Keys returns what is known of each letter from A to Z.
func (g *Game) Keys() [26]Mark {
	var keys [26]Mark
	for i, word := range g.Guesses {
		for j, mark := range g.Marks(i) {
			letter := word[j] - 'a'
			keys[letter] = max(keys[letter], mark)
		}
	}
	return keys
}

// Count returns how far the game is, or how it ended: 3/6, X/6 when the word was not found,
// and with an asterisk in hard mode: 3/6*.
func (g *Game) Count() string {
	count := fmt.Sprint(len(g.Guesses))
	if g.Over() && !g.Solved() {
		count = "X"
	}
	count += fmt.Sprintf("/%d", Tries)
	if g.Hard {
		count += "*"
	}
	return count
}
