package app

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// oneConn is a listener with a single connection.
type oneConn struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l oneConn) Close() error   { close(l.closed); return nil }
func (l oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// A sender that never ends its body holds up the program's end for as long as requests may
// take, and does not make it a failure: supervisors would report one.
func TestEndsDespiteEndlessBody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rest string        // what the sender still sends
		took time.Duration // until all has ended, at least
	}{
		"Endless": {"", shutdownTime},
		"Ends":    {"end", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var logs bytes.Buffer
				life := newLifecycle(slog.New(slog.NewTextHandler(&logs, nil)))
				server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(w, r.Body)
				})}
				l := oneConn{conns: make(chan net.Conn, 1), closed: make(chan struct{})}
				sender, ours := net.Pipe()
				l.conns <- ours
				serveHTTP(life, "webhooks", l, server, server.Serve)
				_, _ = io.WriteString(sender, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n{")
				synctest.Wait()
				go func() {
					time.Sleep(time.Second)
					_, _ = io.WriteString(sender, c.rest)
					_, _ = io.Copy(io.Discard, sender)
				}()
				started := time.Now()
				if err := life.end(); err != nil {
					t.Errorf("the end failed: %v", err)
				}
				if took := time.Since(started); took < c.took || took > shutdownTime+time.Second {
					t.Errorf("the end took %s", took)
				}
				if cut := strings.Contains(logs.String(), "cut off"); cut != (c.rest == "") {
					t.Errorf("logged that requests were cut off: %t:\n%s", cut, logs.String())
				}
				_ = sender.Close()
			})
		})
	}
}
