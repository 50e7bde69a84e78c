package outbox_test

import (
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestOldestPending has two rooms wait: of which the oldest webhook is told counts, whether it
// is planned already or not.
func TestOldestPending(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms, db := &clock{frozen: time.Now()}, newRooms(), storetest.Open(t, url)
		withClock := func(o *outbox.Options) { o.Now = clock.now }
		box := open(t, db, withClock)
		oldest := func(want time.Duration, when string) {
			t.Helper()
			s, err := box.Stats(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := s.OldestPending.Round(time.Second); got != want { // the database knows milliseconds
				t.Errorf("the oldest %s is %s old, want %s", when, got, want)
			}
		}
		oldest(0, "of none")
		first := enqueue(t, box, webhook("first", "!b"))
		clock.pass(50 * time.Minute)
		second := enqueue(t, box, webhook("second", "!a", "!b"))
		clock.pass(10 * time.Minute)
		oldest(time.Hour, "that waits")

		rooms.fault(func(outbox.Event) error { return errAway }, nil)
		p := run(t, db, rooms, withClock)
		eventually(t, "both rooms are tried", func() bool {
			_, attempts, _ := rooms.count()
			return attempts >= 2
		})
		oldest(time.Hour, "that is tried")
		rooms.fault(func(e outbox.Event) error {
			if e.RoomID == "id of !a" {
				return errAway
			}
			return nil
		}, nil)
		told(t, p.Outbox, first.ID)
		oldest(10*time.Minute, "when the first is told")
		rooms.fault(nil, nil)
		told(t, p.Outbox, second.ID)
		oldest(0, "when all are told")
	})
}
