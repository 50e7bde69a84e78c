package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// scrape returns what Prometheus would be served.
func scrape(m *metrics) string {
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return answer.Body.String()
}

func TestHookshotNames(t *testing.T) {
	t.Parallel()
	count := func(m *metrics) {
		m.hookshot.setHooks([]string{"grafana", "sonarr"})
		m.Received("grafana", "accepted", time.Second)
		m.Received("grafana", "too_large", time.Second)
		m.Received(unknownHook, "not_found", time.Second)
		m.Finished("grafana", "told")
		m.Finished("grafana", "dead")
		m.matrixRequest("rooms/{room}/send/{type}/{txn}", "200")
		m.matrixRequest("rooms/{room}/send/{type}/{txn}", "502")
		m.matrixRequest("keys/query", "error")
		m.hookshot.pushed(3)
	}
	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		m := newMetrics("test")
		m.addHookshotNames()
		count(m)
		scraped := scrape(m)
		for _, line := range []string{
			`hookshot_connections 2`,
			`hookshot_webhooks_http_request{method="any",path="/webhook/grafana"} 2`,
			`hookshot_webhooks_http_request{method="any",path="/webhook/sonarr"} 0`,
			`hookshot_webhooks_http_request{method="any",path="/webhook/unknown"} 1`,
			`hookshot_queue_event_pushes{event="generic-webhook.event"} 1`,
			`hookshot_queue_event_pushes{event="response.generic-webhook.event"} 1`,
			`hookshot_queue_event_pushes{event="matrix.message"} 1`,
			`hookshot_queue_event_pushes{event="response.matrix.message"} 1`,
			`hookshot_connection_event_failed{connectionId="grafana",event="generic-webhook.event"} 1`,
			`hookshot_connection_event_failed{connectionId="sonarr",event="generic-webhook.event"} 0`,
			`matrix_api_calls{method="sendEvent"} 2`,
			`matrix_api_calls_failed{method="sendEvent"} 1`,
			`matrix_api_calls_failed{method="keys/query"} 1`,
			`matrix_appservice_events 3`,
			`feed_count 0`,
			`hookshot_feeds_count 0`,
			"# TYPE hookshot_webhooks_http_request counter",
		} {
			if !strings.Contains(scraped, line+"\n") {
				t.Errorf("/metrics has no line %s", line)
			}
		}
		if !strings.Contains(scraped, "\nprocess_heap_bytes ") || strings.Contains(scraped, "process_heap_bytes 0\n") {
			t.Error("/metrics does not say how large the heap is")
		}
	})
	t.Run("OKNotAskedFor", func(t *testing.T) {
		t.Parallel()
		m := newMetrics("test")
		count(m)
		if scraped := scrape(m); strings.Contains(scraped, "hookshot") || strings.Contains(scraped, "matrix_api_calls") {
			t.Error("hookshot's names are served")
		}
	})
}
