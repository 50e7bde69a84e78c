package wordle

import (
	_ "embed" // the words
	"math/rand/v2"
	"sort"
	"strings"
)

// The words in order, one a line: see words/README.md.
var (
	//go:embed words/answers.txt
	answers string
	//go:embed words/guesses.txt
	guesses string
)

const line = Letters + 1 // bytes of a word and its line end

// Answers returns how many words may be the answer of a day.
func Answers() int { return len(answers) / line }

// Answer returns the answer with a number from 0 to Answers()-1, in the order of the alphabet.
func Answer(i int) string { return answers[i*line : i*line+Letters] }

// Legal says whether a word may be guessed.
func Legal(word string) bool {
	i := sort.Search(len(guesses)/line, func(i int) bool { return guesses[i*line:i*line+Letters] >= word })
	return i*line < len(guesses) && guesses[i*line:i*line+Letters] == word
}

// AnswerOf returns the answer of a day.
func AnswerOf(day int) string {
	n := Answers()
	round, place := (day-1)/n, (day-1)%n
	if place < 0 { // a day before the first
		round, place = round-1, place+n
	}
	return Answer(shuffle(n, uint64(round))[place]) //nolint:gosec // any number is as good a seed
}

// shuffle returns the numbers below n in an order that looks like chance and is the same for
// ever, which library functions do not promise: only the sequence of a source is fixed.
func shuffle(n int, round uint64) []int {
	source := rand.NewPCG(0x6c6f747573, round)
	order := make([]int, n)
	for i := range order {
		j := int(source.Uint64() % uint64(i+1)) //nolint:gosec // at most i
		order[i] = order[j]
		order[j] = i
	}
	return order
}

// Clean returns what somebody wrote as a word: in lower case, without space around it and
// the full stop that keyboards like to add. It may still be no word.
func Clean(text string) string {
	return strings.ToLower(strings.TrimRight(strings.TrimSpace(text), ".!?, "))
}

// fiveLetters says whether a cleaned text has the form of a word.
func fiveLetters(word string) bool {
	if len(word) != Letters {
		return false
	}
	for i := range Letters {
		if word[i] < 'a' || word[i] > 'z' {
			return false
		}
	}
	return true
}
