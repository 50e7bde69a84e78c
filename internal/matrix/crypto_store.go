//go:build goolm

package matrix

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/lib/pq"
	"github.com/rs/zerolog"
	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/id"
)

// pickleKey encrypts keys within the database. Whoever can read the database could read a
// key beside it as well, so it protects nothing; the file's mode and the disk do.
var pickleKey = []byte("lotus-hooks")

// Encrypts says whether this program was built with encryption.
const Encrypts = true

// store implements Crypto on mautrix's tables and one of its own.
type store struct {
	db  *dbutil.Database
	log zerolog.Logger
}

// setArrayWrapper tells mautrix how to write PostgreSQL's arrays, which it asks for in a
// variable of its package.
var setArrayWrapper = sync.OnceFunc(func() { crypto.PostgresArrayWrapper = pq.Array })

// OpenCrypto opens the store of keys and creates its tables, whose names begin with crypto_,
// and lotus_hooks_sync. mautrix looks for its tables without regard to PostgreSQL's schemas,
// so the database must hold those of no other program. One connection is enough. With SQLite,
// commits must be on disk when they return (synchronous=FULL): a ratchet that is rolled back
// would encrypt two messages with one key.
func OpenCrypto(ctx context.Context, db *sql.DB, postgres bool, log *slog.Logger) (Crypto, error) {
	dialect := "sqlite"
	if postgres {
		dialect = "postgres"
		setArrayWrapper()
	}
	wrapped, err := dbutil.NewWithDB(db, dialect)
	if err != nil {
		return nil, fmt.Errorf("open crypto store: %w", err)
	}
	s := &store{db: wrapped, log: zerologTo(log)}
	if err := s.of("", "").DB.Upgrade(ctx); err != nil {
		return nil, fmt.Errorf("migrate crypto store: %w", err)
	}
	_, err = db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS lotus_hooks_sync (account TEXT PRIMARY KEY, next_batch TEXT NOT NULL)`)
	if err != nil {
		return nil, fmt.Errorf("migrate crypto store: %w", err)
	}
	return s, nil
}

// of returns the part of the store that belongs to one user's device.
func (s *store) of(user id.UserID, device id.DeviceID) *crypto.SQLCryptoStore {
	return crypto.NewSQLCryptoStore(s.db, nil, user.String(), device, pickleKey)
}

func (s *store) Device(ctx context.Context, client *mautrix.Client) (Device, error) {
	keys := s.of(client.UserID, client.DeviceID)
	stored, err := keys.FindDeviceID(ctx)
	if err != nil {
		return nil, fmt.Errorf("look up device of %s: %w", client.UserID, err)
	}
	if stored != "" && stored != client.DeviceID {
		if err := s.forget(ctx, client.UserID); err != nil {
			return nil, err
		}
	}
	rooms, steps := &roomState{}, newSteps(keys)
	d := &device{store: s, keys: steps, rooms: rooms, olm: crypto.NewOlmMachine(client, &s.log, steps, rooms)}
	d.olm.SetBackgroundCtx(steps.life)
	if err := steps.during(ctx, d.publish); err != nil {
		return nil, fmt.Errorf("set up encryption of %s: %w", client.UserID, err)
	}
	return d, nil
}

// forget drops everything of a user's device, so that another may take its place.
func (s *store) forget(ctx context.Context, user id.UserID) error {
	return s.exec(ctx, "forget device of "+user.String(), []any{user.String()},
		`DELETE FROM crypto_olm_message_hash WHERE account_id=$1`,
		`DELETE FROM crypto_olm_session WHERE account_id=$1`,
		`DELETE FROM crypto_megolm_inbound_session WHERE account_id=$1`,
		`DELETE FROM crypto_megolm_outbound_session WHERE account_id=$1`,
		`DELETE FROM crypto_account WHERE account_id=$1`)
}

func (s *store) Users(ctx context.Context) ([]id.UserID, error) {
	rows, err := s.db.Query(ctx, `SELECT account_id FROM crypto_account ORDER BY account_id`)
	users, err := dbutil.NewRowIterWithError(rows, dbutil.ScanSingleColumn[id.UserID], err).AsList()
	if err != nil {
		return nil, fmt.Errorf("list users with keys: %w", err)
	}
	return users, nil
}

// Untrack forgets devices, not only that they are up to date: mautrix would keep the old
// signing key of a device that was made anew under the same id.
func (s *store) Untrack(ctx context.Context, users []id.UserID) error {
	const what = "forget devices of others"
	if users == nil {
		return s.exec(ctx, what, nil, `DELETE FROM crypto_tracked_user`, `DELETE FROM crypto_device`)
	}
	for _, user := range users {
		err := s.exec(ctx, what, []any{user.String()},
			`DELETE FROM crypto_tracked_user WHERE user_id=$1`, `DELETE FROM crypto_device WHERE user_id=$1`)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *store) Rotate(ctx context.Context, room id.RoomID) error {
	return s.exec(ctx, "drop sessions", []any{room.String()},
		`DELETE FROM crypto_megolm_outbound_session WHERE room_id=$1`)
}

func (s *store) NextBatch(ctx context.Context, account id.UserID) (string, error) {
	var token string
	err := s.db.QueryRow(ctx, `SELECT next_batch FROM lotus_hooks_sync WHERE account=$1`, account.String()).Scan(&token)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read position of sync: %w", err)
	}
	return token, nil
}

func (s *store) SaveNextBatch(ctx context.Context, account id.UserID, token string) error {
	return s.exec(ctx, "save position of sync", []any{account.String(), token},
		`INSERT INTO lotus_hooks_sync (account, next_batch) VALUES ($1, $2)
		 ON CONFLICT (account) DO UPDATE SET next_batch=excluded.next_batch`)
}

// exec runs statements with the same arguments in one transaction.
func (s *store) exec(ctx context.Context, what string, args []any, statements ...string) error {
	err := s.db.DoTxn(ctx, nil, func(ctx context.Context) error {
		for _, statement := range statements {
			if _, err := s.db.Exec(ctx, statement, args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
