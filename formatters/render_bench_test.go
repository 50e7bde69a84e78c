package formatters

import (
	"strings"
	"testing"
	"time"
)

// BenchmarkRender draws the cards of usual sizes, and one that is cut to the limit.
func BenchmarkRender(b *testing.B) {
	alert := Notification{
		Severity: Critical, Status: "firing", Subject: "HighCPU", URL: "https://grafana.example.org/alerting/x?orgId=1", Summary: "on host-1: CPU at 97 % for 5 min",
		Facts: []Fact{{Name: "Value", Value: "97.2"}, {Name: "Since", Time: noon}, {Name: "Folder", Value: "infra"}},
		Links: []Link{{"Dashboard", "https://grafana.example.org/d/a"}, {"Panel", "https://grafana.example.org/d/a?viewPanel=2"}, {"Silence", "https://grafana.example.org/s"}},
	}
	group := alert
	for range 10 {
		group.Items = append(group.Items, Item{Status: "critical", Severity: Critical, Subject: "nas-1", Text: "/data 4 % left – naß", Since: noon.Add(-time.Hour), URL: "https://grafana.example.org/x"})
	}
	cut := alert
	cut.Details = strings.Repeat("2026-11-22 12:00:00 INFO: starting <backup> of VM 101\n", 1_000)
	rich := alert
	rich.HTML = strings.Repeat("<p>Some <b>rich</b> text with a <a href=\"https://example.org\">link</a>.</p>", 10)
	for _, c := range []struct {
		name string
		n    Notification
	}{{"Alert", alert}, {"Group", group}, {"HTML", rich}, {"Cut", cut}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Render(c.n, RenderOptions{Now: noon})
			}
		})
	}
}
