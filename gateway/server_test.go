package gateway_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

// open starts a server on a port of its own and returns its address.
func open(t *testing.T, h *house, l gateway.Limits) string {
	t.Helper()
	s := gateway.NewServer(h, l, slog.New(slog.NewTextHandler(h.logs, nil)))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("Serve returned %v", err)
		}
	})
	return listener.Addr().String()
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

func write(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

func answerOf(t *testing.T, c net.Conn) (int, string) {
	t.Helper()
	got, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(body)
}

// post sends a webhook as an ordinary sender would, on a connection of its own.
func post(t *testing.T, addr string) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	got, err := client.Post("http://"+addr+"/webhook/"+anID, "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	if got.StatusCode != http.StatusAccepted {
		t.Errorf("answer %d", got.StatusCode)
	}
}

func TestServer(t *testing.T) {
	t.Parallel()
	head := func(more string) string {
		return "POST /webhook/" + anID + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n"
	}
	for name, c := range map[string]struct {
		request string
		status  int
		body    string
	}{
		"OK":              {head("Content-Length: 4\r\n") + "text", 202, accepted},
		"OKChunked":       {head("Transfer-Encoding: chunked\r\n") + "4\r\ntext\r\n0\r\n\r\n", 202, accepted},
		"OKNoBody":        {head(""), 202, accepted},
		"OKNoLengthPut":   {strings.Replace(head(""), "POST", "PUT", 1), 202, accepted},
		"ErrChunks":       {head("Transfer-Encoding: chunked\r\n") + "zz\r\ntext\r\n", 400, `{"ok":false,"error":"The body did not arrive whole"}`},
		"ErrTooLarge":     {head("Content-Length: 300000\r\nExpect: 100-continue\r\n"), 413, `{"ok":false,"error":"The body is too large"}`},
		"ErrTrickledBody": {head("Content-Length: 100\r\n") + "tex", 408, `{"ok":false,"error":"The body took too long"}`},
		"ErrHeaderFlood":  {head("X: " + strings.Repeat("x", 40<<10) + "\r\n"), 431, "431 Request Header Fields Too Large"},
		"ErrManyHeaders":  {head(strings.Repeat("X-Many: y\r\n", 5000)), 431, "431 Request Header Fields Too Large"},
		"ErrOptionsStar":  {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 404, unknown},
		"ErrConnect":      {"CONNECT " + anID + ":80 HTTP/1.1\r\nHost: x\r\n\r\n", 404, unknown},
		"ErrNoHTTP":       {anID + "\r\n\r\n", 400, "400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, generic(t))
			conn := dial(t, open(t, h, gateway.Limits{Request: 500 * time.Millisecond}))
			write(t, conn, c.request)
			status, body := answerOf(t, conn)
			if status != c.status || body != c.body {
				t.Errorf("answer %d %s; want %d %s", status, body, c.status, c.body)
			}
			if n := len(h.outbox.webhooks()); (n == 1) != (c.status == 202) {
				t.Errorf("%d enqueued", n)
			}
			if l := h.logs.String() + h.metrics.String(); strings.Contains(l, "MARKED") {
				t.Errorf("the id was logged: %s", l)
			}
		})
	}
	t.Run("OKContinue", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t))
		conn := dial(t, open(t, h, gateway.Limits{}))
		write(t, conn, head("Content-Length: 4\r\nExpect: 100-continue\r\n"))
		r := bufio.NewReader(conn)
		if line, err := r.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
			t.Fatalf("got %q, %v", line, err)
		}
		write(t, conn, "text")
		_, _ = r.ReadString('\n')
		if line, err := r.ReadString('\n'); err != nil || line != "HTTP/1.1 202 Accepted\r\n" {
			t.Errorf("got %q, %v", line, err)
		}
	})
	t.Run("ErrTrickledHeader", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t))
		conn := dial(t, open(t, h, gateway.Limits{Header: 300 * time.Millisecond}))
		write(t, conn, "POST /webhook/"+anID+" HTTP/1.1\r\nX-A: ")
		if _, err := io.ReadAll(conn); err != nil {
			t.Errorf("the connection is still open: %v", err)
		}
	})
	t.Run("AbortedBody", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t))
		conn := dial(t, open(t, h, gateway.Limits{}))
		write(t, conn, head("Content-Length: 100\r\n")+"tex")
		_ = conn.Close()
		for range 200 {
			if h.metrics.String() == "backups aborted" {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if h.metrics.String() != "backups aborted" || len(h.outbox.webhooks()) != 0 {
			t.Errorf("metrics %q, %d enqueued", h.metrics, len(h.outbox.webhooks()))
		}
	})
}

// TestOthersAreServed fills every connection with senders that do not come to an end.
func TestOthersAreServed(t *testing.T) {
	t.Parallel()
	const limit = 100
	for name, begin := range map[string]string{
		"Idle":           "",
		"TrickledHeader": "POST /webhook/" + anID + " HTTP/1.1\r\nX-A: ",
		"TrickledBody":   "POST /webhook/" + anID + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ntex",
		"KeptAlive":      "POST /webhook/" + anID + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\ntext",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, generic(t))
			addr := open(t, h, gateway.Limits{Connections: limit, Patience: 20 * time.Millisecond})
			for range 10 {
				for range limit {
					conn := dial(t, addr)
					_, _ = io.WriteString(conn, begin) // it may be closed for another already
				}
				post(t, addr)
			}
		})
	}
	t.Run("NotTheHasty", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t))
		addr := open(t, h, gateway.Limits{Connections: 1, Patience: time.Minute})
		conn := dial(t, addr)
		write(t, conn, "POST /webhook/"+anID+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
		knocking := dial(t, addr) // must not take the seat
		time.Sleep(50 * time.Millisecond)
		write(t, conn, "Content-Length: 4\r\n\r\ntext")
		if status, body := answerOf(t, conn); status != 202 {
			t.Errorf("answer %d %s", status, body)
		}
		_ = knocking.Close()
		post(t, addr)
	})
	t.Run("NotThoseAtWork", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Wait = true }))
		told := make(chan struct{})
		h.outbox.wait = func(context.Context) (gateway.State, error) {
			<-told
			return gateway.Told, nil
		}
		addr := open(t, h, gateway.Limits{Connections: 3, Patience: 20 * time.Millisecond})
		working := dial(t, addr)
		write(t, working, "POST /webhook/"+anID+" HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\ntext")
		for len(h.outbox.webhooks()) == 0 {
			time.Sleep(time.Millisecond)
		}
		for range 20 {
			_ = dial(t, addr)
		}
		live, err := http.Get("http://" + addr + "/live")
		if err != nil {
			t.Fatal(err)
		}
		_ = live.Body.Close()
		close(told)
		if status, body := answerOf(t, working); status != 200 {
			t.Errorf("answer %d %s", status, body)
		}
	})
	t.Run("QueueWhenAllWork", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Wait = true }))
		told := make(chan struct{})
		h.outbox.wait = func(context.Context) (gateway.State, error) {
			<-told
			return gateway.Told, nil
		}
		addr := open(t, h, gateway.Limits{Connections: 2})
		var conns []net.Conn
		for i := range 4 {
			conn := dial(t, addr)
			write(t, conn, fmt.Sprintf("POST /webhook/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n%d", anID, i))
			conns = append(conns, conn)
		}
		for len(h.outbox.webhooks()) < 2 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(50 * time.Millisecond)
		if n := len(h.outbox.webhooks()); n != 2 {
			t.Errorf("%d at work, more than there are connections", n)
		}
		close(told)
		for _, conn := range conns {
			if status, body := answerOf(t, conn); status != 200 {
				t.Errorf("answer %d %s", status, body)
			}
		}
	})
}

func TestShutdownWhileFull(t *testing.T) {
	t.Parallel()
	h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Wait = true }))
	told := make(chan struct{})
	h.outbox.wait = func(context.Context) (gateway.State, error) {
		<-told
		return gateway.Told, nil
	}
	s := gateway.NewServer(h, gateway.Limits{Connections: 1}, discard())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	working := dial(t, listener.Addr().String())
	write(t, working, "POST /webhook/"+anID+" HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\ntext")
	for len(h.outbox.webhooks()) == 0 {
		time.Sleep(time.Millisecond)
	}
	dial(t, listener.Addr().String()) // waits for a seat
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.Shutdown(ctx) }()
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("Serve returned %v", err)
	}
	close(told)
	if status, body := answerOf(t, working); status != 200 {
		t.Errorf("answer %d %s", status, body)
	}
	if err := <-done; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}
