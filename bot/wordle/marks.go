package wordle

// Mark is what is known of a letter.
type Mark uint8

// The marks, each telling more than the one before.
const (
	Untried Mark = iota // on the keyboard: in no guess yet
	Absent              // not in the word, or not so often
	Present             // in the word, at another place
	Correct             // at its place
)

// Marks are those of a guess, letter by letter.
type Marks [Letters]Mark

// Solved says whether all letters are at their places.
func (m Marks) Solved() bool { return m == Marks{Correct, Correct, Correct, Correct, Correct} }

// Score says what a guess tells of the answer. Letters at their places use up those of the
// answer first; then the others do, from left to right, so that a letter is marked no more
// often than the answer has it.
func Score(guess, answer string) Marks {
	var marks Marks
	var left [26]int
	for i := range Letters {
		if guess[i] == answer[i] {
			marks[i] = Correct
		} else {
			left[answer[i]-'a']++
		}
	}
	for i := range Letters {
		switch letter := guess[i] - 'a'; {
		case marks[i] == Correct:
		case left[letter] > 0:
			marks[i] = Present
			left[letter]--
		default:
			marks[i] = Absent
		}
	}
	return marks
}
