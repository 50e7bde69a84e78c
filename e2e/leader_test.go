//go:build goolm && linux

package e2e_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// twin returns an installation for a second process: the same database, registration, rooms
// and hooks, on addresses of its own.
func (h *house) twin() *house {
	h.t.Helper()
	other := newHouse(h.t, func(testing.TB) string { return h.database })
	other.homeserver, other.rooms, other.hooks = h.homeserver, h.rooms, h.hooks
	other.writeFile("registration.yaml", h.registration())
	other.write()
	return other
}

func (h *house) leads() bool {
	_, page := get(h.t.Context(), "http://"+h.metrics+"/metrics")
	return strings.Contains(page, "\nlotus_hooks_leader 1\n")
}

// TestTortureLeader runs two processes on one database and kills the one that tells the
// encrypted room, or has it hang for a while, while webhooks come in at both. The other takes
// the room over: all are told once, in order, and people can read them.
func TestTortureLeader(t *testing.T) {
	t.Parallel()
	sideBySide(t, 2, 5, tortureLeader)
}

func tortureLeader(t *testing.T, rounds int) {
	a := newHouse(t, storetest.Postgres)
	ann := newPerson(t, a.startSynapse(), "ann").withKeys()
	secret, plain := ann.newRoom(true, sender), ann.newRoom(false, sender)
	a.room("secret", secret.String())
	a.room("open", plain.String())
	urls := []string{
		a.hook("one", "generic", "secret", ""),
		a.hook("two", "generic", "secret", "user: {localpart: other}"),
		a.hook("three", "generic", "open", ""),
	}
	a.write()
	b := a.twin()
	at := func(h *house, n int) string { return strings.Replace(urls[n], a.webhooks, h.webhooks, 1) }
	inSecret := []*poster{
		{name: "one", url: at(a, 0)}, {name: "two", url: at(a, 1)}, {name: "onetwin", url: at(b, 0)}, {name: "twotwin", url: at(b, 1)},
	}
	inOpen := []*poster{{name: "three", url: at(a, 2)}, {name: "threetwin", url: at(b, 2)}}
	a.start()
	b.start()
	burst := startBurst(t, 3*time.Second, append(inSecret, inOpen...)...)
	for round := range rounds {
		leader, other := a, b
		eventually(t, 30*time.Second, "one of the two leads", func() bool { // who hung may not have noticed yet
			if b.leads() {
				leader, other = b, a
			} else {
				leader, other = a, b
			}
			return leader.leads() && !other.leads()
		})
		time.Sleep(3*time.Second + random(3*time.Second))
		how, revive := "was killed", leader.launch
		gone := time.Now()
		if round%2 == 0 {
			leader.kill()
		} else {
			how, revive = "hangs", func() { leader.signal(syscall.SIGCONT) }
			leader.signal(syscall.SIGSTOP)
		}
		eventually(t, time.Minute, "the other leads", other.leads)
		t.Logf("the other leads %s after the first %s", time.Since(gone).Round(100*time.Millisecond), how)
		time.Sleep(leaseTime)
		revive()
	}
	time.Sleep(3 * time.Second)
	burst.finish()
	a.awaitTold(2 * time.Minute)
	eventually(t, 30*time.Second, "one of the two leads at the end", func() bool { return a.leads() != b.leads() })
	checkTold(t, ann.read(secret), inSecret...)
	checkTold(t, ann.read(plain), inOpen...)
	for _, h := range []*house{a, b} {
		if strings.Contains(h.log(), "a room cannot be told") || strings.Contains(h.log(), "a message cannot be sent") {
			t.Error("a process blames the room or a message")
		}
	}
}

// TestSecondProcess starts a second process on one SQLite file. It says that there is another
// and ends; the other goes on, and so do the commands beside it.
func TestSecondProcess(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	room, one := m.newRoom("one")
	m.write()
	m.start()
	other := m.twin()
	other.launch()
	select {
	case <-other.process.done:
	case <-time.After(20 * time.Second):
		t.Fatal("the second process goes on")
	}
	if status := other.process.cmd.ProcessState.ExitCode(); status != 1 {
		t.Errorf("the second process ended with status %d, want 1", status)
	}
	file := strings.TrimPrefix(m.database, "sqlite:")
	if says := other.log(); !strings.Contains(says, "another lotus-hooks uses this database: "+file) || !strings.Contains(says, "stop it first") {
		t.Errorf("it says %q", says)
	}
	one.postAll(t, 3)
	m.awaitTold(time.Minute)
	if list := m.run("deliveries"); strings.Count(list, "told") != 3 {
		t.Errorf("deliveries: %s", list)
	}
	for _, command := range []string{"dead", "check"} {
		m.run(command)
	}
	checkTold(t, m.read(room), one)

	// The place of one that was killed is free.
	m.kill()
	other.start()
	other.stop()
}
