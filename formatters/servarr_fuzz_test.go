package formatters_test

import (
	"encoding/json"
	"slices"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

func FuzzSonarr(f *testing.F)   { fuzzPosted(f, "sonarr") }
func FuzzRadarr(f *testing.F)   { fuzzPosted(f, "radarr") }
func FuzzLidarr(f *testing.F)   { fuzzPosted(f, "lidarr") }
func FuzzReadarr(f *testing.F)  { fuzzPosted(f, "readarr") }
func FuzzProwlarr(f *testing.F) { fuzzPosted(f, "prowlarr") }

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
