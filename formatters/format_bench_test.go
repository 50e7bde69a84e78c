package formatters_test

import (
	"net/url"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// BenchmarkFormat formats and draws each sample: go test -bench Format/generic ./formatters.
func BenchmarkFormat(b *testing.B) {
	for _, s := range payloads.Of("") {
		service, _ := formatters.Lookup(s.Service)
		query, _ := url.ParseQuery(s.Query)
		p := service.PayloadOf(s.Method, s.Header, query, s.Body, goldenTime)
		b.Run(s.Path(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				formatters.Render(service.Format(p).Notification, formatters.RenderOptions{Now: p.Received})
			}
		})
	}
}
