package incident

import (
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// editPause is the least time between two changes of one card that add nothing urgent: a
// download of a hundred files, or a flapping alert, costs six events a minute.
const editPause = 10 * time.Second

// Decide decides what a notification, or a due timer, does to its incident and its room.
func Decide(in Input) Decision {
	in.Policy = in.Policy.withDefaults()
	in.State.Version, in.Room.Version = StateVersion, StateVersion
	in.State.notAhead(in.Now)
	if in.Notification == nil {
		if in.State.Lines != nil {
			return grow(in)
		}
		return wake(in)
	}
	d := notify(in)
	return pace(in, d)
}

// notify decides on a notification as if nothing else were going on in the room.
func notify(in Input) Decision {
	n, s := in.Notification, in.State
	switch {
	case n.Incident.Key == "" || n.Incident.State == formatters.Standalone:
		return Decision{State: s, Parts: []Part{{Kind: New, Notification: n}}}
	case n.Incident.State == formatters.Resolved:
		return resolve(in)
	case !s.Open:
		return open(in, n)
	case startedAnew(s.Last, n): // its end was never told
		d := open(in, n)
		d.Parts = append(retire(s), d.Parts...)
		return d
	case s.Digest, in.Now.Sub(s.Card) > in.Policy.ReopenAfter:
		d := open(in, merged(s.Last, n))
		d.State.Opened, d.State.Told = s.Opened, s.Told+1
		d.Parts[0].Notification = shown(d.State, in.Now)
		return d
	}
	return update(in)
}

// open decides on a notification that begins an incident.
func open(in Input, n *formatters.Notification) Decision {
	s := State{
		Version: StateVersion, Open: true, Opened: beginning(n, in.Now), Told: 1,
		Card: in.Now, Edited: in.Now, Reminded: in.Now, Last: n,
	}
	return Decision{
		State: s, Parts: []Part{{Kind: New, Card: true, Notification: n}},
		TellHeld: in.Held > 0, Wake: reminder(s, in.Policy),
	}
}

// update decides on a notification of an incident that is open.
func update(in Input) Decision {
	s := in.State
	last := s.Last
	s.Last = merged(last, in.Notification)
	repeats := same(last, s.Last)
	if repeats {
		s.Told++
	} else {
		s.Told = 1
	}
	actions := in.Policy.OnUpdate
	switch {
	case repeats:
		actions = ActionEdit
	case actions == 0 && gotWorse(last, s.Last):
		actions = ActionEdit | ActionReply
	case actions == 0:
		actions = ActionEdit
	}
	if actions == ActionEdit && in.Now.Sub(s.Edited) < editPause {
		return Decision{State: s, Hold: true, Wake: s.Edited.Add(editPause)}
	}
	d := Decision{State: s, TellHeld: in.Held > 0}
	d.tell(actions, in.Now, changed(last, s.Last))
	if !repeats {
		d.State.Reminded = in.Now
	}
	d.Wake = reminder(d.State, in.Policy)
	return d
}

// resolve decides on a notification that ends an incident.
func resolve(in Input) Decision {
	s, n := in.State, in.Notification
	if !s.Open || s.Card.IsZero() || s.Last == nil {
		// Its beginning was told elsewhere, or never.
		over := calm(n)
		s = State{Version: StateVersion, Last: over}
		return Decision{State: s, Parts: []Part{{Kind: New, Notification: over}}, TellHeld: in.Held > 0}
	}
	over := ended(s, n, in.Now)
	stale := in.Now.Sub(s.Card) > in.Policy.ReopenAfter
	s.Open, s.Last = false, over
	d := Decision{State: s, TellHeld: in.Held > 0}
	actions := in.Policy.OnResolve
	if stale || s.Digest { // a digest's card tells others, too
		d.Parts = []Part{{Kind: New, Notification: over}}
		return d
	}
	d.tell(actions, in.Now, headline(over))
	return d
}

// tell adds the parts by which a change is told. line is what a reply says.
func (d *Decision) tell(actions Actions, now time.Time, line *formatters.Notification) {
	s := &d.State
	card := s.Last
	if s.Open {
		card = shown(*s, now)
	}
	if actions.has(ActionNew) {
		d.Parts = append(d.Parts, Part{Kind: Retire, Notification: grey(s.Last)}, Part{Kind: New, Card: true, Notification: card})
		s.Card, s.Edited = now, now
		return
	}
	if actions.has(ActionEdit) {
		d.Parts = append(d.Parts, Part{Kind: Edit, Notification: card})
		s.Edited = now
	}
	msgType := ""
	if !s.Open {
		msgType = formatters.MsgNotice // who was told learns of it, and nobody is called
	}
	if actions.has(ActionReply) {
		d.Parts = append(d.Parts, Part{Kind: Reply, Notification: line, MsgType: msgType})
	}
	if actions.has(ActionThread) {
		d.Parts = append(d.Parts, Part{Kind: Thread, Notification: line, MsgType: msgType})
	}
	if actions.has(ActionReact) {
		d.Parts = append(d.Parts, Part{Kind: React, Notification: line})
	}
}

// wake decides on a due timer: what waited for a pause is told, or it is time to remind.
func wake(in Input) Decision {
	s := in.State
	if !s.Open || s.Last == nil {
		return Decision{State: s, Room: in.Room, Release: in.Held > 0}
	}
	d := Decision{State: s, Room: in.Room}
	if in.Held > 0 {
		d.TellHeld = true
		d.Parts = []Part{{Kind: Edit, Notification: shown(s, in.Now)}}
		d.State.Edited = in.Now
	}
	if due := reminder(s, in.Policy); !due.IsZero() && !due.After(in.Now) {
		d.State.Reminded = in.Now
		line := headline(s.Last)
		line.Status = "still " + strings.TrimPrefix(bareStatus(line.Status), "still ")
		d.Parts = append(d.Parts, Part{Kind: Reply, Notification: line})
	}
	d.Wake = reminder(d.State, in.Policy)
	return d
}

// reminder returns when an open incident is to be told anew, or zero.
func reminder(s State, p Policy) time.Time {
	if p.Remind == 0 || !s.Open {
		return time.Time{}
	}
	return s.Reminded.Add(p.Remind)
}

// retire returns what the card of an incident becomes that another one takes the place of.
func retire(s State) []Part {
	if s.Card.IsZero() || s.Digest || s.Last == nil {
		return nil
	}
	return []Part{{Kind: Retire, Notification: grey(s.Last)}}
}

// beginning returns when an incident began: as the sender says, if that is in the past.
func beginning(n *formatters.Notification, now time.Time) time.Time {
	began := now
	if !n.Time.IsZero() && n.Time.Before(now) {
		began = n.Time
	}
	for _, it := range n.Items {
		if !it.Since.IsZero() && it.Since.Before(began) {
			began = it.Since
		}
	}
	return began
}
