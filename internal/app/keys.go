package app

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// keyring lends the encryption keys to the process that leads. It implements virtualusers.Keys.
type keyring struct {
	db   *store.DB
	file *sql.DB // SQLite's, nil with PostgreSQL
	log  *slog.Logger
}

// openKeys makes the keyring. Beside SQLite's file the keys have one of their own, because
// each of the two has a writer that must not wait for the other. With PostgreSQL they are in
// the same database, and are used only through the session by which this process leads.
func openKeys(url string, db *store.DB, log *slog.Logger, life *lifecycle) (*keyring, error) {
	k := &keyring{db: db, log: log.With("component", "crypto")}
	if !matrix.Encrypts {
		return nil, matrix.ErrNoEncryption
	}
	if db.Postgres() {
		return k, nil
	}
	path := strings.TrimPrefix(strings.TrimPrefix(url, "sqlite:"), "//")
	var err error
	if k.file, err = store.OpenSQLiteFile(strings.TrimSuffix(path, ".db") + "-keys.db"); err != nil {
		return nil, fmt.Errorf("open database of keys: %w", err)
	}
	life.onEnd("keys", k.file.Close)
	return k, nil
}

// Hold implements virtualusers.Keys.
func (k *keyring) Hold(ctx context.Context, use func(context.Context, matrix.Crypto) error) error {
	return k.db.Lead(ctx, k.log, func(ctx context.Context, session *sql.DB) error {
		if k.file != nil {
			session = k.file
		}
		crypto, err := matrix.OpenCrypto(ctx, session, k.db.Postgres(), k.log)
		if err != nil {
			return err
		}
		return use(ctx, crypto)
	})
}
