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
		coalesce((SELECT webhook FROM deliveries WHERE lane = l.id AND position >= l.head AND state = 'pending' ORDER BY position LIMIT 1), ''),
		coalesce((SELECT min(webhook) FROM sends WHERE lane = l.id AND state = 'planned' AND webhook <> ''), '')
		FROM lanes l ORDER BY l.room`)
	if err != nil {
		return s, fmt.Errorf("read outbox statistics: %w", err)
	}
	defer rows.Close()
	now := o.now()
	var oldest string // ids sort by the time of acceptance
	for rows.Next() {
		var l LaneStats
		var parked int64
		var next, planned string
		if err := rows.Scan(&l.Room, &l.Pending, &l.Held, &parked, &l.Reason, &next, &planned); err != nil {
			return s, fmt.Errorf("read outbox statistics: %w", err)
		}
		l.Parked = fromMillis(parked)
		if !l.Parked.After(now) {
			l.Parked, l.Reason = time.Time{}, ""
		}
		for _, id := range []string{next, planned} {
			if id != "" && (oldest == "" || id < oldest) {
				oldest = id
			}
		}
		s.Pending += l.Pending
		s.Held += l.Held
		s.Lanes = append(s.Lanes, l)
	}
	if err := rows.Err(); err != nil {
		return s, fmt.Errorf("read outbox statistics: %w", err)
	}
	var received int64
	err = o.db.QueryRow(ctx, `SELECT (SELECT count(*) FROM deliveries WHERE state = 'dead'),
		coalesce((SELECT received FROM webhooks WHERE id = $1), 0)`, oldest).Scan(&s.Dead, &received)
	if err != nil {
		return s, fmt.Errorf("read outbox statistics: %w", err)
	}
	if received > 0 {
		s.OldestPending = now.Sub(fromMillis(received))
	}
	return s, nil
}
