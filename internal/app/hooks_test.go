package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// TestDefaultFilter holds that a service's filter drops only where a hook has none of its
// own, and that it is counted.
func TestDefaultFilter(t *testing.T) {
	t.Parallel()
	h := open(t)
	send := func(body string) {
		t.Helper()
		s := payloads.Sample{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
		if answer := h.post("owncast", s); !strings.HasPrefix(answer, "20") {
			t.Fatalf("the answer to %s is %s", body, answer)
		}
	}
	isTold := func(line string) bool {
		return slices.ContainsFunc(h.messages(), func(e homeserver.Event) bool { return strings.Contains(string(e.Content), line) })
	}
	chat := `{"type":"CHAT","eventData":{"user":{"displayName":"jo"},"rawBody":"hi"}}`

	send(`{"type":"STREAM_STARTED","eventData":{"name":"Garage"}}`)
	send(chat)
	send(`{"type":"STREAM_STOPPED","eventData":{"name":"Garage"}}`)
	for line, want := range map[string]bool{"LIVE Garage": true, "ENDED Garage": true, "CHAT jo: hi": false} {
		if isTold(line) != want {
			t.Errorf("%q is told: %t, want %t", line, !want, want)
		}
	}
	if line := `lotus_hooks_webhooks_total{hook="owncast",result="filtered"} 1` + "\n"; !strings.Contains(h.get("/metrics"), line) {
		t.Error("what it drops is not counted")
	}

	h.reload(`, filter: "true"`)
	send(chat)
	if !isTold("CHAT jo: hi") {
		t.Error("the chat is not told with a filter that keeps all")
	}
}
