package outbox

import (
	"context"
	"fmt"
	"time"
)

// Stats is how full the outbox is. What it costs does not grow with what it holds.
type Stats struct {
	Pending       int64         // not told yet, held ones not counted
	Held          int64         //
	Dead          int64         // kept for replay
	OldestPending time.Duration // age of the oldest webhook that waits for its turn
	Lanes         []LaneStats   // by room reference
}

// LaneStats is how full one lane is.
type LaneStats struct {
	Room    string    `json:"room"`
	Pending int64     `json:"pending"`
	Held    int64     `json:"held"`
	Parked  time.Time `json:"parked_until,omitzero"`
	Reason  string    `json:"reason,omitempty"`
}

// Stats reads how full the outbox is.
func (o *Outbox) Stats(ctx context.Context) (Stats, error) {
	var s Stats
	rows, err := o.db.Query(ctx, `SELECT l.room, l.next_position - 1 - l.finished - l.held, l.held, l.parked_until, l.reason,
		coalesce((SELECT w.received FROM deliveries d JOIN webhooks w ON w.id = d.webhook
			WHERE d.lane = l.id AND d.position >= l.head AND d.state = 'pending' ORDER BY d.position LIMIT 1), 0),
		coalesce((SELECT min(w.received) FROM sends s JOIN webhooks w ON w.id = s.webhook WHERE s.lane = l.id AND s.state = 'planned'), 0)
		FROM lanes l ORDER BY l.room`)
	if err != nil {
		return s, fmt.Errorf("read outbox statistics: %w", err)
	}
	defer rows.Close()
	now := o.now()
	for rows.Next() {
		var l LaneStats
		var parked, next, planned int64
		if err := rows.Scan(&l.Room, &l.Pending, &l.Held, &parked, &l.Reason, &next, &planned); err != nil {
			return s, fmt.Errorf("read outbox statistics: %w", err)
		}
		l.Parked = fromMillis(parked)
		if !l.Parked.After(now) {
			l.Parked, l.Reason = time.Time{}, ""
		}
		for _, received := range []int64{next, planned} {
			if received > 0 {
				s.OldestPending = max(s.OldestPending, now.Sub(fromMillis(received)))
			}
		}
		s.Pending += l.Pending
		s.Held += l.Held
		s.Lanes = append(s.Lanes, l)
	}
	if err := rows.Err(); err != nil {
		return s, fmt.Errorf("read outbox statistics: %w", err)
	}
	if err := o.db.QueryRow(ctx, `SELECT count(*) FROM deliveries WHERE state = 'dead'`).Scan(&s.Dead); err != nil {
		return s, fmt.Errorf("read outbox statistics: %w", err)
	}
	return s, nil
}
