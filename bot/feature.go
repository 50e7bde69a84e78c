package bot

import (
	"context"
	"time"
)

// Feature is one command, or several that share a state.
type Feature struct {
	Name     string // of its Memory and in logs; never changes
	Commands []Command

	// Start is called before anything is taken in, to read what the memory holds, and again
	// after an error. It may not use the Chat: what happens in rooms waits for it.
	Start func(ctx context.Context) error
	// Wants says whether Handle cares about an event that is no command. It is called for
	// everything that happens in every room, so it must be quick and keep to what it knows.
	Wants func(Event) bool
	// Handle handles what Wants said yes to, and the alarms of the feature's memory.
	Handle func(ctx context.Context, c *Call) error
}

// Command is what people call by a prefix and its name.
type Command struct {
	Name       string   // "roll", without the prefix
	Aliases    []string // other names
	Usage      string   // what stands behind the name: "[<N>d<S>] [+<n>]"; "" for nothing
	Summary    string   // one line for the list: "rolls dice"
	Details    string   // more for "!help roll"; lines are kept; "" for nothing
	Power      int      // the power level that it takes, unless the configuration says otherwise
	Cooldown   time.Duration
	Background bool          // takes so long that the room's other commands must not wait for it
	Deadline   time.Duration // 0 is handlerTime
	// Continues says whether a message without the prefix calls the command, too, with its
	// text as the arguments, such as a reply to what it said. Like Wants, it must be quick.
	// Nil is no.
	Continues func(Event) bool
	// Run answers the command. A *UsageError is answered with its text and the usage, any
	// other error with an apology; the log has the rest.
	Run func(ctx context.Context, c *Call) error
}

// UsageError says what is wrong with how a command was called, in words for who called it:
// "a die has 2 to 1000 sides". An empty text shows the usage alone.
type UsageError struct {
	Text  string
	Usage string // of the part of the command that is meant: "hard on|off"; "" for all of it
}

func (e *UsageError) Error() string { return "wrong usage: " + e.Text }

// Refusal is an error in words for who called the command: nothing is wrong with the call,
// but it cannot be done, such as when a backend is away. The cooldown is given back. An
// empty text says nothing: the handler has told it.
type Refusal struct {
	Text  string
	Cause error // for the log; nil when there is nothing to look at
}

func (e *Refusal) Error() string {
	if e.Cause == nil {
		return e.Text
	}
	return e.Text + ": " + e.Cause.Error()
}

func (e *Refusal) Unwrap() error { return e.Cause }
