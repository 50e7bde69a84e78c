package formatters

import (
	"strings"
	"time"
)

// RenderOptions says how a notification is drawn.
type RenderOptions struct {
	Now      time.Time      // for "for 2 h" and to leave out today's date; zero draws no durations
	Zone     *time.Location // of the times; nil is UTC
	MsgType  string         // "" picks m.text for what wants a person, m.notice for chatter
	Mentions Mentions       // whom to ping; nobody by default
	Image    string         // mxc:// address of the notification's picture, when it was uploaded
	MaxBytes int            // both bodies together; 0 means MaxBytes, of what is Large LargeBytes; at least MinBytes
}

// The limits of body and formatted body together, in bytes as encoded in JSON.
const (
	MaxBytes = 20 << 10 // the default: an encrypted edit of it stays below an event's 64 KiB
	MinBytes = 4 << 10  // the least that holds any first line

	LargeBytes          = 58 << 10 // of a Large notification: what an event holds
	LargeEncryptedBytes = 43 << 10 // the same where encryption makes a third more of it
)

// Render draws a notification as what a Matrix room shows, within the size limit.
//
// Both bodies tell the same story and begin with a line that tells it alone, because
// notifications and plain clients show no more. What does not fit is left out from the
// end, visibly: details, the sender's HTML, items, links, facts. The HTML is well-formed
// and uses only what Matrix allows; foreign text neither pings nor escapes.
func Render(n Notification, o RenderOptions) Message {
	if o.MaxBytes == 0 && n.Large {
		o.MaxBytes = LargeBytes
	}
	c := newCard(o)
	defer cards.Put(c)
	n.Items = c.cleanItems(n.Items)
	c.head(n)
	c.picture(o.Image)
	c.items(n.Items)
	c.foreignHTML(n.HTML)
	summary := "Details"
	if n.Large {
		summary = "Show all"
	}
	c.details(summary, n.Details)
	return Message{
		MsgType:       msgType(n, o),
		Body:          string(c.text),
		Format:        FormatHTML,
		FormattedBody: string(c.html),
		Mentions:      o.Mentions,
	}
}

// msgType picks m.text for what wants a person: clients notify of it and do not dim it. Whom
// an operator mentions is wanted; a notice would ping nobody.
func msgType(n Notification, o RenderOptions) string {
	switch {
	case o.MsgType != "":
		return o.MsgType
	case n.Loud, n.Severity >= Warning, o.Mentions.Room, len(o.Mentions.UserIDs) > 0:
		return MsgText
	}
	return MsgNotice
}

// pictureHeight keeps a poster, in pixels, from being taller than its card.
const pictureHeight = "120"

// picture draws an uploaded picture. It never carries meaning, so it has no place in the
// plain body and no alternative text.
func (c *card) picture(uri string) {
	if !isMediaURI(uri) {
		return
	}
	m := c.mark()
	c.tag(`<p><img src="`)
	c.tag(uri)
	c.tag(`" alt="" height="` + pictureHeight + `"></p>`)
	c.keep(m, c.left)
}

// details draws preformatted text, folded, as much of it as there is room for.
func (c *card) details(summary, s string) {
	s, seen := firstBytes(s, 4*c.max)
	s = cleanLines(s)
	if s == "" {
		return
	}
	open, shut := "<details><summary>"+summary+"</summary><pre><code>", "</code></pre></details>"
	room := c.left - encodedLen(open+shut+"\n")
	s, whole := cut(s, room)
	if s == "" || c.wasCut {
		c.markCut()
		return
	}
	c.newLine()
	c.tag(open)
	c.both(s)
	c.tag(shut)
	if !whole || !seen {
		c.markCut()
	}
}

// markCut says, once, that text was left out for the size limit.
func (c *card) markCut() {
	if !c.wasCut {
		c.wasCut = true
		c.newLine()
		c.tag("<p>")
		c.both("… (cut)")
		c.tag("</p>")
	}
}

// isMediaURI reports whether uri is a well-formed mxc:// address.
func isMediaURI(uri string) bool {
	rest, ok := strings.CutPrefix(uri, "mxc://")
	server, id, both := strings.Cut(rest, "/")
	return ok && both && server != "" && id != "" && len(uri) <= 512 &&
		strings.Trim(server, mediaChars+".:[]") == "" && strings.Trim(id, mediaChars) == ""
}

// mediaChars are the characters of a media id.
const mediaChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
