package outbox

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
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
	unreadable   error // the notification's JSON is of another program, or damaged
}

// loadHead returns the next pending delivery of a lane from a position on, or nil, and
// whether a timer of the lane comes before it. Position 0 stands for the lane's head.
func loadHead(tx *store.Tx, lane, from, now int64) (d *delivery, timer bool, err error) {
	d = &delivery{lane: lane}
	if from == 0 {
		from = -1 // SQLite plans a join anew whenever a parameter of it was 0 or 1 before
	}
	var notification []byte
	err = tx.QueryRow(`SELECT d.position, d.webhook, d.mentions, w.hook, w.received, w.notification,
		EXISTS (SELECT 1 FROM timers WHERE lane = $1 AND due <= $3)
		FROM deliveries d JOIN webhooks w ON w.id = d.webhook
		WHERE d.lane = $1 AND d.position >= CASE WHEN CAST($2 AS BIGINT) > 0 THEN $2 ELSE (SELECT head FROM lanes WHERE id = $1) END
		AND d.state = 'pending' ORDER BY d.position LIMIT 1`, lane, from, now).
		Scan(&d.position, &d.webhook, &d.mentions, &d.hook, &d.received, &notification, &timer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, true, nil // perhaps: nobody has looked
	}
	if err != nil {
		return nil, false, fmt.Errorf("load head of lane: %w", err)
	}
	d.unreadable = json.Unmarshal(notification, &d.notification)
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
		if err := json.Unmarshal(state, &k.state); err != nil {
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
	decision, err := o.decideSafely(incident.Input{State: k.state, Notification: &d.notification, Now: o.now(), Held: k.held})
	hold := decision.Hold && k.id != 0
	if err == nil && !hold && len(decision.Parts) == 0 {
		err = errNothingDecided
	}
	if err != nil {
		var died laneChange
		err = d.die(tx, err.Error(), &died)
		return died, nil, err
	}
	if hold {
		change.held++
		_, err := tx.Exec(`UPDATE deliveries SET state = 'held', incident = $1 WHERE lane = $2 AND position = $3`, k.id, d.lane, d.position)
		if err != nil {
			return change, nil, fmt.Errorf("hold delivery: %w", err)
		}
		decision.Parts, decision.TellHeld = nil, false
		_, err = o.storeDecision(tx, d.lane, k, decision, plan{place: p}, &change)
		return change, nil, err
	}
	pl := plan{place: p, hook: d.hook, webhook: d.webhook, received: fromMillis(d.received), own: &d.notification}
	if pl.mentions, err = decodeList(d.mentions); err != nil {
		return change, nil, err
	}
	if pl.id, err = newID(); err != nil {
		return change, nil, err
	}
	_, err = tx.Exec(`UPDATE deliveries SET state = 'planned', incident = $1, plan = $2 WHERE lane = $3 AND position = $4`, k.id, pl.id, d.lane, d.position)
	if err != nil {
		return change, nil, fmt.Errorf("plan delivery: %w", err)
	}
	first, err := o.storeDecision(tx, d.lane, k, decision, pl, &change)
	return change, first, err
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
// decision. It returns what planDelivery does.
func (o *Outbox) planTimer(tx *store.Tx, lane, id int64, hook string, p Place) (laneChange, *send, error) {
	var change laneChange
	k, err := loadIncident(tx, `id = $1`, id)
	if err != nil || k.id == 0 {
		return change, nil, err
	}
	pl := plan{place: p, hook: hook}
	if pl.id, err = newID(); err != nil {
		return change, nil, err
	}
	decision, err := o.decideSafely(incident.Input{State: k.state, Now: o.now(), Held: k.held})
	if err != nil { // then what is held is decided on again, one by one
		decision = incident.Decision{State: k.state, Release: true}
	}
	first, err := o.storeDecision(tx, lane, k, decision, pl, &change)
	return change, first, err
}

// plan is what the sends of one decision have in common.
type plan struct {
	id       string
	place    Place
	hook     string
	webhook  string    // "" when a timer made the plan
	received time.Time // of the webhook
	mentions []string
	own      *formatters.Notification // the webhook's, which sends need not store again
}

// storeDecision writes a decision: its sends, the incident's new state, what becomes of
// deliveries that wait for it, and the timer. It returns the first of the sends.
func (o *Outbox) storeDecision(tx *store.Tx, lane int64, k known, dec incident.Decision, p plan, change *laneChange) (*send, error) {
	card, first, err := o.insertSends(tx, lane, k, dec.Parts, p)
	if err != nil || k.id == 0 {
		return first, err
	}
	if dec.TellHeld && len(dec.Parts) > 0 {
		n, err := tx.Exec(`UPDATE deliveries SET state = 'planned', plan = $1 WHERE incident = $2 AND state = 'held'`, p.id, k.id)
		if err != nil {
			return nil, fmt.Errorf("plan held deliveries: %w", err)
		}
		change.held -= n
	}
	if dec.Release {
		if err := release(tx, k.id, change); err != nil {
			return nil, err
		}
	}
	state, err := json.Marshal(&dec.State, encodeOptions)
	if err != nil {
		return nil, err
	}
	now := millis(o.now())
	if _, err := tx.Exec(`UPDATE incidents SET state = $1, card = $2, updated = $3 WHERE id = $4`, state, card, now, k.id); err != nil {
		return nil, fmt.Errorf("update incident: %w", err)
	}
	if dec.Wake.IsZero() {
		_, err = tx.Exec(`DELETE FROM timers WHERE incident = $1`, k.id)
	} else {
		_, err = tx.Exec(`INSERT INTO timers (incident, lane, due) VALUES ($1, $2, $3)
			ON CONFLICT (incident) DO UPDATE SET due = excluded.due`, k.id, lane, millis(dec.Wake))
	}
	if err != nil {
		return nil, fmt.Errorf("set timer: %w", err)
	}
	return first, nil
}

// release puts the deliveries that wait for an incident back into their lane.
func release(tx *store.Tx, incident int64, change *laneChange) error {
	var first sql.NullInt64
	if err := tx.QueryRow(`SELECT min(position) FROM deliveries WHERE incident = $1 AND state = 'held'`, incident).Scan(&first); err != nil {
		return fmt.Errorf("release deliveries: %w", err)
	}
	if !first.Valid {
		return nil
	}
	n, err := tx.Exec(`UPDATE deliveries SET state = 'pending' WHERE incident = $1 AND state = 'held'`, incident)
	if err != nil {
		return fmt.Errorf("release deliveries: %w", err)
	}
	change.held -= n
	change.back = first.Int64
	return nil
}

// insertSends stores the events of a decision and returns the send that is the incident's
// card now, and the first send. An edit is made as who made the card and where it stands; when the card is not
// in this room, or was never made, a card of its own is.
func (o *Outbox) insertSends(tx *store.Tx, lane int64, k known, parts []incident.Part, p plan) (card string, first *send, err error) {
	card = k.card
	var cardPlace Place
	if card != "" {
		var state string
		err := tx.QueryRow(`SELECT state, room_id, user_id, device_id FROM sends WHERE id = $1`, card).
			Scan(&state, &cardPlace.RoomID, &cardPlace.UserID, &cardPlace.DeviceID)
		if errors.Is(err, sql.ErrNoRows) || state == "dead" || cardPlace.RoomID != p.place.RoomID {
			card = ""
		} else if err != nil {
			return "", nil, fmt.Errorf("load card: %w", err)
		}
	}
	drawn := fromMillis(millis(o.now())) // as a repeat after a crash will have it
	for i, part := range parts {
		s := send{
			id: p.id, plan: p.id, part: i, hook: p.hook, webhook: p.webhook, received: p.received, kind: part.Kind,
			event: Event{Place: p.place, Notification: *part.Notification, MsgType: part.MsgType, Drawn: drawn},
		}
		if i > 0 {
			if s.id, err = newID(); err != nil {
				return "", nil, err
			}
		} else {
			s.event.Mentions = p.mentions // whom the route pings, once
		}
		if s.kind != incident.New && card == "" {
			s.kind = incident.New
		}
		switch {
		case s.kind != incident.New:
			s.target = card
			if s.kind == incident.Edit {
				s.event.UserID, s.event.DeviceID = cardPlace.UserID, cardPlace.DeviceID
			}
		case part.Card || part.Kind == incident.Edit:
			card, cardPlace = s.id, p.place
		}
		var custom []byte
		if part.Notification != p.own {
			if custom, err = json.Marshal(part.Notification, encodeOptions); err != nil {
				return "", nil, err
			}
		}
		s.event.TransactionID = s.id
		if err := s.insert(tx, lane, k.id, custom); err != nil {
			return "", nil, err
		}
		if i == 0 {
			if err := s.aim(tx); err != nil {
				return "", nil, err
			}
			first = &s
		}
	}
	return card, first, nil
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make id: %w", err)
	}
	return id.String(), nil
}
