package store_test

import (
	"context"
	"database/sql"
	"log/slog"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestFlushesSQLite has each connection that can write wait for the disk (2 is FULL).
func TestFlushesSQLite(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	keys, err := store.OpenSQLiteFile(t.TempDir() + "/keys.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keys.Close() })
	for name, writes := range map[string]*sql.DB{"webhooks": db.SQL(), "keys": keys} {
		var synchronous int
		var journal string
		if err := writes.QueryRow(`PRAGMA synchronous`).Scan(&synchronous); err != nil || synchronous != 2 {
			t.Errorf("%s: synchronous is %d (%v), want 2", name, synchronous, err)
		}
		if err := writes.QueryRow(`PRAGMA journal_mode`).Scan(&journal); err != nil || journal != "wal" {
			t.Errorf("%s: journal_mode is %s (%v), want wal", name, journal, err)
		}
	}
}

// TestFlushesPostgres has a server that answers commits before they are on disk, and one that
// never flushes.
func TestFlushesPostgres(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	first := storetest.Open(t, url)
	run := func(statement string) {
		t.Helper()
		if _, err := first.SQL().ExecContext(context.Background(), statement); err != nil {
			t.Fatal(err)
		}
	}
	var name string
	if err := first.QueryRow(t.Context(), `SELECT current_database()`).Scan(&name); err != nil {
		t.Fatal(err)
	}
	run(`ALTER DATABASE ` + name + ` SET synchronous_commit = off`)
	db := storetest.Open(t, url)
	check := func(session *sql.DB) {
		t.Helper()
		var is string
		if err := session.QueryRow(`SHOW synchronous_commit`).Scan(&is); err != nil || is != "on" {
			t.Errorf("synchronous_commit is %s (%v), want on", is, err)
		}
	}
	check(db.SQL())
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Lead(ctx, slog.New(slog.DiscardHandler), func(_ context.Context, session *sql.DB) error {
		defer cancel()
		check(session)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	if err := db.CheckDurable(t.Context()); err != nil {
		t.Error(err)
	}
	run(`ALTER SYSTEM SET fsync = off`)
	t.Cleanup(func() {
		run(`ALTER SYSTEM RESET fsync`)
		run(`SELECT pg_reload_conf()`)
	})
	run(`SELECT pg_reload_conf()`)
	for range 500 {
		if err = db.CheckDurable(t.Context()); err != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err == nil || !strings.Contains(err.Error(), "fsync = off") {
		t.Errorf("got %v, want to hear of fsync", err)
	}
}
