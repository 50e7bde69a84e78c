package virtualusers

import (
	"context"
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
	Unanswered    bool   // an earlier attempt may have made it
}

// sendTimeout bounds making one event: an attempt that hangs holds up its room.
const sendTimeout = 30 * time.Second

// Send makes the event and returns its id. Its errors are Failures.
//
// When the room was upgraded since the place was resolved, the event is made in the new
// room, on its own: what it would edit or answer stayed behind. It is also made on its own
// when the homeserver does not have that any more.
func (u *Users) Send(ctx context.Context, e Event) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	v := u.user(id.UserID(e.Place.UserID))
	r, eventID, err := u.attempt(ctx, v, e)
	if err != nil && u.mend(ctx, v, r, &e, err) {
		_, eventID, err = u.attempt(ctx, v, e)
	}
	if err != nil {
		return "", classify(err, u.now())
	}
	return eventID, nil
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
	case rejected(err, "M_UNKNOWN") && classify(err, u.now()).Class == Message && e.Replace+e.ReplyTo != "":
		e.Replace, e.ReplyTo = "", ""
		return true
	}
	return false
}

// attempt makes the event once. It returns the room that it came to.
func (u *Users) attempt(ctx context.Context, v *user, e Event) (*room, string, error) {
	asked := u.room(id.RoomID(e.Place.RoomID))
	r, state, err := u.enter(ctx, v, asked)
	if err != nil {
		return r, "", setUp(err, u.now())
	}
	if r != asked {
		e.Replace, e.ReplyTo = "", ""
	}
	if e.Unanswered && (r != asked || (state.encryption != nil) != e.Place.Encrypted) {
		// The homeserver remembers transaction ids by room and event type, and one has changed.
		if eventID, found, err := u.Find(ctx, e); found || err != nil {
			return r, eventID, err
		}
	}
	client, err := u.ready(ctx, v)
	if err != nil {
		return r, "", setUp(err, u.now())
	}
	eventType, content, err := u.draw(ctx, v, r, state.encryption != nil, e)
	if err != nil {
		return r, "", err
	}
	var written atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }})
	made, err := client.SendMessageEvent(traced, r.id, eventType, content,
		mautrix.ReqSendEvent{TransactionID: e.TransactionID, DontEncrypt: true})
	if err != nil {
		f := sending(err, u.now())
		answer, answered := matrix.AsRejection(err, u.now())
		f.Ambiguous = written.Load() && (!answered || answer.Status >= 500) // a proxy may have given up on it
		return r, "", f
	}
	return r, made.EventID.String(), nil
}
