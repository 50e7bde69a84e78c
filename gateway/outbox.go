package gateway

import (
	"context"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// Enqueuer keeps webhooks until they are told.
type Enqueuer interface {
	// Enqueue returns when the webhook is on disk, or with an error when it is not and will
	// not be. It keeps nothing of Payload.Body after it has returned, and changes no Rooms:
	// webhooks share them.
	Enqueue(ctx context.Context, w Webhook) (Accepted, error)
	// Wait returns when the webhook is told in all its rooms, dead or held, or with Pending
	// when ctx ends.
	Wait(ctx context.Context, id string) (State, error)
}

// Webhook is one to be accepted.
type Webhook struct {
	Hook         string // the hook's name
	Service      string
	Formatter    string // what made the notification
	SenderID     string // the sender's own id of this delivery, unique within the hook; "" when it has none
	Payload      formatters.Payload
	Notification formatters.Notification
	Rooms        []Routed // none when the hook's filter dropped it
	Exempt       bool     // told by itself, however much its room is told
}

// Routed is a room that a webhook is for.
type Routed struct {
	Room     string   // as the hook names it
	Mentions []string // user ids, "@room"
}

// Accepted is what became of an enqueued webhook.
type Accepted struct {
	ID         string // the webhook's id
	Repeat     bool   // its SenderID is known: ID is the first one's, and nothing was added
	Deliveries int    // the rooms it will be told in
}

// State is how far a webhook is.
type State string

// The states of a webhook.
const (
	Pending State = "pending"
	Held    State = "held" // for a digest, or while its room is mute
	Told    State = "told"
	Dead    State = "dead" // in at least one of its rooms
)

// Metrics is told what happens. Hook is a hook's name, or "unknown" where there is none.
type Metrics interface {
	// Received is called once per request to a webhook's address with the result: accepted,
	// filtered, repeated, too_large, aborted, timeout, method, not_found, unavailable,
	// forbidden (its address), unauthorized, locked_out (after too many of these) or
	// rate_limited. The time is what the gateway took, without what a waiting hook waited.
	Received(hook, result string, took time.Duration)
	FormatFallback(service string) // the service's formatter could not read a payload
	ExprError(hook string)         // a filter, a route or a field of a format failed at run time
}

type noMetrics struct{}

func (noMetrics) Received(string, string, time.Duration) {}
func (noMetrics) FormatFallback(string)                  {}
func (noMetrics) ExprError(string)                       {}
