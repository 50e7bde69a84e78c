package gateway_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

// TestPreview says where a webhook would be told and which conditions took it there, and
// tells it nowhere.
func TestPreview(t *testing.T) {
	t.Parallel()
	hook := gateway.Hook{
		ID: anID, Name: "alerts", Service: service(t, "generic"), Room: "spam",
		Filter: mustCompile(t, `payload.host != "test"`),
		Routes: []gateway.Route{
			{When: mustCompile(t, "payload.level == 9"), Room: "ops", Mentions: []string{"@room"}, Continue: true},
			{When: mustCompile(t, "payload.port + 1 == 2"), Room: "never"},
			{When: mustCompile(t, `payload.host == "nas"`)},
			{When: mustCompile(t, "true"), Room: "last"},
		},
	}
	for name, c := range map[string]struct {
		body   string
		rooms  []gateway.Routed
		filter bool
		routes []string // "yes", "no" or "failed"
	}{
		"OK":         {`{"host":"nas","port":2}`, []gateway.Routed{{Room: "spam"}}, true, []string{"no", "no", "yes"}},
		"OKContinue": {`{"host":"pve","level":9,"port":"x"}`, []gateway.Routed{{Room: "ops", Mentions: []string{"@room"}}, {Room: "last"}}, true, []string{"yes", "failed", "no", "yes"}},
		"OKDropped":  {`{"host":"test"}`, nil, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, hook)
			seen, found := h.Preview(request("POST", "/webhook/"+anID, c.body))
			if !found || seen.Filter == nil || seen.Filter.Holds != c.filter {
				t.Fatalf("got %+v, %t", seen, found)
			}
			if diff := cmp.Diff(c.rooms, seen.Webhook.Rooms); diff != "" {
				t.Errorf("rooms (-want +got):\n%s", diff)
			}
			var routes []string
			for _, said := range seen.Routes {
				switch {
				case said.Err != nil:
					routes = append(routes, "failed")
				case said.Holds:
					routes = append(routes, "yes")
				default:
					routes = append(routes, "no")
				}
			}
			if diff := cmp.Diff(c.routes, routes); diff != "" {
				t.Errorf("routes (-want +got):\n%s", diff)
			}
			if got := h.outbox.webhooks(); len(got) > 0 {
				t.Errorf("it was told: %+v", got)
			}
		})
	}
	t.Run("CountsNothing", func(t *testing.T) {
		t.Parallel()
		hook := hook
		hook.Service = service(t, "grafana") // which cannot read it
		h := newHouse(t, hook)
		if seen, _ := h.Preview(request("POST", "/webhook/"+anID, `{"port":"x"}`)); seen.Webhook.Formatter != "generic" {
			t.Errorf("told by the %s formatter", seen.Webhook.Formatter)
		}
		if got := h.metrics.String() + h.logs.String(); got != "" {
			t.Errorf("a preview is counted or logged: %s", got)
		}
	})
	t.Run("ErrNoHook", func(t *testing.T) {
		t.Parallel()
		if _, found := newHouse(t, hook).Preview(request("POST", "/webhook/other", "{}")); found {
			t.Error("a preview of no hook")
		}
	})
}
