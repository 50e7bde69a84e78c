package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// dueTimer returns an incident of the lane whose timer is due, and its hook; 0 when none is.
// A digest lets deliveries go first that wait for their turn, since they are lines of it.
func dueTimer(tx *store.Tx, lane int64, now time.Time, waiting bool) (matter int64, hook string, err error) {
	digests := now
	if waiting {
		digests = now.Add(-incident.MaxLate)
	}
	err = tx.QueryRow(`SELECT t.incident, CASE WHEN t.hook <> '' THEN t.hook ELSE i.hook END FROM timers t JOIN incidents i ON i.id = t.incident
		WHERE t.lane = $1 AND t.due <= CASE WHEN i.hook = '' THEN CAST($3 AS BIGINT) ELSE $2 END ORDER BY t.due LIMIT 1`, lane, millis(now), millis(digests)).Scan(&matter, &hook)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", fmt.Errorf("load due timer: %w", err)
	}
	return matter, hook, nil
}

// lanesDue returns the lanes that have a due timer.
func (o *Outbox) lanesDue(ctx context.Context) ([]int64, error) {
	return o.laneList(ctx, `SELECT DISTINCT lane FROM timers WHERE due <= $1`, millis(o.now()))
}

func (o *Outbox) laneList(ctx context.Context, query string, args ...any) ([]int64, error) {
	rows, err := o.db.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lanes []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		lanes = append(lanes, id)
	}
	return lanes, rows.Err()
}
