package outbox

import (
	"errors"
	"fmt"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// errLeaseLost says that another process works on the lane now.
var errLeaseLost = errors.New("another process has taken the lane over")

// laneChange is what an operation does to the row of its lane.
type laneChange struct {
	head     int64          // the next position to look at; 0 leaves it
	back     int64          // a position before the head that waits again; 0 for none
	held     int64          // added
	finished int64          // added
	room     *incident.Room // what the room was told lately; nil leaves it
	died     []*delivery
}

func (c *laneChange) add(d laneChange) {
	if d.head != 0 {
		c.head = d.head
	}
	if d.back != 0 && (c.back == 0 || d.back < c.back) {
		c.back = d.back
	}
	c.held += d.held
	c.finished += d.finished
	c.died = append(c.died, d.died...)
	if d.room != nil {
		c.room = d.room
	}
}

// position returns where the lane goes on, 0 where it did.
func (c *laneChange) position() int64 {
	if c.back != 0 && (c.head == 0 || c.back < c.head) {
		return c.back
	}
	return c.head
}

// store writes the change and prolongs the lease, if it is still held.
func (c *laneChange) store(tx *store.Tx, lane int64, owner string, leaseUntil int64) error {
	var pace []byte
	if c.room != nil {
		var err error
		if pace, err = encode(c.room); err != nil {
			return err
		}
	}
	n, err := tx.Exec(`UPDATE lanes SET head = CASE WHEN $1 > 0 THEN $1 ELSE head END, held = held + $2, finished = finished + $3,
		lease_until = $4, pace = coalesce($7, pace) WHERE id = $5 AND owner = $6`, c.position(), c.held, c.finished, leaseUntil, lane, owner, pace)
	if err != nil {
		return fmt.Errorf("update lane: %w", err)
	}
	if n == 0 {
		return errLeaseLost
	}
	return nil
}

// outcome is how a send ended.
type outcome struct {
	send    *send
	made    Made
	dead    string    // the reason, when no event can be made
	settled []settled // what came to its end with it, once that is stored
}

// next is what a lane does after advance.
type next struct {
	send  *send
	fresh bool   // the send was planned by this step, so that nobody can have tried it yet
	place string // the hook whose place must be known before the head can be planned
	died  []*delivery
}

// advance is one step of a lane, in one transaction: it stores how the last send ended, and
// returns the next one, planned if need be. places knows where each hook's user posts.
func (o *Outbox) advance(tx *store.Tx, lane int64, owner string, last *outcome, places func(hook string) (Place, bool)) (next, error) {
	var change laneChange
	if last != nil {
		settled, err := finish(tx, last)
		if err != nil {
			return next{}, err
		}
		last.settled = settled
		change.finished += int64(len(settled))
	}
	done := last != nil && last.send.alone
	n, err := o.planNext(tx, lane, done, places, &change)
	if err != nil {
		return next{}, err
	}
	n.died = change.died
	return n, change.store(tx, lane, owner, millis(o.now().Add(leaseTime)))
}

// planNext returns the lane's next send: one that is planned already, or that of a due
// timer, or that of the next delivery. A lane that is done with all that was decided has nothing planned.
func (o *Outbox) planNext(tx *store.Tx, lane int64, done bool, places func(string) (Place, bool), change *laneChange) (next, error) {
	if !done {
		s, err := nextSend(tx, lane)
		if s != nil || err != nil {
			return next{send: s}, err
		}
	}
	for {
		n, more, err := o.planStep(tx, lane, places, change)
		if err != nil || !more {
			return n, err
		}
	}
}

// planStep plans one timer or delivery. more says that there may be another one, because
// this one makes no event.
func (o *Outbox) planStep(tx *store.Tx, lane int64, places func(string) (Place, bool), change *laneChange) (n next, more bool, err error) {
	now := o.now()
	d, timer, err := loadHead(tx, lane, change.position(), millis(now))
	if err != nil {
		return next{}, false, err
	}
	if d != nil && change.room != nil {
		d.room = *change.room // what this step's transaction has decided so far is not in the lane's row yet
	}
	var matter int64
	var hook string
	if timer {
		if matter, hook, err = dueTimer(tx, lane, now, d != nil); err != nil {
			return next{}, false, err
		}
	}
	if matter == 0 {
		if d == nil {
			return next{}, false, nil
		}
		hook = d.hook
		if reason := o.doom(d); reason != "" {
			return next{}, true, d.die(tx, reason, change)
		}
	}
	p, known := places(hook)
	if !known {
		return next{place: hook}, false, nil
	}
	var c laneChange
	var s *send
	if matter != 0 {
		c, s, err = o.planTimer(tx, lane, matter, hook, p, change.room)
	} else {
		c, s, err = o.planDelivery(tx, d, p)
	}
	change.add(c)
	return next{send: s, fresh: s != nil}, s == nil, err
}

// doom says why a delivery that was never tried will not be, or "".
func (o *Outbox) doom(d *delivery) string {
	if d.unreadable != nil {
		return "its notification cannot be read: " + d.unreadable.Error()
	}
	if age := o.now().Sub(fromMillis(d.received)); age > o.maxAge {
		return tooOld(o.maxAge, "the room or the homeserver could not be reached")
	}
	return ""
}

// tooOld is the reason of a delivery that died of age.
func tooOld(limit time.Duration, cause string) string {
	return fmt.Sprintf("not told within %s: %s", limit, cause)
}

// die makes a delivery dead that was never planned.
func (d *delivery) die(tx *store.Tx, reason string, change *laneChange) error {
	_, err := tx.Exec(`UPDATE deliveries SET state = 'dead', reason = $1 WHERE lane = $2 AND position = $3`, storable(reason), d.lane, d.position)
	if err != nil {
		return fmt.Errorf("set delivery dead: %w", err)
	}
	change.add(laneChange{head: d.position + 1, finished: 1, died: []*delivery{d}})
	return nil
}

// finish stores how a send ended, and, with the last send of a plan, that its deliveries
// are told, or dead if a send of it is. It returns these.
func finish(tx *store.Tx, last *outcome) ([]settled, error) {
	s := last.send
	if last.dead != "" {
		if _, err := tx.Exec(`UPDATE sends SET state = 'dead', error = $1 WHERE id = $2`, storable(last.dead), s.id); err != nil {
			return nil, fmt.Errorf("set send dead: %w", err)
		}
		return settle(tx, last)
	}
	if _, err := tx.Exec(`UPDATE sends SET state = 'sent', event_id = $1, attempts = $2 WHERE id = $3`, last.made.ID, s.attempts, s.id); err != nil {
		return nil, fmt.Errorf("set send sent: %w", err)
	}
	if last.made.Alone && s.kind == incident.Edit {
		if err := s.takeCardsPlace(tx); err != nil {
			return nil, err
		}
	}
	return settle(tx, last)
}

// takeCardsPlace makes a change whose card was taken back the card. What the plan would say
// below the old one, the new one says itself; only what pings somebody is still to be made.
func (s *send) takeCardsPlace(tx *store.Tx) error {
	if _, err := tx.Exec(`UPDATE incidents SET card = $1 WHERE card = $2`, s.id, s.target); err != nil {
		return fmt.Errorf("replace card: %w", err)
	}
	if s.alone {
		return nil
	}
	_, err := tx.Exec(`DELETE FROM sends WHERE target = $1 AND plan = $2 AND state = 'planned' AND mentions = '' AND kind IN ('reply', 'thread', 'react')`,
		s.target, s.plan)
	if err == nil {
		_, err = tx.Exec(`UPDATE sends SET target = $1 WHERE target = $2 AND plan = $3 AND state = 'planned'`, s.id, s.target, s.plan)
	}
	if err != nil {
		return fmt.Errorf("leave out what the new card says: %w", err)
	}
	return nil
}

// settled is a delivery that came to its end.
type settled struct {
	webhook, hook string
	dead          bool
}

// settle ends the deliveries of a send's plan, if that was its last send.
func settle(tx *store.Tx, last *outcome) ([]settled, error) {
	s, reason := last.send, storable(last.dead)
	if !s.alone {
		var more bool
		err := tx.QueryRow(`SELECT coalesce(max(CASE WHEN state = 'dead' THEN error END), ''), count(CASE WHEN state = 'planned' THEN 1 END) > 0
			FROM sends WHERE plan = $1`, s.plan).Scan(&reason, &more)
		if err != nil {
			return nil, fmt.Errorf("look at plan: %w", err)
		}
		if more {
			return nil, nil
		}
	}
	state := "told"
	if reason != "" {
		state = "dead"
	}
	rows, err := tx.Query(`UPDATE deliveries SET state = $2, reason = $3 WHERE plan = $1 AND state = 'planned' RETURNING webhook`, s.plan, state, reason)
	if err != nil {
		return nil, fmt.Errorf("end deliveries: %w", err)
	}
	defer rows.Close()
	var all []settled
	for rows.Next() {
		d := settled{hook: s.hook, dead: reason != ""}
		if err := rows.Scan(&d.webhook); err != nil {
			return nil, fmt.Errorf("end deliveries: %w", err)
		}
		all = append(all, d)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("end deliveries: %w", err)
	}
	for i := range all { // a digest tells other hooks' as well
		if all[i].webhook == s.webhook {
			continue
		}
		if err := tx.QueryRow(`SELECT hook FROM webhooks WHERE id = $1`, all[i].webhook).Scan(&all[i].hook); err != nil {
			return nil, fmt.Errorf("end deliveries: %w", err)
		}
	}
	return all, nil
}
