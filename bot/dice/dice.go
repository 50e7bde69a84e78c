// Package dice reads and throws dice as players write them: "2d6", "4d6kh3 + 2", "d20 d20".
//
// # The contract
//
// Parse reads one or more rolls. Within a roll, groups of dice and plain numbers are joined
// by + and -; where no sign stands between two of them, the next roll begins. What it
// returns is within bounds, so that throwing is quick and totals fit any int. Its errors are
// sentences for who wrote the dice.
//
// The package knows neither rooms nor chance: Throw is handed its source.
package dice

import (
	"fmt"
	"slices"
)

// The bounds of what may be thrown at once.
const (
	MaxDice   = 100       // in all rolls together
	MaxSides  = 1000      // of a die
	MaxNumber = 1_000_000 // added or taken away
	MaxRolls  = 10
	MaxTerms  = 20 // in all rolls together
)

// Keep says which dice of a group count.
type Keep int

// What a group may keep.
const (
	All Keep = iota
	Highest
	Lowest
)

// Term is a group of dice, or a plain number when Count is 0.
type Term struct {
	Negative bool
	Count    int // dice
	Sides    int // of each
	Keep     Keep
	Kept     int // how many count, when not All
	Number   int // of a plain number
}

// String writes a term as Parse reads it, without its sign: "4d6kh3", "2".
func (t Term) String() string {
	if t.Count == 0 {
		return fmt.Sprint(t.Number)
	}
	text := fmt.Sprintf("d%d", t.Sides)
	if t.Count > 1 {
		text = fmt.Sprintf("%dd%d", t.Count, t.Sides)
	}
	switch t.Keep {
	case Highest:
		text += fmt.Sprintf("kh%d", t.Kept)
	case Lowest:
		text += fmt.Sprintf("kl%d", t.Kept)
	case All:
	}
	return text
}

// Roll is a sum of terms.
type Roll []Term

// Die is one die that was thrown.
type Die struct {
	Value   int
	Dropped bool // it does not count
}

// Group is a term that was thrown. A plain number has no dice.
type Group struct {
	Term
	Dice []Die // in the order of the throw
}

// Throw is a roll that was thrown.
type Throw struct {
	Groups []Group
	Total  int
}

// Throw throws the dice of a roll. pick returns a number from 0 up to n, n left out.
func (r Roll) Throw(pick func(n int) int) Throw {
	var t Throw
	for _, term := range r {
		g := Group{Term: term}
		for range term.Count {
			g.Dice = append(g.Dice, Die{Value: 1 + pick(term.Sides)})
		}
		g.drop()
		if term.Negative {
			t.Total -= g.sum()
		} else {
			t.Total += g.sum()
		}
		t.Groups = append(t.Groups, g)
	}
	return t
}

// drop marks the dice that do not count. Of equal ones, the first are kept.
func (g *Group) drop() {
	if g.Keep == All {
		return
	}
	best := make([]*Die, len(g.Dice))
	for i := range g.Dice {
		best[i] = &g.Dice[i]
	}
	slices.SortStableFunc(best, func(a, b *Die) int {
		if g.Keep == Lowest {
			return a.Value - b.Value
		}
		return b.Value - a.Value
	})
	for _, d := range best[g.Kept:] {
		d.Dropped = true
	}
}

func (g *Group) sum() int {
	sum := g.Number
	for _, d := range g.Dice {
		if !d.Dropped {
			sum += d.Value
		}
	}
	return sum
}
