package incident_test

import (
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
)

// TestRemindsOfWhatLasts reminds of an incident whose beginning was not told here.
func TestRemindsOfWhatLasts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	policy := incident.Policy{Remind: time.Hour}
	for status, want := range map[string]string{"down": "still down", "still down": "still down"} {
		n := &formatters.Notification{
			Version: 1, Severity: formatters.Error, Status: status, Subject: "nas",
			Incident: formatters.Incident{Key: "nas", State: formatters.Open},
		}
		d := incident.Decide(incident.Input{Hook: "kuma", Notification: n, Policy: policy, Now: now})
		d = incident.Decide(incident.Input{State: d.State, Hook: "kuma", Policy: policy, Now: d.Wake})
		if len(d.Parts) != 1 || d.Parts[0].Kind != incident.Reply || d.Parts[0].Notification.Status != want {
			t.Errorf("%s: reminded by %+v, want a reply that says %q", status, d.Parts, want)
		}
	}
}
