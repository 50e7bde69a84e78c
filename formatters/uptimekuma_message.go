package formatters

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// kumaState is a monitor's status, numbered as in a heartbeat.
type kumaState int

const (
	kumaUnknown     kumaState = -1
	kumaDown        kumaState = 0
	kumaUp          kumaState = 1
	kumaPending     kumaState = 2
	kumaMaintenance kumaState = 3
)

// How a state stands in messages and in the variable {{status}} of custom bodies.
const (
	kumaDownMark = "🔴 Down"
	kumaUpMark   = "✅ Up"
	kumaTestMark = "⚠️ Test"
)

// kumaMessage is what an up or down message says: "[name] [🔴 Down] reason".
type kumaMessage struct {
	State  kumaState
	Name   string
	Reason string
}

var kumaUpDown = regexp.MustCompile(`(?s)^\[(.*)\] \[(` + kumaDownMark + `|` + kumaUpMark + `)\] ?(.*)$`)

// parseKumaMessage reads an up or down message; its state is unknown when it is none.
func parseKumaMessage(msg string) (kumaMessage, bool) {
	m := kumaUpDown.FindStringSubmatch(msg)
	if m == nil {
		return kumaMessage{State: kumaUnknown}, false
	}
	return kumaMessage{State: markedState(m[2]), Name: m[1], Reason: m[3]}, true
}

func markedState(mark string) kumaState {
	if mark == kumaDownMark {
		return kumaDown
	}
	return kumaUp
}

// notification tells the message by itself. The incident is known by the monitor's name,
// until somebody knows better.
func (m kumaMessage) notification() Notification {
	n := Notification{Subject: m.Name, Incident: Incident{Key: "name:" + m.Name}}
	if m.Name != "" {
		n.Labels = map[string]string{"monitor": m.Name}
	}
	switch m.State {
	case kumaDown:
		n.Event, n.Status, n.Severity, n.Incident.State = "down", "down", Error, Open
	case kumaUp:
		n.Event, n.Status, n.Severity, n.Incident.State = "up", "up", Success, Resolved
	case kumaPending:
		n.Event, n.Status, n.Severity, n.Incident = "pending", "pending", Warning, Incident{}
	case kumaMaintenance:
		n.Event, n.Status, n.Severity, n.Incident = "maintenance", "maintenance", Muted, Incident{}
	default:
		n.Event, n.Status, n.Severity, n.Incident = "notice", "notice", Info, Incident{}
	}
	reason := strings.TrimSpace(m.Reason)
	if reason == "" || reason == "N/A" || m.State == kumaUp && reason == "OK" {
		return n
	}
	first, more, _ := strings.Cut(reason, "\n")
	n.Summary = ": " + strings.TrimSpace(first)
	if more != "" {
		n.Details = reason
	}
	return n
}

// kumaTest tells the Test button of a notification's settings.
func kumaTest(name, userAgent string) Notification {
	n := Notification{Event: "test", Severity: Muted, Status: "test", Subject: "Uptime Kuma", Summary: "is connected"}
	if name != "" {
		n.Facts = append(n.Facts, Fact{Name: "Notification", Value: name})
	}
	if version, ok := strings.CutPrefix(userAgent, "Uptime-Kuma/"); ok { // 1.x says axios/…
		n.Facts = append(n.Facts, Fact{Name: "Version", Value: version})
	}
	return n
}

// The expiry messages of 1.x ("will be expired in") and 2.x ("will expire in"). A
// certificate is told as "server certificate nas.example"; early versions left out both
// kind and name. A monitor's name may hold brackets, so it reaches as far as it can.
var (
	kumaCertificate = regexp.MustCompile(`(?s)^\[(.*)\]\[(.*)\] (?:(.+?) )?certificate (?:(.+) )?will (?:be expired|expire) in (-?\d+) days?$`)
	kumaDomain      = regexp.MustCompile(`(?s)^Domain name (.+) will expire in (-?\d+) days?$`)
)

// expiryAlarm is how many days before an expiry a warning becomes an error. Uptime Kuma
// tells 21, 14 and 7 days ahead, unless set otherwise.
const expiryAlarm = 3

// kumaExpiry tells a certificate or domain that is about to expire. It is told again at
// each deadline, never taken back, and so no incident.
func kumaExpiry(msg string) (Notification, bool) {
	n := Notification{Severity: Warning}
	var days string
	if m := kumaCertificate.FindStringSubmatch(msg); m != nil {
		n.Event, n.Status, n.Subject, days = "certificate", "certificate", m[1], m[5]
		n.Summary = ": " + m[4]
		if m[4] == "" || m[4] == "undefined" { // it has no common name
			n.Summary = ": certificate"
		}
		if m[3] != "" && m[3] != "server" {
			n.Summary += " (" + m[3] + ")"
		}
		n.Labels = map[string]string{"monitor": m[1]}
		n.setTarget(publicURL(m[2]))
	} else if m := kumaDomain.FindStringSubmatch(msg); m != nil {
		n.Event, n.Status, n.Subject, days = "domain", "domain", m[1], m[2]
	} else {
		return n, false
	}
	left, err := strconv.Atoi(days)
	if err != nil {
		return n, false
	}
	n.Summary = strings.TrimSpace(n.Summary + " " + expiryWords(left))
	if left <= expiryAlarm {
		n.Severity = Error
	}
	return n, true
}

func expiryWords(days int) string {
	switch {
	case days < -1:
		return fmt.Sprintf("expired %d days ago", -days)
	case days == -1:
		return "expired 1 day ago"
	case days == 0:
		return "expires within a day"
	case days == 1:
		return "expires in 1 day"
	}
	return fmt.Sprintf("expires in %d days", days)
}
