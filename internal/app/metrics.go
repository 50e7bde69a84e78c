package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
)

// unknownHook stands for the hook of requests to addresses that are no hook's.
const unknownHook = "unknown"

// hookResults are the results of requests to a hook, see gateway.Metrics.
var hookResults = []string{"accepted", "filtered", "repeated", "too_large", "aborted", "timeout", "method", "unavailable"}

// metrics are what /metrics shows. Their labels are bounded by the configuration, and all
// series are there from the start, so that a rate() over them is never without its zero.
type metrics struct {
	registry *prometheus.Registry

	webhooks        *prometheus.CounterVec
	requestDuration prometheus.Histogram
	fallbacks       *prometheus.CounterVec
	exprErrors      *prometheus.CounterVec
	deliveries      *prometheus.CounterVec
	attempts        *prometheus.CounterVec
	sendDuration    prometheus.Histogram
	matrixRequests  *prometheus.CounterVec
}

func newMetrics(version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lotus_hooks_webhooks_total", Help: "Requests to the gateway, by hook and what became of them.",
		}, []string{"hook", "result"}),
		requestDuration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lotus_hooks_request_duration_seconds", Help: "Time to answer a request to the gateway.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 3, 10),
		}),
		fallbacks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lotus_hooks_format_fallbacks_total", Help: "Webhooks that their service's formatter could not read, told by the generic one.",
		}, []string{"service"}),
		exprErrors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lotus_hooks_expression_errors_total", Help: "Filters and routes that failed on a webhook.",
		}, []string{"hook"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lotus_hooks_deliveries_total", Help: "Deliveries that ended, by hook and how.",
		}, []string{"hook", "result"}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lotus_hooks_send_attempts_total", Help: "Attempts to make an event, by whose fault a failure was.",
		}, []string{"result"}),
		sendDuration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lotus_hooks_send_duration_seconds", Help: "Time of one attempt to make an event.",
			Buckets: prometheus.ExponentialBuckets(0.001, 3, 10),
		}),
		matrixRequests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lotus_hooks_matrix_requests_total", Help: "Requests to the homeserver, by endpoint and status code.",
		}, []string{"endpoint", "code"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "lotus_hooks_build_info", Help: "Always 1; the label says which version runs.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.webhooks, m.requestDuration, m.fallbacks, m.exprErrors, m.deliveries, m.attempts, m.sendDuration,
		m.matrixRequests, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, result := range []string{"ok", "server", "room", "message", "panic"} {
		m.attempts.WithLabelValues(result)
	}
	for _, s := range formatters.Services() {
		m.fallbacks.WithLabelValues(s.Name)
	}
	m.webhooks.WithLabelValues(unknownHook, "not_found")
	for _, endpoint := range matrix.Endpoints() {
		m.matrixRequests.WithLabelValues(endpoint, "200")
	}
	return m
}

// initHook makes the series of a hook.
func (m *metrics) initHook(hook string) {
	for _, result := range hookResults {
		m.webhooks.WithLabelValues(hook, result)
	}
	for _, result := range []string{"told", "dead"} {
		m.deliveries.WithLabelValues(hook, result)
	}
	m.exprErrors.WithLabelValues(hook)
}

// Received implements gateway.Metrics.
func (m *metrics) Received(hook, result string, took time.Duration) {
	m.webhooks.WithLabelValues(hook, result).Inc()
	m.requestDuration.Observe(took.Seconds())
}

// FormatFallback implements gateway.Metrics.
func (m *metrics) FormatFallback(service string) { m.fallbacks.WithLabelValues(service).Inc() }

// ExprError implements gateway.Metrics.
func (m *metrics) ExprError(hook string) { m.exprErrors.WithLabelValues(hook).Inc() }

// Attempted implements outbox.Metrics.
func (m *metrics) Attempted(result string, took time.Duration) {
	m.attempts.WithLabelValues(result).Inc()
	m.sendDuration.Observe(took.Seconds())
}

// Finished implements outbox.Metrics.
func (m *metrics) Finished(hook, result string) { m.deliveries.WithLabelValues(hook, result).Inc() }

// matrixRequest counts a request to the homeserver.
func (m *metrics) matrixRequest(endpoint, code string) {
	m.matrixRequests.WithLabelValues(endpoint, code).Inc()
}

// outboxCollector reads how full the outbox is when somebody asks.
type outboxCollector struct {
	box     *outbox.Outbox
	entries *prometheus.Desc
	oldest  *prometheus.Desc
	parked  *prometheus.Desc
}

func newOutboxCollector(box *outbox.Outbox) *outboxCollector {
	return &outboxCollector{
		box:     box,
		entries: prometheus.NewDesc("lotus_hooks_outbox_entries", "Deliveries in the outbox that are not told, by state.", []string{"state"}, nil),
		oldest:  prometheus.NewDesc("lotus_hooks_outbox_oldest_pending_seconds", "Age of the oldest delivery that waits for its turn.", nil, nil),
		parked:  prometheus.NewDesc("lotus_hooks_lanes_parked", "Rooms that cannot be told at the moment.", nil, nil),
	}
}

// Describe implements prometheus.Collector.
func (c *outboxCollector) Describe(descs chan<- *prometheus.Desc) {
	descs <- c.entries
	descs <- c.oldest
	descs <- c.parked
}

// Collect implements prometheus.Collector.
func (c *outboxCollector) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	s, err := c.box.Stats(ctx)
	if err != nil {
		metrics <- prometheus.NewInvalidMetric(c.entries, err)
		return
	}
	parked := 0
	for _, l := range s.Lanes {
		if !l.Parked.IsZero() {
			parked++
		}
	}
	for state, n := range map[outbox.State]int64{outbox.Pending: s.Pending, outbox.Held: s.Held, outbox.Dead: s.Dead} {
		metrics <- prometheus.MustNewConstMetric(c.entries, prometheus.GaugeValue, float64(n), string(state))
	}
	metrics <- prometheus.MustNewConstMetric(c.oldest, prometheus.GaugeValue, s.OldestPending.Seconds())
	metrics <- prometheus.MustNewConstMetric(c.parked, prometheus.GaugeValue, float64(parked))
}
