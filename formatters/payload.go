package formatters

import (
	"net/textproto"
	"time"
)

// Payload is one received webhook, as its sender put it.
type Payload struct {
	ContentType string              // the Content-Type header, "" when absent
	Header      map[string][]string // canonical names; only those a service declares
	Query       map[string][]string // only the parameters a service declares; all of a GET
	Body        []byte              // after Content-Encoding is taken off; may be empty
	Received    time.Time
}

// header returns the first value of the named request header, or "".
func (p Payload) header(name string) string {
	return textproto.MIMEHeader(p.Header).Get(name)
}

// Formatter turns the payloads of one service into notifications.
//
// An error means "this is not one of mine": the caller then uses the generic formatter,
// so that nothing is lost for its looks. A payload that is merely incomplete is no error.
type Formatter interface {
	Format(p Payload) (Notification, error)
}

// FormatterFunc is a function that formats.
type FormatterFunc func(p Payload) (Notification, error)

// Format calls f.
func (f FormatterFunc) Format(p Payload) (Notification, error) { return f(p) }
