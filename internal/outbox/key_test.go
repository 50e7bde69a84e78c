package outbox_test

import (
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
	"crypto/rand"
)

// TestLongKey has an incident whose key is longer than an index of PostgreSQL can hold, as of
// an alert with many labels.
func TestLongKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		rooms := newRooms()
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Decide = incident.Decide })
		var key strings.Builder
		for range 1000 {
			key.WriteString(rand.Text())
		}
		w := alert("cpu", "!a")
		w.Notification.Incident.Key = key.String()
		told(t, p.Outbox, enqueue(t, p.Outbox, w).ID)
		w.Notification.Incident.State = formatters.Resolved
		told(t, p.Outbox, enqueue(t, p.Outbox, w).ID)
		if seen := rooms.seen("!a"); len(seen) != 3 || seen[1].Replaces != rooms.eventID(seen[0]) {
			t.Errorf("got %d events, want a card, its change and its end", len(seen))
		}
	})
}
