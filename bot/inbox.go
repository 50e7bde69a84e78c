package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// forgetTime is how long an event is remembered after it was handled, so that one that
// comes a second time is known. A homeserver repeats events only near its position.
const forgetTime = 24 * time.Hour

// inbox keeps events from their receipt until they are handled, and a while longer.
type inbox struct{ db *store.DB }

// add stores events and returns those that are new.
func (in inbox) add(ctx context.Context, events []Event, now time.Time) ([]Event, error) {
	var fresh []Event
	err := in.db.Update(ctx, func(tx *store.Tx) error {
		fresh = nil
		for i, e := range events {
			value, err := json.Marshal(e)
			if err != nil {
				return err
			}
			n, err := tx.Exec(`INSERT INTO bot_inbox (id, received, turn, event) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
				e.ID, now.UnixMilli(), i, value)
			if err != nil {
				return err
			}
			if n > 0 {
				fresh = append(fresh, e)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store what was said: %w", err)
	}
	return fresh, nil
}

// done notes that an event was handled.
func (in inbox) done(ctx context.Context, id string, now time.Time) error {
	err := in.db.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(`UPDATE bot_inbox SET done = 1, event = NULL WHERE id = $1`, id); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM bot_inbox WHERE done = 1 AND received < $1`, now.Add(-forgetTime).UnixMilli())
		return err
	})
	if err != nil {
		return fmt.Errorf("store that a command was handled: %w", err)
	}
	return nil
}

// open returns the events that a process before this one has received and not handled, in
// the order of their receipt.
func (in inbox) open(ctx context.Context) ([]Event, error) {
	rows, err := in.db.Query(ctx, `SELECT event FROM bot_inbox WHERE done = 0 ORDER BY received, turn`)
	if err != nil {
		return nil, fmt.Errorf("read what was said: %w", err)
	}
	defer rows.Close()
	var events []Event
	for rows.Next() {
		var value []byte
		var e Event
		if err := rows.Scan(&value); err != nil {
			return nil, fmt.Errorf("read what was said: %w", err)
		}
		if err := json.Unmarshal(value, &e); err != nil {
			return nil, fmt.Errorf("read what was said: %w", err)
		}
		events = append(events, e)
	}
	return events, rows.Err()
}
