package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// Delivery is one webhook in one room, as people look at it.
type Delivery struct {
	Webhook   string    `json:"webhook"`
	Hook      string    `json:"hook"`
	Service   string    `json:"service"`
	Formatter string    `json:"formatter"`
	Received  time.Time `json:"received"`
	Room      string    `json:"room,omitempty"`
	State     State     `json:"state"`
	Reason    string    `json:"reason,omitempty"` // why it is dead, or why it is not told yet
	Attempts  int       `json:"attempts,omitzero"`
	EventID   string    `json:"event_id,omitempty"`
	ReplayOf  string    `json:"replay_of,omitempty"`
	Title     string    `json:"title"` // what the first line of its message says
}

// Filtered is the state that a webhook without deliveries is listed with: the hook's filter
// dropped it.
const Filtered State = "filtered"

// Filter picks deliveries.
type Filter struct {
	State   State  // "" for all
	Hook    string // "" for all
	Webhook string // "" for all
	Limit   int    // 50 by default
}

// Deliveries returns the newest deliveries first.
func (o *Outbox) Deliveries(ctx context.Context, f Filter) ([]Delivery, error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	return o.deliveries(ctx, `WHERE ($2 = '' OR coalesce(d.state, 'filtered') = $2) AND ($3 = '' OR w.hook = $3) AND ($4 = '' OR w.id = $4)
		ORDER BY w.id DESC, l.room LIMIT $5`, string(f.State), f.Hook, f.Webhook, f.Limit)
}

// deliveries returns those that the end of a statement picks; its first argument is $2.
func (o *Outbox) deliveries(ctx context.Context, end string, args ...any) ([]Delivery, error) {
	rows, err := o.db.Query(ctx, `SELECT w.id, w.hook, w.service, w.formatter, w.received, w.replay_of, w.notification,
		coalesce(l.room, ''), coalesce(d.state, 'filtered'), coalesce(d.reason, ''),
		coalesce(s.attempts, 0), coalesce(s.event_id, ''), coalesce(s.error, ''),
		coalesce((SELECT error FROM sends WHERE lane = l.id AND state = 'planned' ORDER BY plan, part LIMIT 1), ''),
		coalesce(l.reason, ''), l.parked_until > $1 OR l.owner <> '' AND l.lease_until >= $1
		FROM webhooks w LEFT JOIN deliveries d ON d.webhook = w.id LEFT JOIN lanes l ON l.id = d.lane
		LEFT JOIN sends s ON s.id = d.plan AND d.plan <> '' `+end, append([]any{millis(o.now())}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	defer rows.Close()
	list := []Delivery{}
	for rows.Next() {
		var d Delivery
		var received int64
		var notification []byte
		var why waiting
		err := rows.Scan(&d.Webhook, &d.Hook, &d.Service, &d.Formatter, &received, &d.ReplayOf, &notification,
			&d.Room, &d.State, &d.Reason, &d.Attempts, &d.EventID, &why.own, &why.ahead, &why.lane, &why.cared)
		if err != nil {
			return nil, fmt.Errorf("list deliveries: %w", err)
		}
		var n formatters.Notification
		if err := decode(notification, &n); err != nil {
			return nil, fmt.Errorf("list deliveries: webhook %s: %w", d.Webhook, err)
		}
		d.Received, d.Title = fromMillis(received), n.Title()
		if d.State == Pending || d.State == Planned {
			d.Reason = why.reason(o.now().Sub(d.Received))
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// waiting is why a delivery is not told yet.
type waiting struct {
	own   string       // the error of its last attempt
	ahead string       // the error of the last attempt of what its lane tells now
	lane  string       // why the lane is parked, or cannot plan
	cared sql.NullBool // whether a process works on the lane, or has parked it
}

// noticeTime is after how long somebody should have begun to tell a delivery.
const noticeTime = 10 * time.Second

// reason returns what keeps a delivery of that age waiting, "" when it is only its turn.
func (w *waiting) reason(age time.Duration) string {
	switch {
	case !w.cared.Bool && age > noticeTime:
		return "no running process tells this room"
	case w.own != "":
		return w.own
	case w.ahead != "":
		return "waits behind another: " + w.ahead
	}
	return w.lane
}
