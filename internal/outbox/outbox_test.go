package outbox_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

func TestToldOnceInOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		random := rand.New(rand.NewPCG(1, 2))
		rooms.fault(
			func(outbox.Event) error { return sometimes(random, errAway) },
			func(outbox.Event) error { return sometimes(random, errors.New("connection reset")) },
		)
		p := run(t, storetest.Open(t, url), rooms)
		want := map[string][]string{}
		for i := range 60 {
			room := fmt.Sprintf("!r%d", i%3)
			subject := fmt.Sprint(i)
			enqueue(t, p.Outbox, webhook(subject, room))
			want[room] = append(want[room], subject)
		}
		for room := range want {
			eventually(t, room+" is told everything", func() bool { return len(rooms.subjects(room)) >= 20 })
			if diff := cmp.Diff(want[room], rooms.subjects(room)); diff != "" {
				t.Errorf("%s was told (-want +got):\n%s", room, diff)
			}
		}
	})
}

// sometimes fails one time in ten.
func sometimes(r *rand.Rand, err error) error {
	if r.IntN(10) == 0 {
		return err
	}
	return nil
}

// TestSharedDatabase has two programs accept and send side by side.
func TestSharedDatabase(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	rooms := newRooms()
	var mu sync.Mutex
	accepted := map[string]int{}
	var group sync.WaitGroup
	for range 2 {
		p := run(t, storetest.Open(t, db), rooms)
		for worker := range 4 {
			group.Go(func() {
				for i := range 50 {
					room := fmt.Sprintf("!r%d", i%2)
					a, err := p.Enqueue(t.Context(), webhook(fmt.Sprint(worker, i), room))
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					accepted[a.ID]++
					mu.Unlock()
				}
			})
		}
	}
	group.Wait()
	eventually(t, "both rooms are told everything", func() bool {
		return len(rooms.subjects("!r0"))+len(rooms.subjects("!r1")) >= 400
	})
	if events, _, _ := rooms.count(); len(accepted) != 400 || events != 400 {
		t.Errorf("%d accepted, %d told, want 400 of both", len(accepted), events)
	}
}

func TestSeveralRooms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		p := run(t, storetest.Open(t, url), rooms)
		w := webhook("everywhere", "!a", "!b", "!a")
		w.Rooms[1].Mentions = []string{"@room"}
		a := enqueue(t, p.Outbox, w)
		if a.Deliveries != 2 {
			t.Errorf("%d deliveries, want 2", a.Deliveries)
		}
		if state := told(t, p.Outbox, a.ID); state != outbox.Told {
			t.Errorf("state %s, want told", state)
		}
		if got := rooms.seen("!b")[0].Mentions; !slices.Equal(got, []string{"@room"}) {
			t.Errorf("!b mentions %v, want @room", got)
		}
		if got := rooms.seen("!a")[0].Mentions; len(got) > 0 {
			t.Errorf("!a mentions %v, want nobody", got)
		}
	})
}

func TestRepeatGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		p := run(t, storetest.Open(t, url), rooms)
		w := webhook("once", "!a")
		w.SenderID = "delivery-1"
		first, second := enqueue(t, p.Outbox, w), enqueue(t, p.Outbox, w)
		if second.ID != first.ID || !second.Repeat || first.Repeat {
			t.Errorf("first %+v, second %+v: want the same id and a repeat", first, second)
		}
		w.Hook = "another hook"
		if third := enqueue(t, p.Outbox, w); third.Repeat {
			t.Error("another hook's delivery counts as a repeat")
		}
		eventually(t, "both are told", func() bool { return len(rooms.subjects("!a")) == 2 })
	})
}

func TestDeadRoomHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		forbidden := &outbox.Failure{Class: outbox.Room, Err: errors.New("M_FORBIDDEN")}
		rooms.fault(func(e outbox.Event) error {
			switch e.RoomID {
			case "id of !forbidden":
				return forbidden
			case "id of !broken":
				return errors.New("500")
			}
			return nil
		}, nil)
		p := run(t, storetest.Open(t, url), rooms)
		dead := enqueue(t, p.Outbox, webhook("dead", "!forbidden", "!broken"))
		alive := enqueue(t, p.Outbox, webhook("alive", "!living"))
		if state := told(t, p.Outbox, alive.ID); state != outbox.Told {
			t.Errorf("the living room's delivery is %s", state)
		}
		eventually(t, "the forbidden room is parked with its reason", func() bool {
			stats, err := p.Stats(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(stats.Lanes, func(l outbox.LaneStats) bool {
				return l.Room == "!forbidden" && !l.Parked.IsZero() && l.Reason == "M_FORBIDDEN" && l.Pending == 1
			})
		})
		rooms.fault(nil, nil)
		p.relay.Unpark()
		if state := told(t, p.Outbox, dead.ID); state != outbox.Told {
			t.Errorf("after the room's recovery the delivery is %s", state)
		}
	})
}

func TestDeadLetter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		rooms.fault(func(e outbox.Event) error {
			switch e.Notification.Subject {
			case "too large":
				return &outbox.Failure{Class: outbox.Message, Err: errors.New("M_TOO_LARGE")}
			case "explosive":
				panic("boom")
			}
			return nil
		}, nil)
		p := run(t, storetest.Open(t, url), rooms)
		large := enqueue(t, p.Outbox, webhook("too large", "!a"))
		panics := enqueue(t, p.Outbox, webhook("explosive", "!a"))
		good := enqueue(t, p.Outbox, webhook("good", "!a"))
		for id, want := range map[string]outbox.State{large.ID: outbox.Dead, panics.ID: outbox.Dead, good.ID: outbox.Told} {
			if got := told(t, p.Outbox, id); got != want {
				t.Errorf("%s is %s, want %s", id, got, want)
			}
		}
		list, err := p.Deliveries(t.Context(), outbox.Filter{State: outbox.Dead})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != 2 || list[1].Reason != "M_TOO_LARGE" || list[0].Reason != "panic: boom" {
			t.Errorf("dead letters: %+v", list)
		}

		rooms.fault(nil, nil)
		again, err := p.Replay(t.Context(), large.ID)
		if err != nil {
			t.Fatal(err)
		}
		if state := told(t, p.Outbox, again.ID); state != outbox.Told {
			t.Errorf("the replay is %s", state)
		}
		if diff := cmp.Diff([]string{"good", "too large"}, rooms.subjects("!a")); diff != "" {
			t.Error(diff)
		}
		if _, err := p.Replay(t.Context(), "nothing"); !errors.Is(err, outbox.ErrUnknownWebhook) {
			t.Errorf("replaying an unknown webhook: %v", err)
		}
	})
}

func TestMaxAge(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms := &clock{}, newRooms()
		rooms.fault(func(outbox.Event) error { return errAway }, nil)
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Now = clock.now })
		a := enqueue(t, p.Outbox, webhook("old", "!a"))
		eventually(t, "an attempt fails", func() bool { return tried(rooms) })
		clock.pass(8 * 24 * time.Hour)
		if state := told(t, p.Outbox, a.ID); state != outbox.Dead {
			t.Errorf("after eight days it is %s, want dead", state)
		}
	})
}

// TestMaxAgeOfParkedRoom has deliveries die that were never tried, because their room could
// not be entered.
func TestMaxAgeOfParkedRoom(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms := &clock{}, newRooms()
		rooms.closed = &outbox.Failure{Class: outbox.Room, Err: errors.New("not invited")}
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Now = clock.now })
		a := enqueue(t, p.Outbox, webhook("old", "!a"))
		eventually(t, "the room is parked", func() bool {
			s, err := p.Stats(t.Context())
			return err == nil && len(s.Lanes) == 1 && s.Lanes[0].Reason == "not invited"
		})
		clock.pass(8 * 24 * time.Hour)
		if state := told(t, p.Outbox, a.ID); state != outbox.Dead {
			t.Errorf("after eight days it is %s, want dead", state)
		}
	})
}

func tried(r *rooms) bool {
	_, attempts, _ := r.count()
	return attempts > 0
}

// TestLostAnswer loses the answer of an accepted send and lets the homeserver forget its
// transaction id before the next attempt.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms, db := &clock{}, newRooms(), storetest.Open(t, url)
		withClock := func(o *outbox.Options) { o.Now = clock.now }
		lost := &outbox.Failure{Class: outbox.Server, Unanswered: true, Err: errors.New("connection reset")}
		rooms.fault(nil, func(outbox.Event) error { return lost })
		first := run(t, db, rooms, withClock)
		a := enqueue(t, first.Outbox, webhook("once", "!a"))
		eventually(t, "the event is made", func() bool { return len(rooms.seen("!a")) == 1 })
		first.stop()

		clock.pass(21 * time.Hour)
		rooms.fault(func(outbox.Event) error { return errors.New("it is not looked up before it is sent again") }, nil)
		second := run(t, db, rooms, withClock)
		if state := told(t, second.Outbox, a.ID); state != outbox.Told {
			t.Errorf("it is %s, want told", state)
		}
		if events, _, finds := rooms.count(); events != 1 || finds != 1 {
			t.Errorf("%d events after %d look-ups, want one of both", events, finds)
		}
	})
}

// TestRestartRepeatsThePlan stops a process whose send failed and sees the next one repeat
// it with the same transaction id.
func TestRestartRepeatsThePlan(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms, db := newRooms(), storetest.Open(t, url)
		var mu sync.Mutex
		used := map[string]bool{}
		note := func(err error) func(outbox.Event) error {
			return func(e outbox.Event) error {
				mu.Lock()
				defer mu.Unlock()
				used[e.TransactionID] = true
				return err
			}
		}
		rooms.fault(note(errAway), nil)
		first := run(t, db, rooms)
		a := enqueue(t, first.Outbox, webhook("once", "!a"))
		eventually(t, "an attempt fails", func() bool { return tried(rooms) })
		first.stop()
		rooms.fault(note(nil), nil)
		second := run(t, db, rooms)
		if state := told(t, second.Outbox, a.ID); state != outbox.Told {
			t.Errorf("it is %s, want told", state)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(used) != 1 {
			t.Errorf("%d transaction ids were used for one event", len(used))
		}
	})
}

func TestFollowsOpenIncident(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		box := open(t, storetest.Open(t, url))
		alert := func(state formatters.IncidentState, to ...string) int {
			w := webhook("HighCPU", to...)
			w.Notification.Incident = formatters.Incident{Key: "cpu", State: state}
			return enqueue(t, box, w).Deliveries
		}
		steps := []struct {
			name  string
			state formatters.IncidentState
			to    []string
			want  int
		}{
			{"ResolvedWithoutOpenGoesNowhere", formatters.Resolved, nil, 0},
			{"Opens", formatters.Open, []string{"!ops"}, 1},
			{"UpdateThatNoRouteTakes", formatters.Open, nil, 1},
			{"UpdateIntoAnotherRoom", formatters.Open, []string{"!spam"}, 2},
			{"EndThatNoRouteTakes", formatters.Resolved, nil, 2},
			{"IsOverEverywhere", formatters.Resolved, nil, 0},
		}
		for _, s := range steps {
			if got := alert(s.state, s.to...); got != s.want {
				t.Errorf("%s: %d deliveries, want %d", s.name, got, s.want)
			}
		}
	})
}

// TestReplayStaysWhereItIsSent replays the opening of an incident that is open elsewhere.
func TestReplayStaysWhereItIsSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		box := open(t, storetest.Open(t, url))
		a := enqueue(t, box, alert("fires", "!ops"))
		again, err := box.Replay(t.Context(), a.ID, "!spam")
		if err != nil || again.Deliveries != 1 {
			t.Errorf("replayed in %d rooms (%v), want the one that was named", again.Deliveries, err)
		}
	})
}

// TestReplayedIsDeadNoLonger tells again what died, once for each time that it is asked for.
func TestReplayedIsDeadNoLonger(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		p := run(t, storetest.Open(t, url), rooms)
		rooms.fault(func(e outbox.Event) error { return &outbox.Failure{Class: outbox.Message, Err: errAway} }, nil)
		a := enqueue(t, p.Outbox, webhook("refused", "!a"))
		if state := told(t, p.Outbox, a.ID); state != outbox.Dead {
			t.Fatalf("it is %s", state)
		}
		rooms.fault(nil, nil)
		again, err := p.Replay(t.Context(), a.ID)
		if err != nil || told(t, p.Outbox, again.ID) != outbox.Told {
			t.Fatalf("replay: %v", err)
		}
		dead, err := p.Deliveries(t.Context(), outbox.Filter{State: outbox.Dead})
		if err != nil || len(dead) != 0 {
			t.Errorf("still dead: %+v, %v", dead, err)
		}
		if list, err := p.Deliveries(t.Context(), outbox.Filter{Webhook: a.ID}); err != nil || len(list) != 1 || list[0].State != outbox.Replayed {
			t.Errorf("got %+v, %v: want it listed as replayed", list, err)
		}
		if s, err := p.Stats(t.Context()); err != nil || s.Dead != 0 {
			t.Errorf("%d are dead, %v", s.Dead, err)
		}
		if again, err := p.Replay(t.Context(), a.ID); err != nil || again.Deliveries != 1 {
			t.Errorf("asked for by its id it is told in %d rooms, %v", again.Deliveries, err)
		}
	})
}

func TestFilteredIsKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		p := run(t, storetest.Open(t, url), rooms)
		a := enqueue(t, p.Outbox, webhook("dropped"))
		list, err := p.Deliveries(t.Context(), outbox.Filter{Webhook: a.ID})
		if err != nil || len(list) != 1 || list[0].State != outbox.Filtered {
			t.Fatalf("got %+v, %v: want it listed as filtered", list, err)
		}
		if _, err := p.Replay(t.Context(), a.ID); err == nil {
			t.Error("a replay without a room succeeded")
		}
		again, err := p.Replay(t.Context(), a.ID, "!a")
		if err != nil || told(t, p.Outbox, again.ID) != outbox.Told {
			t.Errorf("replay into a named room: %v", err)
		}
	})
}

func TestRetention(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms, db := &clock{}, newRooms(), storetest.Open(t, url)
		p := run(t, db, rooms, func(o *outbox.Options) { o.Now, o.MaxAge = clock.now, 30*24*time.Hour })
		rooms.fault(func(e outbox.Event) error {
			if e.Notification.Subject == "stuck" {
				return &outbox.Failure{Class: outbox.Room, Err: errAway}
			}
			return nil
		}, nil)
		stuck, finished := enqueue(t, p.Outbox, webhook("stuck", "!a")), enqueue(t, p.Outbox, webhook("finished", "!b"))
		told(t, p.Outbox, finished.ID)
		clock.pass(13 * 24 * time.Hour)
		kept := func() (n int) {
			if err := p.Prune(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := db.QueryRow(t.Context(), `SELECT count(*) FROM webhooks WHERE id IN ($1, $2)`, stuck.ID, finished.ID).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := kept(); n != 2 {
			t.Errorf("after 13 days %d webhooks are left, want 2", n)
		}
		clock.pass(2 * 24 * time.Hour)
		if n := kept(); n != 1 {
			t.Errorf("after 15 days %d webhooks are left, want the one that is not told", n)
		}
		for _, table := range []string{"sends", "deliveries"} {
			var n int
			if err := db.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != 1 {
				t.Errorf("%d rows are left in %s, want 1 (%v)", n, table, err)
			}
		}
	})
}
