// Package poll holds questions that people answer by reactions: how one is written, how it
// is counted, and how long its bars are.
package poll

import (
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ballot"
)

// Limits of a poll.
const (
	MinOptions  = 2
	MaxOptions  = 10
	MaxQuestion = 300 // characters
	MaxOption   = 100 // characters
	MinTime     = 30 * time.Second
	MaxTime     = 30 * 24 * time.Hour // also of a poll without a time, so that none stays open for ever
)

// Poll is a question with its options.
type Poll struct {
	Question string        `json:"question"`
	Options  []string      `json:"options,omitempty"` // none: yes or no
	Several  bool          `json:"several,omitzero"`  // people may choose more than one
	Open     time.Duration `json:"-"`                 // how long; 0 is until it is closed
}

// numbers are the emoji of a poll's options.
var numbers = []string{"1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟"}

// Choice is one thing that can be chosen.
type Choice struct{ Emoji, Text string }

// Choices returns what can be chosen, in order.
func (p *Poll) Choices() []Choice {
	if len(p.Options) == 0 {
		return []Choice{{"✅", "Yes"}, {"❌", "No"}}
	}
	var all []Choice
	for i, text := range p.Options {
		all = append(all, Choice{numbers[i], text})
	}
	return all
}

// Emoji returns the emoji of the choices, in order.
func (p *Poll) Emoji() []string {
	var all []string
	for _, c := range p.Choices() {
		all = append(all, c.Emoji)
	}
	return all
}

// Result is how a poll stands.
type Result struct {
	Votes  []int // by choice
	Voters int   // people
}

// Count counts votes.
func (p *Poll) Count(box *ballot.Box) Result {
	votes, voters := box.Count(len(p.Choices()), p.Several)
	return Result{votes, voters}
}

// Leaders returns the choices with the most votes; none if there are no votes.
func (r Result) Leaders() []int {
	most := 1
	var leaders []int
	for i, n := range r.Votes {
		if n > most {
			most, leaders = n, nil
		}
		if n == most {
			leaders = append(leaders, i)
		}
	}
	return leaders
}

// Percent returns how many of a hundred voters chose something, rounded to the nearest.
func (r Result) Percent(choice int) int {
	if r.Voters == 0 {
		return 0
	}
	return (200*r.Votes[choice] + r.Voters) / (2 * r.Voters)
}

// Bar returns how much of a bar of some width a choice fills: nothing for no vote, something
// for any, and all of it only for all.
func (r Result) Bar(choice, width int) int {
	n := r.Votes[choice]
	switch n {
	case 0:
		return 0
	case r.Voters:
		return width
	}
	return min(max((2*n*width+r.Voters)/(2*r.Voters), 1), width-1)
}
