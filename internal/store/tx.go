package store

import (
	"context"
	"database/sql"
	"errors"
)

// Tx is a writing transaction.
type Tx struct {
	ctx  context.Context
	tx   *sql.Tx
	db   *DB
	used map[string]*sql.Stmt // those of this transaction; nil where a statement is not prepared yet
}

// beginError says that a transaction could not begin, so that nothing of it was done. After
// the server was away, each pooled connection is found dead once.
type beginError struct{ err error }

func (e *beginError) Error() string { return e.err.Error() }
func (e *beginError) Unwrap() error { return e.err }

// CommitError says that a commit was asked for and not answered with success. With PostgreSQL
// the transaction may be there all the same, where only the answer was lost.
type CommitError struct{ err error }

// Error returns the cause.
func (e *CommitError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *CommitError) Unwrap() error { return e.err }

// conflictRetries is how often a transaction is tried that PostgreSQL broke off in favour of
// another, or that could not begin: one more than there are idle connections.
const conflictRetries = 5

// Update runs do in one transaction, durable on disk when Update returns nil. When do or
// the commit fails, nothing of it remains. do may run several times.
func (db *DB) Update(ctx context.Context, do func(*Tx) error) error {
	for try := 1; ; try++ {
		err := db.update(ctx, do)
		var begin *beginError
		again := db.dialect.conflict(err) || db.dialect.reconnects && errors.As(err, &begin)
		if err == nil || try == conflictRetries || !again {
			return err
		}
	}
}

func (db *DB) update(ctx context.Context, do func(*Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return &beginError{err}
	}
	t := &Tx{ctx: ctx, tx: tx, db: db, used: map[string]*sql.Stmt{}}
	if db.dialect.unwatched {
		t.ctx = context.WithoutCancel(ctx)
	}
	defer func() {
		tx.Rollback() //nolint:errcheck // does nothing after a commit
		db.prepare(ctx, t.used)
	}()
	if err := do(t); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return &CommitError{err}
	}
	return nil
}

// Exec runs a statement and returns how many rows it changed.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	var result sql.Result
	var err error
	if stmt := t.statement(query); stmt != nil {
		result, err = stmt.ExecContext(t.ctx, args...)
	} else {
		result, err = t.tx.ExecContext(t.ctx, query, args...)
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// QueryRow reads one row.
func (t *Tx) QueryRow(query string, args ...any) *sql.Row {
	if stmt := t.statement(query); stmt != nil {
		return stmt.QueryRowContext(t.ctx, args...)
	}
	return t.tx.QueryRowContext(t.ctx, query, args...)
}

// Query reads rows. They must be closed before the next statement.
func (t *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	if stmt := t.statement(query); stmt != nil {
		return stmt.QueryContext(t.ctx, args...)
	}
	return t.tx.QueryContext(t.ctx, query, args...)
}

// statement returns the prepared query, or nil where it is not prepared (yet).
func (t *Tx) statement(query string) *sql.Stmt {
	if !t.db.dialect.prepare {
		return nil
	}
	stmt, used := t.used[query]
	if !used {
		t.db.mu.Lock()
		prepared := t.db.prepared[query]
		t.db.mu.Unlock()
		if prepared != nil {
			stmt = t.tx.StmtContext(t.ctx, prepared)
		}
		t.used[query] = stmt
	}
	return stmt
}

// prepare keeps the queries prepared that a transaction has missed, for later ones. One that
// cannot be prepared runs unprepared and reports its error there.
func (db *DB) prepare(ctx context.Context, used map[string]*sql.Stmt) {
	for q, stmt := range used {
		if stmt != nil {
			continue
		}
		stmt, err := db.write.PrepareContext(ctx, q)
		if err != nil {
			continue
		}
		db.mu.Lock()
		if db.prepared[q] == nil {
			db.prepared[q], stmt = stmt, nil
		}
		db.mu.Unlock()
		if stmt != nil {
			_ = stmt.Close() // another transaction was first
		}
	}
}
