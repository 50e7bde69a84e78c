package outbox_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// busyRoom is a room that was told as much as it bears.
type busyRoom struct {
	*process
	t     *testing.T
	clock *clock
	rooms *rooms
}

func newBusyRoom(t *testing.T, url string) *busyRoom {
	t.Helper()
	b := &busyRoom{t: t, clock: &clock{frozen: time.Now()}, rooms: newRooms()}
	b.process = run(t, storetest.Open(t, url), b.rooms, func(o *outbox.Options) { o.Decide, o.Now = incident.Decide, b.clock.now })
	for range 5 {
		told(t, b.Outbox, enqueue(t, b.Outbox, webhook("before", "!a")).ID)
	}
	return b
}

// hold accepts a webhook that must wait.
func (b *busyRoom) hold(w outbox.Webhook) (id string) {
	b.t.Helper()
	before := b.held()
	id = enqueue(b.t, b.Outbox, w).ID
	eventually(b.t, "it is held", func() bool { return b.held() == before+1 })
	return id
}

func (b *busyRoom) held() int64 { return b.stats().Held }

func (b *busyRoom) stats() outbox.Stats {
	b.t.Helper()
	s, err := b.Stats(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// wait lets the digest's time come, and returns when all is told.
func (b *busyRoom) wait(d time.Duration) {
	b.t.Helper()
	b.clock.pass(d)
	eventually(b.t, "all is told", func() bool {
		s := b.stats()
		return s.Held == 0 && s.Pending == 0
	})
}

// after returns what the room was told after it was full.
func (b *busyRoom) after() []outbox.Event { return b.rooms.seen("!a")[5:] }

// TestDigestOfOne has what would be a digest of one line told as it is: its card is changed
// by what comes after, and pings whom the route names.
func TestDigestOfOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		b := newBusyRoom(t, url)
		w := alert("cpu", "!a")
		w.Notification.Severity, w.Rooms[0].Mentions = formatters.Error, []string{"@room"}
		b.hold(w)
		b.wait(10 * time.Second)
		seen := b.after()
		if len(seen) != 1 || seen[0].Notification.Subject != "cpu" || seen[0].MsgType != "" || !slices.Equal(seen[0].Mentions, []string{"@room"}) {
			t.Fatalf("got %+v, want the card itself", seen)
		}
		b.clock.pass(time.Minute)
		w.Notification.Incident.State = formatters.Resolved
		told(t, b.Outbox, enqueue(t, b.Outbox, w).ID)
		seen = b.after()
		card := b.rooms.eventID(seen[0])
		if len(seen) != 3 || seen[1].Replaces != card || seen[2].RepliesTo != card {
			t.Errorf("got %+v, want the card changed and answered", seen[1:])
		}
	})
}

// TestDigestOfOneReply has the end of an incident with a card, alone in a digest, answer
// that card.
func TestDigestOfOneReply(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		b := newBusyRoom(t, url)
		b.clock.pass(time.Minute)
		w := alert("cpu", "!a")
		told(t, b.Outbox, enqueue(t, b.Outbox, w).ID)
		for range 4 {
			told(t, b.Outbox, enqueue(t, b.Outbox, webhook("more", "!a")).ID)
		}
		w.Notification.Incident.State = formatters.Resolved
		told(t, b.Outbox, enqueue(t, b.Outbox, w).ID) // by the card, which changes at once
		b.clock.pass(10 * time.Second)
		eventually(t, "the end is told", func() bool { return len(b.after()) == 7 })
		seen := b.after()
		card := b.rooms.eventID(seen[0])
		if seen[5].Replaces != card || seen[6].RepliesTo != card {
			t.Errorf("got %+v, want the card changed and answered", seen[5:])
		}
	})
}

// TestFates has the digest and the card that one delivery changes end as they can: neither
// is taken along when the homeserver refuses the other.
func TestFates(t *testing.T) {
	t.Parallel()
	refused := &outbox.Failure{Class: outbox.Message, Err: errAway}
	for name, tt := range map[string]struct {
		refuse func(outbox.Event) bool
		want   outbox.State // of the webhook that changes the card
		line   outbox.State // of the others in the digest
		events int          // that the room sees
	}{
		"ErrCard":   {func(e outbox.Event) bool { return e.Replaces != "" && e.Notification.Status != "digest" }, outbox.Dead, outbox.Told, 6},
		"ErrDigest": {func(e outbox.Event) bool { return e.Notification.Status == "digest" }, outbox.Told, outbox.Dead, 6},
		"OK":        {func(outbox.Event) bool { return false }, outbox.Told, outbox.Told, 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, url string) {
				b := newBusyRoom(t, url)
				b.clock.pass(time.Minute)
				w := alert("cpu", "!a")
				told(t, b.Outbox, enqueue(t, b.Outbox, w).ID)
				for range 4 {
					told(t, b.Outbox, enqueue(t, b.Outbox, webhook("more", "!a")).ID)
				}
				b.rooms.fault(func(e outbox.Event) error {
					if tt.refuse(e) {
						return refused
					}
					return nil
				}, nil)
				line := b.hold(webhook("line", "!a"))
				w.Notification.Incident.State = formatters.Resolved
				ended := enqueue(t, b.Outbox, w).ID
				if state := told(t, b.Outbox, ended); state != tt.want {
					t.Errorf("the end is %s, want %s", state, tt.want)
				}
				b.clock.pass(10 * time.Second)
				eventually(t, "the line is "+string(tt.line), func() bool {
					list, err := b.DeliveriesOf(t.Context(), line)
					return err == nil && len(list) == 1 && list[0].State == tt.line
				})
				if seen := b.after(); len(seen) != tt.events {
					t.Errorf("%d events, want %d", len(seen), tt.events)
				}
			})
		})
	}
}

// TestReplyOutlivesItsEdit has the reply made although the homeserver refuses the edit
// before it, and the webhook known as dead all the same.
func TestReplyOutlivesItsEdit(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		rooms.fault(func(e outbox.Event) error {
			if e.Replaces != "" {
				return &outbox.Failure{Class: outbox.Message, Err: errAway}
			}
			return nil
		}, nil)
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Decide = editAndReply })
		told(t, p.Outbox, enqueue(t, p.Outbox, alert("fires", "!a")).ID)
		last := enqueue(t, p.Outbox, alert("changes", "!a"))
		if state := told(t, p.Outbox, last.ID); state != outbox.Dead {
			t.Errorf("it is %s, want dead", state)
		}
		list, err := p.DeliveriesOf(t.Context(), last.ID)
		if err != nil || len(list) != 1 || !strings.Contains(list[0].Reason, errAway.Error()) {
			t.Errorf("%+v, %v: want the reason of the edit", list, err)
		}
		if seen := rooms.seen("!a"); len(seen) != 2 || seen[1].RepliesTo != rooms.eventID(seen[0]) {
			t.Errorf("got %+v, want a card and a reply", seen)
		}
	})
}

// TestEndOfACardThatWasTakenBack is told by a card alone: what would answer the old one says
// nothing that the new one does not say.
func TestEndOfACardThatWasTakenBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Decide = incident.Decide })
		w := alert("cpu", "!a")
		told(t, p.Outbox, enqueue(t, p.Outbox, w).ID)
		rooms.alone = true
		w.Notification.Incident.State = formatters.Resolved
		if state := told(t, p.Outbox, enqueue(t, p.Outbox, w).ID); state != outbox.Told {
			t.Errorf("the end is %s, want told", state)
		}
		if seen := rooms.seen("!a"); len(seen) != 2 || seen[1].Replaces == "" {
			t.Errorf("got %+v, want the card and its end", seen)
		}
	})
}

// TestRetiredCardThatWasTakenBack is not made anew only to turn grey.
func TestRetiredCardThatWasTakenBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Decide = incident.Decide })
		w := alert("cpu", "!a")
		for i := range 2 {
			w.Notification.Items = []formatters.Item{{Key: "a", Since: time.Now().Add(time.Duration(i) * time.Hour)}}
			told(t, p.Outbox, enqueue(t, p.Outbox, w).ID)
			rooms.alone = true
		}
		if seen := rooms.seen("!a"); len(seen) != 2 || seen[1].Replaces != "" {
			t.Errorf("got %+v, want two cards", seen)
		}
	})
}
