// Package incident decides what a notification does to a room: a new card, a change of the
// card of its incident, a line below it, a line in a digest, or nothing yet. It is pure: what
// it knows comes in and what it decides goes out, to be stored in one transaction before
// anything is sent.
//
// # The contract
//
// An incident is a matter that lasts, within a hook and a room: an alert, a download, a
// ticket. It has at most one card that is open. What the sender repeats changes the card and
// says nothing anew; what changes is told as the hook's Policy says; and its end is told by
// the card and, to those who were told of it, by a reply.
//
// When a room is told more than it can bear, the rest becomes one card, a digest.
package incident

import (
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// StateVersion is the version of the stored JSON of a State and of a Room.
const StateVersion = 1

// State is what is known of one incident in one room. It is stored as versioned JSON.
type State struct {
	Version  int                      `json:"version"`
	Open     bool                     `json:"open,omitzero"`     // the sender has not said that it is over
	Opened   time.Time                `json:"opened,omitzero"`   // when it began, as the sender says, or was first told
	Told     int                      `json:"told,omitzero"`     // how often the sender has told it as it is, from 1
	Card     time.Time                `json:"card,omitzero"`     // when the card was made that stands in the room; zero without one
	Digest   bool                     `json:"digest,omitzero"`   // the card is a digest's, which tells others, too
	Edited   time.Time                `json:"edited,omitzero"`   // when the card was last made or changed
	Reminded time.Time                `json:"reminded,omitzero"` // when the room last heard of it anew
	Last     *formatters.Notification `json:"last,omitempty"`    // what the card shows, or is about to

	// Of the incident that a digest is.
	Lines *Lines `json:"lines,omitempty"`
}

// WithCard returns the state of an incident that began inside a digest and has got a card
// after all, because it was the digest's only line. own says whether it is the incident's to
// change: not when the incident is over by now, or has got another one.
func (s State) WithCard(now time.Time) (state State, own bool) {
	if !s.Open || !s.Digest {
		return s, false
	}
	s.Digest, s.Card, s.Edited = false, now, now
	return s, true
}

// Input is what there is to decide on.
type Input struct {
	State        State                    // the zero State for a new incident, and without one
	Room         Room                     // of the room
	Hook         string                   // its name
	Policy       Policy                   // the hook's
	Exempt       bool                     // the notification is told by itself, whatever the limits
	Notification *formatters.Notification // nil when the incident's timer is due
	Now          time.Time
	Held         int  // deliveries of this incident that wait
	Encrypted    bool // the room's events are a third larger: a digest holds less
	Behind       bool // more deliveries wait for their turn: a digest waits for them
}

// Decision is what shall happen. It is stored as a whole, once; retries repeat it.
type Decision struct {
	State State
	Room  Room
	Parts []Part // the events to make, in this order
	Hold  bool   // the delivery waits for the timer: Parts do not tell it
	// TellHeld says that Parts also tell the deliveries that wait for this incident.
	TellHeld bool
	// Only is a digest's only line: Parts are what it stands for, and about its matter.
	Only *Line
	// Release puts the deliveries that wait for this incident back into their lane.
	Release bool
	Wake    time.Time // when to decide again without a notification; zero clears the timer
	// Line is what the room's digest says of the delivery; nil when it need not. Unless
	// Parts tell the delivery, the digest does.
	Line *Line
}

// Kind is how a part relates to the incident's card.
type Kind string

// The kinds of parts. Without a card, Retire and React are left out, and the others become
// a New.
const (
	New    Kind = "new"    // an event of its own
	Edit   Kind = "edit"   // the card, changed
	Retire Kind = "retire" // the card, changed into one that another has taken the place of
	Reply  Kind = "reply"  // below the card
	Thread Kind = "thread" // in the card's thread
	React  Kind = "react"  // a reaction to the card
)

// Part is one event to be made.
type Part struct {
	Kind         Kind                     `json:"kind"`
	Card         bool                     `json:"card,omitzero"` // a New that becomes the incident's card
	Notification *formatters.Notification `json:"notification"`
	MsgType      string                   `json:"msg_type,omitempty"` // "" leaves it to the notification's severity
}
