package outbox_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestMaxAgeWhileAway has a delivery die in time of which nobody could find out where it is
// to be told.
func TestMaxAgeWhileAway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms := &clock{}, newRooms()
		rooms.closed = errAway
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Now = clock.now })
		a := enqueue(t, p.Outbox, webhook("old", "!a"))
		eventually(t, "nothing is known of the room", func() bool {
			list, err := p.DeliveriesOf(t.Context(), a.ID)
			return err == nil && len(list) == 1 && strings.Contains(list[0].Reason, errAway.Error())
		})
		clock.pass(8 * 24 * time.Hour)
		if state := told(t, p.Outbox, a.ID); state != outbox.Dead {
			t.Errorf("after eight days it is %s, want dead", state)
		}
	})
}

// TestMaxAgeOfDigest has what a timer planned die, too, in a room that is closed for good,
// and what waits behind it.
func TestMaxAgeOfDigest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		b := newBusyRoom(t, url)
		line := b.hold(webhook("line", "!a"))
		b.rooms.fault(func(outbox.Event) error { return &outbox.Failure{Class: outbox.Room, Err: errors.New("closed")} }, nil)
		b.clock.pass(10 * time.Second)
		eventually(t, "the room is parked", func() bool { return b.stats().Lanes[0].Reason == "closed" })
		behind := enqueue(t, b.Outbox, webhook("behind", "!a")).ID
		b.clock.pass(8 * 24 * time.Hour)
		for _, id := range []string{line, behind} {
			if state := told(t, b.Outbox, id); state != outbox.Dead {
				t.Errorf("after eight days it is %s, want dead", state)
			}
		}
	})
}

// TestClockWasAhead parks a room while the clock is wrong by a year.
func TestClockWasAhead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms := &clock{}, newRooms()
		clock.pass(365 * 24 * time.Hour)
		rooms.fault(func(outbox.Event) error { return &outbox.Failure{Class: outbox.Room, Err: errors.New("closed")} }, nil)
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Now = clock.now })
		a := enqueue(t, p.Outbox, webhook("waits", "!a"))
		eventually(t, "the room is parked", func() bool {
			s, err := p.Stats(t.Context())
			return err == nil && s.Lanes[0].Reason == "closed"
		})
		rooms.fault(nil, nil)
		clock.pass(-365*24*time.Hour + 6*time.Minute)
		if state := told(t, p.Outbox, a.ID); state != outbox.Told {
			t.Errorf("it is %s, want told", state)
		}
	})
}
