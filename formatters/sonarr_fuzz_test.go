package formatters_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// FuzzSonarr holds what is true of everything that Sonarr's formatter tells.
func FuzzSonarr(f *testing.F) {
	for _, s := range payloads.Of("sonarr") {
		if len(s.Body) < 8<<10 {
			f.Add(string(s.Body))
		}
	}
	f.Fuzz(func(t *testing.T, body string) {
		told := sonarr(t, body)
		if told.Err != nil && strings.Contains(told.Err.Error(), "panicked") {
			t.Fatal(told.Err)
		}
		n := told.Notification
		if n.Status == "" {
			t.Error("no status")
		}
		if (n.Incident.Key == "") != (n.Incident.State == formatters.Standalone) {
			t.Errorf("half an incident: %+v", n.Incident)
		}
		if !told.Fallback && (n.Event == "" || n.Subject == "") {
			t.Errorf("event %q, subject %q", n.Event, n.Subject)
		}
		m := formatters.Render(n, formatters.RenderOptions{Now: goldenTime})
		if !utf8.ValidString(m.Body) || !utf8.ValidString(m.FormattedBody) {
			t.Error("a body is no UTF-8")
		}
	})
}

// BenchmarkSonarr compares format and render with the least that any receiver does: decode
// the document without knowing its shape.
func BenchmarkSonarr(b *testing.B) {
	service, _ := formatters.Lookup("sonarr")
	for _, s := range payloads.Of("sonarr") {
		switch s.Name {
		case "Grab", "Download", "Rename.long-132-files":
		default:
			continue
		}
		b.Run(s.Name+"/FormatAndRender", func(b *testing.B) {
			p := service.PayloadOf(s.Method, s.Header, nil, s.Body, goldenTime)
			for b.Loop() {
				formatters.Render(service.Format(p).Notification, formatters.RenderOptions{Now: goldenTime})
			}
		})
		b.Run(s.Name+"/DecodeIntoMap", func(b *testing.B) {
			for b.Loop() {
				var m map[string]any
				if err := json.Unmarshal(s.Body, &m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
