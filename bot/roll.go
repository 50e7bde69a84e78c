package bot

import (
	"context"
	"fmt"
	"html"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/dice"
)

// Roll is the command that rolls dice. pick returns a number from 0 up to n, n left out, by
// chance.
func Roll(pick func(n int) int) Feature {
	return Feature{Name: "roll", Commands: []Command{{
		Name:    "roll",
		Aliases: []string{"dice"},
		Usage:   "[<N>d<S>[kh<n>|kl<n>]] [+ <n>] …",
		Summary: "rolls dice: 2d6 + 3, 4d6kh3, d20 d20",
		Details: strings.Join([]string{
			"Alone it rolls a d6.",
			"2d6 + 1d4 - 1: several dice and numbers make one sum",
			"d20 d20: several rolls",
			"4d6kh3, 2d20kl1: only the highest three or the lowest one count; d% has 100 sides",
			fmt.Sprintf("At most %d dice of 2 to %d sides, and numbers up to %d.", dice.MaxDice, dice.MaxSides, dice.MaxNumber),
		}, "\n"),
		Run: func(ctx context.Context, c *Call) error {
			args := c.Args
			if args == "" {
				args = "d6"
			}
			rolls, err := dice.Parse(args)
			if err != nil {
				return &UsageError{Text: err.Error()}
			}
			_, err = c.Reply(ctx, tellRolls(rolls, pick))
			return err
		},
	}}}
}

// tellRolls throws the dice and tells each roll in a line.
func tellRolls(rolls []dice.Roll, pick func(n int) int) Answer {
	var texts, markups []string
	for _, r := range rolls {
		text, markup := tellThrow(r.Throw(pick))
		texts, markups = append(texts, text), append(markups, markup)
	}
	return Answer{Text: strings.Join(texts, "\n"), HTML: strings.Join(markups, "<br>")}
}

// tellThrow shows the dice behind each group, in brackets or struck out what does not count:
// "🎲 4d6kh3 [6 5 4 (1)] + 2 = 17". A single die is its own total.
func tellThrow(t dice.Throw) (text, markup string) {
	var plain, rich strings.Builder
	for i, g := range t.Groups {
		sign := ""
		switch {
		case g.Negative:
			sign = "- "
		case i > 0:
			sign = "+ "
		}
		plain.WriteString(sign + g.String() + " ")
		rich.WriteString(sign + html.EscapeString(g.String()) + " ")
		if len(g.Dice) == 0 || len(g.Dice) == 1 && len(t.Groups) == 1 {
			continue
		}
		var faces, struck []string
		for _, d := range g.Dice {
			if d.Dropped {
				faces = append(faces, fmt.Sprintf("(%d)", d.Value))
				struck = append(struck, fmt.Sprintf("<del>%d</del>", d.Value))
				continue
			}
			faces = append(faces, fmt.Sprint(d.Value))
			struck = append(struck, fmt.Sprint(d.Value))
		}
		plain.WriteString("[" + strings.Join(faces, " ") + "] ")
		rich.WriteString("[" + strings.Join(struck, " ") + "] ")
	}
	return fmt.Sprintf("🎲 %s= %d", plain.String(), t.Total), fmt.Sprintf("🎲 %s= <b>%d</b>", rich.String(), t.Total)
}
