package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var sqliteDialect = &dialect{
	types:     strings.NewReplacer("{{bytes}}", "BLOB", "{{serial}}", "INTEGER", "{{clustered}}", "WITHOUT ROWID"),
	prepare:   true,
	unwatched: true, // BEGIN and the waits for locks are bounded, and a disk that hangs cannot be interrupted
	unavailable: func(err error) bool {
		var e *sqlite.Error
		if !errors.As(err, &e) {
			return true // not SQLite's own: a closed connection, a deadline
		}
		switch e.Code() & 0xff { // the low byte is the primary result code
		case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_ERROR:
			return false
		}
		return true
	},
	conflict: func(error) bool { return false }, // BEGIN IMMEDIATE waits its turn
}

func openSQLite(path string) (*DB, error) {
	write, err := OpenSQLiteFile(path)
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", sqliteDSN(path)+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(4)
	read.SetMaxIdleConns(1)
	return &DB{write: write, read: read, dialect: sqliteDialect, prepared: map[string]*sql.Stmt{}}, nil
}

// OpenSQLiteFile opens a database file that only its owner can read, for packages whose
// tables are all their own.
func OpenSQLiteFile(path string) (*sql.DB, error) {
	if path == "" {
		return nil, errors.New("sqlite: needs the path of a file")
	}
	// SQLite gives its log and index files the mode of the database file.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	return sql.Open("sqlite", sqliteDSN(path))
}

// sqliteDSN returns the data source for a database file: WAL, every commit on disk before
// it returns, and writers that take their lock at BEGIN.
func sqliteDSN(path string) string {
	pragmas := ""
	for _, p := range []string{"busy_timeout(5000)", "foreign_keys(1)", "journal_mode(WAL)", "synchronous(FULL)"} {
		pragmas += "&_pragma=" + p
	}
	return fmt.Sprintf("file:%s?_txlock=immediate%s", (&url.URL{Path: path}).EscapedPath(), pragmas)
}
