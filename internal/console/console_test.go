package console_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

// request is one for the page's own machine; header is "Name: value" pairs.
func request(method, target, body string, header ...string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "localhost:9001"
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	return r
}

func do(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestFiles(t *testing.T) {
	t.Parallel()
	h := console.New(options(t, newFakeRoom()))
	for target, contentType := range map[string]string{
		"/":              "text/html; charset=utf-8",
		"/web/main.js":   "text/javascript; charset=utf-8",
		"/web/theme.css": "text/css; charset=utf-8",
		"/web/icon.svg":  "image/svg+xml",
	} {
		w := do(h, request("GET", target, ""))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != contentType {
			t.Errorf("%s: got %d as %q, want 200 as %q", target, w.Code, w.Header().Get("Content-Type"), contentType)
		}
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
			if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, part) {
				t.Errorf("%s: policy %q is without %q", target, policy, part)
			}
		}
		if strings.Contains(w.Header().Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: policy allows what is unsafe", target)
		}
	}
	for _, target := range []string{"/web/", "/web/none.js", "/none"} {
		if w := do(h, request("GET", target, "")); w.Code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", target, w.Code)
		}
	}
}

func TestHost(t *testing.T) {
	t.Parallel()
	h := console.New(options(t, newFakeRoom()))
	for host, want := range map[string]int{
		"localhost":           http.StatusOK,
		"LOCALHOST:9001":      http.StatusOK,
		"127.0.0.1:9001":      http.StatusOK,
		"[::1]:9001":          http.StatusOK,
		"[::1]":               http.StatusOK,
		"":                    http.StatusMisdirectedRequest,
		"evil.example":        http.StatusMisdirectedRequest,
		"localhost.evil:9001": http.StatusMisdirectedRequest,
		"127.0.0.1.evil":      http.StatusMisdirectedRequest,
		"192.168.1.9:9001":    http.StatusMisdirectedRequest,
	} {
		r := request("GET", "/api/page", "")
		r.Host = host
		if w := do(h, r); w.Code != want {
			t.Errorf("host %q: got %d, want %d", host, w.Code, want)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	o := options(t, newFakeRoom())
	o.Services[0].Avatar = console.Picture{Data: []byte("png"), ContentType: "image/png"}
	o.Services[1].Avatar = console.Picture{Data: []byte("<svg>"), ContentType: "image/svg+xml"}
	h := console.New(o)
	want := `{"rooms":[{"name":"spam","title":"Spam and Stuff","topic":"All that happens"},{"name":"ops","title":"Ops","topic":"What wants a person"}],` +
		`"stories":[{"name":"tale","title":"A tale","about":"Two steps","room":"ops","steps":[{"text":"It begins.","wait":300},{"text":"It ends.","wait":300}]}],"services":[` +
		`{"name":"grafana","title":"Grafana","avatar":"/avatars/services?of=grafana&v=83180390","samples":["firing-single","resolved-single"]},` +
		`{"name":"sonarr","title":"Sonarr","samples":["Grab","v5/Grab"]}],"auto":{"on":true}}`
	got := do(h, request("GET", "/api/page", "")).Body.String()
	var gotValue, wantValue any
	if err := errors.Join(json.Unmarshal([]byte(got), &gotValue), json.Unmarshal([]byte(want), &wantValue)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantValue, gotValue); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
}

func TestAvatars(t *testing.T) {
	t.Parallel()
	o := options(t, newFakeRoom())
	o.Profile = func(user string) console.Profile {
		if user != "@grafana:demo" {
			return console.Profile{Avatar: console.Picture{Data: []byte("<svg onload=x>"), ContentType: "image/svg+xml"}}
		}
		return console.Profile{Avatar: console.Picture{Data: []byte("png"), ContentType: "image/png"}}
	}
	h := console.New(o)
	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		w := do(h, request("GET", "/avatars/users?of=%40grafana%3Ademo", ""))
		if w.Code != http.StatusOK || w.Body.String() != "png" || w.Header().Get("Content-Type") != "image/png" {
			t.Errorf("got %d %q as %q", w.Code, w.Body, w.Header().Get("Content-Type"))
		}
	})
	t.Run("ErrScriptable", func(t *testing.T) {
		t.Parallel()
		if w := do(h, request("GET", "/avatars/users?of=other", "")); w.Code != http.StatusNotFound {
			t.Errorf("got %d, want 404", w.Code)
		}
	})
	t.Run("ErrNoService", func(t *testing.T) {
		t.Parallel()
		if w := do(h, request("GET", "/avatars/services?of=none", "")); w.Code != http.StatusNotFound {
			t.Errorf("got %d, want 404", w.Code)
		}
	})
}

func TestPostSample(t *testing.T) {
	t.Parallel()
	const grab = `{"service":"sonarr","sample":"v5/Grab"}`
	for name, c := range map[string]struct {
		body   string
		header string
		err    error
		want   int
		posted []string
	}{
		"OK":              {body: grab, header: "Sec-Fetch-Site: same-origin", want: http.StatusAccepted, posted: []string{"sonarr v5/Grab"}},
		"OKNoBrowser":     {body: grab, want: http.StatusAccepted, posted: []string{"sonarr v5/Grab"}},
		"OKSameOrigin":    {body: grab, header: "Origin: http://localhost:9001", want: http.StatusAccepted, posted: []string{"sonarr v5/Grab"}},
		"ErrCrossSite":    {body: grab, header: "Sec-Fetch-Site: cross-site", want: http.StatusForbidden},
		"ErrSameSite":     {body: grab, header: "Sec-Fetch-Site: same-site", want: http.StatusForbidden},
		"ErrOrigin":       {body: grab, header: "Origin: http://localhost:3000", want: http.StatusForbidden},
		"ErrOriginNull":   {body: grab, header: "Origin: null", want: http.StatusForbidden},
		"ErrNoSample":     {body: `{"service":"sonarr","sample":"none"}`, want: http.StatusNotFound},
		"ErrNoService":    {body: `{"service":"none","sample":"Grab"}`, want: http.StatusNotFound},
		"ErrNotJSON":      {body: "service=sonarr", want: http.StatusBadRequest},
		"ErrTooLarge":     {body: `{"service":"` + strings.Repeat("x", 2<<20) + `"}`, want: http.StatusRequestEntityTooLarge},
		"ErrFromTheGate":  {body: grab, err: errors.New("post to http://x/secret"), want: http.StatusBadGateway, posted: []string{"sonarr v5/Grab"}},
		"ErrEmptyRequest": {want: http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := &fakeProgram{err: c.err}
			o := options(t, newFakeRoom())
			o.Program = program
			r := request("POST", "/api/samples", c.body)
			if name, value, ok := strings.Cut(c.header, ": "); ok {
				r.Header.Set(name, value)
			}
			w := do(console.New(o), r)
			if w.Code != c.want {
				t.Errorf("got %d %s, want %d", w.Code, w.Body, c.want)
			}
			if diff := cmp.Diff(c.posted, program.all()); diff != "" {
				t.Errorf("posted (-want +got):\n%s", diff)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("the gateway's error is shown: %s", w.Body)
			}
		})
	}
}

func TestPostSampleTooMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := options(t, newFakeRoom())
		o.Program = &fakeProgram{stuck: true}
		h := console.New(o)
		post := func() int {
			return do(h, request("POST", "/api/samples", `{"service":"sonarr","sample":"Grab"}`)).Code
		}
		var waiting sync.WaitGroup
		for range 8 {
			waiting.Go(func() {
				if got := post(); got != http.StatusBadGateway {
					t.Errorf("a post that was not answered got %d, want 502", got)
				}
			})
		}
		synctest.Wait()
		if got := post(); got != http.StatusTooManyRequests {
			t.Errorf("the ninth post at once got %d, want 429", got)
		}
		waiting.Wait()
	})
}

func TestAuto(t *testing.T) {
	t.Parallel()
	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		o := options(t, newFakeRoom())
		h := console.New(o)
		w := do(h, request("POST", "/api/auto", `{"on":false}`))
		if w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"on":false}` || o.Auto.On() {
			t.Errorf("got %d %s and on is %t", w.Code, w.Body, o.Auto.On())
		}
	})
	t.Run("ErrNone", func(t *testing.T) {
		t.Parallel()
		o := options(t, newFakeRoom())
		o.Auto = nil
		h := console.New(o)
		if w := do(h, request("POST", "/api/auto", `{"on":false}`)); w.Code != http.StatusNotFound {
			t.Errorf("got %d, want 404", w.Code)
		}
		if w := do(h, request("GET", "/api/page", "")); !strings.Contains(w.Body.String(), `"auto":null`) {
			t.Errorf("page has a switch: %s", w.Body)
		}
	})
	t.Run("ErrCrossSite", func(t *testing.T) {
		t.Parallel()
		o := options(t, newFakeRoom())
		w := do(console.New(o), request("POST", "/api/auto", `{"on":false}`, "Sec-Fetch-Site: cross-site"))
		if w.Code != http.StatusForbidden || !o.Auto.On() {
			t.Errorf("got %d and on is %t, want 403 and on", w.Code, o.Auto.On())
		}
	})
}
