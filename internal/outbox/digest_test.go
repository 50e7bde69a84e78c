package outbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestStormIsADigest has a room told five webhooks and a digest of the others, with a
// restart in between.
func TestStormIsADigest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms, db := &clock{frozen: time.Now()}, newRooms(), storetest.Open(t, url)
		real := func(o *outbox.Options) { o.Decide, o.Now = incident.Decide, clock.now }
		first := run(t, db, rooms, real)
		for i := range 20 {
			enqueue(t, first.Outbox, webhook(fmt.Sprintf("number %d.", i), "!a"))
		}
		held := func(p *process, n int64) func() bool {
			return func() bool {
				s, err := p.Stats(t.Context())
				return err == nil && s.Held == n && s.Pending == 0
			}
		}
		eventually(t, "five are told and the others held", held(first, 15))
		if n := len(rooms.seen("!a")); n != 5 {
			t.Fatalf("%d events, want 5", n)
		}
		first.stop()
		second := run(t, db, rooms, real)
		enqueue(t, second.Outbox, webhook("number 20.", "!a"))
		eventually(t, "the next waits with them", held(second, 16))
		clock.pass(10 * time.Second)
		eventually(t, "the digest is told", held(second, 0))
		seen := rooms.seen("!a")
		digest := seen[len(seen)-1]
		if len(seen) != 6 || digest.Notification.Status != "digest" || digest.Replaces != "" {
			t.Fatalf("%d events, the last is %+v", len(seen), digest)
		}
		for i := 5; i <= 20; i++ {
			if !strings.Contains(digest.Notification.Details, fmt.Sprintf("number %d.", i)) {
				t.Errorf("the digest does not tell number %d", i)
			}
		}
		enqueue(t, second.Outbox, webhook("number 21.", "!a"))
		eventually(t, "one more is held", held(second, 1))
		clock.pass(15 * time.Second)
		eventually(t, "and told", held(second, 0))
		seen = rooms.seen("!a")
		if last := seen[len(seen)-1]; len(seen) != 7 || last.Replaces != rooms.eventID(digest) {
			t.Errorf("%d events, want the digest changed, not %+v", len(seen), last)
		}
		list, err := second.Deliveries(t.Context(), outbox.Filter{State: outbox.Told})
		if err != nil || len(list) != 22 {
			t.Errorf("%d deliveries are told, want 22 (%v)", len(list), err)
		}
	})
}

// TestBacklogKeepsOrder has what has piled up planned at once: what a hook says behind the lines
// that wait for a digest waits with them, though the room has heard little of that hook.
func TestBacklogKeepsOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms, db := &clock{frozen: time.Now()}, newRooms(), storetest.Open(t, url)
		real := func(o *outbox.Options) { o.Decide, o.Now = incident.Decide, clock.now }
		box := open(t, db, real)
		alarm := func(subject string) {
			w := webhook(subject, "!a")
			w.Hook = "other"
			enqueue(t, box, w)
		}
		alarm("first.") // and where its hook posts is known
		for i := range 8 {
			enqueue(t, box, webhook(fmt.Sprintf("noise %d.", i), "!a"))
		}
		alarm("second.")
		p := run(t, db, rooms, real)
		eventually(t, "six are told and the others held", func() bool {
			s, err := p.Stats(t.Context())
			return err == nil && s.Pending == 0 && s.Held == 4
		})
		clock.pass(10 * time.Second)
		eventually(t, "the digest is told", func() bool { return len(rooms.seen("!a")) == 7 })
		var lines []string
		for _, it := range rooms.seen("!a")[6].Notification.Items {
			lines = append(lines, strings.TrimPrefix(it.Text, ": grabbed "))
		}
		if diff := cmp.Diff([]string{"noise 5.", "noise 6.", "noise 7.", "second."}, lines); diff != "" {
			t.Errorf("the digest's lines (-want +got):\n%s", diff)
		}
	})
}

// TestCardThatWasTakenBack has the next change make a card, which the one after changes.
func TestCardThatWasTakenBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms := &clock{frozen: time.Now()}, newRooms()
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Decide, o.Now = incident.Decide, clock.now })
		say := func(status string) {
			t.Helper()
			w := alert("cpu", "!a")
			w.Notification.Status = status
			told(t, p.Outbox, enqueue(t, p.Outbox, w).ID)
			clock.pass(time.Minute)
		}
		say("firing")
		rooms.alone = true
		say("worse")
		rooms.alone = false
		say("better")
		seen := rooms.seen("!a")
		if len(seen) != 3 || seen[1].Replaces != rooms.eventID(seen[0]) || seen[2].Replaces != rooms.eventID(seen[1]) {
			t.Errorf("got %+v, want the third to change the second", seen)
		}
	})
}

// TestWorsePings has the reply that tells that something got worse ping whom the route
// names: an edit pings nobody.
func TestWorsePings(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms := &clock{frozen: time.Now()}, newRooms()
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Decide, o.Now = incident.Decide, clock.now })
		for _, severity := range []formatters.Severity{formatters.Warning, formatters.Critical} {
			w := alert("cpu", "!a")
			w.Notification.Severity = severity
			w.Rooms[0].Mentions = []string{"@room"}
			told(t, p.Outbox, enqueue(t, p.Outbox, w).ID)
			clock.pass(time.Minute)
		}
		var pings []bool
		for _, e := range rooms.seen("!a") {
			pings = append(pings, len(e.Mentions) > 0)
		}
		if diff := cmp.Diff([]bool{true, false, true}, pings); diff != "" {
			t.Errorf("card, edit and reply ping (-want +got):\n%s", diff)
		}
	})
}
