package gateway_test

import (
	"fmt"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

// poisoned is a formatter with defects that some payloads find.
type poisoned struct{}

func (poisoned) Format(p formatters.Payload) (formatters.Notification, error) {
	switch body := string(p.Body); {
	case strings.Contains(body, "index"):
		var none []formatters.Item
		return formatters.Notification{Subject: none[len(body)].Subject}, nil
	case strings.Contains(body, "nil"):
		var none *formatters.Notification
		return *none, nil
	case strings.Contains(body, "quoted"):
		panic(fmt.Sprintf("cannot read %q", body))
	}
	return formatters.Notification{Subject: "told by its own"}, nil
}

// A formatter that panics is a defect of ours: its webhook is told by the generic formatter
// and counted, and the next one is told as ever.
func TestFormatterPanics(t *testing.T) {
	t.Parallel()
	h := newHouse(t, generic(t, func(h *gateway.Hook) {
		h.Service = formatters.Service{Name: "poisoned", Title: "Poisoned", Formatter: poisoned{}}
	}))
	bodies := []string{`{"title":"index"}`, `{"title":"nil"}`, `{"title":"quoted token-42"}`, `{"title":"harmless"}`}
	for _, body := range bodies {
		check(t, h.serve(request("POST", "/webhook/"+anID, body, "Content-Type", "application/json")), 202,
			fmt.Sprintf(`{"ok":true,"id":"id-%d"}`, len(h.outbox.webhooks())))
	}
	got := h.outbox.webhooks()
	if len(got) != len(bodies) {
		t.Fatalf("%d webhooks enqueued, want %d", len(got), len(bodies))
	}
	for i, w := range got[:3] {
		told, _ := formatters.Lookup("generic")
		want := told.Format(w.Payload).Notification
		if w.Service != "poisoned" || w.Formatter != "generic" || fmt.Sprint(w.Notification) != fmt.Sprint(want) {
			t.Errorf("%s: service %q, formatter %q, told as %+v; want what generic makes: %+v", bodies[i], w.Service, w.Formatter, w.Notification, want)
		}
		if string(w.Payload.Body) != bodies[i] || len(w.Rooms) != 1 || w.Rooms[0].Room != "ops" {
			t.Errorf("%s: enqueued with body %s for %v", bodies[i], w.Payload.Body, w.Rooms)
		}
	}
	if w := got[3]; w.Formatter != "poisoned" || w.Notification.Subject != "told by its own" {
		t.Errorf("after the panics: formatter %q, told as %+v", w.Formatter, w.Notification)
	}
	if m := h.metrics.String(); m != strings.Repeat("fallback poisoned, backups accepted, ", 3)+"backups accepted" {
		t.Errorf("metrics %q", m)
	}
	l := h.logs.String()
	if strings.Count(l, "formatter panicked") != 3 || !strings.Contains(l, "index out of range") {
		t.Errorf("logs: each panic once and what it was, not\n%s", l)
	}
	if strings.Contains(l, "token-42") {
		t.Errorf("logs quote the sender:\n%s", l)
	}
}
