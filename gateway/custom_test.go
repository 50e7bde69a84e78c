package gateway_test

import (
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

// TestCustomFieldFails tells, counts and logs a field of a format that fails.
func TestCustomFieldFails(t *testing.T) {
	t.Parallel()
	service, err := formatters.CompileCustom("Nightly", nil, []formatters.CustomField{
		{Name: "subject", Source: `headers["x-run"] + payload.host`}, {Name: "facts.Size", Source: "payload.disk.size"}, {Name: "severity", Source: "payload.level"},
	})
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, gateway.Hook{ID: anID, Name: "nightly", Service: service, Room: "ops", Filter: mustCompile(t, `subject == "7nas-1"`)})
	for range 2 {
		h.serve(request("POST", "/"+anID, `{"host":"nas-1","level":"secretive"}`, "X-Run", "7", "X-Other", "x"))
	}
	w := h.outbox.webhooks()[1]
	if w.Formatter != "custom" || w.Service != "custom" || w.Notification.Subject != "7nas-1" || len(w.Payload.Header) != 1 {
		t.Errorf("it is stored as %+v", w)
	}
	if m := h.metrics.String(); m != "expr nightly, expr nightly, nightly accepted, expr nightly, expr nightly, nightly accepted" {
		t.Errorf("metrics %q", m)
	}
	log := h.logs.String()
	for _, want := range []string{`facts.Size: 1:14: cannot take size of what is missing`, `severity: unknown severity`} {
		if strings.Count(log, want) != 1 {
			t.Errorf("the log does not say %q once:\n%s", want, log)
		}
	}
	if strings.Contains(log, "secretive") {
		t.Errorf("the log quotes the payload:\n%s", log)
	}
}
