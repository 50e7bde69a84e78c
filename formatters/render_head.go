package formatters

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The longest texts of a card's head, in runes.
const (
	maxStatus  = 60
	maxSubject = 300
	maxSummary = 600
	maxName    = 60
	maxValue   = 300
)

// head draws everything up to the items as one paragraph: clients leave so little room
// between two messages of one sender that a second paragraph would look like a second card.
func (c *card) head(n Notification) {
	m := c.mark()
	c.tag("<p>")
	c.firstLine(n)
	c.keep(m, c.max)
	c.facts(n.Facts)
	c.links(n)
	c.tag("</p>")
}

// firstLine draws badges, subject and summary. It always fits: its parts are bounded by
// shares of the limit that add up to less than the whole.
func (c *card) firstLine(n Notification) {
	c.badges(n)
	subject := shorten(cleanLine(n.Subject), maxSubject, c.max/5)
	if subject != "" {
		c.both(" ")
		c.tag("<b>")
		address := cleanURL(n.URL)
		if encodedLen(appendEscaped(nil, address)) > c.max/8 {
			address = ""
		}
		c.linked(subject, address)
		c.tag("</b>")
	}
	summary := shorten(cleanLine(n.Summary), maxSummary, c.max/5)
	if subject != "" {
		c.continued(summary)
	} else if summary = withoutClinging(summary); summary != "" {
		c.both(" " + summary)
	}
}

// badges draws the status, and for a group how many entries have it and how many are over.
func (c *card) badges(n Notification) {
	status := c.badgeWord(n.Status)
	if status == "" {
		status = severityWord(n.Severity)
	}
	status = strings.ToUpper(status)
	open, over, overStatus := tally(n.Items)
	unseen := 0 // whose status nobody knows
	switch {
	case n.More <= 0:
	case open+over == 0 && n.Severity != Success: // the only one that was told has no words of its own
		open = 1 + n.More
	case open == 0 && n.Incident.State != Open:
		over = max(over, 1) + n.More
	case over == 0 && open > 0:
		open += n.More
	default:
		over, unseen = max(over, 1), n.More
	}
	switch {
	case open+over+unseen < 2, n.Severity <= Muted, status[0] >= '0' && status[0] <= '9':
		c.badge(n.Severity, status)
	case open == 0:
		c.badge(n.Severity, strconv.Itoa(over)+" "+status)
	default:
		c.badge(n.Severity, strconv.Itoa(open)+" "+status)
		if over > 0 {
			c.both(" ")
			c.badge(Success, strconv.Itoa(over)+" "+strings.ToUpper(overStatus))
		}
	}
	if unseen > 0 {
		c.both(" ")
		c.badge(Muted, strconv.Itoa(unseen)+" MORE")
	}
}

// tally counts the items that have a status: those that last, and those that are over
// with the first one's status.
func tally(items []Item) (open, over int, overStatus string) {
	for _, it := range items {
		switch {
		case it.Status == "":
		case it.Severity != Success:
			open++
		default:
			if over++; overStatus == "" {
				overStatus = it.Status
			}
		}
	}
	return open, over, overStatus
}

// badgeWord cleans a status. What stands before its first letter or digit goes: emoji are
// drawn too large for a badge, a body of nothing else is drawn larger still by Cinny, and none
// must begin like a command or a quotation. To Unicode, "ℹ" is a letter.
func (c *card) badgeWord(s string) string {
	s = strings.TrimLeftFunc(cleanLine(s), func(r rune) bool { return r == 'ℹ' || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return shorten(withoutKeycaps.Replace(s), maxStatus, c.max/16)
}

// withoutKeycaps makes digits of "1️⃣" and its like, which are digits in an emoji's dress.
var withoutKeycaps = strings.NewReplacer("\ufe0f\u20e3", "", "\u20e3", "")

// severityWord stands in for a status that a sender did not give.
func severityWord(s Severity) string {
	switch {
	case s <= Muted:
		return "note"
	case s == Success:
		return "ok"
	}
	return min(s, Critical).String()
}

// facts draws named values in one line, and code each on a line of its own. They take at
// most half of what is left, so that items have room too.
func (c *card) facts(facts []Fact) {
	floor := c.left / 2
	drawn, total := 0, 0
	for _, code := range [...]bool{false, true} {
		for _, f := range facts {
			if f.Code != code {
				continue
			}
			value := c.value(f)
			if value == "" {
				continue
			}
			total++
			if total > drawn+1 {
				continue // one before it did not fit: the rest is counted
			}
			m := c.mark()
			if code || drawn == 0 {
				c.breakLine()
			} else {
				c.both(" · ")
			}
			c.fact(f, value)
			if c.keep(m, c.left-floor) {
				drawn++
			}
		}
	}
	if total > drawn {
		c.breakLine()
		c.both("+" + strconv.Itoa(total-drawn) + " more")
	}
}

func (c *card) value(f Fact) string {
	if !f.Time.IsZero() {
		return c.clock(f.Time)
	}
	return shorten(cleanLine(f.Value), maxValue, maxValue*maxCost)
}

func (c *card) fact(f Fact, value string) {
	if name := shorten(cleanLine(f.Name), maxName, maxName*maxCost); name != "" {
		c.tag("<b>")
		c.both(name)
		c.tag("</b>")
		c.both(" ")
	}
	if f.Code {
		c.tag("<code>")
	}
	c.linked(value, cleanURL(f.URL))
	if f.Code {
		c.tag("</code>")
	}
}

// clock writes a time in the card's zone, with as much of its date as is needed.
func (c *card) clock(t time.Time) string {
	t, now := t.In(c.zone), c.now.In(c.zone)
	switch {
	case t.Year() != now.Year():
		return t.Format("2 Jan 2006 15:04")
	case t.YearDay() != now.YearDay():
		return t.Format("2 Jan 15:04")
	}
	return t.Format("15:04")
}

// plainLinks is how many addresses the plain body shows: clients add a preview for each.
const plainLinks = 2

// links draws the links in one line; the plain body names the first addresses. Without
// links, it names the subject's: it has no other way to show it.
func (c *card) links(n Notification) {
	drawn := 0
	for _, l := range n.Links {
		address, name := cleanURL(l.URL), shorten(cleanLine(l.Text), maxName, maxName*maxCost)
		if address == "" {
			continue
		}
		label := name + ": "
		if name == "" {
			name, label = shorten(cleanLine(address), maxName, maxName*maxCost), ""
		}
		m := c.mark()
		if drawn == 0 {
			c.tag("<br>")
		} else {
			c.tag(" · ")
		}
		c.anchor(address)
		c.html = appendEscaped(c.html, name)
		c.tag("</a>")
		if drawn < plainLinks {
			c.newLine()
			c.text = append(c.text, label+address...)
		}
		if c.keep(m, c.left/2) {
			drawn++
		}
	}
	if address := cleanURL(n.URL); drawn == 0 && address != "" {
		m := c.mark()
		c.newLine()
		c.text = append(c.text, address...)
		c.keep(m, c.left/2)
	}
}
