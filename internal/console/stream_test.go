package console_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

// page reads a stream as a browser does and keeps its lines as short words: "begin resumed",
// "begin anew", "live", and the body of each message.
type page struct {
	lines chan string
	close func()
}

func open(t *testing.T, server *httptest.Server, lastEventID string) page {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", lastEventID)
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Fatalf("got %d as %q", response.StatusCode, got)
	}
	p := page{lines: make(chan string, 1000), close: cancel}
	go func() {
		defer close(p.lines)
		defer func() { _ = response.Body.Close() }()
		for line := range eventsOf(response.Body) {
			p.lines <- line
		}
	}()
	return p
}

// eventsOf yields what a stream says.
func eventsOf(stream io.Reader) iter.Seq[string] {
	return func(yield func(string) bool) {
		name := ""
		for in := bufio.NewScanner(stream); in.Scan(); {
			field, value, _ := strings.Cut(in.Text(), ": ")
			switch field {
			case "":
				name = ""
			case "event":
				name = value
			case "data":
				if !yield(describe(name, value)) {
					return
				}
			}
		}
	}
}

func describe(name, data string) string {
	switch {
	case name == "begin" && data == `{"resumed":true}`:
		return "begin resumed"
	case name == "begin":
		return "begin anew"
	case name != "":
		return name
	}
	var e struct{ Content struct{ Body string } }
	if err := json.Unmarshal([]byte(data), &e); err != nil {
		return err.Error()
	}
	return e.Content.Body
}

func (p page) expect(t *testing.T, want ...string) {
	t.Helper()
	for _, line := range want {
		select {
		case got := <-p.lines:
			if got != line {
				t.Fatalf("stream says %q, want %q", got, line)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("stream says nothing, want %q", line)
		}
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	serve := func(t *testing.T, room *fakeRoom) *httptest.Server {
		server := httptest.NewServer(console.New(options(t, room)))
		t.Cleanup(server.Close)
		return server
	}
	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		room := newFakeRoom()
		server := serve(t, room)
		room.say("@a:demo", "one")
		p := open(t, server, "")
		defer p.close()
		p.expect(t, "begin anew", "one", "live")
		room.say("@a:demo", "two")
		p.expect(t, "two")
	})
	t.Run("OKResumed", func(t *testing.T) {
		t.Parallel()
		room := newFakeRoom()
		server := serve(t, room)
		room.say("@a:demo", "one")
		last := room.say("@a:demo", "two")
		room.say("@a:demo", "three")
		p := open(t, server, last)
		defer p.close()
		p.expect(t, "begin resumed", "three", "live")
		room.say("@a:demo", "four")
		p.expect(t, "four")
	})
	t.Run("OKNothingMissed", func(t *testing.T) {
		t.Parallel()
		room := newFakeRoom()
		server := serve(t, room)
		p := open(t, server, room.say("@a:demo", "one"))
		defer p.close()
		p.expect(t, "begin resumed", "live")
	})
	t.Run("OKForgotten", func(t *testing.T) {
		t.Parallel()
		room := newFakeRoom()
		server := serve(t, room)
		room.say("@a:demo", "one")
		last := room.say("@a:demo", "two")
		room.forget()
		room.say("@a:demo", "new")
		p := open(t, server, last)
		defer p.close()
		p.expect(t, "begin anew", "new", "live")
	})
	t.Run("OKSubscriptionEnds", func(t *testing.T) {
		t.Parallel()
		room := newFakeRoom()
		server := serve(t, room)
		p := open(t, server, "")
		p.expect(t, "begin anew", "live")
		p.close()
		for range p.lines { // until the stream has ended here
		}
		for end := time.Now().Add(10 * time.Second); room.subscribers() > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the page is gone and still subscribed")
			}
		}
	})
	t.Run("ErrTooMany", func(t *testing.T) {
		t.Parallel()
		server := serve(t, newFakeRoom())
		for range 32 {
			p := open(t, server, "")
			defer p.close()
			p.expect(t, "begin anew", "live")
		}
		response, err := server.Client().Get(server.URL + "/api/events")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
			t.Errorf("got %d, want 503 with Retry-After", response.StatusCode)
		}
	})
	t.Run("ErrCrossSite", func(t *testing.T) {
		t.Parallel()
		h := console.New(options(t, newFakeRoom()))
		if w := do(h, request("GET", "/api/events", "", "Sec-Fetch-Site: cross-site")); w.Code != http.StatusForbidden {
			t.Errorf("got %d, want 403", w.Code)
		}
	})
}

// An event that comes between the subscription and the reading of the history is in both.
func TestStreamTellsOnce(t *testing.T) {
	t.Parallel()
	room := newFakeRoom()
	o := options(t, room)
	o.History = func() []console.Event {
		room.say("@a:demo", "in both")
		return room.history()
	}
	server := httptest.NewServer(console.New(o))
	defer server.Close()
	p := open(t, server, "")
	defer p.close()
	p.expect(t, "begin anew", "in both", "live")
	room.say("@a:demo", "next")
	p.expect(t, "next")
}

// stuck is a page that does not read until it is released.
type stuck struct {
	*httptest.ResponseRecorder
	released chan struct{}
	began    sync.Once
	writing  chan struct{} // closed when the first write waits
}

func (s *stuck) Write(data []byte) (int, error) {
	s.began.Do(func() { close(s.writing) })
	<-s.released
	return s.ResponseRecorder.Write(data)
}

func TestStreamSlowPage(t *testing.T) {
	t.Parallel()
	room := newFakeRoom()
	h := console.New(options(t, room))
	w := &stuck{ResponseRecorder: httptest.NewRecorder(), released: make(chan struct{}), writing: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		h.ServeHTTP(w, request("GET", "/api/events", ""))
	}()
	<-w.writing
	const sent = 1000
	for i := range sent { // returns only if the room does not wait for the page
		room.say("@a:demo", fmt.Sprint(i))
	}
	close(w.released)
	<-ended // the page was let go

	got := slices.Collect(eventsOf(w.Body))
	want := []string{"begin anew", "live"}
	for i := range 256 {
		want = append(want, fmt.Sprint(i))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("a slow page got something other than the first events without a gap (-want +got):\n%s", diff)
	}

	server := httptest.NewServer(h)
	defer server.Close()
	p := open(t, server, fmt.Sprintf("$%d", 256)) // as the browser does by itself
	defer p.close()
	p.expect(t, "begin resumed", "256")
	for i := 257; i < sent; i++ {
		p.expect(t, fmt.Sprint(i))
	}
	p.expect(t, "live")
}

// A quiet stream says that it is alive, so that a dead connection is found.
func TestStreamPing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := console.New(options(t, newFakeRoom()))
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		w := do(h, request("GET", "/api/events", "").WithContext(ctx))
		if got := strings.Count(w.Body.String(), ": still here\n\n"); got != 3 {
			t.Errorf("got %d pings in 50 s, want 3", got)
		}
	})
}
