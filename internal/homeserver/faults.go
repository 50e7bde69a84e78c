package homeserver

import (
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is something that goes wrong with requests.
type Fault struct {
	Match  func(*http.Request) bool // which requests; nil means all
	Chance float64                  // how often, above 0 and below 1; otherwise always
	Times  int                      // how many times; 0 means until it is removed
	Do     Action                   // what goes wrong
}

// Action answers a request instead of the server, or has the server serve it.
type Action func(w http.ResponseWriter, r *http.Request, serve http.Handler)

// Inject makes requests go wrong from now on. Of several faults that match, the one that was
// injected first happens. The returned function ends it; requests that hang go on hanging.
func (s *Server) Inject(f Fault) (remove func()) {
	return s.faults.inject(&f)
}

// Refuse hangs up on a request without reading it, as a server that is down.
func Refuse() Action {
	return func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }
}

// DropReply serves a request fully and hangs up instead of answering: the client cannot know
// whether it took place.
func DropReply() Action {
	return func(_ http.ResponseWriter, r *http.Request, serve http.Handler) {
		serve.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
}

// Hang serves a request only once release is closed. A client that gives up before was never
// heard.
func Hang(release <-chan struct{}) Action {
	return func(w http.ResponseWriter, r *http.Request, serve http.Handler) {
		// net/http notices that a client is gone only when it has read the body.
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		select {
		case <-release:
			serve.ServeHTTP(w, r)
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
}

// Status answers with a status and a body that is not Matrix's, as a proxy does while the
// server behind it is away.
func Status(code int) Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		http.Error(w, http.StatusText(code), code)
	}
}

// MatrixError answers with a status and an error code, such as 500 and M_UNKNOWN.
func MatrixError(status int, code string) Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		writeError(w, &matrixError{status, code, "injected"})
	}
}

// UnknownToken answers 401 M_UNKNOWN_TOKEN, as a server that lost the registration.
func UnknownToken() Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { writeError(w, errUnknownToken) }
}

// RateLimited answers 429 as Synapse does: the time to wait in the body in milliseconds, and
// in the Retry-After header in seconds, rounded up.
func RateLimited(wait time.Duration) Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		writeJSON(w, http.StatusTooManyRequests, map[string]any{
			"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": wait.Milliseconds(),
		})
	}
}

// Sends matches requests that send a message event into any room.
func Sends(r *http.Request) bool {
	return r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/send/")
}

// InRoom matches requests about one room.
func InRoom(roomID string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		return slices.ContainsFunc(strings.Split(r.URL.EscapedPath(), "/"), func(part string) bool {
			name, err := url.PathUnescape(part)
			return err == nil && name == roomID
		})
	}
}

// faults are those that are injected now.
type faults struct {
	mu     sync.Mutex
	dice   *rand.Rand
	active []*Fault
}

func (f *faults) inject(fault *Fault) (remove func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.active = append(f.active, fault)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.active = slices.DeleteFunc(f.active, func(other *Fault) bool { return other == fault })
	}
}

func (f *faults) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if fault := f.pick(r); fault != nil {
		fault.Do(w, r, next)
		return
	}
	next.ServeHTTP(w, r)
}

func (f *faults) pick(r *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, fault := range f.active {
		if fault.Match != nil && !fault.Match(r) {
			continue
		}
		if fault.Chance > 0 && fault.Chance < 1 && f.dice.Float64() >= fault.Chance {
			continue
		}
		if fault.Times > 0 {
			if fault.Times--; fault.Times == 0 {
				f.active = slices.Delete(f.active, i, i+1)
			}
		}
		return fault
	}
	return nil
}
