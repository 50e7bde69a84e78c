// Package ballot counts what people choose by reactions.
//
// Every reaction that stands is a vote. Whoever may choose one thing only and has several
// votes means the last of them; taking that back makes the one before it count again, since
// it is still there for all to see.
package ballot

import "slices"

// Vote is a reaction.
type Vote struct {
	ID     string `json:"id"`     // the reaction's event id
	User   string `json:"user"`   // user id
	Choice int    `json:"choice"` // from 0
}

// Box holds the votes that stand, in the order in which they came. The zero Box is empty.
type Box struct {
	Votes []Vote `json:"votes,omitempty"`
}

// Cast adds a vote and says whether it was not there yet.
func (b *Box) Cast(v Vote) bool {
	if slices.ContainsFunc(b.Votes, func(known Vote) bool { return known.ID == v.ID }) {
		return false
	}
	b.Votes = append(b.Votes, v)
	return true
}

// Retract takes a vote back and says whether there was one with that id.
func (b *Box) Retract(id string) bool {
	before := len(b.Votes)
	b.Votes = slices.DeleteFunc(b.Votes, func(v Vote) bool { return v.ID == id })
	return len(b.Votes) < before
}

// Last returns the last choice of each user.
func (b *Box) Last() map[string]int {
	last := map[string]int{}
	for _, v := range b.Votes {
		last[v.User] = v.Choice
	}
	return last
}

// Count returns how many users chose each of n things, and how many chose any. With several,
// all votes of a user count, else the last one.
func (b *Box) Count(n int, several bool) (counts []int, voters int) {
	type choice struct {
		user  string
		thing int
	}
	counts, last := make([]int, n), b.Last()
	counted := map[choice]bool{}
	for _, v := range b.Votes {
		one := choice{v.User, v.Choice}
		if v.Choice < 0 || v.Choice >= n || counted[one] || !several && last[v.User] != v.Choice {
			continue
		}
		counted[one] = true
		counts[v.Choice]++
	}
	return counts, len(last)
}
