package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Story is what an event of a room told.
type Story struct {
	Room string     // its lane
	By   []Delivery // the webhooks that it was made for, the newest first; none when a timer made it
	Also []Delivery // others of the same matter in the same room, the newest first
}

// maxTold bounds each list of a Story: a digest tells hundreds.
const maxTold = 20

// ErrUnknownEvent says that no webhook that is still kept was told by an event.
var ErrUnknownEvent = errors.New("unknown event")

// Story returns what an event of a room told, by their Matrix ids.
func (o *Outbox) Story(ctx context.Context, roomID, eventID string) (Story, error) {
	var t Story
	var plan, webhook string
	var lane, incident, from int64
	err := o.db.QueryRow(ctx, `SELECT s.plan, s.webhook, s.lane, s.incident, l.room FROM sends s JOIN lanes l ON l.id = s.lane
		WHERE s.event_id = $1 AND s.event_id <> '' AND s.room_id = $2`, eventID, roomID).Scan(&plan, &webhook, &lane, &incident, &t.Room)
	if errors.Is(err, sql.ErrNoRows) {
		return t, ErrUnknownEvent
	}
	if err == nil && webhook != "" { // what an event tells is not before it; else the lane must be read
		err = o.db.QueryRow(ctx, `SELECT coalesce(min(position), 0) FROM deliveries WHERE webhook = $1 AND lane = $2`, webhook, lane).Scan(&from)
	}
	if err == nil {
		t.By, err = o.deliveriesIn(ctx, lane, `plan = $3`, plan)
	}
	if err == nil && incident != 0 {
		t.Also, err = o.deliveriesIn(ctx, lane, `incident = $3 AND plan <> $4 AND position >= $5`, incident, plan, from)
	}
	if err != nil {
		return t, fmt.Errorf("look up event: %w", err)
	}
	if len(t.By)+len(t.Also) == 0 {
		return t, ErrUnknownEvent
	}
	return t, nil
}

// deliveriesIn returns the newest deliveries of a lane for which a condition holds, whose
// first argument is $3. It reads the lane backwards until it has enough.
func (o *Outbox) deliveriesIn(ctx context.Context, lane int64, condition string, args ...any) ([]Delivery, error) {
	ids, err := o.webhookIDs(ctx, `SELECT webhook FROM deliveries WHERE lane = $1 AND `+condition+` ORDER BY position DESC LIMIT $2`,
		append([]any{lane, maxTold}, args...)...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return o.deliveries(ctx, `WHERE d.lane = $2 AND w.id IN (`+places(3, len(ids))+`) ORDER BY d.position DESC`, append([]any{lane}, ids...)...)
}

// webhookIDs returns the ids that a statement picks, as arguments of another.
func (o *Outbox) webhookIDs(ctx context.Context, statement string, args ...any) ([]any, error) {
	rows, err := o.db.Query(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []any
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// places returns the placeholders of n arguments: "$3, $4".
func places(first, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(first+i)
	}
	return strings.Join(all, ", ")
}
