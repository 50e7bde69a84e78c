package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrReserved says that another process serves from a database.
var ErrReserved = errors.New("another lotus-hooks uses this database")

// Reserve makes this process the only one that serves from a database, until release or its
// end, however that comes. It does not keep others from opening it: people look into it
// beside the program. PostgreSQL may serve several processes, so there it does nothing.
//
// The reservation is a lock that SQLite itself takes on an empty database beside the real
// one, with ".lock" behind its name. A lock on the file itself would get into the way of
// SQLite's own, which are lost when anybody in the process closes the file.
func Reserve(ctx context.Context, databaseURL string) (release func() error, err error) {
	path, ok := strings.CutPrefix(databaseURL, "sqlite:")
	if !ok {
		return func() error { return nil }, nil
	}
	path, err = filepath.Abs(strings.TrimPrefix(path, "//"))
	if err != nil {
		return nil, fmt.Errorf("reserve database: %w", err)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil { // else there is no database yet
		path = real
	}
	lock := path + ".lock"
	if err := createEmpty(lock); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("reserve database: there is no folder %s: make it, for the user that lotus-hooks runs as, or name another file (hooks.yaml, database)", filepath.Dir(path))
	} else if err != nil {
		return nil, fmt.Errorf("reserve database: %w", err)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: lock}).EscapedPath()+"?_txlock=exclusive&_pragma=busy_timeout(0)&_pragma=journal_mode(OFF)")
	if err != nil {
		return nil, fmt.Errorf("reserve database: %w", err)
	}
	tx, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		err = errors.Join(err, db.Close())
		var busy *sqlite.Error
		if errors.As(err, &busy) && busy.Code()&0xff == sqlite3.SQLITE_BUSY {
			return nil, fmt.Errorf("%w: %s: stop it first, or give this one a database of its own (hooks.yaml, database); "+
				"several processes can share PostgreSQL only", ErrReserved, path)
		}
		return nil, fmt.Errorf("reserve database: %w", err)
	}
	return func() error { return errors.Join(tx.Rollback(), db.Close()) }, nil
}

// createEmpty makes a file that only its owner can read, unless it is there. One that is there
// is not opened: closing it would end the locks that this process has on it.
func createEmpty(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}
