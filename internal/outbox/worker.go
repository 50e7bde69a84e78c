package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

const (
	attemptTime = 30 * time.Second // for one attempt
	parkTime    = 5 * time.Minute  // before a parked lane is tried again
	maxParked   = 2 * parkTime     // a lane that is parked for longer was parked by a clock that was set back
	lookupAge   = 20 * time.Hour   // an unanswered send this old is looked up before it is repeated
	placeTime   = 10 * time.Second // for which the place of a hook's user is not asked anew
)

// errElsewhere says that the lane is another process's to tell.
var errElsewhere = errors.New("another process must tell this room")

// worker tells one lane, delivery by delivery, until it is empty or parked.
type worker struct {
	*Relay
	lane   int64
	room   string
	places map[string]knownPlace // by hook
	mine   string                // the plan that this worker has seen being made; of others, attempts may have gone unanswered
	said   string                // the last failure that was logged
	waits  string                // the reason that is stored with the lane
	misses int                   // how often in a row nobody knew where to post
}

type knownPlace struct {
	place Place
	until time.Time
}

// run works until there is nothing to do, the lane is parked, or ctx ends.
func (w *worker) run(ctx context.Context) error {
	var last *outcome
	failures := 0
	for last != nil || ctx.Err() == nil { // how a send ended is stored in any case
		n, err := w.advance(last)
		switch {
		case errors.Is(err, errLeaseLost):
			return err
		case err != nil: // the database cannot be written now; the outcome is kept and stored later
			failures++
			if last != nil {
				last.send.alone = false // PostgreSQL may have stored it, and planned the next, and only its answer be lost
			}
			w.complain("storing the state of a lane failed", err)
			if err := sleep(ctx, backoff(failures)); err != nil {
				return err
			}
			continue
		}
		failures, last = 0, nil
		switch {
		case n.place != "":
			if parked, err := w.findPlace(ctx, n.place); parked || err != nil {
				return err
			}
		case n.send == nil:
			return nil
		default:
			if last, err = w.tell(ctx, n.send); last == nil || err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (w *worker) advance(last *outcome) (n next, err error) {
	err = w.box.update(func(tx *store.Tx) error {
		n, err = w.box.advance(tx, w.lane, w.owner, last, w.place)
		return err
	})
	if err != nil {
		return next{}, err
	}
	if last != nil {
		w.finished(last)
	}
	for _, d := range n.died {
		w.log.Error("a webhook was not told", "hook", d.hook, "room", w.room, "webhook_id", d.webhook)
		w.box.metrics.Finished(d.hook, "dead")
		w.box.waiters.wake(d.webhook)
	}
	if n.fresh {
		w.mine = n.send.plan
	}
	return n, nil
}

// finished tells those who wait or count.
func (w *worker) finished(last *outcome) {
	for _, d := range last.settled {
		result := "told"
		if d.dead {
			result = "dead"
		}
		w.box.metrics.Finished(d.hook, result)
		w.box.waiters.wake(d.webhook)
	}
}

// place returns where a hook's user posts, if that is known and fresh.
func (w *worker) place(hook string) (Place, bool) {
	known, ok := w.places[hook]
	return known.place, ok && w.box.now().Before(known.until)
}

// findPlace asks the Sender where a hook's user posts. It asks once and waits after a failure,
// so that the head of the lane, which may have become too old, is looked at between two tries.
func (w *worker) findPlace(ctx context.Context, hook string) (parked bool, err error) {
	if err := w.pauses.wait(ctx); err != nil {
		return false, err
	}
	var p Place
	start := time.Now()
	err = w.protect(func(ctx context.Context) (err error) {
		p, err = w.sender.Place(ctx, w.room, hook)
		return err
	})
	if err == nil {
		w.pauses.succeeded(w.lane)
		w.explain("")
		w.places[hook], w.misses = knownPlace{p, w.box.now().Add(placeTime)}, 0
		return false, nil
	}
	w.count(err, time.Since(start))
	f := classify(err)
	switch f.Class {
	case Elsewhere:
		return false, errElsewhere
	case Room, Message:
		return true, w.park(err)
	case Server:
	}
	w.misses++
	w.complain("resolving room and user failed", err)
	w.explain(err.Error())
	return false, w.pauses.failed(ctx, w.lane, w.misses, f.RetryAfter)
}

// tell makes the event of a send, however many attempts that takes. A nil outcome without
// an error says that the lane was parked.
func (w *worker) tell(ctx context.Context, s *send) (*outcome, error) {
	if s.plan != w.mine && s.unansweredSince.IsZero() {
		s.unansweredSince = s.event.Drawn // planned by a process that may have died in the attempt
	}
	since := s.received
	if since.IsZero() {
		since = s.event.Drawn // a timer's plan has no webhook, and must not hold up its lane for ever
	}
	for failures := 1; ; failures++ {
		if w.box.now().Sub(since) > w.box.maxAge {
			return w.lastLook(s), nil
		}
		if err := w.pauses.wait(ctx); err != nil {
			return nil, err
		}
		s.attempts++
		made, err := w.attempt(s)
		if err == nil {
			w.pauses.succeeded(w.lane)
			w.said = ""
			return &outcome{send: s, made: made}, nil
		}
		f := classify(err)
		if f.Class == Elsewhere {
			return nil, errElsewhere
		}
		clear(w.places) // whatever was known of the room may be out of date
		if f.Unanswered && s.unansweredSince.IsZero() {
			s.unansweredSince = w.box.now()
		}
		s.err = err.Error()
		w.noteFailure(s)
		var panicked *panicError
		switch {
		case f.Class == Message, errors.As(err, &panicked):
			w.log.Error("a message cannot be sent", "send_id", s.id, "hook", s.hook, "room", w.room, "err", err)
			return &outcome{send: s, dead: err.Error()}, nil
		case f.Class == Room:
			return nil, w.park(err)
		}
		w.complain("sending failed", err)
		if err := w.pauses.failed(ctx, w.lane, failures, f.RetryAfter); err != nil {
			return nil, err
		}
	}
}

// lastLook ends a send that is too old: as made, if an attempt of it that was not answered
// turns out to be in the room.
func (w *worker) lastLook(s *send) *outcome {
	o := &outcome{send: s, dead: tooOld(w.box.maxAge, s.err)}
	if s.unansweredSince.IsZero() {
		return o
	}
	err := w.protect(func(ctx context.Context) (err error) {
		o.made.ID, err = w.sender.Find(ctx, s.event)
		return err
	})
	if err == nil && o.made.ID != "" {
		o.dead = ""
	}
	return o
}

// attempt tries once. A send that may be older than the homeserver's memory of transaction
// ids is looked up first.
func (w *worker) attempt(s *send) (made Made, err error) {
	start := time.Now()
	err = w.protect(func(ctx context.Context) (err error) {
		s.event.Unanswered = !s.unansweredSince.IsZero()
		age := w.box.now().Sub(s.unansweredSince)
		if s.event.Unanswered && (age >= lookupAge || age < 0) { // a clock that was set back tells nothing
			if made.ID, err = w.sender.Find(ctx, s.event); err != nil || made.ID != "" {
				return err
			}
		}
		made, err = w.sender.Send(ctx, s.event)
		return err
	})
	w.count(err, time.Since(start))
	return made, err
}

// count counts an attempt to make an event, which may have failed before its room was found.
func (w *worker) count(err error, took time.Duration) {
	result := "ok"
	var panicked *panicError
	if errors.As(err, &panicked) {
		result = "panic"
	} else if err != nil {
		result = string(classify(err).Class)
	}
	if result != string(Elsewhere) { // nothing was tried
		w.box.metrics.Attempted(result, took)
	}
}

// noteFailure stores what the next process must know of a failed attempt. That it cannot be
// stored is no reason to stop: the attempt counts as unanswered then.
func (w *worker) noteFailure(s *send) {
	err := w.box.update(func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE sends SET attempts = $1, unanswered_since = $2, error = $3 WHERE id = $4`,
			s.attempts, millis(s.unansweredSince), storable(s.err), s.id)
		return err
	})
	if err != nil {
		w.complain("storing a failed attempt failed", err)
	}
}

// park sets the lane aside for a while.
func (w *worker) park(cause error) error {
	w.log.Error("a room cannot be told; its messages are kept and tried again", "room", w.room, "retry_in", parkTime, "err", cause)
	err := w.box.update(func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE lanes SET parked_until = $1, reason = $2 WHERE id = $3`,
			millis(w.box.now().Add(parkTime)), storable(cause.Error()), w.lane)
		return err
	})
	if err != nil {
		return fmt.Errorf("park lane: %w", err)
	}
	return nil
}

// explain stores with the lane why it waits, for people who look, or "" when it goes on. It
// writes only what has changed.
func (w *worker) explain(reason string) {
	if reason == w.waits {
		return
	}
	w.waits = reason
	err := w.box.update(func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE lanes SET reason = $1 WHERE id = $2 AND owner = $3`, storable(reason), w.lane, w.owner)
		return err
	})
	if err != nil {
		w.complain("storing why a room waits failed", err)
	}
}

// complain logs a failure unless it is the same as the last one.
func (w *worker) complain(msg string, err error) {
	if text := msg + err.Error(); text != w.said {
		w.said = text
		w.log.Warn(msg, "room", w.room, "err", err)
	}
}

// panicError is a panic of the Sender: this one event cannot be made.
type panicError struct{ value any }

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// protect runs an attempt with its deadline, under recover.
func (w *worker) protect(do func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(w.attempts, attemptTime)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = &panicError{r}
		}
	}()
	return do(ctx)
}
