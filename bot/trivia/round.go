package trivia

import "code.lotusguild.org/LotusGuild/lotus-hooks/bot/ballot"

// Round is a question that was asked.
type Round struct {
	Question Question   `json:"question"`
	Choices  []string   `json:"choices"` // the four answers in the order in which they are shown
	Right    int        `json:"right"`   // which of them is right
	Box      ballot.Box `json:"box,omitzero"`
}

// NewRound asks a question. pick returns a number from 0 up to n, n left out, by chance; it
// decides about the order of the answers.
func NewRound(q *Question, pick func(n int) int) *Round {
	r := &Round{Question: *q, Choices: append([]string{q.Right}, q.Wrong...)}
	for i := len(r.Choices) - 1; i > 0; i-- {
		j := pick(i + 1)
		r.Choices[i], r.Choices[j] = r.Choices[j], r.Choices[i]
		switch r.Right {
		case i:
			r.Right = j
		case j:
			r.Right = i
		}
	}
	return r
}
