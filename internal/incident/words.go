package incident

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// shown returns the card of an open incident: with how long it has lasted, and how often it
// was told, if that was more than once.
func shown(s State, now time.Time) *formatters.Notification {
	n := *s.Last
	if s.Told > 1 {
		lasted := formatters.Duration(now.Sub(s.Opened))
		n.Facts = append([]formatters.Fact{{Value: fmt.Sprintf("%s for %s, told %d×", strings.ToLower(bareStatus(n.Status)), lasted, s.Told)}}, n.Facts...)
	}
	return &n
}

// ended returns the card of an incident that is over: what it was about stays, it is never
// red, and it says how long it took.
func ended(s State, n *formatters.Notification, now time.Time) *formatters.Notification {
	over := *calm(merged(s.Last, n))
	if s.Last.Subject != "" {
		over.Subject, over.URL = s.Last.Subject, firstOf(s.Last.URL, n.URL)
	}
	lasted := end(n, now).Sub(s.Opened)
	saidIt := slices.ContainsFunc(over.Facts, func(f formatters.Fact) bool { return f.Name == "Lasted" })
	if lasted < time.Second || saidIt || saysHowLong.MatchString(over.Summary) {
		return &over
	}
	took := formatters.Duration(lasted)
	if strings.Contains(over.Summary, ":") { // behind it, others speak
		over.Facts = append([]formatters.Fact{{Name: "After", Value: took}}, over.Facts...)
	} else {
		over.Summary = strings.TrimSpace(over.Summary + " after " + took)
	}
	return &over
}

// saysHowLong finds what a sender says itself: "after 12 min", "had no data for 3 min".
var saysHowLong = regexp.MustCompile(`\b(after|for) \d`)

// calm returns what is over in colours that call nobody.
func calm(n *formatters.Notification) *formatters.Notification {
	if n.Severity <= formatters.Success && !slices.ContainsFunc(n.Items, func(it formatters.Item) bool { return it.Severity > formatters.Success }) {
		return n
	}
	over := *n
	over.Severity = min(over.Severity, formatters.Success)
	over.Items = slices.Clone(over.Items)
	for i := range over.Items {
		over.Items[i].Severity = min(over.Items[i].Severity, formatters.Success)
	}
	return &over
}

// end returns when an incident ended: as the sender says, if that is in the past.
func end(n *formatters.Notification, now time.Time) time.Time {
	if !n.Time.IsZero() && n.Time.Before(now) {
		return n.Time
	}
	return now
}

// grey returns the card of an incident that another one has taken the place of.
func grey(last *formatters.Notification) *formatters.Notification {
	n := *last
	n.Status = "earlier: " + strings.ToLower(bareStatus(n.Status))
	n.Severity, n.Loud, n.Items = formatters.Muted, false, nil
	return &n
}

// headline returns a card's first line alone.
func headline(n *formatters.Notification) *formatters.Notification {
	return &formatters.Notification{
		Version: n.Version, Event: n.Event, Severity: n.Severity, Loud: n.Loud,
		Status: n.Status, Subject: n.Subject, URL: n.URL, Summary: n.Summary,
	}
}

// changed returns the line that tells a change: the entries that changed, if they are few.
func changed(last, n *formatters.Notification) *formatters.Notification {
	line := headline(n)
	for _, it := range n.Items {
		if last == nil || !slices.ContainsFunc(last.Items, func(have formatters.Item) bool {
			return have.Key == it.Key && have.Status == it.Status && have.Severity == it.Severity && have.Since.Equal(it.Since)
		}) {
			line.Items = append(line.Items, it)
		}
	}
	if len(line.Items) == len(n.Items) {
		line.Items = nil // all of them: the first line says it
	}
	return line
}

// partOf counts entries that are done: "8 of 10 imported".
func partOf(done, all int, status string) string {
	return fmt.Sprintf("%d of %d %s", done, all, status)
}

// bareStatus returns a status without the count in front of it.
func bareStatus(status string) string {
	if status == "" {
		return "open"
	}
	var done, all int
	var rest string
	if n, _ := fmt.Sscanf(status, "%d of %d", &done, &all); n == 2 {
		_, rest, _ = strings.Cut(status, fmt.Sprintf("%d of %d ", done, all))
		return firstOf(rest, status)
	}
	return status
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
