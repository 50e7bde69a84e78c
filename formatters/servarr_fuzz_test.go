package formatters_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

func FuzzSonarr(f *testing.F)   { fuzzServarr(f, "sonarr") }
func FuzzRadarr(f *testing.F)   { fuzzServarr(f, "radarr") }
func FuzzLidarr(f *testing.F)   { fuzzServarr(f, "lidarr") }
func FuzzReadarr(f *testing.F)  { fuzzServarr(f, "readarr") }
func FuzzProwlarr(f *testing.F) { fuzzServarr(f, "prowlarr") }

// fuzzServarr holds what is true of everything that a program's formatter tells.
func fuzzServarr(f *testing.F, program string) {
	for _, s := range payloads.Of(program) {
		if len(s.Body) < 8<<10 {
			f.Add(string(s.Body))
		}
	}
	f.Fuzz(func(t *testing.T, body string) {
		told := servarr(t, program, body)
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

// BenchmarkSonarr is for the usual webhooks of all of the programs.
func BenchmarkSonarr(b *testing.B) {
	benchmarkServarr(b, "sonarr", "Grab", "Download", "Rename.long-132-files")
}

func BenchmarkLidarr(b *testing.B) {
	benchmarkServarr(b, "lidarr", "Rename.long-150-files")
}

// benchmarkServarr compares format and render with the least that any receiver does: decode
// the document without knowing its shape.
func benchmarkServarr(b *testing.B, program string, names ...string) {
	service, _ := formatters.Lookup(program)
	for _, s := range payloads.Of(program) {
		if !slices.Contains(names, s.Name) {
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
