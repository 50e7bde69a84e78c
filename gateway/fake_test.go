package gateway_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

// anID is the id of most hooks here. No output may hold it.
const anID = "Secret-5b1f7a1e-MARKED"

// outbox is an Enqueuer in memory.
type outbox struct {
	mu    sync.Mutex
	got   []gateway.Webhook
	first map[string]string // ids by hook and sender's id
	err   error             // what Enqueue returns
	wait  func(context.Context) (gateway.State, error)
}

func (o *outbox) Enqueue(_ context.Context, w gateway.Webhook) (gateway.Accepted, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return gateway.Accepted{}, o.err
	}
	key := w.Hook + " " + w.SenderID
	if id, known := o.first[key]; known && w.SenderID != "" {
		return gateway.Accepted{ID: id, Repeat: true}, nil
	}
	w.Payload.Body = bytes.Clone(w.Payload.Body) // it is the gateway's again when we return
	o.got = append(o.got, w)
	id := fmt.Sprintf("id-%d", len(o.got))
	if o.first == nil {
		o.first = map[string]string{}
	}
	o.first[key] = id
	return gateway.Accepted{ID: id, Deliveries: len(w.Rooms)}, nil
}

func (o *outbox) Wait(ctx context.Context, _ string) (gateway.State, error) { return o.wait(ctx) }

func (o *outbox) setErr(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

func (o *outbox) webhooks() []gateway.Webhook {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]gateway.Webhook(nil), o.got...)
}

// counts is Metrics as text: one line per call.
type counts struct {
	mu    sync.Mutex
	lines []string
}

func (c *counts) add(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines, line)
}

func (c *counts) Received(hook, result string, _ time.Duration) { c.add(hook + " " + result) }
func (c *counts) FormatFallback(service string)                 { c.add("fallback " + service) }
func (c *counts) ExprError(hook string)                         { c.add("expr " + hook) }

func (c *counts) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.lines, ", ")
}

// logs collects what is logged.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// house is a gateway and what it stands between.
type house struct {
	*gateway.Gateway
	outbox  *outbox
	metrics *counts
	logs    *logs
}

// aTime is when everything here happens.
var aTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func newHouse(t *testing.T, hooks ...gateway.Hook) *house {
	t.Helper()
	h := &house{outbox: &outbox{}, metrics: &counts{}, logs: &logs{}}
	h.Gateway = newGateway(h.outbox, h.metrics, h.logs)
	h.SetHooks(hooks)
	return h
}

func newGateway(box *outbox, metrics *counts, logs *logs) *gateway.Gateway {
	return gateway.New(gateway.Options{
		Enqueuer: box, Metrics: metrics,
		Log:     slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:     func() time.Time { return aTime },
		Zone:    time.FixedZone("", -5*3600),
		MaxBody: 1 << 18,
	})
}

func service(t testing.TB, name string) formatters.Service {
	t.Helper()
	s, ok := formatters.Lookup(name)
	if !ok {
		t.Fatalf("no service %q", name)
	}
	return s
}

// generic returns a hook of the generic service, changed by with.
func generic(t testing.TB, with ...func(*gateway.Hook)) gateway.Hook {
	t.Helper()
	h := gateway.Hook{ID: anID, Name: "backups", Service: service(t, "generic"), Room: "ops"}
	for _, change := range with {
		change(&h)
	}
	return h
}

// request makes a request; headers come as name and value.
func request(method, path, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func (h *house) serve(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// check fails the test where an answer is not the wanted status and body.
func check(t *testing.T, got *http.Response, status int, body string) {
	t.Helper()
	defer func() { _ = got.Body.Close() }()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got.StatusCode != status || string(text) != body {
		t.Errorf("answer %d %s; want %d %s", got.StatusCode, text, status, body)
	}
	if ct := got.Header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("Content-Type %q, want JSON", ct)
	}
	if got.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Error("no nosniff")
	}
}

// sprint shows a webhook with all that is in it, bodies as text.
func sprint(w gateway.Webhook) string {
	return fmt.Sprintf("%+v %s %+v %+v", w.Payload, w.Payload.Body, w.Notification, w)
}
