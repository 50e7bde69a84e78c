package console_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

// TestAsk posts what the page's forms and buttons post.
func TestAsk(t *testing.T) {
	t.Parallel()
	now := time.Now().UnixMilli()
	large := strings.Repeat("x", 256<<10)
	for name, c := range map[string]struct {
		path, body string
		err        error
		want       int
		answer     string // a part of it
		asked      []string
	}{
		"OKRequest":          {"requests", `{"service":"sonarr","request":"{}"}`, nil, 202, "", []string{"sonarr: {}"}},
		"OKPreview":          {"previews", `{"service":"sonarr","request":"{}","filter":"f"}`, nil, 200, `"rooms":[{"room":"ops"}]`, []string{"preview sonarr: {} f"}},
		"OKPreviewLarge":     {"previews", `{"service":"sonarr","request":"` + large + `"}`, nil, 200, "", []string{"preview sonarr: " + large + " "}},
		"OKStory":            {"stories", fmt.Sprintf(`{"story":"tale","began":%d,"step":1}`, now), nil, 202, "", []string{"tale 1"}},
		"ErrTooLarge":        {"previews", `{"service":"sonarr","request":"` + large + `x"}`, nil, 413, "256 KiB", nil},
		"ErrFarTooLarge":     {"previews", `{"service":"sonarr","request":"` + strings.Repeat(large, 8) + `"}`, nil, 413, "256 KiB", nil},
		"ErrEmpty":           {"requests", `{"service":"sonarr","request":" \n"}`, nil, 422, "Paste", nil},
		"ErrNoService":       {"previews", `{"service":"none","request":"{}"}`, nil, 404, "no such service", nil},
		"ErrNotJSON":         {"previews", `{}]`, nil, 404, "", nil},
		"ErrRefused":         {"previews", `{"service":"sonarr","request":"{}"}`, fmt.Errorf("read: %w", console.Refusal("Say more.")), 422, "Say more.", []string{"preview sonarr: {} "}},
		"ErrSecret":          {"previews", `{"service":"sonarr","request":"{}"}`, errors.New("a secret"), 502, "its log", []string{"preview sonarr: {} "}},
		"ErrRequestRefused":  {"requests", `{"service":"sonarr","request":"{}"}`, console.Refusal("No."), 422, "No.", []string{"sonarr: {}"}},
		"ErrNoStory":         {"stories", fmt.Sprintf(`{"story":"none","began":%d,"step":0}`, now), nil, 404, "", nil},
		"ErrNoStep":          {"stories", fmt.Sprintf(`{"story":"tale","began":%d,"step":2}`, now), nil, 404, "", nil},
		"ErrNegativeStep":    {"stories", fmt.Sprintf(`{"story":"tale","began":%d,"step":-1}`, now), nil, 404, "", nil},
		"ErrBeganYesterday":  {"stories", fmt.Sprintf(`{"story":"tale","began":%d,"step":0}`, now-24*3600*1000), nil, 400, "", nil},
		"ErrBeganLongBefore": {"stories", `{"story":"tale","began":-9000000000000000000,"step":0}`, nil, 400, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := &fakeProgram{err: c.err, outcome: console.Outcome{
				Notification: []byte("{}"), Content: []byte("{}"), Rooms: []console.Destination{{Room: "ops"}},
			}}
			o := options(t, newFakeRoom())
			o.Program = program
			w := do(console.New(o), request("POST", "/api/"+c.path, c.body))
			if w.Code != c.want || !strings.Contains(w.Body.String(), c.answer) || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("got %d %s, want %d with %q", w.Code, w.Body, c.want, c.answer)
			}
			if diff := cmp.Diff(c.asked, program.all()); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("ErrCrossSite", func(t *testing.T) {
		t.Parallel()
		h := console.New(options(t, newFakeRoom()))
		for _, path := range []string{"requests", "previews", "stories"} {
			if w := do(h, request("POST", "/api/"+path, "{}", "Sec-Fetch-Site: cross-site")); w.Code != http.StatusForbidden {
				t.Errorf("%s: got %d, want 403", path, w.Code)
			}
		}
	})
}

func TestSample(t *testing.T) {
	t.Parallel()
	h := console.New(options(t, newFakeRoom()))
	if w := do(h, request("GET", "/api/samples?service=sonarr&sample=v5%2FGrab", "")); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "sonarr v5/Grab") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if w := do(h, request("GET", "/api/samples?service=sonarr&sample=..%2Fgrafana", "")); w.Code != http.StatusNotFound {
		t.Errorf("got %d %s, want 404", w.Code, w.Body)
	}
}

// A preview that does not end is given up, and only few are made at once.
func TestPreviewBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := options(t, newFakeRoom())
		o.Program = &fakeProgram{stuck: true}
		h := console.New(o)
		ask := func() int {
			return do(h, request("POST", "/api/previews", `{"service":"sonarr","request":"{}"}`)).Code
		}
		answers := make(chan int, 2)
		for range 2 {
			go func() { answers <- ask() }()
		}
		synctest.Wait()
		if got := ask(); got != http.StatusTooManyRequests {
			t.Errorf("the third at once got %d, want 429", got)
		}
		began := time.Now()
		for range 2 {
			if got := <-answers; got != http.StatusUnprocessableEntity {
				t.Errorf("one that does not end got %d, want 422", got)
			}
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("it was given up after %v", took)
		}
	})
}
