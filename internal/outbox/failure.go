package outbox

import (
	"errors"
	"time"
)

// Class says whose fault a failed attempt is.
type Class string

// The classes of failure. What a Sender does not classify is Server.
const (
	Server    Class = "server"    // unreachable, 5xx, rate limit: everything waits
	Room      Class = "room"      // not joined, unknown alias, no encryption: this lane is parked
	Message   Class = "message"   // too large, not valid: this delivery is dead
	Elsewhere Class = "elsewhere" // not for this process: the lane is left to another, and nothing was sent
)

// Failure is an error of a Sender that says how to go on.
type Failure struct {
	Class      Class
	Unanswered bool          // the request went out and no answer came: it may have been accepted
	RetryAfter time.Duration // as the homeserver asked; 0 when it did not
	Err        error
}

// Error returns the cause.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// classify reads what a Sender's error says. An unclassified error may hide a lost answer.
func classify(err error) Failure {
	var f *Failure
	if errors.As(err, &f) {
		return *f
	}
	return Failure{Class: Server, Unanswered: true, Err: err}
}
