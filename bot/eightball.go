package bot

import (
	"context"
	_ "embed" // the replies
)

//go:embed data/eightball.txt
var eightBallReplies string

// EightBall is the command that knows the future. pick returns a number from 0 up to n, n
// left out, by chance.
func EightBall(pick func(n int) int) Feature {
	replies := readFortunes(eightBallReplies)
	return Feature{Name: "8ball", Commands: []Command{{
		Name:    "8ball",
		Aliases: []string{"eightball"},
		Usage:   "<question>",
		Summary: "answers any question with yes, no, or something in between",
		Run: func(ctx context.Context, c *Call) error {
			if c.Args == "" {
				return &UsageError{Text: "Ask me something."}
			}
			return c.Notice(ctx, "🎱 "+replies[pick(len(replies))])
		},
	}}}
}
