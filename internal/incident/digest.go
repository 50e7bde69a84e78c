package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

const (
	gatherTime = 5 * time.Second // before a digest is first told, so that it has something to tell
	maxLine    = 400             // bytes of one line
	maxLines   = formatters.MaxBytes - 2<<10
)

// Line is what a digest says of one delivery.
type Line struct {
	Hook   string        `json:"hook"`
	Status string        `json:"status"`
	Text   string        `json:"text"` // the first line of what would have been its card
	Window time.Duration `json:"-"`    // how long a digest lasts that it begins
}

// Lines are the digest that grows in a room.
type Lines struct {
	Since time.Time     `json:"since"` // of the first line
	Until time.Time     `json:"until"` // when it is closed
	Last  time.Time     `json:"last"`  // of the last line
	Lines []Line        `json:"lines"`
	Dirty bool          `json:"dirty,omitzero"` // the card does not show all of them
	Size  int           `json:"size"`           // what they take of a card, in bytes
	Count []StatusCount `json:"count"`
}

// StatusCount is how many lines have a status.
type StatusCount struct {
	Status string `json:"status"`
	N      int    `json:"n"`
}

// Add decides what a line does to its room's digest: in.State is the digest's. A digest is
// told when it has gathered for a while, grows every editPause, and is closed at its
// window's end. What does not fit goes on in another one.
func Add(in Input, line Line) Decision {
	line.Text = cutText(line.Text)
	s := in.State
	s.Version = StateVersion
	d := Decision{Room: in.Room}
	switch {
	case s.Lines == nil || !in.Now.Before(s.Lines.Until):
		d.tellLines(&s, in.Now)
		s.begin(line, in.Now)
	case s.Lines.Size+weight(line) > maxLines:
		d.tellLines(&s, in.Now)
		s.begin(line, in.Now)
	}
	s.Lines.add(line, in.Now)
	d.State = s
	if due := s.due(); !due.After(in.Now) {
		d.tellLines(&d.State, in.Now)
	}
	d.TellHeld = len(d.Parts) > 0
	d.Wake, d.Room.Waiting = d.State.due(), d.State.Lines.Dirty
	return d
}

// grow decides on a digest whose timer is due.
func grow(in Input) Decision {
	d := Decision{State: in.State, Room: in.Room}
	d.tellLines(&d.State, in.Now)
	d.TellHeld = len(d.Parts) > 0
	d.Room.Waiting = false
	if in.Now.Before(d.State.Lines.Until) {
		d.Wake = d.State.Lines.Until
	} else {
		d.State.Lines = &Lines{Until: d.State.Lines.Until} // closed: what it held is told
	}
	return d
}

// begin begins another digest.
func (s *State) begin(line Line, now time.Time) {
	s.Lines = &Lines{Since: now, Until: now.Add(line.Window)}
	s.Card, s.Edited = time.Time{}, time.Time{}
}

func (l *Lines) add(line Line, now time.Time) {
	l.Lines = append(l.Lines, line)
	l.Size += weight(line)
	l.Dirty, l.Last = true, now
	at := slices.IndexFunc(l.Count, func(c StatusCount) bool { return c.Status == line.Status })
	if at < 0 {
		l.Count, at = append(l.Count, StatusCount{Status: line.Status}), len(l.Count)
	}
	l.Count[at].N++
}

// due returns when the digest is to be told, as it is.
func (s *State) due() time.Time {
	l := s.Lines
	switch {
	case !l.Dirty:
		return l.Until
	case s.Card.IsZero():
		return l.Since.Add(gatherTime)
	}
	return s.Edited.Add(editPause)
}

// tellLines adds the part that tells a digest's lines that wait, if some do.
func (d *Decision) tellLines(s *State, now time.Time) {
	if s.Lines == nil || !s.Lines.Dirty {
		return
	}
	p := Part{Kind: Edit, Notification: s.Lines.card(), MsgType: formatters.MsgNotice}
	if s.Card.IsZero() {
		p.Kind, p.Card = New, true
		s.Card = now
	}
	s.Edited = now
	lines := *s.Lines
	lines.Dirty = false
	s.Lines = &lines
	d.Parts = append(d.Parts, p)
}

// card draws a digest: "DIGEST 14 more in 30 s: 12 renamed, 2 imported", all lines folded.
func (l *Lines) card() *formatters.Notification {
	counts := slices.Clone(l.Count)
	slices.SortStableFunc(counts, func(a, b StatusCount) int { return b.N - a.N })
	words := make([]string, 0, maxCounts)
	rest := len(l.Lines)
	for _, c := range counts[:min(len(counts), maxCounts)] {
		words = append(words, fmt.Sprintf("%d %s", c.N, strings.ToLower(c.Status)))
		rest -= c.N
	}
	if rest > 0 {
		words = append(words, fmt.Sprintf("%d others", rest))
	}
	mixed := slices.ContainsFunc(l.Lines, func(line Line) bool { return line.Hook != l.Lines[0].Hook })
	var details strings.Builder
	for _, line := range l.Lines {
		if mixed {
			details.WriteString(line.Hook + ": ")
		}
		details.WriteString(line.Text + "\n")
	}
	return &formatters.Notification{
		Version: formatters.NotificationVersion, Event: "digest", Severity: formatters.Muted, Status: "digest",
		Subject: fmt.Sprintf("%d more in %s", len(l.Lines), formatters.Duration(max(l.Last.Sub(l.Since), time.Second))),
		Summary: ": " + strings.Join(words, ", "),
		Details: details.String(),
	}
}

// maxCounts is how many statuses a digest's first line counts.
const maxCounts = 4

// weight is what a line takes of a card at most: it stands in both bodies, escaped for HTML
// and for JSON in one of them.
func weight(line Line) int {
	text := len(line.Hook) + len(line.Text) + len(": \n")
	special := strings.Count(line.Text, "<") + strings.Count(line.Text, ">") + strings.Count(line.Text, "&") +
		strings.Count(line.Text, `"`) + strings.Count(line.Text, "'") + strings.Count(line.Text, `\`)
	return 2*(text+1) + 7*special
}

// cutText keeps a line from taking a card for itself.
func cutText(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= maxLine {
		return s
	}
	return strings.ToValidUTF8(s[:maxLine-len("…")], "") + "…"
}
