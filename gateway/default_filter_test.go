package gateway_test

import (
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// TestDefaultFilters compiles the filter that each service has by default, and runs it on
// the service's samples: it drops those in the folder by-choice and no others, and nothing
// that is broken or new.
func TestDefaultFilters(t *testing.T) {
	t.Parallel()
	found := 0
	for _, s := range formatters.Services() {
		if s.DefaultFilter == "" {
			continue
		}
		found++
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			hook := gateway.Hook{ID: anID, Name: "a", Service: s, Room: "spam", Filter: mustCompile(t, s.DefaultFilter)}
			dropped := 0
			for _, sample := range payloads.Of(s.Name) {
				byChoice := strings.HasPrefix(sample.Name, "by-choice/")
				if byChoice {
					dropped++
				}
				if rooms := roomsOf(t, hook, string(sample.Body)); (rooms == 0) != byChoice {
					t.Errorf("%s is told in %d rooms", sample.Name, rooms)
				}
			}
			if dropped == 0 {
				t.Error("it drops no sample")
			}
			for _, body := range []string{`{"type":"EVENT_OF_TOMORROW","eventData":{}}`, `{"type":`, `hello`, ``} {
				if roomsOf(t, hook, body) == 0 {
					t.Errorf("it drops %q", body)
				}
			}
		})
	}
	if found == 0 {
		t.Error("no service has one")
	}
}

// roomsOf returns in how many rooms a hook tells a document.
func roomsOf(t *testing.T, hook gateway.Hook, body string) int {
	t.Helper()
	h := newHouse(t, hook)
	h.serve(request("POST", "/webhook/"+anID, body))
	got := h.outbox.webhooks()
	if len(got) != 1 {
		t.Fatalf("%d webhooks enqueued", len(got))
	}
	return len(got[0].Rooms)
}
