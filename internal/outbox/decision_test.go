package outbox_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// editAndReply answers a change of an incident with an edit of its card and a reply.
func editAndReply(in incident.Input) incident.Decision {
	state := in.State
	if state.Card.IsZero() {
		state.Card = in.Now
		return incident.Decision{State: state, Parts: []incident.Part{{Kind: incident.New, Card: true, Notification: in.Notification}}}
	}
	short := *in.Notification
	short.Subject += " (reply)"
	return incident.Decision{State: state, Parts: []incident.Part{
		{Kind: incident.Edit, Notification: in.Notification},
		{Kind: incident.Reply, Notification: &short, MsgType: formatters.MsgNotice},
	}}
}

func alert(subject string, to string) outbox.Webhook {
	w := webhook(subject, to)
	w.Notification.Incident = formatters.Incident{Key: "cpu", State: formatters.Open}
	return w
}

func TestEditAndReply(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Decide = editAndReply })
		enqueue(t, p.Outbox, alert("fires", "!a"))
		last := enqueue(t, p.Outbox, alert("changes", "!a"))
		told(t, p.Outbox, last.ID)
		got := rooms.seen("!a")
		if len(got) != 3 {
			t.Fatalf("%d events, want card, edit and reply", len(got))
		}
		card := rooms.eventID(got[0])
		if got[1].Replaces != card || got[1].Notification.Subject != "changes" || got[1].RepliesTo != "" {
			t.Errorf("the edit is %+v", got[1])
		}
		if got[2].RepliesTo != card || got[2].Notification.Subject != "changes (reply)" || got[2].MsgType != formatters.MsgNotice {
			t.Errorf("the reply is %+v", got[2])
		}
	})
}

// TestCardThatCouldNotBeMade has a change told by a card of its own.
func TestCardThatCouldNotBeMade(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		rooms.fault(func(e outbox.Event) error {
			if e.Notification.Subject == "fires" {
				return &outbox.Failure{Class: outbox.Message, Err: errAway}
			}
			return nil
		}, nil)
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Decide = editAndReply })
		enqueue(t, p.Outbox, alert("fires", "!a"))
		told(t, p.Outbox, enqueue(t, p.Outbox, alert("changes", "!a")).ID)
		got := rooms.seen("!a")
		if len(got) != 2 || got[0].Replaces != "" || got[1].RepliesTo != rooms.eventID(got[0]) {
			t.Errorf("got %+v, want a new card and a reply to it", got)
		}
	})
}

// TestCrashBetweenParts ends the process between the edit and the reply.
func TestCrashBetweenParts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms, db := newRooms(), storetest.Open(t, url)
		decide := func(o *outbox.Options) { o.Decide = editAndReply }
		first := run(t, db, rooms, decide)
		told(t, first.Outbox, enqueue(t, first.Outbox, alert("fires", "!a")).ID)
		rooms.fault(func(e outbox.Event) error {
			if e.RepliesTo != "" {
				return errAway
			}
			return nil
		}, nil)
		a := enqueue(t, first.Outbox, alert("changes", "!a"))
		eventually(t, "the edit is made", func() bool { return len(rooms.seen("!a")) == 2 })
		first.stop()
		rooms.fault(nil, nil)
		second := run(t, db, rooms, decide)
		told(t, second.Outbox, a.ID)
		if diff := cmp.Diff([]string{"fires", "changes", "changes (reply)"}, rooms.subjects("!a")); diff != "" {
			t.Error(diff)
		}
	})
}

// digest holds everything back and tells it in one event when its timer is due.
func digest(delay time.Duration) outbox.Decider {
	return func(in incident.Input) incident.Decision {
		if in.Notification != nil {
			return incident.Decision{State: in.State, Hold: true, Wake: in.Now.Add(delay)}
		}
		sum := &formatters.Notification{Version: 1, Status: "digest", Subject: time.Duration(in.Held).String()}
		return incident.Decision{State: in.State, TellHeld: true, Parts: []incident.Part{{Kind: incident.New, Notification: sum}}}
	}
}

func TestDigestTellsHeldDeliveries(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms := &clock{}, newRooms()
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) {
			o.Decide, o.Now = digest(time.Hour), clock.now
		})
		first := enqueue(t, p.Outbox, alert("one", "!a"))
		for range 2 {
			enqueue(t, p.Outbox, alert("more", "!a"))
		}
		if state := told(t, p.Outbox, first.ID); state != outbox.Held {
			t.Fatalf("the first is %s, want held", state)
		}
		eventually(t, "all are held", func() bool {
			s, err := p.Stats(t.Context())
			return err == nil && s.Held == 3 && s.Pending == 0
		})
		clock.pass(2 * time.Hour)
		eventually(t, "the digest is told", func() bool { return len(rooms.seen("!a")) == 1 })
		if diff := cmp.Diff([]string{"3ns"}, rooms.subjects("!a")); diff != "" {
			t.Error(diff)
		}
		eventually(t, "all deliveries are told by it", func() bool {
			list, err := p.Deliveries(t.Context(), outbox.Filter{State: outbox.Told})
			s, statsErr := p.Stats(t.Context())
			return err == nil && statsErr == nil && len(list) == 3 && s.Held == 0 && s.Pending == 0
		})
	})
}

// TestReleaseKeepsOrder puts held deliveries back into their lane, before what came later.
func TestReleaseKeepsOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms := &clock{}, newRooms()
		opened := clock.now().Add(time.Hour)
		quiet := func(in incident.Input) incident.Decision {
			switch {
			case in.Notification == nil:
				return incident.Decision{State: in.State, Release: true}
			case in.Now.Before(opened):
				return incident.Decision{State: in.State, Hold: true, Wake: opened}
			}
			return aCardEach(in)
		}
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Decide, o.Now = quiet, clock.now })
		for _, subject := range []string{"one", "two"} {
			enqueue(t, p.Outbox, alert(subject, "!a"))
		}
		eventually(t, "both are held", func() bool {
			s, err := p.Stats(t.Context())
			return err == nil && s.Held == 2
		})
		clock.pass(2 * time.Hour)
		eventually(t, "both are told", func() bool { return len(rooms.seen("!a")) == 2 })
		told(t, p.Outbox, enqueue(t, p.Outbox, alert("three", "!a")).ID)
		if diff := cmp.Diff([]string{"one", "two", "three"}, rooms.subjects("!a")); diff != "" {
			t.Error(diff)
		}
	})
}

// TestDefectiveDecider has the notifications set aside on which the decision panics or says
// nothing.
func TestDefectiveDecider(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) {
			o.Decide = func(in incident.Input) incident.Decision {
				switch in.Notification.Subject {
				case "explosive":
					panic("boom \x00")
				case "nothing":
					return incident.Decision{State: in.State}
				}
				return aCardEach(in)
			}
		})
		for _, subject := range []string{"explosive", "nothing"} {
			if state := told(t, p.Outbox, enqueue(t, p.Outbox, alert(subject, "!a")).ID); state != outbox.Dead {
				t.Errorf("the one that is %s is %s, want dead", subject, state)
			}
		}
		good := enqueue(t, p.Outbox, alert("good", "!a"))
		if state := told(t, p.Outbox, good.ID); state != outbox.Told {
			t.Errorf("the good one is %s, want told", state)
		}
	})
}
