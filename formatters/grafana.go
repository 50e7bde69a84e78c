package formatters

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
)

// Grafana's unified alerting posts one webhook per notification group: the firing alerts
// of the group and those that ended since the last time (Grafana 12.4, receivers/webhook/v1).
// What it shares with Prometheus' Alertmanager is told by alertGroup.
//
// The card is drawn from the alerts themselves. The title and message that Grafana renders
// repeat every label and URL, so they are used only where the operator wrote them.

func init() {
	register(Service{
		Name:      "grafana",
		Title:     "Grafana",
		Formatter: FormatterFunc(formatGrafana),
		Headers:   []string{"User-Agent"}, // "Grafana" is all there is to an empty request of Grafana's
	})
}

// formatGrafana tells a notification group. A document without any alert in it, such as
// the print of a custom payload template, is refused.
func formatGrafana(p Payload) (Notification, error) {
	if len(bytes.TrimSpace(p.Body)) == 0 && strings.HasPrefix(p.header("User-Agent"), "Grafana") {
		return grafanaEmptyRequest(p), nil
	}
	w, err := decodeAlerts(p)
	if errors.Is(err, errNoAlert) {
		if n, legacyErr := formatGrafanaLegacy(p); legacyErr == nil {
			return n, nil
		}
	}
	if err != nil {
		return Notification{}, err
	}
	if w.isAlertmanagers() {
		return w.alertmanager(), nil
	}
	return w.grafana(), nil
}

// grafana tells a group of Grafana's.
func (w *alertGroup) grafana() Notification {
	w.sender = "Grafana"
	if w.isTest() {
		return w.connected()
	}
	n := w.notification()
	w.useTemplates(&n)
	return n
}

// isTest recognises the contact point's Test button: by its labels, or, where a person
// changed those, by a group key that no notification policy makes ("webhook-<fingerprint>-<time>").
func (w *alertGroup) isTest() bool {
	labels := w.Alerts[0].Labels
	return labels["alertname"] == "TestAlert" && labels["instance"] == "Grafana" ||
		w.Receiver != "" && strings.HasPrefix(string(w.GroupKey), string(w.Receiver)+"-"+string(w.Alerts[0].Fingerprint)) &&
			!strings.Contains(string(w.GroupKey), "{") ||
		oldTestKey.MatchString(string(w.GroupKey))
}

// oldTestKey is the group key of a test of Grafana 8 and 9: the alert's labels and the time.
var oldTestKey = regexp.MustCompile(`^\{[^}].*\}\d{4}-\d\d-\d\d `)

// connected answers the Test button, with the words that a person gave it.
func (w *alertGroup) connected() Notification {
	a := &w.Alerts[0]
	n := Notification{
		Event: "test", Severity: Muted, Status: "test",
		Subject: "Grafana", URL: webURL(w.ExternalURL), Summary: "is connected",
		Labels: w.routingLabels(), Time: a.started,
	}
	add := func(name, value string) {
		if value != "" {
			n.Facts = append(n.Facts, Fact{Name: name, Value: value})
		}
	}
	add("Version", string(w.AppVersion))
	add("Title", w.customTitle())
	if summary := oneLine(a.Annotations.first("summary")); summary != "Notification test" {
		add("Summary", summary)
	}
	for _, name := range a.Labels.names("alertname", "instance") {
		add(name, oneLine(a.Labels.first(name)))
	}
	n.Details = w.customMessage()
	if n.Details == "" {
		n.Details = a.Annotations.first("description")
	}
	return n
}

// grafanaEmptyRequest tells of a request without a body. Grafana follows a redirect with a
// GET that carries nothing, and takes the answer to that for a delivery.
func grafanaEmptyRequest(p Payload) Notification {
	return Notification{
		Event: "empty", Severity: Error, Status: "alert lost",
		Subject: "Grafana", Summary: "sent a request without content",
		Facts: []Fact{{Name: "Remedy", Value: "put the final address into the contact point, so that nothing redirects"}},
		Details: "A redirect between Grafana and this gateway drops the alert, and Grafana believes it was delivered.\n" +
			"Look at https instead of http, the host name, and a slash at the end of the address.\n" +
			"Without any redirect, the contact point's custom payload prints nothing.",
		Time: p.Received,
	}
}
