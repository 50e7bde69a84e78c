package outbox

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// delivery is the head of a lane: the next webhook to be told there.
type delivery struct {
	lane         int64
	position     int64
	webhook      string
	hook         string
	received     int64
	mentions     string
	notification formatters.Notification
	unreadable   error         // the notification's JSON is of another program, or damaged
	room         incident.Room // what its lane was told lately
	exempt       bool          // told by itself, whatever else its room is told
	behind       bool          // others wait behind it
}

// loadHead returns the next pending delivery of a lane from a position on, or nil, and
// whether a timer of the lane comes before it. Position 0 stands for the lane's head.
func loadHead(tx *store.Tx, lane, from, now int64) (d *delivery, timer bool, err error) {
	d = &delivery{lane: lane}
	// A CAST hides the lane's id from SQLite, which would plan the join anew whenever it becomes
	// 1, or another after that.
	var notification, pace []byte
	err = tx.QueryRow(`SELECT d.position, d.webhook, d.mentions, w.hook, w.received, w.notification,
		EXISTS (SELECT 1 FROM timers WHERE lane = l.id AND due <= $3), l.pace, w.exempt <> 0, l.next_position > d.position + 1
		FROM lanes l JOIN deliveries d ON d.lane = l.id JOIN webhooks w ON w.id = d.webhook
		WHERE l.id = CAST($1 AS BIGINT) AND d.position >= CASE WHEN CAST($2 AS BIGINT) > 0 THEN $2 ELSE l.head END
		AND d.state = 'pending' ORDER BY d.position LIMIT 1`, lane, from, now).
		Scan(&d.position, &d.webhook, &d.mentions, &d.hook, &d.received, &notification, &timer, &pace, &d.exempt, &d.behind)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, true, nil // perhaps: nobody has looked
	}
	if err != nil {
		return nil, false, fmt.Errorf("load head of lane: %w", err)
	}
	d.unreadable = decode(notification, &d.notification)
	if len(pace) > 0 {
		if err := decode(pace, &d.room); err != nil {
			return nil, false, fmt.Errorf("load pace of lane: %w", err)
		}
	}
	return d, timer, nil
}

// known is the row of an incident, with id 0 when there is none.
type known struct {
	id    int64
	card  string
	state incident.State
	held  int
}

func loadIncident(tx *store.Tx, where string, args ...any) (known, error) {
	var k known
	var state []byte
	err := tx.QueryRow(`SELECT id, card, state FROM incidents WHERE `+where, args...).Scan(&k.id, &k.card, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return known{}, nil
	}
	if err != nil {
		return known{}, fmt.Errorf("load incident: %w", err)
	}
	if len(state) > 0 {
		if err := decode(state, &k.state); err != nil {
			return known{}, fmt.Errorf("load incident: %w", err)
		}
	}
	err = tx.QueryRow(`SELECT count(*) FROM deliveries WHERE incident = $1 AND state = 'held'`, k.id).Scan(&k.held)
	return k, err
}

// errNothingDecided says that a decision would neither tell a delivery nor hold it back.
var errNothingDecided = errors.New("the decision neither tells nor holds it")

// planDelivery decides what the head of a lane becomes, and stores the decision. It returns
// the change that this makes to the lane's row, and the first event to be made, if there is
// one.
func (o *Outbox) planDelivery(tx *store.Tx, d *delivery, p Place) (laneChange, *send, error) {
	change := laneChange{head: d.position + 1}
	k, err := d.incident(tx)
	if err != nil {
		return change, nil, err
	}
	in := incident.Input{
		State: k.state, Room: d.room, Hook: d.hook, Exempt: d.exempt, Notification: &d.notification,
		Now: o.now(), Held: k.held, Encrypted: p.Encrypted,
	}
	decision, err := o.decideSafely(in)
	if err == nil && !decision.Hold && decision.Line == nil && len(decision.Parts) == 0 {
		err = errNothingDecided
	}
	if err != nil {
		var died laneChange
		err = d.die(tx, err.Error(), &died)
		return died, nil, err
	}
	change.room = &decision.Room
	pl, err := d.newPlan(p)
	if err != nil {
		return change, nil, err
	}
	first, err := o.storeDecision(tx, d.lane, k, decision, pl, &change)
	switch {
	case err != nil:
	case decision.Hold:
		err = d.hold(tx, k.id, &change)
	case first != nil:
		err = d.plan(tx, k.id, pl.id)
	}
	if err != nil || decision.Line == nil {
		return change, first, err
	}
	line := *decision.Line
	line.Matter, line.Mentions = k.id, pl.mentions
	more, err := o.addLine(tx, d, line, &decision, first != nil, p, &change)
	switch {
	case first == nil:
		first = more
	case more != nil:
		first.alone = false
	}
	return change, first, err
}

// newPlan returns the plan that tells a delivery.
func (d *delivery) newPlan(p Place) (*plan, error) {
	pl := &plan{place: p, hook: d.hook, webhook: d.webhook, received: fromMillis(d.received), own: &d.notification}
	var err error
	if pl.mentions, err = decodeList(d.mentions); err != nil {
		return nil, err
	}
	pl.id, err = newID()
	return pl, err
}

// hold lets a delivery wait for an incident.
func (d *delivery) hold(tx *store.Tx, incident int64, change *laneChange) error {
	change.held++
	_, err := tx.Exec(`UPDATE deliveries SET state = 'held', incident = $1 WHERE lane = $2 AND position = $3`, incident, d.lane, d.position)
	if err != nil {
		return fmt.Errorf("hold delivery: %w", err)
	}
	return nil
}

// plan lets a delivery be told by a plan.
func (d *delivery) plan(tx *store.Tx, incident int64, plan string) error {
	_, err := tx.Exec(`UPDATE deliveries SET state = 'planned', incident = $1, plan = $2 WHERE lane = $3 AND position = $4`, incident, plan, d.lane, d.position)
	if err != nil {
		return fmt.Errorf("plan delivery: %w", err)
	}
	return nil
}

// incident loads what is known of the delivery's incident, or makes its row.
func (d *delivery) incident(tx *store.Tx) (known, error) {
	key := d.notification.Incident.Key
	if key == "" {
		return known{}, nil
	}
	_, err := tx.Exec(`INSERT INTO incidents (hook, key, lane, open, opened, updated) VALUES ($1, $2, $3, 0, $4, $4) ON CONFLICT DO NOTHING`,
		d.hook, key, d.lane, d.received)
	if err != nil {
		return known{}, fmt.Errorf("insert incident: %w", err)
	}
	return loadIncident(tx, `hook = $1 AND key = $2 AND lane = $3`, d.hook, key, d.lane)
}

// decideSafely asks the Decider. A notification on which it panics is set aside.
func (o *Outbox) decideSafely(in incident.Input) (d incident.Decision, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicError{r}
			o.metrics.Attempted("panic", 0)
		}
	}()
	return o.decide(in), nil
}

// planTimer decides what an incident of a hook becomes whose timer is due, and stores the
// decision. room is what the transaction has made of the lane's pace, or nil. It returns what
// planDelivery does.
func (o *Outbox) planTimer(tx *store.Tx, lane, id int64, hook string, p Place, room *incident.Room) (laneChange, *send, error) {
	var change laneChange
	k, err := loadIncident(tx, `id = $1`, id)
	if err != nil || k.id == 0 {
		return change, nil, err
	}
	if room == nil {
		if room, err = loadPace(tx, lane); err != nil {
			return change, nil, err
		}
	}
	pl := &plan{place: p, hook: hook}
	if pl.id, err = newID(); err != nil {
		return change, nil, err
	}
	decision, err := o.decideSafely(incident.Input{State: k.state, Room: *room, Hook: hook, Now: o.now(), Held: k.held, Encrypted: p.Encrypted})
	if err != nil { // then what is held is decided on again, one by one
		decision = incident.Decision{State: k.state, Room: *room, Release: true}
	}
	change.room = &decision.Room
	first, err := o.storeDecision(tx, lane, k, decision, pl, &change)
	return change, first, err
}

func loadPace(tx *store.Tx, lane int64) (*incident.Room, error) {
	var room incident.Room
	var pace []byte
	err := tx.QueryRow(`SELECT pace FROM lanes WHERE id = $1`, lane).Scan(&pace)
	if err == nil && len(pace) > 0 {
		err = decode(pace, &room)
	}
	if err != nil {
		return nil, fmt.Errorf("load pace of lane: %w", err)
	}
	return &room, nil
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make id: %w", err)
	}
	return id.String(), nil
}
