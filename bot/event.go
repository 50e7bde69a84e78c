package bot

import "time"

// Kind is what an Event is.
type Kind string

// The kinds of events.
const (
	KindMessage   Kind = "message"   // somebody wrote a text
	KindReaction  Kind = "reaction"  // somebody reacted to Target with Key
	KindRedaction Kind = "redaction" // somebody took Target back: a message or a reaction
	KindJoin      Kind = "join"      // Sender became a member of the room, and was none before
	KindUpgrade   Kind = "upgrade"   // the room Target has taken the room's place
	KindAlarm     Kind = "alarm"     // the alarm of the feature's value Key is due; Room and Sender are ""
)

// Event is something that happened in a room, as handlers see it and as it is stored.
type Event struct {
	Kind    Kind      `json:"kind"`
	ID      string    `json:"id"`                 // the event's id; of an alarm, an id of its own
	Room    string    `json:"room,omitempty"`     // room id
	Sender  string    `json:"sender,omitempty"`   // user id
	Text    string    `json:"text,omitempty"`     // of a message: plain, without the quotation of what it answers
	ReplyTo string    `json:"reply_to,omitempty"` // of a message: the event that it answers
	Target  string    `json:"target,omitempty"`   // the event that is reacted to, or redacted; of an upgrade, the new room
	Key     string    `json:"key,omitempty"`      // of a reaction: the emoji; of an alarm: the value's key
	Sent    time.Time `json:"sent"`               // as the sender's homeserver says
}
