package outbox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// moving is rooms that are upgraded now and then.
type moving struct {
	*rooms
	upgrades atomic.Int64
}

func (m *moving) Place(ctx context.Context, room, hook string) (outbox.Place, error) {
	p, err := m.rooms.Place(ctx, room, hook)
	p.RoomID += fmt.Sprint(m.upgrades.Load())
	return p, err
}

// TestNothingIsLeft has incidents begin, change and end in a room that is often told too much,
// and upgraded, and refuses some messages, under each policy. All that was accepted comes to its end, and when it is old, no row is left.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	for i, policy := range []incident.Policy{
		{},
		{OnResolve: incident.ActionReply},
		{OnUpdate: incident.ActionThread, OnResolve: incident.ActionNew, Remind: 3 * time.Minute},
		{OnUpdate: incident.ActionReact, OnResolve: incident.ActionReact},
		{OnUpdate: incident.ActionReply | incident.ActionEdit, ReopenAfter: 40 * time.Second},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, url string) {
				random := rand.New(rand.NewPCG(uint64(i), 7))
				clock, rooms, db := &clock{frozen: time.Now()}, &moving{rooms: newRooms()}, storetest.Open(t, url)
				refusals := rand.New(rand.NewPCG(uint64(i), 8))
				rooms.fault(func(outbox.Event) error {
					return sometimes(refusals, &outbox.Failure{Class: outbox.Message, Err: errAway})
				}, nil)
				p := run(t, db, rooms, func(o *outbox.Options) {
					o.Now, o.Decide = clock.now, func(in incident.Input) incident.Decision {
						in.Policy = policy
						return incident.Decide(in)
					}
				})
				settled := func() bool {
					s, err := p.Stats(t.Context())
					return err == nil && s.Pending == 0
				}
				for n := range 150 {
					w := alert(fmt.Sprint(n), "!a")
					w.SenderID = fmt.Sprint(n)
					in := &w.Notification.Incident
					in.Key = fmt.Sprint(random.IntN(3))
					switch random.IntN(4) {
					case 0:
						in.State = formatters.Resolved
					case 1:
						*in = formatters.Incident{}
					case 2:
						w.Notification.Status = fmt.Sprint("changed ", n)
					}
					enqueue(t, p.Outbox, w)
					if random.IntN(3) == 0 {
						eventually(t, "what can be told is", settled)
						if random.IntN(5) == 0 {
							rooms.upgrades.Add(1)
						}
						clock.pass(time.Duration(random.IntN(15)) * time.Second)
					}
				}
				for key := range 3 {
					w := alert("over", "!a")
					w.Notification.Incident = formatters.Incident{Key: fmt.Sprint(key), State: formatters.Resolved}
					enqueue(t, p.Outbox, w)
				}
				eventually(t, "everything has ended", func() bool {
					clock.pass(20 * time.Second)
					s, err := p.Stats(t.Context())
					return err == nil && s.Pending == 0 && s.Held == 0
				})
				p.stop()
				for range 2 {
					clock.pass(16 * 24 * time.Hour)
					if err := p.Prune(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				for _, table := range []string{"webhooks", "deliveries", "sender_ids", "sends", "incidents", "timers"} {
					var n int
					if err := db.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n > 0 {
						t.Errorf("%d rows are left in %s (%v)", n, table, err)
					}
				}
			})
		})
	}
}
