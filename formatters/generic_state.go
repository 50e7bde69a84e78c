package formatters

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// readState takes status, severity and event.
func (d *draft) readState(n *node) {
	isStatus := func(s string) bool { return statusWords(s) != "" }
	state := n.takeIf(isStatus, stateKeys...)
	rating := n.takeIf(isRating, ratingKeys...)
	if state == "" {
		state = n.takeEnding(isRating, "status", "state", "result", "typefriendlyname")
	}
	if rating == "" {
		rating = n.takeEnding(isRating, "severity", "level")
	}
	d.event = n.takeIf(isStatus, eventKeys...)
	d.rateBoth(state, rating)
	if done := n.peek("success", "ok"); done != nil && done.kind == 'f' {
		d.raise(Error, d.severity == Info)
	}
	switch {
	case state != "":
		d.status = statusWords(state)
	case rating != "" && !strings.EqualFold(rating, "unknown"):
		d.status = statusWords(rating)
	default:
		d.status = statusWords(d.event)
		if s, ok := rateEvent(d.event); ok && d.severity == Info {
			d.severity = s
		}
	}
}

// tellEvent tells an event whose place in the badge a state has taken: as the title that is
// missing, else as a fact.
func (d *draft) tellEvent() {
	switch {
	case d.event == "" || d.status == statusWords(d.event):
	case d.title == "" && d.from == "":
		d.title = d.event
	default:
		d.note(Fact{Name: "Event", Value: d.event})
	}
}

// rateBoth rates a state and a severity: what is over is no longer critical.
func (d *draft) rateBoth(state, rating string) {
	s, rated := rate(state)
	d.raise(rate(rating))
	if rated && (s == Success || rating == "") {
		d.severity = s
	}
}

// readStateBelow takes the outcome of an object that belongs to the matter.
func (d *draft) readStateBelow(m *node) {
	isTold := func(s string) bool { severity, ok := rate(s); return ok && severity != Info }
	state := m.takeIf(isTold, "conclusion", "result", "status", "state")
	if state == "" {
		state = m.takeEnding(isTold, "status", "state", "result")
	}
	rating := m.takeIf(isTold, "severity", "level", "impact", "urgency", "priority")
	if word := cmp.Or(state, rating); word != "" {
		d.rateBoth(state, rating)
		d.status = statusWords(word)
	}
}

func isRating(s string) bool {
	_, ok := rate(s)
	return ok
}

// readTime takes when it happened.
func (d *draft) readTime(n *node) {
	n.takeIf(func(s string) bool {
		d.time = parseTime(s)
		return !d.time.IsZero()
	}, timeKeys...)
}

// parseTime reads RFC 3339 and Unix times in seconds or milliseconds of this century.
func parseTime(s string) time.Time {
	if t := parseStamp(s); !t.IsZero() {
		return t
	}
	if s == "" || s[0] > '9' {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(s, 10, 64)
	if err == nil && seconds > 1e12 {
		seconds /= 1000
	}
	if err != nil || seconds < 946684800 || seconds >= 4102444800 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// parseStamp reads RFC 3339 alone.
func parseStamp(s string) time.Time {
	if len(s) < len("2006-01-02T15:04:05Z") || s[4] != '-' || s[10] != 'T' {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
