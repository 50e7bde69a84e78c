// Package store opens the product's database, SQLite or PostgreSQL, and keeps its schema.
//
// Statements are written once, in the SQL that both understand, with $1 placeholders. Where
// the two differ, in column types, the migrations carry a placeholder that the dialect fills.
//
// Writing goes through Update. With SQLite there is one writing connection, so that writers
// of this process never meet SQLITE_BUSY; readers have connections of their own and see a
// snapshot (WAL).
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// DB is an open database.
type DB struct {
	write   *sql.DB
	read    *sql.DB
	dialect *dialect
	url     string // of PostgreSQL, for sessions of their own

	mu       sync.Mutex
	prepared map[string]*sql.Stmt
}

// dialect is what differs between the two databases.
type dialect struct {
	types       *strings.Replacer // fills the placeholders of the migrations
	prepare     bool              // whether statements are kept prepared here; pgx keeps them itself
	unwatched   bool              // whether statements run to their end: the driver pays for a context that can end with a goroutine each
	reconnects  bool              // whether a connection may be dead that another can replace
	lock        string            // keeps other processes from migrating at the same time; "" when BEGIN does
	unavailable func(error) bool
	conflict    func(error) bool
}

// Open opens the database that url names and creates or migrates its schema:
// "sqlite:/path/to/file.db" or "postgres://…".
func Open(ctx context.Context, url string) (*DB, error) {
	var db *DB
	var err error
	switch scheme, rest, _ := strings.Cut(url, ":"); scheme {
	case "sqlite":
		db, err = openSQLite(strings.TrimPrefix(rest, "//"))
	case "postgres", "postgresql":
		db, err = openPostgres(url)
	default:
		err = fmt.Errorf("unknown scheme %q: use sqlite:/path/to/file.db or postgres://…", scheme)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := db.migrate(ctx); err != nil {
		return nil, fmt.Errorf("migrate database: %w", errors.Join(err, db.Close()))
	}
	return db, nil
}

// Close closes the database. SQLite's write-ahead log is folded into the file.
func (db *DB) Close() error {
	var readErr error
	if db.read != db.write {
		readErr = db.read.Close()
	}
	return errors.Join(readErr, db.write.Close())
}

// SQL returns the writing connections, for packages that keep tables of their own.
func (db *DB) SQL() *sql.DB { return db.write }

// Postgres says whether the database is PostgreSQL rather than SQLite.
func (db *DB) Postgres() bool { return db.dialect == postgres }

// Query reads rows outside of a transaction.
func (db *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return db.read.QueryContext(ctx, query, args...)
}

// QueryRow reads one row outside of a transaction.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return db.read.QueryRowContext(ctx, query, args...)
}

// Unavailable says whether err means that the database cannot be written now, whatever is
// written: disk full, locked, read-only, connection lost.
func (db *DB) Unavailable(err error) bool { return err != nil && db.dialect.unavailable(err) }
