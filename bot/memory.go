package bot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// Memory keeps the values of one feature over restarts, as JSON by key.
type Memory struct {
	db      *store.DB
	feature string
}

// Get reads the value of a key into v, a pointer, and says whether there is one.
func (m Memory) Get(ctx context.Context, key string, v any) (bool, error) {
	var value []byte
	err := m.db.QueryRow(ctx, `SELECT value FROM bot_memory WHERE feature = $1 AND key = $2`, m.feature, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(value, v)
	}
	if err != nil {
		return false, fmt.Errorf("read %s of %s: %w", key, m.feature, err)
	}
	return true, nil
}

// Put stores a value. At the alarm, which may be zero for none, the feature gets an event
// of KindAlarm, again and again until the value has another alarm, or is gone.
func (m Memory) Put(ctx context.Context, key string, v any, alarm time.Time) error {
	value, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("store %s of %s: %w", key, m.feature, err)
	}
	due := int64(0)
	if !alarm.IsZero() {
		due = alarm.UnixMilli()
	}
	return m.update(ctx, key, `INSERT INTO bot_memory (feature, key, value, alarm) VALUES ($1, $2, $3, $4)
		ON CONFLICT (feature, key) DO UPDATE SET value = excluded.value, alarm = excluded.alarm`, m.feature, key, value, due)
}

// Delete forgets a value.
func (m Memory) Delete(ctx context.Context, key string) error {
	return m.update(ctx, key, `DELETE FROM bot_memory WHERE feature = $1 AND key = $2`, m.feature, key)
}

func (m Memory) update(ctx context.Context, key, statement string, args ...any) error {
	err := m.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("store %s of %s: %w", key, m.feature, err)
	}
	return nil
}

// Keys returns the keys that begin with a prefix, in order.
func (m Memory) Keys(ctx context.Context, prefix string) ([]string, error) {
	rows, err := m.db.Query(ctx, `SELECT key FROM bot_memory WHERE feature = $1 AND substr(key, 1, length(CAST($2 AS TEXT))) = $2 ORDER BY key`, m.feature, prefix)
	if err != nil {
		return nil, fmt.Errorf("list keys of %s: %w", m.feature, err)
	}
	defer rows.Close()
	var keys []string
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, fmt.Errorf("list keys of %s: %w", m.feature, err)
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}
