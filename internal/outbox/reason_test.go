package outbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestReasons looks why deliveries wait, the one whose turn it is, and those behind it, and how
// the attempts at them are counted.
func TestReasons(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		c := &clock{}
		counter := &attemptCounter{results: map[string]int{}}
		now := func(o *outbox.Options) { o.Now, o.Metrics = c.now, counter }
		box := open(t, db, now)
		for _, subject := range []string{"1", "2"} {
			enqueue(t, box, webhook(subject, "room"))
		}
		reasons := func(want ...string) func() bool {
			return func() bool {
				list, err := box.Deliveries(t.Context(), outbox.Filter{})
				if err != nil {
					t.Fatal(err)
				}
				if len(list) != len(want) {
					return false
				}
				for i := range want {
					if list[len(list)-1-i].Reason != want[i] {
						return false
					}
				}
				return true
			}
		}
		if !reasons("", "")() {
			t.Error("what has just come waits for a reason")
		}
		c.pass(time.Minute)
		const nobody = "no running process tells this room"
		if !reasons(nobody, nobody)() {
			t.Error("nobody is missed")
		}

		sender := newRooms()
		sender.closed = errAway
		first := run(t, db, sender, now)
		eventually(t, "the room cannot be resolved", reasons("connection refused", "connection refused"))
		first.stop()
		if counter.of("server") == 0 {
			t.Error("that it cannot is not counted")
		}

		sender = newRooms()
		sender.before = func(outbox.Event) error { return errAway }
		second := run(t, db, sender, now)
		eventually(t, "the message cannot be sent", reasons("connection refused", "waits behind another: connection refused"))
		second.stop()

		sender = newRooms()
		sender.before = func(outbox.Event) error {
			return &outbox.Failure{Class: outbox.Room, Err: errors.New("not invited")}
		}
		third := run(t, db, sender, now)
		eventually(t, "the room is parked", reasons("not invited", "waits behind another: not invited"))
		third.stop()

		run(t, db, newRooms(), now)
		eventually(t, "all is told", reasons("", ""))
		eventually(t, "it is counted", func() bool { return counter.of("ok") == 2 && counter.of("room") == 1 })
	})
}

// countedPlaces fails and counts.
type countedPlaces struct {
	*rooms
	calls chan struct{}
}

func (p *countedPlaces) Place(ctx context.Context, room, hook string) (outbox.Place, error) {
	select {
	case p.calls <- struct{}{}:
	default:
	}
	return p.rooms.Place(ctx, room, hook)
}

// TestReasonIsWrittenOnce makes sure that waiting costs no writes.
func TestReasonIsWrittenOnce(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	sender := &countedPlaces{rooms: newRooms(), calls: make(chan struct{}, 100)}
	sender.closed = errAway
	p := run(t, db, sender)
	_, err := db.SQL().ExecContext(t.Context(), `CREATE TABLE written (reason TEXT);
		CREATE TRIGGER watch AFTER UPDATE OF reason ON lanes WHEN new.reason <> '' BEGIN INSERT INTO written VALUES (new.reason); END`)
	if err != nil {
		t.Fatal(err)
	}
	enqueue(t, p.Outbox, webhook("1", "room"))
	for range 3 {
		<-sender.calls
	}
	var written []string
	rows, err := db.Query(t.Context(), `SELECT reason FROM written`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var reason string
		if err := rows.Scan(&reason); err != nil {
			t.Fatal(err)
		}
		written = append(written, reason)
	}
	if err := rows.Err(); err != nil || strings.Join(written, "|") != "connection refused" {
		t.Errorf("written: %q, %v", written, err)
	}
}
