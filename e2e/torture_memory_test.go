//go:build goolm && linux

package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// TestTortureReplyLost makes events and hangs up instead of saying so, while the program is
// killed, too.
func TestTortureReplyLost(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	room, one := m.newRoom("one")
	m.write()
	m.start()
	for range rounds(t, 3) {
		heal := m.server.Inject(homeserver.Fault{Match: homeserver.Sends, Chance: 0.5, Do: homeserver.DropReply()})
		one.postAll(t, 20)
		time.Sleep(time.Second)
		m.kill() // most likely between an answer that was lost and its repetition
		m.server.Restart()
		m.start()
		one.postAll(t, 20)
		time.Sleep(time.Second)
		heal()
		m.awaitTold(time.Minute)
	}
	checkTold(t, m.read(room), one)
}

// TestTortureHanging lets the homeserver never answer, and then one room hang while another
// is told.
func TestTortureHanging(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	stuck, slow := m.newRoom("stuck")
	living, quick := m.newRoom("living")
	m.write()
	m.start()

	m.server.Inject(homeserver.Fault{Match: homeserver.InRoom(stuck), Times: 1, Do: homeserver.Hang(nil)})
	slow.postAll(t, 1)
	m.awaitRoom(stuck, slow, 45*time.Second) // an attempt is given up after 30 s

	for range rounds(t, 1) {
		release := make(chan struct{})
		heal := m.server.Inject(homeserver.Fault{Match: homeserver.InRoom(stuck), Do: homeserver.Hang(release)})
		before := len(m.read(stuck))
		slow.postAll(t, 10)
		quick.postAll(t, 50)
		m.awaitRoom(living, quick, 20*time.Second)
		if n := len(m.read(stuck)); n != before {
			t.Errorf("a hanging room was told %d messages", n-before)
		}
		heal()
		close(release)
		m.awaitTold(time.Minute)
	}
	checkTold(t, m.read(stuck), slow)
	checkTold(t, m.read(living), quick)
}

// TestTortureDeadRooms lets rooms be forbidden, or broken, beside living ones.
func TestTortureDeadRooms(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	forbidden, barred := m.newRoom("forbidden")
	broken, faulty := m.newRoom("broken")
	living, quick := m.newRoom("living")
	m.write()
	m.start()
	for range rounds(t, 1) {
		heal := []func(){
			m.server.Inject(homeserver.Fault{Match: homeserver.InRoom(forbidden), Do: homeserver.MatrixError(http.StatusForbidden, "M_FORBIDDEN")}),
			m.server.Inject(homeserver.Fault{Match: homeserver.InRoom(broken), Do: homeserver.MatrixError(http.StatusInternalServerError, "M_UNKNOWN")}),
		}
		barred.postAll(t, 10)
		faulty.postAll(t, 10)
		quick.postAll(t, 50)
		m.awaitRoom(living, quick, 20*time.Second)
		eventually(t, 20*time.Second, "what the living room was told is noted, and the others wait", func() bool {
			pending, dead, ok := m.outbox()
			return ok && pending == 20 && dead == 0
		})
		for _, end := range heal {
			end()
		}
		m.awaitRoom(broken, faulty, 40*time.Second)
		m.invited(forbidden)
		m.awaitTold(time.Minute)
	}
	checkTold(t, m.read(forbidden), barred)
	checkTold(t, m.read(broken), faulty)
	checkTold(t, m.read(living), quick)
}
