package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// member is one of several processes, of which one may tell secret rooms.
type member struct {
	*rooms
	leads  *atomic.Pointer[member]
	places atomic.Int32
}

var errNotLeading = &outbox.Failure{Class: outbox.Elsewhere, Err: errors.New("not leading")}

func (m *member) Place(ctx context.Context, room, hook string) (outbox.Place, error) {
	if room == "secret" {
		m.places.Add(1)
		if m.leads.Load() != m {
			return outbox.Place{}, errNotLeading
		}
	}
	return m.rooms.Place(ctx, room, hook)
}

func (m *member) Send(ctx context.Context, e outbox.Event) (outbox.Made, error) {
	if e.RoomID == "id of secret" && m.leads.Load() != m {
		return outbox.Made{}, errNotLeading
	}
	return m.rooms.Send(ctx, e)
}

// attemptCounter counts attempts by their results.
type attemptCounter struct {
	mu      sync.Mutex
	results map[string]int
}

func (c *attemptCounter) Attempted(result string, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.results[result]++
}

func (c *attemptCounter) Finished(string, string) {}

// of returns how many attempts had a result.
func (c *attemptCounter) of(result string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.results[result]
}

// TestElsewhere lets two processes accept for a room that only one of them may tell. The lead
// changes, and nothing is parked, lost, told twice or out of order.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	world := newRooms()
	var leads atomic.Pointer[member]
	counter := &attemptCounter{results: map[string]int{}}
	count := func(o *outbox.Options) { o.Metrics = counter }
	members, processes := []*member{}, []*process{}
	for range 2 {
		m := &member{rooms: world, leads: &leads}
		members = append(members, m)
		processes = append(processes, run(t, storetest.Open(t, url), m, count))
	}
	var want []string
	accept := func(n int) {
		for range n {
			subject := fmt.Sprint(len(want))
			want = append(want, subject)
			enqueue(t, processes[len(want)%2].Outbox, webhook(subject, "secret"))
		}
	}
	lead := func(n int) {
		leads.Store(members[n])
		processes[n].relay.Unpark()
	}
	accept(4) // while nobody leads
	lead(0)
	eventually(t, "the first leader tells", func() bool { return slices.Equal(world.subjects("secret"), want) })
	for range 10 {
		accept(2)
		time.Sleep(20 * time.Millisecond)
	}
	lead(1)
	accept(10)
	eventually(t, "the second leader tells", func() bool { return slices.Equal(world.subjects("secret"), want) })
	lead(0)
	accept(2)
	eventually(t, "the first leader tells again", func() bool { return slices.Equal(world.subjects("secret"), want) })

	if state := told(t, processes[1].Outbox, enqueue(t, processes[1].Outbox, webhook("plain", "open")).ID); state != outbox.Told {
		t.Errorf("a room for all: %s", state)
	}
	stats, err := processes[0].Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range stats.Lanes {
		if !l.Parked.IsZero() || l.Pending > 0 {
			t.Errorf("lane %+v", l)
		}
	}
	counter.mu.Lock()
	defer counter.mu.Unlock()
	if len(counter.results) != 1 || counter.results["ok"] != len(want)+1 {
		t.Errorf("attempts by result: %v, want ok: %d and nothing else", counter.results, len(want)+1)
	}
}

// TestElsewhereIsLeftAlone makes sure that who does not lead does not ask again and again, nor
// keeps the room's lease.
func TestElsewhereIsLeftAlone(t *testing.T) {
	t.Parallel()
	var leads atomic.Pointer[member]
	m := &member{rooms: newRooms(), leads: &leads}
	p := run(t, storetest.Open(t, storetest.Postgres(t)), m)
	started := time.Now()
	for n := range 20 {
		enqueue(t, p.Outbox, webhook(fmt.Sprint(n), "secret"))
		time.Sleep(50 * time.Millisecond)
	}
	if n, most := int(m.places.Load()), 1+int(time.Since(started)/(5*time.Second)); n > most {
		t.Errorf("the room was looked at %d times, want %d", n, most)
	}
	leads.Store(m)
	p.relay.Unpark()
	eventually(t, "all are told at once", func() bool { return len(m.subjects("secret")) == 20 })
}
