//go:build goolm && linux

package e2e_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/e2e/synapse"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// startSynapse starts the homeserver that knows the house.
func (h *house) startSynapse() *synapse.Instance {
	h.t.Helper()
	s := synapse.Start(h.t, synapse.Options{ServerName: domain, Registrations: []string{h.registration()}})
	h.homeserver = s.URL
	return s
}

// TestTortureKill kills the program again and again while webhooks pour in: while it starts,
// accepts, plans and sends.
func TestTortureKill(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		// The next process goes on at once.
		tortureKill(t, storetest.SQLite, rounds(t, 20), 200*time.Millisecond, func() time.Duration {
			return random(1500 * time.Millisecond)
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		// The next process first waits for the leases of the killed one, which could be alive
		// on another machine.
		const usual = 4
		sideBySide(t, usual, 3, func(t *testing.T, kills int) {
			pause := 3 * time.Second
			if kills <= usual { // each must come in mid-burst, also when nothing else is at work
				pause = 400 * time.Millisecond
			}
			tortureKill(t, storetest.Postgres, kills, pause, func() time.Duration {
				return random(2*time.Second) + random(2)*leaseTime
			})
		})
	})
}

// leaseTime is how long the program leaves a room to a process that may be dead.
const leaseTime = 15 * time.Second

// random returns a time below a limit.
func random(limit time.Duration) time.Duration { return rand.N(limit) }

func tortureKill(t *testing.T, database func(testing.TB) string, kills int, pause time.Duration, lifetime func() time.Duration) {
	h := newHouse(t, database)
	ann := newPerson(t, h.startSynapse(), "ann")
	busy, calm := ann.newRoom(false, sender), ann.newRoom(false, sender)
	h.room("busy", busy.String())
	h.room("calm", calm.String())
	// Two virtual users share a room, and two senders share a hook.
	first := &poster{name: "first", url: h.hook("first", "generic", "busy", "")}
	second := &poster{name: "second", url: h.hook("second", "generic", "busy", "user: {localpart: other}")}
	third := &poster{name: "third", url: h.hook("third", "generic", "calm", "")}
	fourth := &poster{name: "fourth", url: third.url}
	h.write()
	h.start()

	b := startBurst(t, pause, first, second, third, fourth)
	midBurst := 0
	for range kills {
		time.Sleep(lifetime())
		if pending, _, ok := h.outbox(); ok && pending > 0 {
			midBurst++
		}
		h.kill()
		h.launch()
	}
	b.finish()
	t.Logf("%d kills, %d of them with an outbox that was not empty a moment before", kills, midBurst)
	if midBurst == 0 {
		t.Error("no kill came in mid-burst")
	}
	h.awaitTold(2 * time.Minute)
	checkTold(t, ann.read(busy), first, second)
	checkTold(t, ann.read(calm), third, fourth)
}
