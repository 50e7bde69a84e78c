package gateway_test

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

const unauthorized = `{"ok":false,"error":"Unauthorized"}`

// clock is a time that passes when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newGuarded returns a house with one hook and a clock, behind the proxies 127.0.0.1 and 10.0.0.0/8.
func newGuarded(t *testing.T, hook gateway.Hook) (*house, *clock) {
	t.Helper()
	h, c := &house{outbox: &outbox{}, metrics: &counts{}, logs: &logs{}}, &clock{now: aTime}
	h.Gateway = gateway.New(gateway.Options{
		Enqueuer: h.outbox, Metrics: h.metrics, Now: c.time,
		Log:            slog.New(slog.NewTextHandler(h.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")},
	})
	h.SetHooks([]gateway.Hook{hook})
	return h, c
}

func guarded(t *testing.T, a gateway.Auth) gateway.Hook {
	t.Helper()
	return generic(t, func(h *gateway.Hook) { h.Auth = a })
}

func TestAuth(t *testing.T) {
	t.Parallel()
	bearer := gateway.Auth{Bearer: []string{"new-token", "old-token"}}
	basic := gateway.Auth{Basic: &gateway.Basic{User: "grafana", Passwords: []string{"new:word", "old", "grün"}}}
	header := gateway.Auth{Header: &gateway.Header{Name: "x-gitlab-token", Values: []string{"new-value", "old-value"}}}
	all := gateway.Auth{Bearer: bearer.Bearer, Header: header.Header}
	for name, c := range map[string]struct {
		auth      gateway.Auth
		path      string
		headers   []string
		status    int
		challenge string
	}{
		"OKBearer":          {bearer, "", []string{"Authorization", "Bearer new-token"}, 202, ""},
		"OKBearerOld":       {bearer, "", []string{"Authorization", "Bearer old-token"}, 202, ""},
		"OKBearerCase":      {bearer, "", []string{"Authorization", "bearer  new-token "}, 202, ""},
		"ErrBearerMissing":  {bearer, "", nil, 401, "Bearer"},
		"ErrBearerWrong":    {bearer, "", []string{"Authorization", "Bearer new-tokem"}, 401, "Bearer"},
		"ErrBearerPrefix":   {bearer, "", []string{"Authorization", "Bearer new-toke"}, 401, "Bearer"},
		"ErrBearerLonger":   {bearer, "", []string{"Authorization", "Bearer new-tokens"}, 401, "Bearer"},
		"ErrBearerEmpty":    {bearer, "", []string{"Authorization", "Bearer "}, 401, "Bearer"},
		"ErrBearerBare":     {bearer, "", []string{"Authorization", "new-token"}, 401, "Bearer"},
		"ErrBearerAsBasic":  {bearer, "", []string{"Authorization", "Basic Om5ldy10b2tlbg=="}, 401, "Bearer"},
		"ErrBearerInQuery":  {bearer, "?token=new-token", nil, 401, "Bearer"},
		"ErrBearerKey":      {bearer, "", []string{"X-Gotify-Key", "new-token"}, 401, "Bearer"},
		"OKBasic":           {basic, "", []string{"Authorization", "Basic Z3JhZmFuYTpuZXc6d29yZA=="}, 202, ""}, // grafana:new:word
		"OKBasicOld":        {basic, "", []string{"Authorization", "basic Z3JhZmFuYTpvbGQ="}, 202, ""},         // grafana:old
		"OKBasicUTF8":       {basic, "", []string{"Authorization", "Basic Z3JhZmFuYTpncsO8bg=="}, 202, ""},
		"OKBasicLatin1":     {basic, "", []string{"Authorization", "Basic Z3JhZmFuYTpncvxu"}, 202, ""},
		"ErrBasicMissing":   {basic, "", nil, 401, `Basic realm="webhook", charset="UTF-8"`},
		"ErrBasicPassword":  {basic, "", []string{"Authorization", "Basic Z3JhZmFuYTp4"}, 401, `Basic realm="webhook", charset="UTF-8"`},             // grafana:x
		"ErrBasicUser":      {basic, "", []string{"Authorization", "Basic b3RoZXI6b2xk"}, 401, `Basic realm="webhook", charset="UTF-8"`},             // other:old
		"ErrBasicShifted":   {basic, "", []string{"Authorization", "Basic Z3JhZmFuYTpuZXc6d29yZDo="}, 401, `Basic realm="webhook", charset="UTF-8"`}, // grafana:new:word:
		"ErrBasicNoBase64":  {basic, "", []string{"Authorization", "Basic grafana:old"}, 401, `Basic realm="webhook", charset="UTF-8"`},
		"OKHeader":          {header, "", []string{"X-Gitlab-Token", "new-value"}, 202, ""},
		"OKHeaderOld":       {header, "", []string{"X-Gitlab-Token", "old-value"}, 202, ""},
		"ErrHeaderMissing":  {header, "", nil, 401, ""},
		"ErrHeaderWrong":    {header, "", []string{"X-Gitlab-Token", "new-Value"}, 401, ""},
		"ErrHeaderEmpty":    {header, "", []string{"X-Gitlab-Token", ""}, 401, ""},
		"OKAll":             {all, "", []string{"X-Gitlab-Token", "new-value", "Authorization", "Bearer new-token"}, 202, ""},
		"ErrNotAll":         {all, "", []string{"X-Gitlab-Token", "new-value"}, 401, "Bearer"},
		"ErrNotAllOther":    {all, "", []string{"Authorization", "Bearer new-token"}, 401, "Bearer"},
		"OKGotifyKey":       {bearer, "/gotify/message", []string{"X-Gotify-Key", "new-token"}, 200, ""},
		"OKGotifyQuery":     {bearer, "/message?token=old-token", nil, 200, ""},
		"OKGotifyBearer":    {bearer, "/gotify", []string{"Authorization", "Bearer new-token"}, 200, ""},
		"ErrGotify":         {bearer, "/gotify?token=x", []string{"X-Gotify-Key", "y"}, 401, "Bearer"},
		"OKNtfyBearer":      {bearer, "/ntfy/alerts", []string{"Authorization", "Bearer new-token"}, 200, ""},
		"ErrNtfyUnpadded":   {bearer, "/ntfy/alerts", []string{"Authorization", "Basic Om5ldy10b2tlbg"}, 401, "Bearer"},           // base64 without padding is none in a header
		"OKNtfyTokenBasic":  {bearer, "/ntfy/alerts", []string{"Authorization", "Basic Om5ldy10b2tlbg=="}, 200, ""},               // :new-token
		"OKNtfyQuery":       {bearer, "/ntfy/alerts?auth=QmVhcmVyIG5ldy10b2tlbg", nil, 200, ""},                                   // Bearer new-token
		"OKNtfyQueryPadded": {bearer, "/ntfy/alerts?authorization=QmVhcmVyIG5ldy10b2tlbg%3D%3D", nil, 200, ""},                    //
		"OKNtfyBasic":       {basic, "/ntfy/alerts?auth=QmFzaWMgWjNKaFptRnVZVHB1WlhjNmQyOXlaQT09", nil, 200, ""},                  // Basic Z3Jh…
		"ErrNtfyQuery":      {bearer, "/ntfy/alerts?auth=new-token", nil, 401, "Bearer"},                                          //
		"ErrNtfyUser":       {bearer, "/ntfy", []string{"Authorization", "Basic dXNlcjpuZXctdG9rZW4="}, 401, "Bearer"},            // user:new-token
		"ErrNtfyElsewhere":  {bearer, "/slack?auth=QmVhcmVyIG5ldy10b2tlbg", []string{"X-Gotify-Key", "new-token"}, 401, "Bearer"}, //
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _ := newGuarded(t, guarded(t, c.auth))
			got := h.serve(request("POST", "/webhook/"+anID+c.path, "text", c.headers...))
			if got.StatusCode != c.status {
				t.Fatalf("answer %d, want %d; log: %s", got.StatusCode, c.status, h.logs)
			}
			if got.Header.Get("WWW-Authenticate") != c.challenge {
				t.Errorf("WWW-Authenticate %q, want %q", got.Header.Get("WWW-Authenticate"), c.challenge)
			}
			if c.status == 401 {
				check(t, got, 401, unauthorized)
				if h.metrics.String() != "backups unauthorized" || len(h.outbox.webhooks()) != 0 {
					t.Errorf("metrics %q, %d enqueued", h.metrics, len(h.outbox.webhooks()))
				}
			}
			for _, secret := range []string{"new-toke", "old-toke", "new:word", "-value", "Z3Jh", "Om5l", "QmVh"} {
				if strings.Contains(h.logs.String(), secret) {
					t.Errorf("%s is logged: %s", secret, h.logs)
				}
			}
		})
	}
}

// TestCredentialsAreNotKept looks for them in what is handed on.
func TestCredentialsAreNotKept(t *testing.T) {
	t.Parallel()
	for _, r := range []*http.Request{
		request("POST", "/webhook/"+anID+"/gotify/message?token=hunter2&title=hi", `{"message":"m"}`, "X-Gotify-Key", "hunter2"),
		request("PUT", "/webhook/"+anID+"/ntfy/topic?auth=hunter2&title=hi", "m", "Authorization", "Bearer hunter2"),
		request("GET", "/webhook/"+anID+"/ntfy/topic/publish?authorization=hunter2&message=m", "", "Authorization", "hunter2"),
	} {
		h, _ := newGuarded(t, generic(t))
		if got := h.serve(r); got.StatusCode != http.StatusOK {
			t.Errorf("%s: answer %d", r.URL.Path, got.StatusCode)
		}
		for _, w := range h.outbox.webhooks() {
			if text := strings.ToLower(sprint(w)); strings.Contains(text, "hunter2") {
				t.Errorf("%s: kept in %s", r.URL.Path, text)
			}
		}
	}
}

func TestLockedOut(t *testing.T) {
	t.Parallel()
	h, clock := newGuarded(t, guarded(t, gateway.Auth{Bearer: []string{"token"}}))
	other := guarded(t, gateway.Auth{Bearer: []string{"token"}})
	other.ID, other.Name = "another-"+anID, "another"
	h.SetHooks([]gateway.Hook{guarded(t, gateway.Auth{Bearer: []string{"token"}}), other})
	try := func(id, from, token string) *http.Response {
		r := request("POST", "/"+id, "text", "Authorization", "Bearer "+token)
		r.RemoteAddr = from
		return h.serve(r)
	}
	for range 10 {
		check(t, try(anID, "192.0.2.7:5", "wrong"), 401, unauthorized)
	}
	got := try(anID, "192.0.2.7:6", "token")
	if got.Header.Get("Retry-After") != "6" {
		t.Errorf("Retry-After %q, want 6", got.Header.Get("Retry-After"))
	}
	check(t, got, 429, `{"ok":false,"error":"Too many failures","retry_after":6}`)
	check(t, try(anID, "192.0.2.8:5", "token"), 202, accepted)                      // others are not meant
	check(t, try(other.ID, "192.0.2.7:5", "token"), 202, `{"ok":true,"id":"id-2"}`) // nor other hooks
	clock.pass(6 * time.Second)
	check(t, try(anID, "192.0.2.7:5", "token"), 202, `{"ok":true,"id":"id-3"}`)
	check(t, try(anID, "192.0.2.7:5", "wrong"), 401, unauthorized)
	if got := try(anID, "192.0.2.7:5", "wrong"); got.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the eleventh failure is answered with %d", got.StatusCode)
	}
	// The many addresses of one customer are one.
	for i := range 10 {
		check(t, try(anID, "[2001:db8:1:2::"+strconv.Itoa(i)+"]:5", "wrong"), 401, unauthorized)
	}
	if got := try(anID, "[2001:db8:1:2:3:4:5:6]:5", "token"); got.StatusCode != http.StatusTooManyRequests {
		t.Errorf("another address of the same /64 is answered with %d", got.StatusCode)
	}
	if got := try(anID, "[2001:db8:1:3::1]:5", "token"); got.StatusCode != http.StatusAccepted {
		t.Errorf("another /64 is answered with %d", got.StatusCode)
	}
	if m := h.metrics.String(); strings.Count(m, "backups locked_out") != 3 || strings.Count(m, "backups unauthorized") != 21 {
		t.Errorf("metrics %q", m)
	}
	if l := h.logs.String(); strings.Count(l, "wrong bearer token") != 1 || !strings.Contains(l, "address=192.0.2.7") {
		t.Errorf("logs: the reason once, with the address, not\n%s", l)
	}
}

// TestManyFailures: however many fail, all are counted, and nobody else is shut out.
func TestManyFailures(t *testing.T) {
	t.Parallel()
	h, _ := newGuarded(t, guarded(t, gateway.Auth{Bearer: []string{"token"}}))
	for i := range 10_000 {
		r := request("POST", "/"+anID, "", "Authorization", "Bearer wrong")
		r.RemoteAddr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, byte(i >> 8), byte(i)}), 5).String()
		if got := h.serve(r); got.StatusCode != http.StatusUnauthorized {
			t.Fatalf("failure %d is answered with %d", i, got.StatusCode)
		}
	}
	check(t, h.serve(request("POST", "/"+anID, "text", "Authorization", "Bearer token")), 202, accepted)
}

func TestRate(t *testing.T) {
	t.Parallel()
	limited := generic(t, func(h *gateway.Hook) {
		h.Rate = gateway.Rate{Every: 2 * time.Second, Burst: 3}
		h.Auth.Bearer = []string{"token"}
	})
	h, clock := newGuarded(t, limited)
	post := func() int {
		return h.serve(request("POST", "/"+anID, "text", "Authorization", "Bearer token")).StatusCode
	}
	many := func(want ...int) {
		t.Helper()
		for i, status := range want {
			if got := post(); got != status {
				t.Errorf("webhook %d is answered with %d, want %d", i+1, got, status)
			}
		}
	}
	for range 5 { // who is not authentic takes nothing
		check(t, h.serve(request("POST", "/"+anID, "text")), 401, unauthorized)
	}
	many(202, 202, 202, 429)
	got := h.serve(request("POST", "/"+anID, "text", "Authorization", "Bearer token"))
	if got.Header.Get("Retry-After") != "2" {
		t.Errorf("Retry-After %q, want 2", got.Header.Get("Retry-After"))
	}
	check(t, got, 429, `{"ok":false,"error":"Too many requests","retry_after":2}`)
	clock.pass(1500 * time.Millisecond)
	got = h.serve(request("POST", "/"+anID, "text", "Authorization", "Bearer token"))
	check(t, got, 429, `{"ok":false,"error":"Too many requests","retry_after":1}`)
	clock.pass(500 * time.Millisecond)
	many(202, 429)
	h.SetHooks([]gateway.Hook{limited})
	many(429) // a reload fills nothing
	limited.Rate.Burst = 4
	h.SetHooks([]gateway.Hook{limited})
	many(202, 202, 202, 202, 429) // a new rate does
	clock.pass(time.Hour)
	many(202, 202, 202, 202, 429) // no more than the burst is saved
	if n := len(h.outbox.webhooks()); n != 12 {
		t.Errorf("%d enqueued, want 12", n)
	}
}

func TestRateAtOnce(t *testing.T) {
	t.Parallel()
	h, _ := newGuarded(t, generic(t, func(h *gateway.Hook) { h.Rate = gateway.Rate{Every: time.Second, Burst: 10} }))
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() { h.serve(request("POST", "/"+anID, "text")) })
	}
	group.Wait()
	if m := h.metrics.String(); strings.Count(m, "accepted") != 10 || strings.Count(m, "rate_limited") != 54 {
		t.Errorf("metrics %q, want 10 accepted", m)
	}
}
