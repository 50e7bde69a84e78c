package formatters

import "strings"

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

// FormatHTML is the format of a message with a formatted body.
const FormatHTML = "org.matrix.custom.html"

// Mentions says whom a message pings.
type Mentions struct {
	UserIDs []string `json:"user_ids,omitempty"`
	Room    bool     `json:"room,omitempty"`
}

// Relation ties a message to an earlier event.
type Relation struct {
	Type    string   `json:"rel_type,omitempty"` // "m.replace" for an edit, "m.thread", "m.annotation"
	EventID string   `json:"event_id,omitempty"`
	ReplyTo *ReplyTo `json:"m.in_reply_to,omitempty"`
	Key     string   `json:"key,omitempty"`             // of an annotation: the emoji
	Falls   bool     `json:"is_falling_back,omitempty"` // ReplyTo is for clients without threads
}

// ReplyTo names the event that is replied to.
type ReplyTo struct {
	EventID string `json:"event_id"`
}

// maxFallback is the length of an edit's body, in bytes.
const maxFallback = 200

// Edit returns the event content that makes an earlier event read as m (spec v1.19,
// "Event replacements"). Clients without edits see one plain line, since a full copy
// would double an event that encryption makes larger still; and nobody is pinged again.
// A relation of m itself is left out: an edited reply stays a reply.
func (m Message) Edit(eventID string) Message {
	m.RelatesTo = nil
	line, _, _ := strings.Cut(m.Body, "\n")
	line, _ = firstBytes("* "+line, maxFallback)
	return Message{
		MsgType:    m.MsgType,
		Body:       line,
		NewContent: &m,
		RelatesTo:  &Relation{Type: "m.replace", EventID: eventID},
	}
}

// Reply returns m as a reply to an event.
func (m Message) Reply(eventID string) Message {
	m.RelatesTo = &Relation{ReplyTo: &ReplyTo{EventID: eventID}}
	return m
}

// InThread returns m in the thread of an event (spec v1.19, "Threading"). Clients without
// threads see a reply.
func (m Message) InThread(eventID string) Message {
	m.RelatesTo = &Relation{Type: "m.thread", EventID: eventID, ReplyTo: &ReplyTo{EventID: eventID}, Falls: true}
	return m
}

// Reaction is the content of an m.reaction event.
type Reaction struct {
	RelatesTo Relation `json:"m.relates_to"`
}

// React returns the reaction to an event that a notification amounts to, by its severity.
func React(n Notification, eventID string) Reaction {
	emoji := "ℹ️"
	switch {
	case n.Severity >= Error:
		emoji = "🔴"
	case n.Severity == Warning:
		emoji = "⚠️"
	case n.Severity == Success:
		emoji = "✅"
	case n.Severity == Muted:
		emoji = "💤"
	}
	return Reaction{Relation{Type: "m.annotation", EventID: eventID, Key: emoji}}
}
