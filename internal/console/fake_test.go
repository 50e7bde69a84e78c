package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

// fakeRoom is a room whose events a test makes.
type fakeRoom struct {
	mu        sync.Mutex
	now       time.Time
	events    []console.Event
	listeners map[int]func(console.Event)
	ids       int
}

func newFakeRoom() *fakeRoom {
	return &fakeRoom{
		now:       time.Date(2026, 11, 22, 10, 32, 0, 0, time.UTC),
		listeners: map[int]func(console.Event){},
	}
}

func (r *fakeRoom) history() []console.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// subscribe calls listeners under the lock, as the in-memory homeserver does.
func (r *fakeRoom) subscribe(listen func(console.Event)) (cancel func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ids++
	id := r.ids
	r.listeners[id] = listen
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.listeners, id)
	}
}

func (r *fakeRoom) subscribers() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.listeners)
}

// add puts an event into the room and returns its id. The room's time stands still, but for
// what wait adds.
func (r *fakeRoom) add(sender, eventType string, content any) string {
	data, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e := console.Event{
		ID: fmt.Sprintf("$%d", len(r.events)+1), Sender: sender, Type: eventType, Content: data, Time: r.now,
	}
	if eventType == "m.room.member" {
		e.StateKey = &sender
	}
	r.events = append(r.events, e)
	for _, listen := range r.listeners {
		listen(e)
	}
	return e.ID
}

func (r *fakeRoom) say(sender, text string) string {
	return r.add(sender, "m.room.message", map[string]string{"msgtype": "m.text", "body": text})
}

func (r *fakeRoom) join(user string) {
	r.add(user, "m.room.member", map[string]string{"membership": "join"})
}

func (r *fakeRoom) wait(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

// forget is what a restart of the room's server does.
func (r *fakeRoom) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = nil
}

// fakeGateway remembers what is posted and answers with err.
type fakeGateway struct {
	err error

	mu     sync.Mutex
	posted []string // "sonarr Grab"
}

func (g *fakeGateway) post(_ context.Context, service, sample string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.posted = append(g.posted, service+" "+sample)
	return g.err
}

func (g *fakeGateway) all() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.posted)
}

type fakeSwitch struct {
	mu sync.Mutex
	on bool
}

func (s *fakeSwitch) On() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on
}

func (s *fakeSwitch) Set(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = on
}

// options are those of a page over a room: two services, no pictures, names as in the ids.
func options(t *testing.T, room *fakeRoom) console.Options {
	t.Helper()
	return console.Options{
		Room: console.Room{Name: "Spam and Stuff", History: room.history, Subscribe: room.subscribe},
		Services: []console.Service{
			{Name: "grafana", Title: "Grafana", Samples: []string{"firing-single", "resolved-single"}},
			{Name: "sonarr", Title: "Sonarr", Samples: []string{"Grab", "v5/Grab"}},
		},
		Profile: func(user string) console.Profile { return console.Profile{Name: user} },
		Post:    new(fakeGateway).post,
		Auto:    &fakeSwitch{on: true},
		Log:     slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}
