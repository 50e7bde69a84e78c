package wordle

import (
	"fmt"
	"strings"
)

// Breach is the rule of hard mode that a guess breaks. As an error it says so to the player.
type Breach struct {
	Letter byte // from a to z
	Place  int  // from 1 to 5, where the letter must stay; or 0
	Count  int  // with Place 0, how often the guess must have the letter
}

func (b *Breach) Error() string {
	letter := strings.ToUpper(string(rune(b.Letter)))
	if b.Place > 0 {
		return fmt.Sprintf("letter %d must be %s", b.Place, letter)
	}
	switch b.Count {
	case 1:
		return fmt.Sprintf("the guess must have the letter %s", letter)
	case 2:
		return fmt.Sprintf("the guess must have the letter %s twice", letter)
	default:
		return fmt.Sprintf("the guess must have the letter %s %d times", letter, b.Count)
	}
}

// breach returns the first rule of hard mode that a guess breaks, or nil: letters at their
// places stay there, and every letter that a guess found is used at least as often as that
// guess found it.
func breach(guess string, earlier []string, answer string) *Breach {
	var needed [26]int
	for _, word := range earlier {
		var found [26]int
		for i, mark := range Score(word, answer) {
			if mark == Correct && guess[i] != word[i] {
				return &Breach{Letter: word[i], Place: i + 1}
			}
			if mark != Absent {
				found[word[i]-'a']++
			}
		}
		for letter, n := range found {
			needed[letter] = max(needed[letter], n)
		}
	}
	for letter, n := range needed {
		if strings.Count(guess, string(rune('a'+letter))) < n {
			return &Breach{Letter: byte('a' + letter), Count: n}
		}
	}
	return nil
}
