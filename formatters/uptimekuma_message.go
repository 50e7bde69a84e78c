package formatters

import (
	"cmp"
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

var kumaUpDown = regexp.MustCompile(`(?is)^\[(.*)\] \[(` + kumaDownMark + `|` + kumaUpMark + `)\] ?(.*)$`)

// parseKumaMessage reads an up or down message; its state is unknown when it is none.
func parseKumaMessage(msg string) (kumaMessage, bool) {
	m := kumaUpDown.FindStringSubmatch(msg)
	if m == nil {
		return kumaMessage{State: kumaUnknown}, false
	}
	return kumaMessage{State: markedState(m[2]), Name: m[1], Reason: m[3]}, true
}

func markedState(mark string) kumaState {
	if strings.EqualFold(mark, kumaDownMark) {
		return kumaDown
	}
	return kumaUp
}

// kumaStateOf reads a heartbeat's status, which custom bodies also write as a word.
func kumaStateOf(status string) kumaState {
	switch strings.ToLower(strings.TrimSpace(status)) {
	case "0", "down", strings.ToLower(kumaDownMark):
		return kumaDown
	case "1", "up", strings.ToLower(kumaUpMark):
		return kumaUp
	case "2", "pending":
		return kumaPending
	case "3", "maintenance":
		return kumaMaintenance
	}
	return kumaUnknown
}

// longReason is how many bytes of a reason the first line surely holds. The details have a
// longer one whole: that of a group names all its monitors that are down.
const longReason = 500

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
	if more != "" {
		first = cmp.Or(packetLoss.FindString(reason), first)
	}
	if more != "" || len(reason) > longReason {
		n.Details = reason
	}
	n.Summary = ": " + strings.TrimSpace(first)
	return n
}

// packetLoss matches the line that matters in what the program ping printed, which is the
// reason of a ping monitor.
var packetLoss = regexp.MustCompile(`(?m)^.*% (?:packet )?loss.*$`)

// testedName returns the name of the notification that a test message is about.
func testedName(msg string) (name string, ok bool) {
	const word = "Testing"
	msg = strings.TrimSpace(msg)
	at := len(msg) - len(word)
	if at < 0 || !strings.EqualFold(msg[at:], word) || at > 0 && msg[at-1] != ' ' {
		return "", false
	}
	return strings.TrimSpace(msg[:at]), true
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
	kumaCertificate = regexp.MustCompile(`(?is)^\[(.*)\]\[(.*)\] (?:(.+?) )?certificate (?:(.+) )?will (?:be expired|expire) in (-?\d+) days?$`)
	kumaDomain      = regexp.MustCompile(`(?is)^Domain name (.+) will expire in (-?\d+) days?$`)
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
		if m[3] != "" && !strings.EqualFold(m[3], "server") {
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
