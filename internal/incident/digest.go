package incident

import (
	"slices"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

const (
	gatherTime = 5 * time.Second // before a digest is first told, so that it has something to tell

	// MaxLate is how long a digest that is due waits for deliveries whose turn comes now, so
	// that what has piled up is told at once.
	MaxLate = 10 * time.Second
)

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
// window's end. What does not fit goes on in another one. When the decision is to hold, its
// parts tell the lines before this one.
func Add(in Input, line Line) Decision {
	line.Text = cutText(line.Text)
	s := in.State
	s.Version, s.Lines = StateVersion, s.Lines.clone()
	s.notAhead(in.Now)
	d := Decision{Room: in.Room}
	if s.Lines == nil || !in.Now.Before(s.Lines.Until) || s.isFull(line, space(in.Encrypted)) {
		d.tellLines(&s, in.Now)
		s.begin(line, in.Now)
	}
	s.Lines.add(line, in.Now)
	if late := in.Now.Sub(s.due()); late >= 0 && (!in.Behind || late >= MaxLate) {
		d.tellLines(&s, in.Now)
	}
	d.State = s
	d.TellHeld, d.Hold = len(d.Parts) > 0, s.Lines.Dirty
	d.Wake, d.Room.Waiting = s.due(), s.Lines.Dirty
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

// begin begins another digest. When the one before was told stays known: the pause between
// two events holds for both.
func (s *State) begin(line Line, now time.Time) {
	s.Lines = &Lines{Since: now, Until: now.Add(line.Window)}
	s.Card = time.Time{}
}

// isFull says whether a line must go into another digest. A card of which all lines are told
// is not changed any more when more than half of it is taken: another one costs the room no
// more than a change, and holds more of what is to come.
func (s *State) isFull(line Line, space int) bool {
	if !s.Lines.Dirty && !s.Card.IsZero() {
		space /= 2
	}
	return s.Lines.Size+line.weight() > space
}

func (l *Lines) clone() *Lines {
	if l == nil {
		return nil
	}
	c := *l
	c.Lines, c.Count = slices.Clone(l.Lines), slices.Clone(l.Count)
	return &c
}

func (l *Lines) add(line Line, now time.Time) {
	if len(l.Lines) > 0 {
		l.Lines[0].Part, line.Part = nil, nil // none is the only one
		l.Lines[0].Mentions, line.Mentions = nil, nil
	}
	l.Lines = append(l.Lines, line)
	l.Size += line.weight()
	l.Dirty, l.Last = true, now
	for i := range l.Count {
		if l.Count[i].Status == line.Status {
			l.Count[i].N++
			return
		}
	}
	l.Count = append(l.Count, StatusCount{Status: line.Status, N: 1})
}

// due returns when the digest is to be told, as it is.
func (s *State) due() time.Time {
	if !s.Lines.Dirty {
		return s.Lines.Until
	}
	due := s.Edited.Add(editPause)
	if gathered := s.Lines.Since.Add(gatherTime); s.Card.IsZero() && gathered.After(due) {
		return gathered
	}
	return due
}

// tellLines adds the part that tells a digest's lines that wait, if some do. A line that is
// alone is told as what it stands for, and no digest is made.
func (d *Decision) tellLines(s *State, now time.Time) {
	if s.Lines == nil || !s.Lines.Dirty {
		return
	}
	s.Edited = now
	if only := &s.Lines.Lines[0]; only.Part != nil && s.Card.IsZero() {
		d.Parts, d.Only = append(d.Parts, *only.Part), only
		s.Lines = &Lines{Until: now}
		return
	}
	p := Part{Kind: Edit, Notification: s.Lines.card(), MsgType: formatters.MsgNotice}
	if s.Card.IsZero() {
		p.Kind, p.Card = New, true
		s.Card = now
	}
	lines := *s.Lines
	lines.Dirty = false
	s.Lines = &lines
	d.Parts = append(d.Parts, p)
}
