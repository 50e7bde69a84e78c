// Package storetest gives tests a fresh database of each kind that the product supports.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// RequireEnv is the environment variable that, when set, makes a missing PostgreSQL a failure instead of a skipped test.
const RequireEnv = "LOTUS_HOOKS_REQUIRE_POSTGRES"

// Each runs a test on SQLite and on PostgreSQL, with the URL of a fresh database.
func Each(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// Open opens a database for the length of the test.
func Open(t testing.TB, url string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// SQLite returns the URL of a fresh SQLite database.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
}

var databases atomic.Int64

// Postgres returns the URL of a fresh database in a PostgreSQL server of this test process.
func Postgres(t testing.TB) string {
	t.Helper()
	dsn, err := server()
	if errors.Is(err, errNoPostgres) && os.Getenv(RequireEnv) == "" {
		t.Skipf("no PostgreSQL server programs on this machine (apt install postgresql): %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", dsn("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // only read from
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return dsn(name)
}

// server starts the process's one PostgreSQL server at the first call, and returns how its
// databases are reached.
var server = sync.OnceValues(start)

var errNoPostgres = errors.New("initdb and postgres not found")

// start starts a server in a folder of its own, on a Unix socket only. It ends with the
// test process: a watching shell stops it when the process's end of a pipe closes.
func start() (func(database string) string, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "lotus-hooks-postgres-")
	if err != nil {
		return nil, err
	}
	attr := &syscall.SysProcAttr{}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
	}
	script := fmt.Sprintf(`cd %[2]q && %[1]s/initdb -D data -U test -A trust -E UTF8 --no-sync >initdb.log 2>&1 &&
		{ %[1]s/postgres -D data -k %[2]q -c listen_addresses= -c max_connections=600 >postgres.log 2>&1 & } &&
		pid=$!; cat >/dev/null; kill -INT $pid; wait $pid; rm -rf %[2]q`, bin, dir)
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.SysProcAttr = attr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	dsn := func(database string) string {
		runtime.KeepAlive(stdin) // a collected pipe would be closed and end the server
		return fmt.Sprintf("postgres:///%s?host=%s&user=test&sslmode=disable", database, dir)
	}
	return dsn, ready(dsn("postgres"), dir)
}

func ready(dsn, dir string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // only pinged
	for range 600 {
		if err = db.Ping(); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(dir, "postgres.log"))
	return fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, log)
}

// binaries returns the newest folder with the server's programs, as Debian lays them out.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errNoPostgres
	}
	return strings.TrimSuffix(found[len(found)-1], "/initdb"), nil
}
