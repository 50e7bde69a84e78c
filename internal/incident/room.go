package incident

import (
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// Room is what is known of how much one room is told. It is stored as versioned JSON.
type Room struct {
	Version int    `json:"version"`
	Recent  []Said `json:"recent,omitempty"` // the latest deliveries that had something to say, oldest first
	Waiting bool   `json:"waiting,omitzero"` // its digest has lines that no event tells yet
}

// Said is one delivery that had something to say.
type Said struct {
	Hook string    `json:"hook"`
	At   time.Time `json:"at"`
}

// with returns the room after one more delivery, and forgets what no limit looks at.
func (r Room) with(hook string, l Limits, now time.Time) Room {
	since := now.Add(-max(l.Window, l.RoomWindow))
	var recent []Said
	for _, s := range r.Recent[max(0, len(r.Recent)-max(l.Burst, l.RoomBurst)):] {
		if s.At.After(since) && !s.At.After(now) {
			recent = append(recent, s)
		}
	}
	recent = append(recent, Said{hook, now})
	r.Recent = recent
	return r
}

// isFull says whether a hook, or all of them, has said as much as the limits allow.
func (r Room) isFull(hook string, l Limits, now time.Time) bool {
	byHook, all := 0, 0
	for _, s := range r.Recent {
		if s.At.After(now) { // the clock was set back
			continue
		}
		if s.Hook == hook && s.At.After(now.Add(-l.Window)) {
			byHook++
		}
		if s.At.After(now.Add(-l.RoomWindow)) {
			all++
		}
	}
	return byHook >= l.Burst || all >= l.RoomBurst
}

// pace turns what a decision would say into a line of the room's digest, where the room is
// told too much. Changes of cards that stand are no news to anybody, and stay; so do replies
// that call a person to a card that got worse. As long as
// lines of the digest wait, what follows waits with them, so that the order holds.
func pace(in Input, d Decision) Decision {
	d.Room = in.Room
	l := in.Policy.Digest
	var kept []Part
	var says *Part
	opens := false
	for i, p := range d.Parts {
		calls := p.Kind == Reply && p.MsgType == "" && p.Notification.Severity >= formatters.Warning
		if p.Kind == Edit || p.Kind == Retire || p.Kind == React || calls {
			kept = append(kept, p)
			continue
		}
		if says == nil {
			says = &d.Parts[i]
		}
		opens = opens || p.Card
	}
	if says == nil || l.Off {
		return d
	}
	d.Room = in.Room.with(in.Hook, l, in.Now)
	if in.Exempt || !in.Room.Waiting && !in.Room.isFull(in.Hook, l, in.Now) {
		return d
	}
	d.Line = lineOf(in.Hook, l.Window, says)
	d.Parts = kept
	d.State.Digest = d.State.Digest || opens
	return d
}
