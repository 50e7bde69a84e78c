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

// fakeRoom is two rooms whose events a test makes: "spam", and "ops" where it says so.
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
	return r.addTo("spam", sender, eventType, content)
}

func (r *fakeRoom) addTo(room, sender, eventType string, content any) string {
	data, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e := console.Event{
		Room: room, ID: fmt.Sprintf("$%d", len(r.events)+1), Sender: sender, Type: eventType, Content: data, Time: r.now,
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

// fakeProgram remembers what is posted and answers with err, or with outcome.
type fakeProgram struct {
	err     error
	outcome console.Outcome
	sample  string // "" makes one up
	stuck   bool   // whether it answers only when it is given up

	mu     sync.Mutex
	posted []string // "sonarr Grab"
}

func (p *fakeProgram) did(ctx context.Context, what string) error {
	p.mu.Lock()
	p.posted = append(p.posted, what)
	p.mu.Unlock()
	if p.stuck {
		<-ctx.Done()
		return ctx.Err()
	}
	return p.err
}

func (p *fakeProgram) Sample(service, sample string) (string, error) {
	if p.sample != "" {
		return p.sample, p.err
	}
	return "{\"sample\": \"" + service + " " + sample + "\"}", p.err
}

func (p *fakeProgram) SendSample(ctx context.Context, service, sample string) error {
	return p.did(ctx, service+" "+sample)
}

func (p *fakeProgram) Send(ctx context.Context, service, request string) error {
	return p.did(ctx, service+": "+request)
}

func (p *fakeProgram) Preview(ctx context.Context, t console.Trial) (console.Outcome, error) {
	return p.outcome, p.did(ctx, "preview "+t.Service+": "+t.Request+" "+t.Filter)
}

func (p *fakeProgram) Tell(ctx context.Context, story string, _ time.Time, step int) error {
	return p.did(ctx, fmt.Sprint(story, " ", step))
}

func (p *fakeProgram) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.posted)
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

// options are those of a page over two rooms: two services, no pictures, names as in the ids.
func options(t *testing.T, room *fakeRoom) console.Options {
	t.Helper()
	return console.Options{
		Rooms: []console.Room{
			{Name: "spam", Title: "Spam and Stuff", Topic: "All that happens"},
			{Name: "ops", Title: "Ops", Topic: "What wants a person"},
		},
		History: room.history, Subscribe: room.subscribe,
		Services: []console.Service{
			{Name: "grafana", Title: "Grafana", Samples: []string{"firing-single", "resolved-single"}},
			{Name: "sonarr", Title: "Sonarr", Samples: []string{"Grab", "v5/Grab"}},
		},
		Stories: []console.Story{{
			Name: "tale", Title: "A tale", About: "Two steps", Room: "ops",
			Steps: []console.Step{{Text: "It begins.", Wait: 300 * time.Millisecond}, {Text: "It ends.", Wait: 300 * time.Millisecond}},
		}},
		Profile: func(user string) console.Profile { return console.Profile{Name: user} },
		Program: new(fakeProgram),
		Auto:    &fakeSwitch{on: true},
		Log:     slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

const visitorID = "@visitor:demo"

// fakeVisitor does in a fakeRoom what a homeserver would, or fails with err.
type fakeVisitor struct {
	*fakeRoom
	err error
}

func (v fakeVisitor) User() string { return visitorID }

func (v fakeVisitor) Say(_ context.Context, room, text string) error {
	if v.err == nil {
		v.addTo(room, visitorID, "m.room.message", map[string]string{"msgtype": "m.text", "body": text})
	}
	return v.err
}

func (v fakeVisitor) React(_ context.Context, room, event, key string) error {
	if v.err == nil {
		v.react(room, visitorID, event, key)
	}
	return v.err
}

func (v fakeVisitor) TakeBack(_ context.Context, room, event string) error {
	if v.err == nil {
		v.addTo(room, visitorID, "m.room.redaction", map[string]string{"redacts": event})
	}
	return v.err
}

func (r *fakeRoom) react(room, sender, event, key string) string {
	return r.addTo(room, sender, "m.reaction", map[string]any{
		"m.relates_to": map[string]string{"rel_type": "m.annotation", "event_id": event, "key": key},
	})
}

// pass tells who types, which is no event.
func (r *fakeRoom) pass(room string, typing ...string) {
	content, err := json.Marshal(map[string]any{"user_ids": typing})
	if err != nil {
		panic(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, listen := range r.listeners {
		listen(console.Event{Room: room, Type: "m.typing", Content: content})
	}
}

// chatOptions are those of a page that has two chats, too.
func chatOptions(t *testing.T, room *fakeRoom, err error) console.Options {
	t.Helper()
	o := options(t, room)
	o.Rooms = append(o.Rooms,
		console.Room{Name: "commands", Title: "Commands", Topic: "The bot answers", Chat: &console.Chat{Hints: []string{"!help", "!wordle"}}},
		console.Room{Name: "direct", Title: "Lotus Bot", Topic: "Your direct chat", Chat: &console.Chat{Direct: true, Hints: []string{"crane"}}},
	)
	o.Visitor = fakeVisitor{room, err}
	return o
}
