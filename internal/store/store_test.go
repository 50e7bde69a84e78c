package store_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		t.Run("MigratesOnce", func(t *testing.T) {
			for range 2 {
				db := storetest.Open(t, url)
				var versions int
				if err := db.QueryRow(t.Context(), `SELECT count(*) FROM schema_version`).Scan(&versions); err != nil {
					t.Fatal(err)
				}
				if versions == 0 {
					t.Error("no migration is recorded")
				}
			}
		})
		t.Run("ErrNewerSchema", func(t *testing.T) {
			db := storetest.Open(t, url)
			if err := db.Update(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Exec(`INSERT INTO schema_version (version) VALUES (999)`)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			_, err := store.Open(context.Background(), url)
			if err == nil || !strings.Contains(err.Error(), "use a newer program") {
				t.Errorf("got %v, want the advice to use a newer program", err)
			}
		})
	})
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"ErrUnknownScheme": "mysql://x",
		"ErrNoPath":        "sqlite:",
		"ErrNoFolder":      "sqlite:/nonexistent/folder/x.db",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := store.Open(context.Background(), url); err == nil {
				t.Errorf("opening %q succeeded", url)
			}
		})
	}
}

// TestPostgresURLIsSecret says what is wrong with a URL and repeats no part of its password.
func TestPostgresURLIsSecret(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"postgres://u:s3@cretpw@h/db?sslmode=bogus": "failed to configure TLS; write special characters",
		"postgres://u:s3/cretpw@h/db":               "invalid port",
		"postgres://u:cretpw@h:70000/db":            "invalid port",
	} {
		_, err := store.Open(t.Context(), url)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "cret") || strings.Contains(err.Error(), "s3") {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		lanes := func() (n int) {
			if err := db.QueryRow(t.Context(), `SELECT count(*) FROM lanes`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		insert := func(room string) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				_, err := tx.Exec(`INSERT INTO lanes (room) VALUES ($1)`, room)
				return err
			}
		}
		if err := db.Update(t.Context(), insert("!a")); err != nil {
			t.Fatal(err)
		}
		boom := errors.New("boom")
		err := db.Update(t.Context(), func(tx *store.Tx) error { return errors.Join(insert("!b")(tx), boom) })
		if !errors.Is(err, boom) || lanes() != 1 {
			t.Errorf("got error %v and %d lanes, want boom and 1: a failed update must leave nothing", err, lanes())
		}
		if err := db.Update(t.Context(), insert("!a")); err == nil || db.Unavailable(err) {
			t.Errorf("a violated constraint is %v, unavailable %t: want an error that is the data's fault", err, db.Unavailable(err))
		}
	})
}

func TestSQLiteFileIsPrivate(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	storetest.Open(t, url)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(strings.TrimPrefix(url, "sqlite:") + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o, want 600", info.Name(), info.Mode().Perm())
		}
	}
}

// TestSQLiteCannotWrite has a database not take what is written: it says that it is
// unavailable, and goes on with what it can take.
func TestSQLiteCannotWrite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, broken, mended string }{
		{"Full", `PRAGMA max_page_count = 60`, `SELECT 1`}, // little fits in all the same
		{"ReadOnly", `PRAGMA query_only = 1`, `PRAGMA query_only = 0`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db := storetest.Open(t, storetest.SQLite(t))
			set := func(pragma string) {
				t.Helper()
				if _, err := db.SQL().Exec(pragma); err != nil {
					t.Fatal(err)
				}
			}
			insert := func(size int) error {
				return db.Update(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Exec(`INSERT INTO webhooks (id, hook, service, formatter, received, notification, content_type) VALUES ('x', '', '', '', 0, zeroblob($1), '')`, size)
					return err
				})
			}
			set(tt.broken)
			if err := insert(1_000_000); !db.Unavailable(err) {
				t.Errorf("it says %v", err)
			}
			set(tt.mended)
			if err := insert(10); err != nil {
				t.Errorf("after that: %v", err)
			}
		})
	}
}
