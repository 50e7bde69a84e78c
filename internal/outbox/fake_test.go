package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// rooms is a Sender that behaves like a homeserver: one event per transaction id.
type rooms struct {
	mu       sync.Mutex
	events   map[string][]outbox.Event // by room id, as people see them
	ids      map[string]string         // transaction id -> event id
	attempts int
	finds    int
	before   func(outbox.Event) error // may refuse an attempt before it counts
	after    func(outbox.Event) error // may lose the answer after it counted
	closed   error                    // why no room can be entered
	alone    bool                     // what events are about is gone
}

func newRooms() *rooms {
	return &rooms{events: map[string][]outbox.Event{}, ids: map[string]string{}}
}

func (r *rooms) Place(_ context.Context, room, hook string) (outbox.Place, error) {
	return outbox.Place{RoomID: "id of " + room, UserID: "@hookshot_" + hook + ":test", DeviceID: "DEVICE"}, r.closed
}

func (r *rooms) Send(_ context.Context, e outbox.Event) (outbox.Made, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attempts++
	if r.before != nil {
		if err := r.before(e); err != nil {
			return outbox.Made{}, err
		}
	}
	if r.alone && e.Dependent {
		return outbox.Made{}, nil
	}
	id, known := r.ids[e.TransactionID]
	if !known {
		id = fmt.Sprintf("$%d", len(r.ids)+1)
		r.ids[e.TransactionID] = id
		r.events[e.RoomID] = append(r.events[e.RoomID], e)
	}
	if r.after != nil {
		if err := r.after(e); err != nil {
			return outbox.Made{}, err
		}
	}
	return outbox.Made{ID: id, Alone: r.alone && e.Replaces+e.RepliesTo+e.Threads != ""}, nil
}

func (r *rooms) Find(_ context.Context, e outbox.Event) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finds++
	return r.ids[e.TransactionID], nil
}

// seen returns the events of a room, in order.
func (r *rooms) seen(room string) []outbox.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]outbox.Event(nil), r.events["id of "+room]...)
}

// eventID returns the event that a send made.
func (r *rooms) eventID(e outbox.Event) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ids[e.TransactionID]
}

// count returns how many events there are, and how many attempts and look-ups there were.
func (r *rooms) count() (events, attempts, finds int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.ids), r.attempts, r.finds
}

// subjects returns what a room was told, in order.
func (r *rooms) subjects(room string) []string {
	var all []string
	for _, e := range r.seen(room) {
		all = append(all, e.Notification.Subject)
	}
	return all
}

func (r *rooms) fault(before, after func(outbox.Event) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.before, r.after = before, after
}

// clock is the time plus what the test has let pass.
type clock struct {
	mu     sync.Mutex
	ahead  time.Duration
	frozen time.Time // in the place of the time, if it is set
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.frozen.IsZero() {
		return c.frozen.Add(c.ahead)
	}
	return time.Now().Add(c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// process is an outbox and its relay, as one running program has them.
type process struct {
	*outbox.Outbox
	relay *outbox.Relay
	stop  func()
}

// run starts a process that tells rooms.
func run(t *testing.T, db *store.DB, sender outbox.Sender, options ...func(*outbox.Options)) *process {
	t.Helper()
	box := open(t, db, options...)
	relay := box.Relay(sender)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := relay.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	stop := sync.OnceFunc(func() {
		cancel()
		<-done
	})
	t.Cleanup(stop)
	return &process{Outbox: box, relay: relay, stop: stop}
}

// aCardEach answers every notification with a card of its own, and puts back what is held.
func aCardEach(in incident.Input) incident.Decision {
	if in.Notification == nil {
		return incident.Decision{State: in.State, Release: in.Held > 0}
	}
	return incident.Decision{State: in.State, Parts: []incident.Part{{Kind: incident.New, Card: true, Notification: in.Notification}}}
}

// open starts an outbox without a relay.
func open(t *testing.T, db *store.DB, options ...func(*outbox.Options)) *outbox.Outbox {
	t.Helper()
	o := outbox.Options{DB: db, Log: slog.New(slog.DiscardHandler), Decide: aCardEach}
	for _, option := range options {
		option(&o)
	}
	box := outbox.New(o)
	t.Cleanup(box.Close)
	return box
}

func webhook(subject string, to ...string) outbox.Webhook {
	w := outbox.Webhook{
		Hook: "sonarr", Service: "sonarr", Formatter: "sonarr",
		Notification: formatters.Notification{Version: 1, Status: "grabbed", Subject: subject},
	}
	for _, room := range to {
		w.Rooms = append(w.Rooms, outbox.Routed{Room: room})
	}
	return w
}

func enqueue(t *testing.T, box *outbox.Outbox, w outbox.Webhook) outbox.Accepted {
	t.Helper()
	a, err := box.Enqueue(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// eventually waits for what a relay does in the background.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("not within 20 s: %s", what)
}

// told waits until a webhook ends and returns its state.
func told(t *testing.T, box *outbox.Outbox, id string) outbox.State {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	state, err := box.Wait(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

var errAway = errors.New("connection refused")
