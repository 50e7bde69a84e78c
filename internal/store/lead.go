package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	standTime = time.Second     // between two tries to be elected, and two looks at what was won
	lookTime  = 5 * time.Second // for one of them; less than the server's patience, see sessionSettings
)

// errSessionLost says that the session that held the lock is over.
var errSessionLost = errors.New("the session with the database is over")

// Lead calls lead while this process leads those that share the database, again and again
// until ctx ends: with SQLite from the start, for there is no other process; with PostgreSQL
// while a session of ours holds the one lock that everybody stands for.
//
// The context of lead ends with the leadership, and lead must return then. What must never
// be done by two processes is to be done through session, which with PostgreSQL is the one
// connection that holds the lock. The server lets go of the lock only by ending the session,
// and a session that has ended writes nothing: who writes through it leads, whatever clocks
// and networks do. So the moment in which a lost leadership is not noticed yet (a second
// as a rule, standTime and lookTime at most) does no harm.
//
// A process that dies loses the lock at once, one that is cut off or hangs when the server
// ends its session, 10 seconds later.
func (db *DB) Lead(ctx context.Context, log *slog.Logger, lead func(ctx context.Context, session *sql.DB) error) error {
	if !db.Postgres() {
		return lead(ctx, db.write)
	}
	said := ""
	for ctx.Err() == nil {
		err := db.stand(ctx, log, lead)
		if err != nil && ctx.Err() == nil && err.Error() != said {
			said = err.Error()
			log.Warn("this process does not lead; it stands for it again", "err", err)
		}
		pause(ctx, standTime)
	}
	return nil
}

// stand waits until this process is elected, and leads until that ends.
func (db *DB) stand(ctx context.Context, log *slog.Logger, lead func(context.Context, *sql.DB) error) (err error) {
	session, err := db.openSession()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	for waiting := false; ; waiting = true {
		elected, err := ask(ctx, session, `SELECT pg_try_advisory_lock($1, $2)`)
		if err != nil {
			return fmt.Errorf("stand for leader: %w", err)
		}
		if elected {
			break
		}
		if !waiting {
			log.Info("another process leads; this one is ready to")
		}
		if !pause(ctx, standTime) {
			return nil
		}
	}
	log.Info("this process leads")
	terms, ctx := errgroup.WithContext(ctx)
	terms.Go(func() error { return keep(ctx, session) })
	terms.Go(func() error {
		if err := lead(ctx, session); err != nil || ctx.Err() != nil {
			return err
		}
		return errors.New("leading ended")
	})
	return terms.Wait()
}

// keep returns when the lock is lost, with the reason, or when ctx ends.
func keep(ctx context.Context, session *sql.DB) error {
	for pause(ctx, standTime) {
		held, err := ask(ctx, session, `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted
			AND pid = pg_backend_pid() AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2)`)
		if err != nil {
			return fmt.Errorf("lost the lead: %w", err)
		}
		if !held { // a pooler that lends one session to several
			return errors.New("lost the lead: the database must be reached without a pooler, or by one that keeps sessions apart")
		}
	}
	return nil
}

// ask asks the session a question about the lock.
func ask(ctx context.Context, session *sql.DB, question string) (answer bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	err = session.QueryRowContext(ctx, question, leaderClass, leaderObject).Scan(&answer)
	return answer, err
}

// pause waits, and says whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
