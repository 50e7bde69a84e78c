// Package incident decides what a notification does to a room: a new card, a change of the
// card of its incident, a line below it, or nothing yet. It is pure: what it knows comes in
// and what it decides goes out, to be stored in one transaction before anything is sent.
package incident

import (
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// StateVersion is the version of the stored JSON of a State.
const StateVersion = 1

// State is what is known of one incident in one room. It is stored as versioned JSON.
type State struct {
	Version int               `json:"version"`
	Card    bool              `json:"card,omitzero"` // whether a card stands in the room
	Opened  time.Time         `json:"opened,omitzero"`
	Told    int               `json:"told,omitzero"` // notifications told so far
	Items   []formatters.Item `json:"items,omitempty"`
}

// Input is what there is to decide on.
type Input struct {
	State        State                    // the zero State for a new incident, and without one
	Notification *formatters.Notification // nil when the incident's timer is due
	Now          time.Time
	Held         int // deliveries of this incident that wait
}

// Decision is what shall happen. It is stored as a whole, once; retries repeat it.
type Decision struct {
	State State
	Parts []Part // the events to make, in this order
	Hold  bool   // the delivery waits for the timer; Parts is empty
	// TellHeld says that Parts also tell the deliveries that wait for this incident.
	TellHeld bool
	// Release puts the deliveries that wait for this incident back into their lane.
	Release bool
	Wake    time.Time // when to decide again without a notification; zero clears the timer
}

// Kind is how a part relates to the incident's card.
type Kind string

// The kinds of parts. An Edit or a Reply without a card becomes a New.
const (
	New   Kind = "new"   // an event of its own
	Edit  Kind = "edit"  // the card, changed
	Reply Kind = "reply" // below the card
)

// Part is one event to be made.
type Part struct {
	Kind         Kind
	Card         bool // a New that becomes the incident's card
	Notification *formatters.Notification
	MsgType      string // "" leaves it to the notification's severity
}

// Decide answers every notification with a card of its own, and puts back what is held.
func Decide(in Input) Decision {
	state := in.State
	state.Version = StateVersion
	if in.Notification == nil {
		return Decision{State: state, Release: in.Held > 0}
	}
	n := in.Notification
	if !state.Card {
		state.Opened = in.Now
	}
	state.Card = n.Incident.Key != ""
	state.Told++
	state.Items = n.Items
	return Decision{State: state, Parts: []Part{{Kind: New, Card: state.Card, Notification: n}}}
}
