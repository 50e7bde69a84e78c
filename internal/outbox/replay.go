package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrNoRooms says that a webhook is to be told again that was told nowhere.
var ErrNoRooms = errors.New("it was told in no room (its hook's filter dropped it): name a room (--room)")

// ErrUnknownWebhook says that there is no webhook with this id (any more).
var ErrUnknownWebhook = errors.New("unknown webhook")

// Replay tells a webhook again, as a new webhook: in the given rooms, or in the rooms it
// was for, only those where it died if it died in any. What is dead of it is Replayed then.
func (o *Outbox) Replay(ctx context.Context, id string, rooms ...string) (Accepted, error) {
	return o.ReplayOnce(ctx, id, "", rooms...)
}

// ReplayOnce is Replay, but asked for a second time under the same name it returns what came
// of the first. Names share their space with the senders' own ids of deliveries.
func (o *Outbox) ReplayOnce(ctx context.Context, id, name string, rooms ...string) (Accepted, error) {
	w, err := o.Stored(ctx, id)
	if err != nil {
		return Accepted{}, fmt.Errorf("replay %s: %w", id, err)
	}
	w.ReplayOf, w.SenderID = id, name
	if len(rooms) == 0 {
		if rooms, err = o.replayRooms(ctx, id); err != nil {
			return Accepted{}, fmt.Errorf("replay %s: %w", id, err)
		}
	}
	if len(rooms) == 0 {
		return Accepted{}, fmt.Errorf("replay %s: %w", id, ErrNoRooms)
	}
	for _, room := range rooms {
		w.Rooms = append(w.Rooms, Routed{Room: room})
	}
	return o.Enqueue(ctx, w)
}

// Stored returns a webhook as it was accepted, without its rooms and its sender's id. The body
// of a large one is not kept.
func (o *Outbox) Stored(ctx context.Context, id string) (Webhook, error) {
	var w Webhook
	var notification, headers, query []byte
	err := o.db.QueryRow(ctx, `SELECT hook, service, formatter, notification, content_type, headers, query, body FROM webhooks WHERE id = $1`, id).
		Scan(&w.Hook, &w.Service, &w.Formatter, &notification, &w.Payload.ContentType, &headers, &query, &w.Payload.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return w, ErrUnknownWebhook
	}
	if err != nil {
		return w, err
	}
	for _, c := range []struct {
		from []byte
		to   any
	}{{notification, &w.Notification}, {headers, &w.Payload.Header}, {query, &w.Payload.Query}} {
		if len(c.from) > 0 {
			if err := decode(c.from, c.to); err != nil {
				return w, err
			}
		}
	}
	return w, nil
}

func (o *Outbox) replayRooms(ctx context.Context, id string) ([]string, error) {
	rows, err := o.db.Query(ctx, `SELECT l.room, d.state FROM deliveries d JOIN lanes l ON l.id = d.lane WHERE d.webhook = $1 ORDER BY d.lane`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all, dead []string
	for rows.Next() {
		var room string
		var state State
		if err := rows.Scan(&room, &state); err != nil {
			return nil, err
		}
		all = append(all, room)
		if state == Dead || state == Replayed {
			dead = append(dead, room)
		}
	}
	if len(dead) > 0 {
		return dead, rows.Err()
	}
	return all, rows.Err()
}
