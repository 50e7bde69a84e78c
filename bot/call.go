package bot

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Call is one event on its way through a handler.
type Call struct {
	Event
	Args string // what stands behind a command's name, without space around it
	Now  time.Time

	Chat    Chat
	feature string // of a handler: others may handle the same event
	sent    int    // events made so far
}

// nextKey returns the key of the next event that the call makes.
func (c *Call) nextKey() string {
	c.sent++
	if c.feature != "" {
		return fmt.Sprintf("re-%s-%s-%d", c.feature, c.ID, c.sent)
	}
	return fmt.Sprintf("re-%s-%d", c.ID, c.sent)
}

// Reply answers the call's event, in its room. It returns the answer's id.
func (c *Call) Reply(ctx context.Context, a Answer) (string, error) {
	a.ReplyTo = c.ID
	return c.Say(ctx, a)
}

// Notice answers with one line of plain text.
func (c *Call) Notice(ctx context.Context, text string) error {
	_, err := c.Reply(ctx, Answer{Text: text})
	return err
}

// Say makes a message in the call's room.
func (c *Call) Say(ctx context.Context, a Answer) (string, error) { return c.SayIn(ctx, c.Room, a) }

// SayIn makes a message in any room.
func (c *Call) SayIn(ctx context.Context, room string, a Answer) (string, error) {
	return c.Chat.Send(ctx, room, c.nextKey(), a)
}

// Edit takes the place of an earlier message of the bot in a room.
func (c *Call) Edit(ctx context.Context, room, event string, a Answer) error {
	a.Replaces = event
	_, err := c.SayIn(ctx, room, a)
	return err
}

// React adds a reaction to an event of the call's room.
func (c *Call) React(ctx context.Context, target, emoji string) (string, error) {
	return c.Chat.React(ctx, c.Room, c.nextKey(), target, emoji)
}

// Words returns the arguments, split at spaces; "quoted words" and “quoted words” are one.
func (c *Call) Words() []string { return words(c.Args) }

func words(args string) []string {
	var all []string
	var word strings.Builder
	quoted, started := false, false
	for _, r := range args {
		switch {
		case r == '"' || r == '“' || r == '”' || r == '„':
			quoted, started = !quoted, true
		case (r == ' ' || r == '\t' || r == '\n') && !quoted:
			if started {
				all = append(all, word.String())
				word.Reset()
				started = false
			}
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if started {
		all = append(all, word.String())
	}
	return all
}
