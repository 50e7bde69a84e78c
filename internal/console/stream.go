package console

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// pingEvery is how often a quiet stream says that it is alive.
	pingEvery = 15 * time.Second
	// writeTimeout is how long a page may take to read before its connection is closed.
	writeTimeout = 10 * time.Second
)

// wireEvent is an event as the page gets it.
type wireEvent struct {
	ID      string          `json:"id"`
	Room    string          `json:"room"`
	Sender  wireUser        `json:"sender"`
	Type    string          `json:"type"`
	Subject *wireUser       `json:"subject,omitempty"` // whom a membership is about
	Content json.RawMessage `json:"content"`
	Time    int64           `json:"time"` // in milliseconds since 1970
}

// wirePassing is what passes, such as m.typing.
type wirePassing struct {
	Room    string          `json:"room"`
	Type    string          `json:"type"`
	Content json.RawMessage `json:"content"`
}

type wireUser struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Avatar string `json:"avatar,omitempty"` // a path
}

// serveEvents streams the rooms as server-sent events. "begin" says whether what follows
// continues what the page has ({"resumed":true}) or replaces it; then come the events that
// it lacks, "live" when it has them all, and from there each new one. The id of the event
// it had last comes in Last-Event-ID, or in the query where a page begins a new stream.
func (c *console) serveEvents(w http.ResponseWriter, r *http.Request) {
	select {
	case c.streams <- struct{}{}:
		defer func() { <-c.streams }()
	default:
		w.Header().Set("Retry-After", "5")
		writeError(w, http.StatusServiceUnavailable, "Too many pages are open.")
		return
	}
	// Subscribed first: what comes while the history is read is in both, not in neither.
	live := newFeed()
	defer c.Subscribe(live.put)()
	history := c.History()
	known := make(map[string]bool, len(history))
	for _, e := range history {
		known[e.ID] = true
	}
	after := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after"))
	seen := 1 + slices.IndexFunc(history, func(e Event) bool { return e.ID == after })

	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	s := stream{console: c, response: w, control: http.NewResponseController(w)}
	s.write("retry: 1000\nevent: begin\ndata: {\"resumed\":%t}\n\n", seen > 0)
	for _, e := range history[seen:] {
		s.event(e)
	}
	s.write("event: live\ndata: {}\n\n")
	if err := s.follow(r.Context(), live, known); err != nil {
		c.Log.Debug("event stream ended", "err", err)
	}
}

// maxPending is how many bytes may wait for the rest of a burst before they are sent.
const maxPending = 64 << 10

// stream writes to one page.
type stream struct {
	*console
	response http.ResponseWriter
	control  *http.ResponseController
	pending  bytes.Buffer
}

// follow sends what comes until the page or the server goes, or the page is too slow. Those
// of the first events that are known already are left out.
func (s *stream) follow(ctx context.Context, live *feed, known map[string]bool) error {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		if len(live.events) == 0 || s.pending.Len() > maxPending {
			if err := s.flush(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ping.C:
			s.write(": still here\n\n")
		case e, ok := <-live.events:
			if !ok {
				return fmt.Errorf("page is more than %d events behind", maxBehind)
			}
			switch {
			case e.ID == "":
				s.passing(e)
			case !known[e.ID]:
				known = nil
				s.event(e)
			}
		}
	}
}

func (s *stream) event(e Event) {
	out := wireEvent{
		ID: e.ID, Room: e.Room, Sender: s.user(e.Sender), Type: e.Type, Content: e.Content, Time: e.Time.UnixMilli(),
	}
	if e.Type == "m.room.member" && e.StateKey != nil {
		subject := s.user(*e.StateKey)
		out.Subject = &subject
	}
	data, err := json.Marshal(out) // on one line: Marshal compacts the content too
	if err != nil {
		s.Log.Warn("event not shown", "event_id", e.ID, "err", err)
		return
	}
	s.write("id: %s\ndata: %s\n\n", e.ID, data)
}

// passing sends what is no event of the room, and what a page that was away need not know.
func (s *stream) passing(e Event) {
	data, err := json.Marshal(wirePassing{Room: e.Room, Type: e.Type, Content: e.Content})
	if err != nil {
		s.Log.Warn("event not shown", "type", e.Type, "err", err)
		return
	}
	s.write("event: passing\ndata: %s\n\n", data)
}

// user is called by the first part of its id where it has no name.
func (s *stream) user(id string) wireUser {
	p := s.Profile(id)
	localpart, _, _ := strings.Cut(strings.TrimPrefix(id, "@"), ":")
	return wireUser{ID: id, Name: cmp.Or(p.Name, localpart), Avatar: p.Avatar.address("users", id)}
}

func (s *stream) write(format string, args ...any) { fmt.Fprintf(&s.pending, format, args...) }

// flush sends what was written. The deadline frees the stream of a page that has stopped
// reading; a ResponseWriter that knows none is a test's.
func (s *stream) flush() error {
	if s.pending.Len() == 0 {
		return nil
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := s.pending.WriteTo(s.response); err != nil {
		return fmt.Errorf("write to page: %w", err)
	}
	if err := s.control.Flush(); err != nil {
		return fmt.Errorf("write to page: %w", err)
	}
	return nil
}
