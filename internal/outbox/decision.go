package outbox

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// plan is what the sends of one decision have in common.
type plan struct {
	id       string
	place    Place
	hook     string
	webhook  string                   // "" when a timer made the plan
	received time.Time                // of the webhook
	mentions []string                 // whom the route names, until a send pings them
	own      *formatters.Notification // the webhook's, which sends need not store again
	sends    int                      // how many there are
	first    *send                    // of them; nil without one
}

// storeDecision writes a decision: its sends, the incident's new state, what becomes of
// deliveries that wait for it, and the timer. It returns the first send.
func (o *Outbox) storeDecision(tx *store.Tx, lane int64, k known, dec incident.Decision, p *plan, change *laneChange) (*send, error) {
	card := k.card
	var err error
	if dec.Only != nil {
		err = o.insertOnly(tx, lane, dec, p)
	} else {
		card, err = o.insertSends(tx, lane, k, dec.Parts, p)
		if err == nil && p.first == nil && len(dec.Parts) > 0 && dec.Line == nil && p.own != nil {
			// All was about a card that is not there, and something must tell the delivery.
			card, err = o.insertSends(tx, lane, k, []incident.Part{{Kind: incident.New, Card: true, Notification: p.own}}, p)
		}
	}
	if err == nil && k.id != 0 {
		err = o.storeState(tx, lane, k, card, dec, p, change)
	}
	if p.first != nil {
		p.first.alone = p.sends == 1
	}
	return p.first, err
}

// insertOnly stores the events of a digest's only line: they are about that line's incident,
// if it has one, which may get its card by them.
func (o *Outbox) insertOnly(tx *store.Tx, lane int64, dec incident.Decision, p *plan) error {
	k, err := loadIncident(tx, `id = $1`, dec.Only.Matter)
	if err != nil {
		return err
	}
	p.mentions = dec.Only.Mentions
	state, own := k.state.WithCard(o.now())
	parts := slices.Clone(dec.Parts)
	for i := range parts {
		parts[i].Card = parts[i].Card && own
	}
	card, err := o.insertSends(tx, lane, k, parts, p)
	if err != nil || card == k.card {
		return err
	}
	stored, err := encode(&state)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE incidents SET state = $1, card = $2 WHERE id = $3`, stored, card, k.id); err != nil {
		return fmt.Errorf("update incident: %w", err)
	}
	return nil
}

// storeState writes what a decision changes besides the events that it makes.
func (o *Outbox) storeState(tx *store.Tx, lane int64, k known, card string, dec incident.Decision, p *plan, change *laneChange) error {
	if dec.TellHeld && p.first != nil {
		if err := planHeld(tx, k.id, p.id, change); err != nil {
			return err
		}
	}
	if dec.Release {
		if err := release(tx, k.id, change); err != nil {
			return err
		}
	}
	state, err := encode(&dec.State)
	if err != nil {
		return err
	}
	now := millis(o.now())
	if _, err := tx.Exec(`UPDATE incidents SET state = $1, card = $2, updated = $3 WHERE id = $4`, state, card, now, k.id); err != nil {
		return fmt.Errorf("update incident: %w", err)
	}
	if dec.Wake.IsZero() {
		_, err = tx.Exec(`DELETE FROM timers WHERE incident = $1`, k.id)
	} else {
		_, err = tx.Exec(`INSERT INTO timers (incident, lane, due, hook) VALUES ($1, $2, $3, $4)
			ON CONFLICT (incident) DO UPDATE SET due = excluded.due, hook = excluded.hook`, k.id, lane, millis(dec.Wake), p.hook)
	}
	if err != nil {
		return fmt.Errorf("set timer: %w", err)
	}
	return nil
}

// planHeld lets the deliveries that wait for an incident be told by a plan.
func planHeld(tx *store.Tx, incident int64, plan string, change *laneChange) error {
	n, err := tx.Exec(`UPDATE deliveries SET state = 'planned', plan = $1 WHERE incident = $2 AND state = 'held'`, plan, incident)
	if err != nil {
		return fmt.Errorf("plan held deliveries: %w", err)
	}
	change.held -= n
	return nil
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
// card now. An edit is made as who made the card and where it stands; when the card is not
// in this room, or was never made, a card of its own is.
func (o *Outbox) insertSends(tx *store.Tx, lane int64, k known, parts []incident.Part, p *plan) (card string, err error) {
	card = k.card
	var cardPlace Place
	if card != "" && len(parts) > 0 {
		var state string
		err := tx.QueryRow(`SELECT state, room_id, user_id, device_id FROM sends WHERE id = $1`, card).
			Scan(&state, &cardPlace.RoomID, &cardPlace.UserID, &cardPlace.DeviceID)
		if errors.Is(err, sql.ErrNoRows) || state == "dead" || cardPlace.RoomID != p.place.RoomID {
			card = ""
		} else if err != nil {
			return "", fmt.Errorf("load card: %w", err)
		}
	}
	for _, part := range parts {
		dependent := part.Kind == incident.Retire || part.Kind == incident.React
		if dependent && card == "" {
			continue
		}
		s, err := o.newSend(part, p)
		if err != nil {
			return "", err
		}
		if card == "" {
			s.kind = incident.New
		}
		if s.kind != incident.Edit && !dependent && part.MsgType != formatters.MsgNotice {
			s.event.Mentions, p.mentions = p.mentions, nil // once, by what notifies
		}
		switch {
		case s.kind != incident.New:
			s.target = card
			if s.kind == incident.Edit || s.kind == incident.Retire {
				s.event.UserID, s.event.DeviceID = cardPlace.UserID, cardPlace.DeviceID
			}
		case part.Card || part.Kind == incident.Edit:
			card, cardPlace = s.id, p.place
		}
		var custom []byte
		if part.Notification != p.own {
			if custom, err = encode(part.Notification); err != nil {
				return "", err
			}
		}
		if err := s.insert(tx, lane, k.id, custom); err != nil {
			return "", err
		}
		if p.first == nil {
			p.first = s
			if err := s.aim(tx); err != nil {
				return "", err
			}
		}
	}
	return card, nil
}

// newSend returns the next send of a plan. The first one has the plan's id.
func (o *Outbox) newSend(part incident.Part, p *plan) (*send, error) {
	s := &send{
		id: p.id, plan: p.id, part: p.sends, hook: p.hook, webhook: p.webhook, received: p.received, kind: part.Kind,
		event: Event{
			Place: p.place, Notification: *part.Notification, MsgType: part.MsgType,
			Drawn: fromMillis(millis(o.now())), // as a repeat after a crash will have it
		},
	}
	if p.sends > 0 {
		var err error
		if s.id, err = newID(); err != nil {
			return nil, err
		}
	}
	p.sends++
	s.event.TransactionID = s.id
	return s, nil
}
