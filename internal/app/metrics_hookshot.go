package app

import (
	memory "runtime/metrics"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// hookshotNames are the metrics of matrix-hookshot 7 that its dashboard and its users' alerts
// ask for. They count what the lotus_hooks_ metrics count. Where hookshot showed the secret
// id of a hook, its name stands. A nil one counts nothing.
type hookshotNames struct {
	connections prometheus.Gauge
	requests    *prometheus.CounterVec
	pushes      *prometheus.CounterVec
	failed      *prometheus.CounterVec
	calls       *prometheus.CounterVec
	callsFailed *prometheus.CounterVec
	events      prometheus.Counter
}

// The events of hookshot's queue that a webhook makes; each is answered by another.
const (
	hookshotWebhook = "generic-webhook.event"
	hookshotMessage = "matrix.message"
	hookshotAnswer  = "response."
)

// hookshotMethods are the functions of hookshot's Matrix library that do what an endpoint
// does. Other calls are labelled by their endpoints.
var hookshotMethods = map[string]string{
	"rooms/{room}/send/{type}/{txn}": "sendEvent",
	"rooms/{room}/join":              "joinRoom",
	"join/{room}":                    "joinRoom",
	"account/whoami":                 "getWhoAmI",
	"joined_rooms":                   "getJoinedRooms",
	"rooms/{room}/invite":            "inviteUser",
	"profile/{user}":                 "getUserProfile",
}

// addHookshotNames serves the numbers under hookshot's names, too. It is called before
// anything is counted.
func (m *metrics) addHookshotNames() {
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
		m.registry.MustRegister(c)
		return c
	}
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
		m.registry.MustRegister(g)
		return g
	}
	m.hookshot = &hookshotNames{
		connections: gauge("hookshot_connections", "Hooks."),
		requests:    counters("hookshot_webhooks_http_request", "Requests to the gateway, by hook.", "path", "method"),
		pushes:      counters("hookshot_queue_event_pushes", "Webhooks accepted, messages sent, and their answers.", "event"),
		failed:      counters("hookshot_connection_event_failed", "Deliveries that are dead letters, by hook.", "event", "connectionId"),
		calls:       counters("matrix_api_calls", "Requests to the homeserver.", "method"),
		callsFailed: counters("matrix_api_calls_failed", "Requests to the homeserver that failed.", "method"),
		events:      prometheus.NewCounter(prometheus.CounterOpts{Name: "matrix_appservice_events", Help: "Events that the homeserver pushed."}),
	}
	m.registry.MustRegister(m.hookshot.events, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "process_heap_bytes", Help: "Memory of the heap.",
	}, heapBytes))
	for _, name := range []string{"hookshot_feeds_count", "hookshot_feeds_fetch_ms", "feed_count", "feed_fetch_ms"} {
		gauge(name, "Always 0: there are no feeds.")
	}
	for _, event := range []string{hookshotWebhook, hookshotMessage} {
		m.hookshot.push(event, 0)
	}
}

// heapBytes returns how much memory the heap takes.
func heapBytes() float64 {
	samples := []memory.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	memory.Read(samples)
	return float64(samples[0].Value.Uint64() + samples[1].Value.Uint64())
}

func (h *hookshotNames) push(event string, n float64) {
	h.pushes.WithLabelValues(event).Add(n)
	h.pushes.WithLabelValues(hookshotAnswer + event).Add(n)
}

// setHooks notes which hooks there are.
func (h *hookshotNames) setHooks(names []string) {
	if h == nil {
		return
	}
	h.connections.Set(float64(len(names)))
	for _, name := range names {
		h.requests.WithLabelValues(hookshotPath(name), anyMethod)
		h.failed.WithLabelValues(hookshotWebhook, name)
	}
}

// anyMethod stands for the method of a request, which is not told apart.
const anyMethod = "any"

func hookshotPath(hook string) string { return "/webhook/" + hook }

// received counts a request to a hook, and a webhook if there was one in it.
func (h *hookshotNames) received(hook, result string) {
	if h == nil {
		return
	}
	h.requests.WithLabelValues(hookshotPath(hook), anyMethod).Inc()
	if result == "accepted" || result == "filtered" || result == "repeated" {
		h.push(hookshotWebhook, 1)
	}
}

// finished counts how a delivery ended.
func (h *hookshotNames) finished(hook, result string) {
	switch {
	case h == nil:
	case result == "dead":
		h.failed.WithLabelValues(hookshotWebhook, hook).Inc()
	default:
		h.push(hookshotMessage, 1)
	}
}

// call counts a request to the homeserver.
func (h *hookshotNames) call(endpoint, code string) {
	if h == nil {
		return
	}
	method, found := hookshotMethods[endpoint]
	if !found {
		method = endpoint
	}
	h.calls.WithLabelValues(method).Inc()
	if !strings.HasPrefix(code, "2") {
		h.callsFailed.WithLabelValues(method).Inc()
	}
}

// pushed counts events that the homeserver pushed.
func (h *hookshotNames) pushed(n int) {
	if h != nil {
		h.events.Add(float64(n))
	}
}
