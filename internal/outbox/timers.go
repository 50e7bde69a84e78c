package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// dueTimer returns an incident of the lane whose timer is due, and its hook; 0 when none is.
func dueTimer(tx *store.Tx, lane, now int64) (incident int64, hook string, err error) {
	err = tx.QueryRow(`SELECT t.incident, CASE WHEN t.hook <> '' THEN t.hook ELSE i.hook END FROM timers t JOIN incidents i ON i.id = t.incident
		WHERE t.lane = $1 AND t.due <= $2 ORDER BY t.due LIMIT 1`, lane, now).Scan(&incident, &hook)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", fmt.Errorf("load due timer: %w", err)
	}
	return incident, hook, nil
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
