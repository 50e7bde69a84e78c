//go:build goolm && linux

package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// crowd is a room that is told more than it bears while alerts come and go in it.
type crowd struct {
	ann    *person
	room   id.RoomID
	noise  *poster
	alerts string // where Grafana posts
}

func newCrowd(h *house, ann *person) *crowd {
	c := &crowd{ann: ann, room: ann.newRoom(false, sender)}
	h.room("crowd", c.room.String())
	c.noise = &poster{name: "noise", url: h.hook("noise", "generic", "crowd", "")}
	c.alerts = h.hook("alerts", "grafana", "crowd", "")
	return c
}

// begin opens an incident that has a card, fills the room, and opens two inside the digest.
func (c *crowd) begin(t *testing.T) {
	t.Helper()
	c.post(t, "firing-single")
	c.noise.postAll(t, 8)
	c.post(t, "nodata-firing", "error-firing", "custom-title-message")
}

// end ends one that has a card and one that began inside the digest.
func (c *crowd) end(t *testing.T) {
	t.Helper()
	c.post(t, "nodata-resolved", "resolved-single")
}

func (c *crowd) post(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		postSample(t, c.alerts, grafanaSample(t, name))
	}
}

func grafanaSample(t *testing.T, name string) payloads.Sample {
	t.Helper()
	all := payloads.Of("grafana")
	at := slices.IndexFunc(all, func(s payloads.Sample) bool { return s.Name == name })
	if at < 0 {
		t.Fatalf("no sample grafana/%s", name)
	}
	return all[at]
}

// check fails the test unless the room has the card, changed, five of the noise, and behind
// them each of the others once and in order, be it as a line or as a card.
func (c *crowd) check(t *testing.T) {
	t.Helper()
	const lastEnd = "resolved critical: highcpu on pve1:9100 after"
	var read, cards []message
	var told string
	// The card that was changed has told it; its line waits for the digest's next change.
	eventually(t, 30*time.Second, "the line of the last end", func() bool {
		read = c.ann.read(c.room)
		cards = standing(read)
		told = lines(cards[1:])
		return strings.Contains(told, lastEnd)
	})
	if !strings.HasPrefix(cards[0].body(), "RESOLVED CRITICAL: HighCPU on pve1:9100 after") {
		t.Errorf("the card says at last: %s", cards[0].body())
	}
	at := 0
	for n := range c.noise.accepted {
		at = inOrder(t, told, at, c.noise.mark(n))
	}
	for _, line := range []string{
		"no data zfs pool health: query a of prom-main returned nothing", "query error zfs pool health: failed to execute",
		"resolved zfs pool health had no data for 3 min", lastEnd,
	} {
		at = inOrder(t, told, at, line)
	}
	if events := len(read); events > 13 { // card, 5 of the noise, 2 or 3 changes of the card, and digests
		t.Errorf("the crowded room has %d events", events)
	}
	for n, m := range cards[:6] {
		if strings.HasPrefix(m.body(), "DIGEST") {
			t.Errorf("message %d is a digest already: %s", n, m.body())
		}
	}
	t.Logf("the crowded room has %d events, and a person sees\n%s", len(read), told)
}

// lines returns what messages say, in small letters.
func lines(all []message) string {
	var b strings.Builder
	for _, m := range all {
		b.WriteString(strings.ToLower(m.body()) + "\n")
	}
	return b.String()
}

// inOrder fails the test unless a text is found once, behind a place, and returns where.
func inOrder(t *testing.T, all string, from int, text string) int {
	t.Helper()
	at := strings.Index(all[from:], text)
	if at < 0 || strings.Count(all, text) != 1 {
		t.Errorf("%q is told %d times, and at %d behind the one before:\n%s", text, strings.Count(all, text), at, all)
		return from
	}
	return from + at
}
