package gateway_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

// stalled is a body that stops before its last byte until it is released.
type stalled struct {
	head, tail io.Reader
	release    chan struct{}
}

func newStalled(size int) *stalled {
	return &stalled{head: strings.NewReader(strings.Repeat("x", size-1)), tail: strings.NewReader("x"), release: make(chan struct{})}
}

func (s *stalled) Read(p []byte) (int, error) {
	if n, err := s.head.Read(p); err == nil {
		return n, nil
	}
	<-s.release
	return s.tail.Read(p)
}

// TestBudget has more large bodies arrive than there is memory for. Small ones do not notice;
// of the large ones those in excess wait, and are asked to come again when that takes long.
func TestBudget(t *testing.T) {
	t.Parallel()
	const size = 2 << 20
	const fits = 16 // 32 MiB
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, generic(t))
		h.Gateway = gateway.New(gateway.Options{Enqueuer: h.outbox, Log: discard(), Metrics: h.metrics})
		h.SetHooks([]gateway.Hook{generic(t)})
		post := func(body io.Reader, header ...string) *http.Response {
			r := httptest.NewRequest(http.MethodPost, "/"+anID, body)
			for i := 0; i < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Result()
		}
		var posts sync.WaitGroup
		var bodies []*stalled
		for range fits {
			s := newStalled(size)
			bodies = append(bodies, s)
			posts.Go(func() {
				if got := post(s); got.StatusCode != http.StatusAccepted {
					t.Errorf("a large body that fits: status %d", got.StatusCode)
				}
			})
		}
		synctest.Wait()

		if got := post(strings.NewReader("small")); got.StatusCode != http.StatusAccepted {
			t.Errorf("a small body: status %d", got.StatusCode)
		}
		for name, header := range map[string][]string{"large": nil, "packed": {"Content-Encoding", "gzip"}} {
			body := strings.Repeat("x", 1<<20)
			if header != nil {
				body = pack(t, body, asGzip)
			}
			began := time.Now()
			got := post(strings.NewReader(body), header...)
			if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" || time.Since(began) != 5*time.Second {
				t.Errorf("one %s body too many: status %d after %s", name, got.StatusCode, time.Since(began))
			}
		}
		posts.Go(func() {
			if got := post(strings.NewReader(strings.Repeat("x", size))); got.StatusCode != http.StatusAccepted {
				t.Errorf("a large body that waited: status %d", got.StatusCode)
			}
		})
		time.Sleep(time.Second)
		for _, s := range bodies {
			close(s.release)
		}
		posts.Wait()
		if n := len(h.outbox.webhooks()); n != fits+2 {
			t.Errorf("%d accepted, want %d", n, fits+2)
		}
		for range fits { // all was given back
			if got := post(strings.NewReader(strings.Repeat("x", size))); got.StatusCode != http.StatusAccepted {
				t.Errorf("afterwards: status %d", got.StatusCode)
			}
		}
	})
}
