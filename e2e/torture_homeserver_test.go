//go:build goolm && linux

package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestTortureHomeserverStopped stops the homeserver for ten seconds while webhooks pour in,
// and restarts the program meanwhile.
func TestTortureHomeserverStopped(t *testing.T) {
	t.Parallel()
	sideBySide(t, 1, 3, tortureHomeserverStopped)
}

func tortureHomeserverStopped(t *testing.T, rounds int) {
	h := newHouse(t, storetest.SQLite)
	s := h.startSynapse()
	ann := newPerson(t, s, "ann")
	room := ann.newRoom(false, sender)
	h.room("spam", room.String())
	one := &poster{name: "one", url: h.hook("one", "generic", "spam", "")}
	two := &poster{name: "two", url: h.hook("two", "generic", "spam", "user: {localpart: other}")}
	h.write()

	s.Stop(t)
	h.start() // for the first time: it has asked the homeserver nothing yet
	one.postAll(t, 5)
	if pending, _, _ := h.outbox(); pending != 5 {
		t.Errorf("%d deliveries are pending", pending)
	}
	s.Up(t)
	h.awaitTold(time.Minute)
	checkTold(t, ann.read(room), one)

	for range rounds {
		b := startBurst(t, time.Second, one, two)
		time.Sleep(time.Second)
		s.Stop(t)
		time.Sleep(5 * time.Second)
		h.stop()
		h.start() // it is ready without its homeserver
		time.Sleep(5 * time.Second)
		s.Up(t)
		time.Sleep(time.Second)
		b.finish()
		h.awaitTold(2 * time.Minute)
	}
	checkTold(t, ann.read(room), one, two)
}

// TestTortureHomeserverKilled kills the homeserver while webhooks pour in.
func TestTortureHomeserverKilled(t *testing.T) {
	t.Parallel()
	sideBySide(t, 1, 3, tortureHomeserverKilled)
}

func tortureHomeserverKilled(t *testing.T, rounds int) {
	h := newHouse(t, storetest.Postgres)
	s := h.startSynapse()
	ann := newPerson(t, s, "ann")
	plain, secret := ann.newRoom(false, sender), ann.withKeys().newRoom(true, sender)
	h.room("plain", plain.String())
	h.room("secret", secret.String())
	one := &poster{name: "one", url: h.hook("one", "generic", "plain", "")}
	two := &poster{name: "two", url: h.hook("two", "generic", "secret", "")}
	h.write()
	h.start()
	for range rounds {
		b := startBurst(t, 500*time.Millisecond, one, two)
		time.Sleep(time.Second + random(2*time.Second))
		s.Kill(t)
		time.Sleep(random(3 * time.Second))
		s.Up(t)
		time.Sleep(time.Second)
		b.finish()
		h.awaitTold(2 * time.Minute)
	}
	checkTold(t, ann.read(plain), one)
	checkTold(t, ann.read(secret), two)
}

// TestTortureHomeserverUnwell lets the homeserver answer 429 and 5xx, and lose answers.
func TestTortureHomeserverUnwell(t *testing.T) {
	t.Parallel()
	sideBySide(t, 1, 3, tortureHomeserverUnwell)
}

func tortureHomeserverUnwell(t *testing.T, rounds int) {
	h := newHouse(t, storetest.SQLite)
	s := h.startSynapse()
	ann := newPerson(t, s, "ann")
	between := startProxy(t, s.URL)
	h.homeserver = between.URL
	busy, calm := ann.newRoom(false, sender), ann.newRoom(false, sender)
	h.room("busy", busy.String())
	h.room("calm", calm.String())
	one := &poster{name: "one", url: h.hook("one", "generic", "busy", "")}
	two := &poster{name: "two", url: h.hook("two", "generic", "busy", "user: {localpart: other}")}
	three := &poster{name: "three", url: h.hook("three", "generic", "calm", "")}
	h.write()

	unwell := []proxyFault{
		{0.04, homeserver.RateLimited(200 * time.Millisecond)},
		{0.04, homeserver.Status(http.StatusBadGateway)},
		{0.04, homeserver.MatrixError(http.StatusInternalServerError, "M_UNKNOWN")},
		{0.06, homeserver.DropReply()},
		{0.02, homeserver.Refuse()},
	}
	between.fail(unwell...) // from the first request: registering, joining and profiles fail, too
	h.start()
	for n := range rounds {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			before := between.hits.Load()
			b := startBurst(t, 150*time.Millisecond, one, two, three)
			time.Sleep(2 * time.Second)
			b.finish()
			h.awaitTold(2 * time.Minute) // it never gets well
			hits := between.hits.Load() - before
			t.Logf("%d requests went wrong", hits)
			if hits == 0 {
				t.Error("no request went wrong")
			}
		})
	}
	checkTold(t, ann.read(busy), one, two)
	checkTold(t, ann.read(calm), three)
}
