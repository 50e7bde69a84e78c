//go:build goolm && linux

package e2e_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

const (
	stormSize   = 1000 // webhooks
	stormTime   = 10 * time.Second
	stormEvents = 15 // at most, and the changes of digests are among them
)

// TestStorm posts a thousand webhooks within ten seconds, with first lines of 80 bytes, and
// kills the program amid them. With the digests that are the default, a room bears it: all is
// told in a few events.
func TestStorm(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(" words", 11)
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, func(testing.TB) string { return url })
		ann := newPerson(t, h.startSynapse(), "ann")
		room := ann.newRoom(false, sender)
		h.room("ops", room.String())
		crowded := newCrowd(h, ann)
		posters := []*poster{
			{name: "first", url: h.hook("first", "generic", "ops", ""), more: long},
			{name: "second", url: h.hook("second", "generic", "ops", ""), more: long},
			{name: "third", url: h.hook("third", "generic", "ops", ""), more: long},
		}
		h.writeDigested()
		h.start()

		crowded.begin(t)
		ended := startStorm(t, posters...)
		time.Sleep(stormTime / 2)
		h.kill()
		h.launch()
		ended.Wait()
		h.awaitTold(time.Minute)
		crowded.end(t)
		h.awaitTold(time.Minute)

		read := ann.read(room)
		t.Logf("the room has %d events", len(read))
		if len(read) > stormEvents {
			t.Errorf("the room has %d events, want at most %d", len(read), stormEvents)
		}
		cards := standing(read)
		for _, body := range []string{"body", "formatted_body"} {
			checkTold(t, marked(cards, body), posters...)
		}
		checkDigests(t, cards)
		crowded.check(t)
	})
}

// writeDigested writes hooks.yaml with the digests that are the default.
func (h *house) writeDigested() {
	h.t.Helper()
	h.write()
	h.writeFile("hooks.yaml", strings.Replace(h.yaml(), "digest: {enabled: false}\n", "", 1))
	loaded, err := config.Load(h.path("hooks.yaml"), os.Getenv)
	if err != nil {
		h.t.Fatal(err)
	}
	if h.config = loaded; !loaded.Digest.Enabled {
		h.t.Fatal("digests are not on")
	}
}

// startStorm lets the posters post, side by side and evenly over the storm's time. A poster
// that had to wait makes up for it.
func startStorm(t *testing.T, posters ...*poster) *sync.WaitGroup {
	t.Helper()
	var ended sync.WaitGroup
	began := time.Now()
	for i, p := range posters {
		n := (stormSize + i) / len(posters)
		ended.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			for k := range n {
				time.Sleep(time.Until(began.Add(stormTime * time.Duration(k) / time.Duration(n))))
				if err := p.post(ctx); err != nil {
					t.Error(err)
					return
				}
			}
			t.Logf("%s: %d webhooks were accepted within %s", p.name, n, time.Since(began).Round(100*time.Millisecond))
		})
	}
	return &ended
}

// marked returns, as a message each, the lines of a room's messages that carry a mark.
func marked(room []message, body string) (lines []message) {
	for _, m := range room {
		text, _ := m.content[body].(string)
		if text == "" {
			text = m.body() // it has no formatted one
		}
		for _, found := range mark.FindAllString(text, -1) {
			lines = append(lines, message{id: m.id, content: map[string]any{"body": found}})
		}
	}
	return lines
}

// checkDigests fails the test unless some of a room's messages are digests, each of which
// calls nobody and says how many lines it has.
func checkDigests(t *testing.T, room []message) {
	t.Helper()
	digests := 0
	for _, m := range room {
		first, _, several := strings.Cut(m.body(), "\n")
		if !several {
			continue
		}
		digests++
		if m.content["msgtype"] != "m.notice" {
			t.Errorf("a digest is an %v", m.content["msgtype"])
		}
		t.Log(first)
	}
	if digests == 0 {
		t.Error("nothing was digested")
	}
}
