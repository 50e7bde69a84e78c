package outbox

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// maxStoredBody is the largest body that is kept beside its notification.
const maxStoredBody = 256 << 10

// Webhook is one to be accepted.
type Webhook struct {
	Hook         string // the hook's name, not its id
	Service      string
	Formatter    string // what made the notification
	SenderID     string // the sender's own id of this delivery; "" when it has none
	Payload      formatters.Payload
	Notification formatters.Notification
	Rooms        []Routed // none when the hook's filter dropped it
	Exempt       bool     // told by itself, however much its room is told
	ReplayOf     string   // the webhook that this tells again
}

// Routed is a room that a webhook is for.
type Routed struct {
	Room     string   // as configured: an id or an alias
	Mentions []string // user ids, "@room"
}

// Accepted is the answer to an accepted webhook.
type Accepted struct {
	ID         string // the webhook's id, UUIDv7
	Repeat     bool   // the sender had sent it before: ID is the first one's
	Deliveries int    // the rooms it will be told in
}

// enqueue is a webhook on its way into the database.
type enqueue struct {
	webhook *Webhook
	id      string
	notif   []byte
	headers []byte
	query   []byte
	lanes   []target // of Rooms
	now     int64

	// Filled by insertWebhooks.
	repeatOf string
	targets  []target // lanes, and those where the incident is open
}

// target is a lane that a webhook is for.
type target struct {
	lane     int64
	mentions string // JSON list or ""
}

// Enqueue accepts a webhook: it returns when the webhook and its deliveries are on disk, or
// with an error when they are not and will not be. It keeps nothing of w.
func (o *Outbox) Enqueue(ctx context.Context, w Webhook) (Accepted, error) {
	e, err := o.newEnqueue(&w)
	if err != nil {
		return Accepted{}, fmt.Errorf("enqueue webhook: %w", err)
	}
	if err := o.commit(ctx, &op{enqueue: e}); err != nil {
		return Accepted{}, fmt.Errorf("enqueue webhook: %w", err)
	}
	if e.repeatOf != "" {
		return Accepted{ID: e.repeatOf, Repeat: true}, nil
	}
	for _, t := range e.targets {
		o.wakes.lane(t.lane)
	}
	return Accepted{ID: e.id, Deliveries: len(e.targets)}, nil
}

func (o *Outbox) newEnqueue(w *Webhook) (*enqueue, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	if w.Payload.Received.IsZero() {
		w.Payload.Received = o.now()
	}
	e := &enqueue{webhook: w, id: id.String(), now: millis(w.Payload.Received)}
	w.SenderID = storable(w.SenderID)
	w.Notification.Incident.Key = storable(w.Notification.Incident.Key)
	if e.notif, err = encode(&w.Notification); err != nil {
		return nil, err
	}
	for _, c := range []struct {
		from map[string][]string
		to   *[]byte
	}{{w.Payload.Header, &e.headers}, {w.Payload.Query, &e.query}} {
		if len(c.from) > 0 {
			if *c.to, err = encode(c.from); err != nil {
				return nil, err
			}
		}
	}
	for _, r := range w.Rooms {
		lane, err := o.laneID(r.Room)
		if err != nil {
			return nil, err
		}
		t := target{lane: lane}
		if t.mentions, err = encodeList(r.Mentions); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(e.lanes, func(have target) bool { return have.lane == lane }) {
			e.lanes = append(e.lanes, t)
		}
	}
	return e, nil
}

// flag is a truth as the database holds it.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// storable returns s as both databases take it in a text column.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// insertWebhooks writes a batch of webhooks. The rows of their lanes are locked first and
// in one order, so that processes wait for each other instead of blocking each other.
func (o *Outbox) insertWebhooks(tx *store.Tx, batch []*enqueue) error {
	counts := map[int64]int64{}
	for _, e := range batch {
		e.repeatOf, e.targets = "", append([]target(nil), e.lanes...)
		if err := e.claimSenderID(tx); err != nil {
			return err
		}
		if e.repeatOf != "" {
			continue
		}
		if err := e.followIncident(tx); err != nil {
			return err
		}
		for _, t := range e.targets {
			counts[t.lane]++
		}
	}
	next := map[int64]int64{}
	for _, lane := range slices.Sorted(maps.Keys(counts)) {
		var end int64
		err := tx.QueryRow(`UPDATE lanes SET next_position = next_position + $1 WHERE id = $2 RETURNING next_position`, counts[lane], lane).Scan(&end)
		if err != nil {
			return fmt.Errorf("take positions: %w", err)
		}
		next[lane] = end - counts[lane]
	}
	for _, e := range batch {
		if e.repeatOf != "" {
			continue
		}
		if err := e.insert(tx, next); err != nil {
			return err
		}
	}
	return nil
}

// claimSenderID stores the sender's id of the delivery; if it is known, this is a repeat.
func (e *enqueue) claimSenderID(tx *store.Tx) error {
	w := e.webhook
	if w.SenderID == "" {
		return nil
	}
	n, err := tx.Exec(`INSERT INTO sender_ids (hook, sender_id, webhook) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, w.Hook, w.SenderID, e.id)
	if err != nil {
		return fmt.Errorf("insert sender id: %w", err)
	}
	if n == 0 {
		err = tx.QueryRow(`SELECT webhook FROM sender_ids WHERE hook = $1 AND sender_id = $2`, w.Hook, w.SenderID).Scan(&e.repeatOf)
	}
	return err
}

// followIncident adds the lanes in which the webhook's incident is open: filters and routes
// decide where an incident opens, not where it goes on and ends.
func (e *enqueue) followIncident(tx *store.Tx) error {
	in := e.webhook.Notification.Incident
	if in.Key == "" || in.State == formatters.Standalone || e.webhook.ReplayOf != "" {
		return nil // a replay is told where it is sent, and says nothing of what is so now
	}
	hook := e.webhook.Hook
	open, err := openLanes(tx, hook, in.Key)
	if err != nil {
		return fmt.Errorf("find open incident: %w", err)
	}
	for _, lane := range open {
		if !slices.ContainsFunc(e.targets, func(t target) bool { return t.lane == lane }) {
			e.targets = append(e.targets, target{lane: lane})
		}
	}
	if in.State == formatters.Resolved {
		if len(open) > 0 {
			_, err = tx.Exec(`UPDATE incidents SET open = 0, updated = $1 WHERE hook = $2 AND key = $3`, e.now, hook, in.Key)
		}
		return err
	}
	for _, t := range e.targets {
		_, err := tx.Exec(`INSERT INTO incidents (hook, key, lane, open, opened, updated) VALUES ($1, $2, $3, 1, $4, $4)
			ON CONFLICT (hook, key, lane) DO UPDATE SET open = 1, updated = excluded.updated`, hook, in.Key, t.lane, e.now)
		if err != nil {
			return fmt.Errorf("open incident: %w", err)
		}
	}
	return nil
}

func openLanes(tx *store.Tx, hook, key string) ([]int64, error) {
	rows, err := tx.Query(`SELECT lane FROM incidents WHERE hook = $1 AND key = $2 AND open = 1 ORDER BY lane`, hook, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lanes []int64
	for rows.Next() {
		var lane int64
		if err := rows.Scan(&lane); err != nil {
			return nil, err
		}
		lanes = append(lanes, lane)
	}
	return lanes, rows.Err()
}

func (e *enqueue) insert(tx *store.Tx, next map[int64]int64) error {
	w := e.webhook
	body := w.Payload.Body
	if len(body) > maxStoredBody {
		body = nil
	}
	_, err := tx.Exec(`INSERT INTO webhooks (id, hook, service, formatter, received, notification, content_type, headers, query, body, replay_of, exempt)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		e.id, w.Hook, w.Service, w.Formatter, e.now, e.notif, storable(w.Payload.ContentType), e.headers, e.query, body, w.ReplayOf, flag(w.Exempt || w.ReplayOf != ""))
	if err != nil {
		return fmt.Errorf("insert webhook: %w", err)
	}
	if w.ReplayOf != "" {
		if _, err := tx.Exec(`UPDATE deliveries SET state = 'replayed' WHERE webhook = $1 AND state = 'dead'`, w.ReplayOf); err != nil {
			return fmt.Errorf("update what is told again: %w", err)
		}
	}
	for _, t := range e.targets {
		_, err := tx.Exec(`INSERT INTO deliveries (lane, position, webhook, state, mentions) VALUES ($1, $2, $3, 'pending', $4)`,
			t.lane, next[t.lane], e.id, t.mentions)
		if err != nil {
			return fmt.Errorf("insert delivery: %w", err)
		}
		next[t.lane]++
	}
	return nil
}
