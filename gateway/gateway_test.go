package gateway_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

const (
	accepted = `{"ok":true,"id":"id-1"}`
	unknown  = `{"ok":false,"error":"Webhook not found"}`
)

func TestAddress(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 128)
	for name, c := range map[string]struct {
		method, path string
		status       int
	}{
		"OK":                 {"POST", "/webhook/" + anID, 202},
		"OKPut":              {"PUT", "/webhook/" + anID, 202},
		"OKLegacy":           {"POST", "/" + anID, 202},
		"OKAnyCase":          {"POST", "/WebHook/" + anID, 202},
		"OKSlash":            {"POST", "/webhook/" + anID + "/", 202},
		"OKLegacySlash":      {"POST", "/" + anID + "/", 202},
		"OKQuery":            {"POST", "/webhook/" + anID + "?a=1&b;c=%zz", 202},
		"OKEscaped":          {"POST", "/webhook/%53" + anID[1:], 202},
		"OKLong":             {"POST", "/webhook/" + long, 202},
		"OKNamedLive":        {"POST", "/webhook/live", 202},
		"ErrUnknown":         {"POST", "/webhook/f5f1be2e-5e4f-4fd3-b3f1-7a1e5b1f7a1e", 404},
		"ErrUnknownLegacy":   {"POST", "/nope", 404},
		"ErrUnknownGet":      {"GET", "/webhook/nope", 404},
		"ErrUnknownMethod":   {"DELETE", "/webhook/nope", 404},
		"ErrInventedMethod":  {"BREW", "/webhook/nope", 404},
		"ErrIDCase":          {"POST", "/webhook/" + strings.ToLower(anID), 404},
		"ErrTwoSlashes":      {"POST", "/webhook/" + anID + "//", 404},
		"ErrInnerSlashes":    {"POST", "/webhook//" + anID, 404},
		"ErrDoubleLeading":   {"POST", "//" + anID, 404},
		"ErrMore":            {"POST", "/webhook/" + anID + "/more", 404},
		"ErrOtherWord":       {"POST", "/webhooks/" + anID, 404},
		"ErrNoID":            {"POST", "/webhook", 404},
		"ErrEmptyID":         {"POST", "/webhook/", 404},
		"ErrRoot":            {"POST", "/", 404},
		"ErrOverlong":        {"POST", "/webhook/" + strings.Repeat("x", 20_000), 404},
		"ErrOddBytes":        {"POST", "/webhook/%00%ff%2e%2e", 404},
		"ErrSpace":           {"POST", "/webhook/" + anID + "%20", 404},
		"ErrMethodGet":       {"GET", "/webhook/" + anID, 405},
		"ErrMethodHead":      {"HEAD", "/webhook/" + anID, 405},
		"ErrMethodOptions":   {"OPTIONS", "/webhook/" + anID, 405},
		"ErrMethodDelete":    {"DELETE", "/" + anID, 405},
		"ErrMethodInvented":  {"BREW", "/webhook/" + anID, 405},
		"ErrMethodLower":     {"post", "/webhook/" + anID, 405},
		"ErrMethodGetOfLive": {"POST", "/live", 202}, // a hook may be called so; only GET is ours
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, generic(t),
				generic(t, func(h *gateway.Hook) { h.ID, h.Name = long, "long" }),
				generic(t, func(h *gateway.Hook) { h.ID, h.Name = "live", "live" }))
			got := h.serve(request(c.method, c.path, "text"))
			switch c.status {
			case 202:
				check(t, got, 202, accepted)
			case 404:
				check(t, got, 404, unknown)
				if got.Header.Get("Allow") != "" || h.metrics.String() != "unknown not_found" {
					t.Errorf("Allow %q, metrics %q", got.Header.Get("Allow"), h.metrics)
				}
			case 405:
				check(t, got, 405, `{"ok":false,"error":"Method not allowed, use POST, PUT"}`)
				if got.Header.Get("Allow") != "POST, PUT" || h.metrics.String() != "backups method" {
					t.Errorf("Allow %q, metrics %q", got.Header.Get("Allow"), h.metrics)
				}
			}
			if n := len(h.outbox.webhooks()); (n == 1) != (c.status == 202) {
				t.Errorf("%d webhooks enqueued", n)
			}
		})
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Get = true }))
	check(t, h.serve(request("GET", "/webhook/"+anID+"?message=hello&host=nas", "")), 202, accepted)
	if w := h.outbox.webhooks()[0]; w.Payload.Query["host"] == nil || !strings.Contains(w.Notification.Summary+w.Notification.Details+w.Notification.Subject+w.Notification.HTML, "hello") {
		t.Errorf("the query is not told: %+v", w)
	}
	got := h.serve(request("HEAD", "/webhook/"+anID, ""))
	if got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "GET, POST, PUT" {
		t.Errorf("HEAD: %d, Allow %q", got.StatusCode, got.Header.Get("Allow"))
	}
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	h := newHouse(t, gateway.Hook{ID: anID, Name: "tv", Service: service(t, "sonarr"), Room: "spam"})
	body := `{"eventType":"Test","instanceName":"Sonarr","series":{"title":"Test Title"}}`
	check(t, h.serve(request("POST", "/webhook/"+anID, body, "Content-Type", "application/json", "Authorization", "Bearer x")), 202, accepted)
	got := h.outbox.webhooks()[0]
	if got.Notification.Event != "Test" || got.Notification.Version != formatters.NotificationVersion {
		t.Errorf("notification %+v", got.Notification)
	}
	got.Notification = formatters.Notification{}
	want := gateway.Webhook{
		Hook: "tv", Service: "sonarr", Formatter: "sonarr",
		Payload: formatters.Payload{ContentType: "application/json", Body: []byte(body), Received: aTime},
		Rooms:   []gateway.Routed{{Room: "spam"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("webhook (-want +got):\n%s", diff)
	}
}

// TestNothingIsRefusedForItsLooks tells what no formatter knows by the generic one.
func TestNothingIsRefusedForItsLooks(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"Empty": "", "Null": "null", "Number": "42", "BrokenJSON": `{"eventType":`, "Text": "disk full",
		"Binary": "\x00\x01\xff\xfe", "OtherJSON": `[{"a":1}]`, "HTML": "<!doctype html><p>x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, gateway.Hook{ID: anID, Name: "tv", Service: service(t, "sonarr"), Room: "spam"})
			check(t, h.serve(request("POST", "/"+anID, body, "Content-Type", "application/json")), 202, accepted)
			if f := h.outbox.webhooks()[0].Formatter; f != "generic" {
				t.Errorf("told by %s", f)
			}
			if m := h.metrics.String(); m != "fallback sonarr, tv accepted" {
				t.Errorf("metrics %q", m)
			}
		})
	}
}

func TestSenderID(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		headers []string
		want    string
	}{
		"None":             {nil, ""},
		"GitHub":           {[]string{"X-GitHub-Delivery", "a"}, "a"},
		"Gitea":            {[]string{"X-Gitea-Delivery", "b", "X-GitHub-Delivery", "b"}, "b"},
		"StandardWebhooks": {[]string{"webhook-id", "msg_1"}, "msg_1"},
		"IdempotencyKey":   {[]string{"Idempotency-Key", "c", "X-Gitlab-Event-UUID", "d"}, "c"},
		"GitLab":           {[]string{"X-Gitlab-Event-UUID", "d"}, "d 982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"},
		"Empty":            {[]string{"Webhook-Id", "", "Idempotency-Key", "e"}, "e"},
		"Overlong":         {[]string{"Webhook-Id", strings.Repeat("x", 256)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, generic(t))
			h.serve(request("POST", "/"+anID, "text", c.headers...))
			if got := h.outbox.webhooks()[0].SenderID; got != c.want {
				t.Errorf("sender's id %q, want %q", got, c.want)
			}
		})
	}
	t.Run("Repeat", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t))
		check(t, h.serve(request("POST", "/"+anID, "text", "Webhook-Id", "a")), 202, accepted)
		check(t, h.serve(request("POST", "/"+anID, "text", "Webhook-Id", "b")), 202, `{"ok":true,"id":"id-2"}`)
		check(t, h.serve(request("POST", "/"+anID, "text", "Webhook-Id", "a")), 202, accepted)
		if m := h.metrics.String(); m != "backups accepted, backups accepted, backups repeated" {
			t.Errorf("metrics %q", m)
		}
	})
}

func TestStorageFails(t *testing.T) {
	t.Parallel()
	h := newHouse(t, generic(t))
	h.outbox.setErr(errors.New("database or disk is full"))
	for range 3 {
		got := h.serve(request("POST", "/"+anID, "text"))
		check(t, got, 503, `{"ok":false,"error":"The webhook could not be stored, please repeat it"}`)
		if got.Header.Get("Retry-After") != "30" {
			t.Errorf("Retry-After %q", got.Header.Get("Retry-After"))
		}
	}
	h.outbox.setErr(nil)
	check(t, h.serve(request("POST", "/"+anID, "text")), 202, accepted)
	if m := h.metrics.String(); m != "backups unavailable, backups unavailable, backups unavailable, backups accepted" {
		t.Errorf("metrics %q", m)
	}
	if l := h.logs.String(); strings.Count(l, "disk is full") != 1 || strings.Count(l, "stored again") != 1 {
		t.Errorf("logs: each change once, not\n%s", l)
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	logs := &logs{}
	g := gateway.New(gateway.Options{Enqueuer: panicking{}, Log: slog.New(slog.NewTextHandler(logs, nil))})
	g.SetHooks([]gateway.Hook{generic(t)})
	h := &house{Gateway: g}
	check(t, h.serve(request("POST", "/"+anID, "text")), 503, `{"ok":false,"error":"The webhook could not be stored, please repeat it"}`)
	if l := logs.String(); !strings.Contains(l, "a defect") || strings.Contains(l, "MARKED") {
		t.Errorf("logs %s", l)
	}
}

type panicking struct{ gateway.Enqueuer }

func (panicking) Enqueue(context.Context, gateway.Webhook) (gateway.Accepted, error) {
	panic("a defect")
}

func TestWait(t *testing.T) {
	t.Parallel()
	never := func(ctx context.Context) (gateway.State, error) {
		<-ctx.Done()
		return gateway.Pending, nil
	}
	soon := func(s gateway.State, err error) func(context.Context) (gateway.State, error) {
		return func(context.Context) (gateway.State, error) { return s, err }
	}
	for name, c := range map[string]struct {
		wait   func(context.Context) (gateway.State, error)
		status int
		body   string
		took   time.Duration
	}{
		"Told":    {soon(gateway.Told, nil), 200, accepted, 0},
		"Held":    {soon(gateway.Held, nil), 202, accepted, 0},
		"Dead":    {soon(gateway.Dead, nil), 502, `{"ok":false,"id":"id-1","error":"The webhook could not be told in its room"}`, 0},
		"Error":   {soon("", errors.New("locked")), 202, accepted, 0},
		"Pending": {never, 202, accepted, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Wait = true }))
				h.outbox.wait = c.wait
				started := time.Now()
				check(t, h.serve(request("POST", "/"+anID, "text")), c.status, c.body)
				if took := time.Since(started); took != c.took {
					t.Errorf("waited %s, want %s", took, c.took)
				}
			})
		})
	}
	t.Run("NotUnlessStored", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Wait = true }))
		h.outbox.setErr(errors.New("locked"))
		if got := h.serve(request("POST", "/"+anID, "text")); got.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("answer %d", got.StatusCode)
		}
	})
}

func TestBodyCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   io.Reader
		length int64
		status int
	}{
		"Aborted": {iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("a long text"))), -1, 400},
		"Reset":   {iotest.ErrReader(io.ErrUnexpectedEOF), 100, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, generic(t))
			r := request("POST", "/"+anID, "")
			r.Body, r.ContentLength = io.NopCloser(c.body), c.length
			check(t, h.serve(r), c.status, `{"ok":false,"error":"The body did not arrive whole"}`)
			if len(h.outbox.webhooks()) != 0 || h.metrics.String() != "backups aborted" {
				t.Errorf("%d enqueued, metrics %q", len(h.outbox.webhooks()), h.metrics)
			}
		})
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	ready := true
	g := gateway.New(gateway.Options{Enqueuer: &outbox{}, Log: discard(), Ready: func() bool { return ready }})
	g.SetHooks([]gateway.Hook{generic(t), generic(t, func(h *gateway.Hook) { h.ID, h.Get = "ready", true })})
	h := &house{Gateway: g}
	check(t, h.serve(request("GET", "/live", "")), 200, `{"ok":true}`)
	check(t, h.serve(request("GET", "/ready", "")), 200, `{"ready":true}`)
	for _, path := range []string{"/live", "/ready"} {
		if got := h.serve(request("HEAD", path, "")); got.StatusCode != http.StatusOK {
			t.Errorf("HEAD %s is answered with %d", path, got.StatusCode)
		}
	}
	ready = false
	check(t, h.serve(request("GET", "/ready", "")), 503, `{"ready":false}`)
	ready = true
	g.SetDraining()
	check(t, h.serve(request("GET", "/ready", "")), 503, `{"ready":false}`)
	check(t, h.serve(request("GET", "/live", "")), 200, `{"ok":true}`)
	check(t, h.serve(request("POST", "/"+anID, "x")), 202, accepted) // still
}

func TestSetHooks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	check(t, h.serve(request("POST", "/"+anID, "x")), 404, unknown)
	h.SetHooks([]gateway.Hook{generic(t)})
	check(t, h.serve(request("POST", "/"+anID, "x")), 202, accepted)
	h.SetHooks(nil)
	check(t, h.serve(request("POST", "/"+anID, "x")), 404, unknown)
}

// TestIDStaysSecret drives a marked id through every answer.
func TestIDStaysSecret(t *testing.T) {
	t.Parallel()
	broken := mustCompile(t, "payload.a.b == 1")
	h := newHouse(t, generic(t, func(h *gateway.Hook) {
		h.Service, h.Filter, h.Wait = service(t, "sonarr"), broken, true
		h.Routes = []gateway.Route{{When: broken}}
	}))
	h.outbox.wait = func(context.Context) (gateway.State, error) { return gateway.Dead, errors.New("locked") }
	var told strings.Builder
	for _, r := range []*http.Request{
		request("POST", "/webhook/"+anID, "{}"),
		request("POST", "/"+anID, "{", "Content-Encoding", "gzip"),
		request("DELETE", "/"+anID, "{}"),
		request("POST", "/webhook/"+anID+"/x", "{}"),
		request("POST", "/x/"+anID, "{}"),
		request("POST", "/webhook/"+anID+"/discord?wait=true", "{}"),
		request("POST", "/webhook/"+anID+"/ntfy/topic?auth=x", "{}"),
		request("POST", "/webhook/"+anID+"/gotify", "{}"),
		request("POST", "/"+anID, strings.Repeat("x", 1<<19)),
	} {
		got := h.serve(r)
		body, _ := io.ReadAll(got.Body)
		told.Write(body)
		_ = got.Header.Write(&told)
	}
	h.outbox.setErr(errors.New("disk full"))
	h.serve(request("POST", "/"+anID, "{}"))
	for what, text := range map[string]string{"log": h.logs.String(), "metric": h.metrics.String(), "answer": told.String()} {
		if text == "" || strings.Contains(strings.ToLower(text), "marked") || strings.Contains(text, url.PathEscape(anID)) {
			t.Errorf("%s holds the id, or nothing:\n%s", what, text)
		}
	}
}
