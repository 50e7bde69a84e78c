package virtualusers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// Event is one event to be made.
type Event struct {
	Place         Place
	TransactionID string // of this event alone, the same for every attempt
	Notification  formatters.Notification
	Drawn         time.Time // the time that durations are counted to; before the first attempt
	Mentions      formatters.Mentions
	MsgType       string // "" lets the notification decide
	Replace       string // the event that it edits
	ReplyTo       string // the event that it answers
	Thread        string // the event in whose thread it stands
	React         string // the event that it reacts to
	Dependent     bool   // without the event that it is about, nothing is made
	Unanswered    bool   // an earlier attempt may have made it
}

// target returns the event that the event is about, or "".
func (e *Event) target() string { return cmp.Or(e.Replace, e.ReplyTo, e.Thread, e.React) }

// standAlone makes the event one that is about no other.
func (e *Event) standAlone() { e.Replace, e.ReplyTo, e.Thread, e.React = "", "", "", "" }

// Made is an event that was made.
type Made struct {
	ID    string // "" for a reaction that stood there already, and for a Dependent that was not made
	Alone bool   // what it was about is gone: it stands on its own
}

// sendTimeout bounds making one event: an attempt that hangs holds up its room.
const sendTimeout = 30 * time.Second

// Send makes the event. Its errors are Failures.
//
// When the room was upgraded since the place was resolved, the event is made in the new
// room, on its own: what it is about stayed behind. It is also made on its own when that was
// redacted, or the homeserver does not have it any more; a Dependent is not made then.
func (u *Users) Send(ctx context.Context, e Event) (Made, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	v := u.user(id.UserID(e.Place.UserID))
	about := e.target()
	r, made, err := u.attempt(ctx, v, e)
	if err != nil && u.mend(ctx, v, r, &e, err) {
		_, made, err = u.attempt(ctx, v, e)
	}
	if err != nil {
		return Made{}, classify(err, u.now())
	}
	made.Alone = made.Alone || about != "" && e.target() == ""
	return made, nil
}

// mend sees to what another attempt may get over, and says whether one is worth it: the user
// was removed from the room, the room was upgraded, the device is gone, or the homeserver
// has dropped the event that this one refers to.
func (u *Users) mend(ctx context.Context, v *user, r *room, e *Event, err error) bool {
	switch {
	case rejected(err, "M_FORBIDDEN") && r.has(v.id):
		r.forget(v.id)
		return true
	case rejected(err, unknownDevice...):
		return u.renew(ctx, v) == nil
	case rejected(err, "M_UNKNOWN") && classify(err, u.now()).Class == Message && e.target() != "":
		e.standAlone()
		return true
	}
	return false
}

// attempt makes the event once. It returns the room that it came to.
func (u *Users) attempt(ctx context.Context, v *user, e Event) (*room, Made, error) {
	asked := u.room(id.RoomID(e.Place.RoomID))
	r, state, err := u.enter(ctx, v, asked)
	if err != nil {
		return r, Made{}, setUp(err, u.now())
	}
	about := e.target()
	if r != asked {
		e.standAlone()
	}
	if e.Unanswered && (r != asked || (state.encryption != nil) != e.Place.Encrypted) {
		// The homeserver remembers transaction ids by room and event type, and one has changed.
		if eventID, found, err := u.Find(ctx, e); found || err != nil {
			return r, Made{ID: eventID, Alone: e.target() != about}, err
		}
	}
	client, err := u.ready(ctx, v)
	if err != nil {
		return r, Made{}, setUp(err, u.now())
	}
	if target := e.target(); target != "" {
		gone, err := isRedacted(ctx, client, r.id, target)
		if err != nil {
			return r, Made{}, setUp(err, u.now())
		}
		if gone {
			e.standAlone()
		}
	}
	if e.Dependent && e.target() == "" {
		return r, Made{}, nil
	}
	eventType, content, err := u.draw(ctx, v, r, state.encryption != nil, e)
	if err != nil {
		return r, Made{}, err
	}
	var written atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }})
	made, err := client.SendMessageEvent(traced, r.id, eventType, content,
		mautrix.ReqSendEvent{TransactionID: e.TransactionID, DontEncrypt: true})
	if e.React != "" && rejected(err, "M_DUPLICATE_ANNOTATION") {
		return r, Made{}, nil
	}
	if err == nil && made.EventID == "" { // a proxy that answers everything alike
		return r, Made{}, &Failure{Class: Server, Ambiguous: true, Err: errNoEvent}
	}
	if err != nil {
		f := sending(err, u.now())
		answer, answered := matrix.AsRejection(err, u.now())
		f.Ambiguous = written.Load() && (!answered || answer.Status >= 500) // a proxy may have given up on it
		return r, Made{}, f
	}
	return r, Made{ID: made.EventID.String(), Alone: e.target() != about}, nil
}

// errNoEvent says that what looks like success names no event.
var errNoEvent = errors.New("the homeserver's answer names no event")

// isRedacted says whether an event of the room was taken back. One that the homeserver does
// not know is gone as well.
func isRedacted(ctx context.Context, client *mautrix.Client, room id.RoomID, eventID string) (bool, error) {
	evt, err := client.GetEvent(ctx, room, id.EventID(eventID))
	if rejected(err, "M_NOT_FOUND") {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at event of %s: %w", room, err)
	}
	return evt.Unsigned.RedactedBecause != nil, nil
}
