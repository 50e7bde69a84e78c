package formatters

import (
	"cmp"
	"errors"
	"math"
	"strconv"
	"time"
)

func init() {
	register(Service{
		Name:      "uptime-kuma",
		Title:     "Uptime Kuma",
		Formatter: FormatterFunc(formatUptimeKuma),
		Headers:   []string{"User-Agent"},
		Query:     []string{"msg", "heartbeat", "monitor"},
	})
}

// errNotUptimeKuma says that a payload is neither Uptime Kuma's envelope nor a custom body
// that carries one of its messages.
var errNotUptimeKuma = errors.New("the payload is not of Uptime Kuma")

// kumaEnvelope is what Uptime Kuma 1.23 and 2.x send as JSON body, as form field "data", or
// (2.x, method GET) as query parameters. Heartbeat and Monitor are there for up and down
// only; tests and expiries are told by Msg alone.
type kumaEnvelope struct {
	Heartbeat *kumaHeartbeat `json:"heartbeat"`
	Monitor   *kumaMonitor   `json:"monitor"`
	Msg       text           `json:"msg"` // "[name] [🔴 Down] reason"
}

// kumaHeartbeat is one check of a monitor.
type kumaHeartbeat struct {
	MonitorID    scalar `json:"monitorID"`
	Status       scalar `json:"status"` // 0 down, 1 up; 2 pending and 3 maintenance are known, but not sent
	Time         text   `json:"time"`   // "2026-11-22 09:52:10.776", UTC without saying so
	LocalTime    text   `json:"localDateTime"`
	Offset       text   `json:"timezoneOffset"` // of LocalTime: "-05:00"
	LastDownTime text   `json:"lastDownTime"`   // 2.x, on up: when the outage began
	Msg          text   `json:"msg"`            // the reason; "N/A" when there is none
	Ping         number `json:"ping"`           // milliseconds
	Important    scalar `json:"important"`      // "false" when a state is only repeated ("resend notification")
	Response     text   `json:"response"`       // 2.x: the beginning of the answer's body
}

// formatUptimeKuma tells what Uptime Kuma's webhook provider sends, in each of its modes.
func formatUptimeKuma(p Payload) (Notification, error) {
	n, err := readUptimeKuma(p)
	if n.Incident.Key == "name:" { // neither number nor name: it may be any monitor
		n.Incident = Incident{}
	}
	n.stripSecrets()
	return n, err
}

func readUptimeKuma(p Payload) (Notification, error) {
	doc, err := jsonDocument(p)
	if err != nil {
		if e, ok := kumaQuery(p); ok {
			return e.notification(p)
		}
		return formatKumaCustom(p, nil)
	}
	var e kumaEnvelope
	if err := decodeJSON(doc, &e); err != nil {
		return formatKumaCustom(p, doc)
	}
	if !e.isWhole(doc) {
		return formatKumaCustom(p, doc)
	}
	return e.notification(p)
}

// isWhole reports whether the envelope was made by Uptime Kuma: custom bodies have members
// of the same names, such as a "monitor" that is the name alone.
func (e kumaEnvelope) isWhole(doc []byte) bool {
	if e.Heartbeat != nil && *e.Heartbeat != (kumaHeartbeat{}) {
		return true
	}
	var members map[string]any
	_ = decodeJSON(doc, &members) // it has just been decoded
	switch beat, ok := members["heartbeat"]; beat.(type) {
	case map[string]any:
		return true
	case nil:
		_, told := parseKumaMessage(string(e.Msg))
		_, known := members["monitor"].(map[string]any)
		return ok || known && told
	}
	return false
}

// kumaQuery reads the envelope from the parameters of a GET.
func kumaQuery(p Payload) (e kumaEnvelope, ok bool) {
	first := func(name string) []byte {
		if v := p.Query[name]; len(v) > 0 {
			return []byte(v[0])
		}
		return nil
	}
	e.Msg = text(first("msg"))
	if v := first("heartbeat"); v != nil {
		if decodeJSON(v, &e.Heartbeat) != nil {
			e.Heartbeat = nil
		}
	}
	if v := first("monitor"); v != nil {
		if decodeJSON(v, &e.Monitor) != nil {
			e.Monitor = nil
		}
	}
	return e, e.Msg != "" || e.Heartbeat != nil
}

func (e kumaEnvelope) notification(p Payload) (Notification, error) {
	msg := string(e.Msg)
	if e.Heartbeat != nil {
		return e.beat(), nil
	}
	if n, ok := kumaExpiry(msg); ok {
		return e.Monitor.describe(n), nil
	}
	if m, ok := parseKumaMessage(msg); ok {
		return e.Monitor.describe(m.notification()), nil
	}
	if name, ok := testedName(msg); ok && e.Monitor == nil {
		return kumaTest(name, p.header("User-Agent")), nil
	}
	if msg == "" && e.Monitor == nil {
		return Notification{}, errNotUptimeKuma
	}
	n := e.Monitor.describe(Notification{Event: "notice", Severity: Info, Status: "notice", Summary: msg})
	if n.Subject != "" && msg != "" {
		n.Summary = ": " + msg
	}
	return n, nil
}

// beat tells a heartbeat: down, up, or down still.
func (e kumaEnvelope) beat() Notification {
	h := e.Heartbeat
	m, _ := parseKumaMessage(string(e.Msg))
	if h.Status != "" {
		m.State = kumaStateOf(string(h.Status))
	}
	if e.Monitor != nil {
		m.Name = cmp.Or(string(e.Monitor.Name), m.Name)
	}
	m.Reason = cmp.Or(string(h.Msg), m.Reason)
	if m.State == kumaUnknown {
		m.Reason = cmp.Or(m.Reason, string(e.Msg))
	}
	n := m.notification()
	n.Time = h.time()
	repeated := h.Important == "false" || h.Important == "0"
	switch m.State {
	case kumaDown:
		if repeated {
			n.Status = "still down"
		} else if !n.Time.IsZero() { // a repeat's time is its own, not the outage's
			n.Facts = append(n.Facts, Fact{Name: "Since", Time: n.Time})
		}
		n.Details = stacked(n.Details, plainResponse(string(h.Response)))
	case kumaUp:
		if since := kumaTime(h.LastDownTime); !since.IsZero() && n.Time.Sub(since) >= time.Second {
			n.Summary = "after " + durationWords(n.Time.Sub(since)) + n.Summary
			n.Facts = append(n.Facts, Fact{Name: "Down since", Time: since})
		}
	case kumaUnknown, kumaPending, kumaMaintenance:
	}
	if h.Ping.Known && h.Ping.Value >= 0 {
		ms := math.Round(h.Ping.Value*1000) / 1000
		n.Facts = append(n.Facts, Fact{Name: "Ping", Value: strconv.FormatFloat(ms, 'f', -1, 64) + " ms"})
	}
	if id := h.MonitorID; id != "" && n.Incident.State != Standalone {
		n.Incident.Key = "monitor:" + string(id)
	}
	n = e.Monitor.describe(n)
	if n.Subject == "" && h.MonitorID != "" {
		n.Subject = "monitor " + string(h.MonitorID)
	}
	return n
}

// time returns when the check was made.
func (h *kumaHeartbeat) time() time.Time {
	if t := kumaTime(h.Time); !t.IsZero() {
		return t
	}
	t, _ := time.Parse("2006-01-02 15:04:05 -07:00", string(h.LocalTime+" "+h.Offset))
	return t.UTC()
}

// kumaTime reads a time that Uptime Kuma writes in UTC without a zone; zero when it cannot.
func kumaTime(s text) time.Time {
	for _, layout := range []string{time.DateTime, time.RFC3339} { // both take fractions of a second
		if t, err := time.Parse(layout, string(s)); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
