package outbox

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

const (
	pruneBatch = 200 // webhooks deleted in one transaction, so that nobody waits for long
	pruneTime  = time.Hour
)

// RunRetention deletes what is finished and older than the retention, now and every hour,
// until ctx ends.
func (o *Outbox) RunRetention(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := o.Prune(ctx); err != nil && ctx.Err() == nil {
			o.log.Warn("deleting old webhooks failed", "err", err)
		}
		_ = sleep(ctx, pruneTime) // ends early with ctx, and so does the loop
	}
	return nil
}

// Prune deletes what is finished and older than the retention.
func (o *Outbox) Prune(ctx context.Context) error {
	for deleted := pruneBatch; deleted == pruneBatch && ctx.Err() == nil; {
		var err error
		if deleted, err = o.prune(); err != nil {
			return err
		}
	}
	return nil
}

// prune deletes a batch of webhooks with all that belongs to them, and returns how many.
func (o *Outbox) prune() (int, error) {
	cutoff := o.now().Add(-o.retention)
	var ids []string
	err := o.update(func(tx *store.Tx) (err error) {
		if ids, err = finishedBefore(tx, firstID(cutoff)); err != nil {
			return err
		}
		for _, id := range ids {
			if err := deleteWebhook(tx, id); err != nil {
				return err
			}
		}
		return o.pruneIncidents(tx, millis(cutoff))
	})
	if err != nil {
		return 0, fmt.Errorf("prune: %w", err)
	}
	return len(ids), nil
}

// forgottenAfter is how many retentions an open incident is kept that nothing is heard of:
// not every sender says that it is over.
const forgottenAfter = 6

func (o *Outbox) pruneIncidents(tx *store.Tx, cutoff int64) error {
	const over = `((open = 0 AND updated < $1) OR updated < $2)
		AND NOT EXISTS (SELECT 1 FROM deliveries WHERE incident = incidents.id AND state = 'held')`
	forgotten := millis(o.now().Add(-forgottenAfter * o.retention))
	for _, query := range []string{
		`DELETE FROM sends WHERE id IN (SELECT card FROM incidents WHERE card <> '' AND ` + over + `)`,
		`DELETE FROM timers WHERE incident IN (SELECT id FROM incidents WHERE ` + over + `)`,
		`DELETE FROM incidents WHERE ` + over,
	} {
		if _, err := tx.Exec(query, cutoff, forgotten); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`DELETE FROM sends WHERE webhook = '' AND planned < $1 AND state <> 'planned'
		AND NOT EXISTS (SELECT 1 FROM incidents WHERE card = sends.id)`, cutoff)
	return err
}

func finishedBefore(tx *store.Tx, id string) ([]string, error) {
	rows, err := tx.Query(`SELECT id FROM webhooks w WHERE id < $1 AND NOT EXISTS
		(SELECT 1 FROM deliveries WHERE webhook = w.id AND state NOT IN ('told', 'dead', 'replayed')) ORDER BY id LIMIT $2`, id, pruneBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// deleteWebhook deletes a webhook and its sends, but not the cards of incidents, which may
// still be edited. These are without a webhook then, and go when they are no cards any more.
func deleteWebhook(tx *store.Tx, id string) error {
	for _, query := range []string{
		`DELETE FROM sends WHERE plan IN (SELECT plan FROM deliveries WHERE webhook = $1 AND plan <> '')
			AND NOT EXISTS (SELECT 1 FROM incidents WHERE card = sends.id)`,
		`UPDATE sends SET webhook = '' WHERE plan IN (SELECT plan FROM deliveries WHERE webhook = $1 AND plan <> '')`,
		`DELETE FROM deliveries WHERE webhook = $1`,
		`DELETE FROM sender_ids WHERE webhook = $1`,
		`DELETE FROM webhooks WHERE id = $1`,
	} {
		if _, err := tx.Exec(query, id); err != nil {
			return err
		}
	}
	return nil
}

// firstID returns the smallest UUIDv7 that can have been made at a time.
func firstID(t time.Time) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(t.UnixMilli())<<16)
	id[6] = 0x70
	id[8] = 0x80
	return id.String()
}
