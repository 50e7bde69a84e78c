package outbox_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestConcurrentRepeats sends each of many deliveries several times at once, some within a
// batch and some in several, in an order of each sender's own, and where the database allows
// it to two programs: each is accepted once, and all are told the same id.
func TestConcurrentRepeats(t *testing.T) {
	t.Parallel()
	const deliveries, senders = 40, 8
	storetest.Each(t, func(t *testing.T, url string) {
		boxes := []*outbox.Outbox{open(t, storetest.Open(t, url))}
		if strings.HasPrefix(url, "postgres") {
			boxes = append(boxes, open(t, storetest.Open(t, url)))
		}
		var mu sync.Mutex
		ids, firsts := map[string][]string{}, map[string]int{}
		var group sync.WaitGroup
		for sender := range senders {
			box := boxes[sender%len(boxes)]
			group.Go(func() {
				var own sync.WaitGroup
				for i := range deliveries {
					own.Go(func() {
						w := webhook("repeated", "!a", "!b")
						w.SenderID = fmt.Sprint("delivery ", (i*7+sender*3)%deliveries)
						a, err := box.Enqueue(t.Context(), w)
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						defer mu.Unlock()
						ids[w.SenderID] = append(ids[w.SenderID], a.ID)
						if !a.Repeat {
							firsts[w.SenderID]++
						}
					})
				}
				own.Wait()
			})
		}
		group.Wait()
		for id, got := range ids {
			if slices.Sort(got); len(slices.Compact(got)) != 1 || firsts[id] != 1 {
				t.Errorf("%s got the ids %v, %d of them as the first", id, got, firsts[id])
			}
		}
		for _, c := range []struct {
			table string
			want  int
		}{{"webhooks", deliveries}, {"sender_ids", deliveries}, {"deliveries", 2 * deliveries}} {
			var n int
			if err := storetest.Open(t, url).QueryRow(t.Context(), `SELECT count(*) FROM `+c.table).Scan(&n); err != nil || n != c.want {
				t.Errorf("%d rows in %s, want %d (%v)", n, c.table, c.want, err)
			}
		}
	})
}

// TestRepeatIsRemembered: through a restart, and as long as the webhook is.
func TestRepeatIsRemembered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock := &clock{}
		start := func() *process {
			return run(t, storetest.Open(t, url), newRooms(), func(o *outbox.Options) { o.Now = clock.now })
		}
		w := webhook("once", "!a")
		w.SenderID = "signature " + strings.Repeat("5a", 32)
		before := start()
		first := enqueue(t, before.Outbox, w)
		told(t, before.Outbox, first.ID)
		before.stop()

		p := start()
		if again := enqueue(t, p.Outbox, w); again.ID != first.ID || !again.Repeat || again.Deliveries != 0 {
			t.Errorf("after a restart: %+v, want a repeat of %s", again, first.ID)
		}
		clock.pass(13 * 24 * time.Hour)
		if err := p.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if again := enqueue(t, p.Outbox, w); !again.Repeat {
			t.Errorf("within the retention: %+v, want a repeat", again)
		}
		clock.pass(2 * 24 * time.Hour)
		if err := p.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if again := enqueue(t, p.Outbox, w); again.Repeat || again.ID == first.ID {
			t.Errorf("after the retention: %+v, want a new webhook", again)
		}
	})
}
