package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// manager stands for systemd: a datagram socket.
type manager struct {
	t    *testing.T
	conn *net.UnixConn
}

func startManager(t *testing.T, address string) *manager {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &manager{t: t, conn: conn}
}

// next returns what is told next that does not begin with passOver.
func (m *manager) next(passOver string) string {
	m.t.Helper()
	_ = m.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	buffer := make([]byte, 4096)
	for {
		n, err := m.conn.Read(buffer)
		if err != nil {
			m.t.Fatalf("nothing is told: %v", err)
		}
		if told := string(buffer[:n]); passOver == "" || !strings.HasPrefix(told, passOver) {
			return told
		}
	}
}

func discard() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// variables is an environment.
type variables map[string]string

func (v variables) get(name string) string { return v[name] }

func TestNotifier(t *testing.T) {
	t.Parallel()
	for _, address := range []string{filepath.Join(t.TempDir(), "notify"), fmt.Sprintf("@lotus-hooks-test-%d", os.Getpid())} {
		t.Run(address[:1], func(t *testing.T) {
			t.Parallel()
			systemd := startManager(t, address)
			n := newNotifier(t.Context(), variables{"NOTIFY_SOCKET": address}.get, discard())
			n.ready("2 hooks")
			n.reloading()
			n.stopping()
			for _, want := range []string{"READY=1\nSTATUS=2 hooks", "RELOADING=1", "STOPPING=1\nSTATUS="} {
				if told := systemd.next(""); !strings.HasPrefix(told, want) {
					t.Errorf("told %q, want %q", told, want)
				}
			}
			if err := n.close(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("NobodyListens", func(t *testing.T) {
		t.Parallel()
		for _, env := range []variables{{}, {"NOTIFY_SOCKET": "/nowhere/notify"}} {
			n := newNotifier(t.Context(), env.get, discard())
			n.ready("")
			if err := n.close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestWatchdogInterval(t *testing.T) {
	t.Parallel()
	mine, others := fmt.Sprint(os.Getpid()), fmt.Sprint(os.Getpid()+1)
	for _, c := range []struct {
		env  variables
		want time.Duration
	}{
		{variables{}, 0},
		{variables{"WATCHDOG_USEC": "60000000"}, time.Minute},
		{variables{"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": mine}, time.Minute},
		{variables{"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": others}, 0},
		{variables{"WATCHDOG_USEC": "0"}, 0},
		{variables{"WATCHDOG_USEC": "soon"}, 0},
	} {
		if got := watchdogInterval(c.env.get); got != c.want {
			t.Errorf("%v: %s, want %s", c.env, got, c.want)
		}
	}
}

// signs counts the signs of life that are written to it.
type signs struct {
	net.Conn
	n int
}

func (s *signs) Write(p []byte) (int, error) {
	if string(p) == "WATCHDOG=1" {
		s.n++
	}
	return len(p), nil
}

func TestKeepAlive(t *testing.T) {
	t.Parallel()
	hung := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, c := range map[string]struct {
		alive func(context.Context) error
		want  int
	}{
		"OK":        {func(context.Context) error { return nil }, 10},
		"ErrHangs":  {hung, 0},
		"ErrNoGood": {func(context.Context) error { return errors.New("no good") }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				counted := &signs{}
				n := &notifier{conn: counted, log: discard()}
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute+time.Second)
				defer cancel()
				if err := n.keepAlive(ctx, time.Minute, c.alive); err != nil {
					t.Error(err)
				}
				if counted.n != c.want {
					t.Errorf("%d signs of life in 3 minutes, want %d", counted.n, c.want)
				}
			})
		})
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/live" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(status)
	}))
	ask := answers(server.Listener.Addr().String())
	if err := ask(t.Context()); err != nil {
		t.Error(err)
	}
	status = http.StatusInternalServerError
	if err := ask(t.Context()); err == nil {
		t.Error("a failing gateway is taken for alive")
	}
	server.Close()
	if err := ask(t.Context()); err == nil {
		t.Error("a closed gateway is taken for alive")
	}
}

// TestServeTellsSystemd runs the program as a service of systemd's.
func TestServeTellsSystemd(t *testing.T) {
	t.Parallel()
	address, gateway := filepath.Join(t.TempDir(), "notify"), freeAddress(t)
	systemd := startManager(t, address)
	dir := t.TempDir()
	file := filepath.Join(dir, "hooks.yaml")
	registration, err := config.NewRegistration(config.RegistrationParams{UserPrefix: "hookshot_", Domain: "demo"}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := registration.WriteFile(filepath.Join(dir, "registration.yaml")); err != nil {
		t.Fatal(err)
	}
	write := func(hooks string) {
		t.Helper()
		const rest = "homeserver: {url: http://127.0.0.1:1, domain: demo}\nappservice: {registration: registration.yaml, listen: 127.0.0.1:0}\n" +
			"gateway: {listen: %q}\nmetrics: {listen: 127.0.0.1:0}\ndatabase: sqlite:lotus-hooks.db\n%s\n"
		if err := os.WriteFile(file, fmt.Appendf(nil, rest, gateway, hooks), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`hooks: [{id: 3b0d5b3e-7c0e-4c2b-9a51-5a6a3d1c7f10, service: generic, room: "!r:demo"}]`)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	env := variables{"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "300000"}
	go func() {
		ended <- Serve(ctx, Env{Getenv: env.get, Stderr: io.Discard, Config: file}, "test")
	}()
	if told := systemd.next("WATCHDOG="); told != "READY=1\nSTATUS=1 hooks" {
		t.Errorf("at the start, %q is told", told)
	}
	if told := systemd.next(""); told != "WATCHDOG=1" {
		t.Errorf("while it runs, %q is told", told)
	}
	for _, c := range []struct{ hooks, want string }{
		{"hooks: []", "READY=1\nSTATUS=0 hooks"},
		{"hoks: []", "READY=1\nSTATUS=the new configuration is wrong; the old one stays"},
	} {
		write(c.hooks)
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		if told := systemd.next("WATCHDOG="); told != "RELOADING=1" {
			t.Errorf("when it reloads, %q is told", told)
		}
		if told := systemd.next("WATCHDOG="); told != c.want {
			t.Errorf("after a reload, %q is told, want %q", told, c.want)
		}
	}
	stop()
	if told := systemd.next("WATCHDOG="); !strings.HasPrefix(told, "STOPPING=1\n") {
		t.Errorf("at the end, %q is told", told)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
