package store_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// candidate is a process that stands for leader.
type candidate struct {
	db      *store.DB
	resign  func()        // ends it in order
	elected chan *sql.DB  // gets the session of each term
	ended   chan struct{} // gets a token at the end of each term
}

// leaders counts who leads at the same time.
type leaders struct{ now, most atomic.Int32 }

func (l *leaders) stand(t *testing.T, url string) *candidate {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := &candidate{db: storetest.Open(t, url), elected: make(chan *sql.DB, 10), ended: make(chan struct{}, 10)}
	done := make(chan error, 1)
	go func() {
		done <- c.db.Lead(ctx, slog.New(slog.DiscardHandler), func(ctx context.Context, session *sql.DB) error {
			l.most.Store(max(l.most.Load(), l.now.Add(1)))
			c.elected <- session
			<-ctx.Done()
			l.now.Add(-1)
			c.ended <- struct{}{}
			return nil
		})
	}()
	stopped := false
	c.resign = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Lead: %v", err)
		}
	}
	t.Cleanup(c.resign)
	return c
}

// await returns what a channel gives, which must not take long.
func await[T any](t *testing.T, what string, c <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-c:
	case <-time.After(20 * time.Second):
		t.Fatalf("not within 20 s: %s", what)
	}
	return got
}

func TestLeadSQLite(t *testing.T) {
	t.Parallel()
	c := new(leaders).stand(t, storetest.SQLite(t))
	await(t, "who is alone leads", c.elected)
	c.resign()
	await(t, "the end", c.ended)
}

// TestLead lets leaders resign, and cuts their sessions off. There is always another, and who
// was cut off cannot write even before it knows.
func TestLead(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	var all leaders
	first := all.stand(t, url)
	await(t, "who is alone leads", first.elected)
	second, third := all.stand(t, url), all.stand(t, url)
	select {
	case <-second.elected:
		t.Fatal("a second one leads")
	case <-third.elected:
		t.Fatal("a third one leads")
	case <-time.After(2500 * time.Millisecond): // some of their tries
	}
	first.resign()
	await(t, "the end", first.ended)

	leader, other := second, third
	var session *sql.DB
	select {
	case session = <-second.elected:
	case session = <-third.elected:
		leader, other = third, second
	case <-time.After(20 * time.Second):
		t.Fatal("nobody leads")
	}
	if most := all.most.Load(); most != 1 {
		t.Errorf("%d led at the same time", most)
	}
	if _, err := session.ExecContext(t.Context(), `CREATE TABLE led (n INTEGER)`); err != nil {
		t.Fatal(err)
	}
	cut(t, other.db)
	if _, err := session.ExecContext(t.Context(), `INSERT INTO led VALUES (1)`); err == nil {
		t.Error("a leader that was cut off can write")
	}
	await(t, "the end of who was cut off", leader.ended)
	select {
	case <-leader.elected: // it stands again
	case <-other.elected:
	case <-time.After(20 * time.Second):
		t.Error("nobody leads")
	}
}

// cut ends the leader's session, as the server does when it hears nothing.
func cut(t *testing.T, db *store.DB) {
	t.Helper()
	var n int
	err := db.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(l.pid)) FROM pg_locks l
		WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&n)
	if err != nil || n != 1 {
		t.Fatalf("%d sessions have the lock: %v", n, err)
	}
}

// TestLeadSettings makes sure that the server does not wait for ever for a leader that hangs.
func TestLeadSettings(t *testing.T) {
	t.Parallel()
	c := new(leaders).stand(t, storetest.Postgres(t))
	session := await(t, "who is alone leads", c.elected)
	var patience string
	err := session.QueryRowContext(t.Context(), `SELECT current_setting('idle_session_timeout', true)`).Scan(&patience)
	if err != nil || patience != "10s" {
		t.Errorf("the server waits %q for a silent leader (%v), want 10s", patience, err)
	}
}

func TestReserve(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	release, err := store.Reserve(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Open(t, "sqlite:"+path)
	nowhere := filepath.Join(t.TempDir(), "none")
	if _, err := store.Reserve(t.Context(), "sqlite:"+filepath.Join(nowhere, "test.db")); err == nil || !strings.Contains(err.Error(), "there is no folder "+nowhere+": make it") {
		t.Errorf("in a folder that is not there: %v", err)
	}
	link := filepath.Join(t.TempDir(), "link.db")
	for _, url := range []string{"sqlite:" + path, "sqlite://" + path} {
		if _, err := store.Reserve(t.Context(), url); !errors.Is(err, store.ErrReserved) {
			t.Errorf("reserving %s again: %v", url, err)
		}
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Reserve(t.Context(), "sqlite:"+link); !errors.Is(err, store.ErrReserved) {
		t.Errorf("reserving it by another name: %v", err)
	}
	storetest.Open(t, "sqlite:"+path) // the commands work beside
	if err := release(); err != nil {
		t.Fatal(err)
	}
	release, err = store.Reserve(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatalf("after its release: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}
