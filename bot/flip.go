package bot

import "context"

// Flip is the command that flips a coin. pick returns a number from 0 up to n, n left out,
// by chance.
func Flip(pick func(n int) int) Feature {
	sides := []string{"🪙 Heads.", "🪙 Tails."}
	return Feature{Name: "flip", Commands: []Command{{
		Name:    "flip",
		Aliases: []string{"coin"},
		Summary: "flips a coin",
		Run: func(ctx context.Context, c *Call) error {
			return c.Notice(ctx, sides[pick(len(sides))])
		},
	}}}
}
