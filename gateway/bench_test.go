package gateway_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// forgetful is an Enqueuer that stores nothing.
type forgetful struct{ gateway.Enqueuer }

func (forgetful) Enqueue(context.Context, gateway.Webhook) (gateway.Accepted, error) {
	return gateway.Accepted{ID: "01939a5e-7c1f-7d3a-9f65-0d9f2b7c1a10", Deliveries: 1}, nil
}

// BenchmarkGateway compares what a webhook costs with what a chi handler costs that only
// reads and decodes the body.
func BenchmarkGateway(b *testing.B) {
	bare := chi.NewRouter()
	bare.Post("/webhook/{id}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var v any
		if err != nil || json.Unmarshal(body, &v) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte(`{"ok":true}`))
	})
	for _, c := range []struct{ service, sample, filter string }{
		{"sonarr", "Grab", ""}, {"sonarr", "Grab", "severity > muted"}, {"sonarr", "Grab", `payload.eventType == "Grab"`},
		{"grafana", "firing-single", ""}, {"uptime-kuma", "v2-down-dns", ""}, {"generic", "unknown-flat", ""},
	} {
		body := sample(b, c.service, c.sample)
		hook := gateway.Hook{ID: anID, Name: c.service, Service: service(b, c.service), Room: "spam"}
		if c.filter != "" {
			hook.Filter = mustCompile(b, c.filter)
		}
		g := gateway.New(gateway.Options{Enqueuer: forgetful{}, Log: discard()})
		g.SetHooks([]gateway.Hook{hook})
		name := c.service + "/" + c.filter
		b.Run(name+"/gateway", func(b *testing.B) { run(b, g, body) })
		if c.filter == "" {
			b.Run(name+"/bare", func(b *testing.B) { run(b, bare, body) })
		}
	}
}

func sample(b *testing.B, service, name string) string {
	b.Helper()
	for _, s := range payloads.Of(service) {
		if s.Name == name {
			return string(s.Body)
		}
	}
	b.Fatalf("no sample %s of %s", name, service)
	return ""
}

func run(b *testing.B, handler http.Handler, body string) {
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, request("POST", "/webhook/"+anID, body, "Content-Type", "application/json"))
		if w.Code != http.StatusAccepted {
			b.Fatal(w.Code)
		}
	}
}
