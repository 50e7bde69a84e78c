package bot

import (
	"context"
	"fmt"
	"time"
)

// Line is what the bot hears and speaks through, such as a homeserver.
type Line interface {
	Homeserver() string
	// Ping asks for nearly nothing.
	Ping(ctx context.Context) error
	Status() SyncStatus
}

// pingTime is how long a homeserver has for an answer.
const pingTime = 10 * time.Second

// Ping is the command that says whether the bot is there, and how far away.
func Ping(line Line) Feature {
	return Feature{Name: "ping", Commands: []Command{{
		Name:    "ping",
		Summary: "says whether I am awake, and how fast",
		Run: func(ctx context.Context, c *Call) error {
			heard := max(0, c.Now.Sub(c.Sent)) // when the command came, not when the answer is written
			asked, cancel := context.WithTimeout(ctx, pingTime)
			defer cancel()
			start := time.Now()
			if err := line.Ping(asked); err != nil {
				return &Refusal{Text: "Pong! But my homeserver does not answer me.", Cause: err}
			}
			return c.Notice(ctx, fmt.Sprintf("Pong! %s to %s and back; your message took %s to reach me.",
				brief(time.Since(start)), line.Homeserver(), brief(heard)))
		},
	}}}
}

// brief writes a span as people say it: "12 ms", "1.4 s", "2m5s".
func brief(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
