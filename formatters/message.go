package formatters

// Message is the content of an m.room.message event.
type Message struct {
	MsgType       string    `json:"msgtype"`
	Body          string    `json:"body"`
	Format        string    `json:"format,omitempty"`
	FormattedBody string    `json:"formatted_body,omitempty"`
	Mentions      Mentions  `json:"m.mentions"` // always there: without it, clients guess pings from the text
	NewContent    *Message  `json:"m.new_content,omitempty"`
	RelatesTo     *Relation `json:"m.relates_to,omitempty"`
}

// Message types.
const (
	MsgText   = "m.text"   // may notify
	MsgNotice = "m.notice" // never notifies; Cinny dims it
)

// Mentions says whom a message pings.
type Mentions struct {
	UserIDs []string `json:"user_ids,omitempty"`
	Room    bool     `json:"room,omitempty"`
}

// Relation ties a message to an earlier event.
type Relation struct {
	Type    string   `json:"rel_type,omitempty"` // "m.replace" for an edit
	EventID string   `json:"event_id,omitempty"`
	ReplyTo *ReplyTo `json:"m.in_reply_to,omitempty"`
}

// ReplyTo names the event that is replied to.
type ReplyTo struct {
	EventID string `json:"event_id"`
}

// Reply returns m as a reply to an event.
func (m Message) Reply(eventID string) Message {
	m.RelatesTo = &Relation{ReplyTo: &ReplyTo{EventID: eventID}}
	return m
}
