package incident_test

import (
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
)

// The card of what is over says once how long it took.
func TestEndSaysOnceHowLong(t *testing.T) {
	t.Parallel()
	opened := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		name, summary string
		facts         []formatters.Fact
		want          string // the first line and the facts
	}{
		{"Nobody", "on nas", nil, "RESOLVED CPU on nas after 12 min"},
		{"Summary", "on nas after 9 min", nil, "RESOLVED CPU on nas after 9 min"},
		{"OthersSpeak", "on nas: cool again", nil, "RESOLVED CPU on nas: cool again\nAfter 12 min"},
		{"Fact", "on nas: cool again", []formatters.Fact{{Name: "Lasted", Value: "9 min"}}, "RESOLVED CPU on nas: cool again\nLasted 9 min"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := formatters.Notification{
				Status: "firing", Severity: formatters.Error, Subject: "CPU",
				Incident: formatters.Incident{Key: "k", State: formatters.Open},
			}
			begin := incident.Decide(incident.Input{Hook: "h", Notification: &n, Now: opened})
			over := formatters.Notification{
				Status: "resolved", Severity: formatters.Success, Subject: "CPU", Summary: tt.summary, Facts: tt.facts,
				Incident: formatters.Incident{Key: "k", State: formatters.Resolved},
			}
			end := incident.Decide(incident.Input{State: begin.State, Hook: "h", Notification: &over, Now: opened.Add(12 * time.Minute)})
			m := formatters.Render(*end.Parts[0].Notification, formatters.RenderOptions{})
			if got := strings.ReplaceAll(m.Body, "\u00a0", " "); got != tt.want {
				t.Errorf("the card says %q, want %q", got, tt.want)
			}
		})
	}
}
