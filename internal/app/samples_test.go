package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// TestSamplesReachTheRoom posts every sample as its sender would and reads the room. Each
// has a hook of its own, so that it begins what it may be a part of, and is an event.
func TestSamplesReachTheRoom(t *testing.T) {
	t.Parallel()
	h := open(t)
	samples := payloads.Of("")
	var mu sync.Mutex
	var got []homeserver.Event // all: the timeline forgets the oldest
	told := make(chan struct{})
	h.home.server.Subscribe(func(e homeserver.Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Type == "m.room.message" && e.RoomID == h.room {
			if got = append(got, e); len(got) == len(samples) {
				close(told)
			}
		}
	})
	var hooks strings.Builder
	for n, s := range samples { // with a filter that keeps also what the services' own leave out
		fmt.Fprintf(&hooks, "  - {id: sample-%d, name: sample-%d, service: %s, room: %q, get: true, filter: 'true'}\n", n, n, s.Service, h.room)
	}
	h.writeHooks(hooks.String())
	h.apply()
	for n, s := range samples {
		answer, err := post(t.Context(), fmt.Sprintf("http://%s/webhook/sample-%d", h.gateway, n), s)
		if err != nil || !strings.HasPrefix(answer, `202 Accepted {"ok":true,"id":"`) {
			t.Fatalf("%s: %s, %v", s.Path(), answer, err)
		}
	}
	select {
	case <-told:
	case <-time.After(time.Minute):
	}
	mu.Lock()
	defer mu.Unlock()
	if len(got) != len(samples) {
		t.Fatalf("%d messages for %d samples", len(got), len(samples))
	}
	for n, e := range got {
		s := samples[n]
		if e.Sender != "@hookshot_"+s.Service+":demo" {
			t.Errorf("%s was told by %s", s.Path(), e.Sender)
		}
		golden, err := os.ReadFile(filepath.Join("..", "..", "testdata", "payloads", filepath.FromSlash(s.Path())+".golden"))
		if err != nil {
			t.Fatal(err)
		}
		var content formatters.Message
		if err := json.Unmarshal(e.Content, &content); err != nil {
			t.Fatal(err)
		}
		if first, _, _ := strings.Cut(content.Body, "\n"); !bytes.Contains(golden, []byte(") --\n"+first+"\n")) {
			t.Errorf("%s: the golden file does not begin with %q", s.Path(), first)
		}
	}
	for _, s := range formatters.Services() {
		if name, avatar := h.home.server.Profile("@hookshot_" + s.Name + ":demo"); name != s.Title || avatar == "" {
			t.Errorf("%s is called %q and has the avatar %q", s.Name, name, avatar)
		}
	}
}
