package app

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
)

// unknownHook stands for the hook of requests to addresses that are no hook's.
const unknownHook = "unknown"

// hookResults are the results of requests to a hook, see gateway.Metrics.
var hookResults = []string{"accepted", "filtered", "repeated", "too_large", "aborted", "timeout", "method", "unavailable",
	"forbidden", "unauthorized", "locked_out", "rate_limited"}

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
	commands        *prometheus.CounterVec
	commandDuration *prometheus.HistogramVec
	leader          prometheus.Gauge
	hookshot        *hookshotNames // nil unless they are asked for
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
			Name: "lotus_hooks_expression_errors_total", Help: "Filters, routes and fields of formats that failed on a webhook.",
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
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lotus_hooks_commands_total", Help: "Commands that people gave the bot, by what became of them.",
		}, []string{"command", "result"}),
		commandDuration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lotus_hooks_command_duration_seconds", Help: "Time to run a command, its answers included.",
			Buckets: prometheus.ExponentialBuckets(0.005, 3, 10),
		}, []string{"command"}),
		leader: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "lotus_hooks_leader", Help: "Whether this process tells the encrypted rooms, 1 or 0. One of those that share a database does.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "lotus_hooks_build_info", Help: "Always 1; the label says which version runs.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.webhooks, m.requestDuration, m.fallbacks, m.exprErrors, m.deliveries, m.attempts, m.sendDuration,
		m.matrixRequests, m.commands, m.commandDuration, m.leader, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, result := range []string{"ok", "server", "room", "message", "panic"} {
		m.attempts.WithLabelValues(result)
	}
	for _, s := range formatters.Services() {
		m.fallbacks.WithLabelValues(s.Name)
	}
	m.fallbacks.WithLabelValues(formatters.Custom)
	m.webhooks.WithLabelValues(unknownHook, "not_found")
	for _, endpoint := range matrix.Endpoints() {
		for _, code := range []string{"200", "error"} { // all went well; nobody answered
			m.matrixRequests.WithLabelValues(endpoint, code)
		}
	}
	return m
}

// handler answers with all that can be read. When the database is away that is nothing of the
// outbox; but how many webhooks are refused for it has to be seen all the more.
func (m *metrics) handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError,
	})
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
	m.hookshot.received(hook, result)
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
func (m *metrics) Finished(hook, result string) {
	m.deliveries.WithLabelValues(hook, result).Inc()
	m.hookshot.finished(hook, result)
}

// setLeader notes whether this process leads.
func (m *metrics) setLeader(leads bool) {
	m.leader.Set(0)
	if leads {
		m.leader.Set(1)
	}
}

// matrixRequest counts a request to the homeserver.
func (m *metrics) matrixRequest(endpoint, code string) {
	m.matrixRequests.WithLabelValues(endpoint, code).Inc()
	m.hookshot.call(endpoint, code)
}

// outboxCollector reads how full the outbox is when somebody asks.
type outboxCollector struct {
	box     *outbox.Outbox
	entries *prometheus.Desc
	oldest  *prometheus.Desc
	parked  *prometheus.Desc
	open    *prometheus.Desc
	hooks   func() []string
}

// newOutboxCollector returns a collector for an outbox; hooks names those that are configured.
func newOutboxCollector(box *outbox.Outbox, hooks func() []string) *outboxCollector {
	return &outboxCollector{
		box:     box,
		hooks:   hooks,
		open:    prometheus.NewDesc("lotus_hooks_incidents_open", "Alerts, downloads and the like whose end was not told, by hook and in all rooms.", []string{"hook"}, nil),
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
	descs <- c.open
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
	open, err := c.box.CountOpen(ctx)
	if err != nil {
		metrics <- prometheus.NewInvalidMetric(c.open, err)
		return
	}
	for _, hook := range c.hooks() {
		metrics <- prometheus.MustNewConstMetric(c.open, prometheus.GaugeValue, float64(open[hook]), hook)
	}
}

// initCommands makes the series of the bot's commands.
func (m *metrics) initCommands(names []string) {
	for _, name := range names {
		for _, result := range bot.Results {
			m.commands.WithLabelValues(name, result)
		}
		m.commandDuration.WithLabelValues(name)
	}
}

// Command implements bot.Metrics.
func (m *metrics) Command(name, result string, took time.Duration) {
	m.commands.WithLabelValues(name, result).Inc()
	if took > 0 {
		m.commandDuration.WithLabelValues(name).Observe(took.Seconds())
	}
}
