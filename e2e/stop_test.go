//go:build goolm && linux

package e2e_test

import (
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestStop ends the program in mid-burst as an operator does. Its senders do not repeat
// what was refused, so it first says that it is not ready, and goes on accepting.
func TestStop(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		m := newMemoryOn(t, func(testing.TB) string { return url })
		room, one := m.newRoom("one")
		m.write()
		for range 5 {
			m.start()
			stopped := make(chan struct{})
			go func() {
				defer close(stopped)
				time.Sleep(200 * time.Millisecond)
				m.stop()
			}()
			var unready, acceptedUnready bool
			for status := http.StatusAccepted; status == http.StatusAccepted; {
				unready = unready || !m.ready()
				var err error
				if status, err = postText(t.Context(), one.url, one.next(), ""); err == nil && status == http.StatusAccepted {
					one.accepted++
					acceptedUnready = acceptedUnready || unready
				} else if err == nil {
					t.Errorf("while stopping: status %d", status)
				}
			}
			<-stopped
			if !acceptedUnready {
				t.Error("nothing was accepted after /ready had failed")
			}
		}
		m.start()
		m.awaitTold(time.Minute)
		checkTold(t, m.read(room), one)
	})
}

// TestReload changes hooks.yaml under the running program.
func TestReload(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	_, old := m.newRoom("old")
	m.write()
	m.start()
	old.postAll(t, 1)

	_, added := m.newRoom("added")
	m.write()
	if status, err := postText(t.Context(), added.url, "too early", ""); err != nil || status != http.StatusNotFound {
		t.Errorf("before the reload: status %d, %v", status, err)
	}
	m.reload("reloaded")
	added.postAll(t, 1)
	old.postAll(t, 1)

	m.writeFile("hooks.yaml", strings.Replace(m.yaml(), "service: generic", "service: genric", 1))
	m.reload("the old one stays")
	added.postAll(t, 1)
	old.postAll(t, 1)

	m.hooks = m.hooks[1:] // an operator withdraws the first hook
	m.write()
	m.reload("reloaded")
	if status, err := postText(t.Context(), old.url, "too late", ""); err != nil || status != http.StatusNotFound {
		t.Errorf("after its removal: status %d, %v", status, err)
	}
	added.postAll(t, 1)
	m.awaitTold(time.Minute)
	for _, room := range m.server.Rooms() {
		if messages := m.read(room); strings.HasPrefix(mark.FindString(messages[0].body()), old.name) {
			checkTold(t, messages, old)
		} else {
			checkTold(t, messages, added)
		}
	}
}

// reload sends SIGHUP and waits for what the program says to it.
func (h *house) reload(says string) {
	h.t.Helper()
	before := strings.Count(h.log(), says)
	h.signal(syscall.SIGHUP)
	eventually(h.t, 10*time.Second, "the program says: "+says, func() bool { return strings.Count(h.log(), says) > before })
}
