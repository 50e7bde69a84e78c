package outbox_test

import (
	"bytes"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestCommitAnswerLost has PostgreSQL commit steps of a lane whose answers get lost with their
// connection, so that nobody knows whether they are stored.
func TestCommitAnswerLost(t *testing.T) {
	t.Parallel()
	direct := storetest.Postgres(t)
	var want []string
	box := open(t, storetest.Open(t, direct))
	for i := range 12 {
		want = append(want, fmt.Sprint(i))
		enqueue(t, box, webhook(want[i], "!a"))
	}
	rooms := newRooms()
	db := storetest.Open(t, losing(t, direct))
	run(t, db, rooms)
	eventually(t, "all is told", func() bool { return len(rooms.subjects("!a")) >= len(want) })
	if diff := cmp.Diff(want, rooms.subjects("!a")); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// TestAcceptedAnswerLost has PostgreSQL commit webhooks and its answers get lost: a sender that
// is refused would send again what is told already.
func TestAcceptedAnswerLost(t *testing.T) {
	t.Parallel()
	direct := storetest.Postgres(t)
	box := open(t, storetest.Open(t, losing(t, direct)))
	accepted := 0
	for i := range 20 {
		if _, err := box.Enqueue(t.Context(), webhook(fmt.Sprint(i), "!a")); err == nil {
			accepted++
		}
	}
	var stored int
	if err := storetest.Open(t, direct).QueryRow(t.Context(), `SELECT count(*) FROM webhooks`).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if accepted != stored || accepted < 10 {
		t.Errorf("%d are accepted, %d stored", accepted, stored)
	}
}

// losing returns the URL of a way to a database on which every third commit is done, and its
// answer lost.
func losing(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	const socket = ".s.PGSQL.5432"
	query := u.Query()
	server := filepath.Join(query.Get("host"), socket)
	dir, err := os.MkdirTemp("", "lossy") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, socket))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = l.Close()
		_ = os.RemoveAll(dir)
	})
	var commits atomic.Int64
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go lose(client, server, &commits)
		}
	}()
	query.Set("host", dir)
	u.RawQuery = query.Encode()
	return u.String()
}

func lose(client net.Conn, server string, commits *atomic.Int64) {
	defer client.Close() //nolint:errcheck // it may be lost
	up, err := net.Dial("unix", server)
	if err != nil {
		return
	}
	var lost atomic.Bool
	go func() {
		defer client.Close() //nolint:errcheck // it may be lost
		buf := make([]byte, 64<<10)
		for {
			n, err := up.Read(buf)
			if err != nil || lost.Load() {
				return
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	defer up.Close() //nolint:errcheck // only a copy
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		if bytes.Contains(buf[:n], []byte("commit\x00")) && commits.Add(1)%3 == 0 {
			lost.Store(true)
		}
		if _, err := up.Write(buf[:n]); err != nil {
			return
		}
	}
}
