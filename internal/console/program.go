package console

import (
	"context"
	"encoding/json"
	"time"
)

// Program is the running program behind the page. Its errors are logged, so they hold no
// hook's id; a Refusal is shown to the visitor instead.
type Program interface {
	// Sample returns a sample as the text of an HTTP request, or only its body where there is
	// nothing else to say. Bytes that are no text are lost.
	Sample(service, sample string) (string, error)
	// SendSample posts a sample of a service to the gateway. It and the others are only called
	// for what the Options name.
	SendSample(ctx context.Context, service, sample string) error
	// Send posts what a visitor has written: the body of a request, or a whole one.
	Send(ctx context.Context, service, request string) error
	// Preview says what it would become. It ends when ctx does, whatever the request is.
	Preview(ctx context.Context, t Trial) (Outcome, error)
	// Tell posts what belongs to a step of a story, the first being 0. A story is told anew
	// for each time at which it began.
	Tell(ctx context.Context, story string, began time.Time, step int) error
}

// Refusal says to a visitor what is wrong with what he has written.
type Refusal string

// Error implements error.
func (r Refusal) Error() string { return string(r) }

// Trial is a webhook to be tried.
type Trial struct {
	Service string `json:"service"`
	Request string `json:"request"` // a body, or a whole HTTP request
	Filter  string `json:"filter"`  // takes the place of the hook's; "" leaves it
}

// Outcome is what a webhook would become.
type Outcome struct {
	Fallback     string          `json:"fallback,omitempty"` // why the service's formatter could not read it
	Notification json.RawMessage `json:"notification"`
	Content      json.RawMessage `json:"content"`          // of the event; it mentions nobody
	Filter       *Condition      `json:"filter,omitempty"` // nil where the hook has none
	Routes       []Condition     `json:"routes"`           // all of the hook
	Rooms        []Destination   `json:"rooms"`            // none: the filter drops it
}

// Condition is a filter or a route, and what it says of a webhook.
type Condition struct {
	Source string       `json:"source"`
	To     *Destination `json:"to,omitempty"` // of a route
	Said   Verdict      `json:"said"`
	Failed string       `json:"failed,omitempty"` // why it could not say
}

// Verdict is what a condition says.
type Verdict string

// The verdicts.
const (
	Yes      Verdict = "yes"
	No       Verdict = "no"
	NotAsked Verdict = "not asked"
)

// Destination is a room that a webhook is told in.
type Destination struct {
	Room     string   `json:"room"` // a Room's name
	Mentions []string `json:"mentions,omitempty"`
}
