package formatters

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Grafana's unified alerting posts one webhook per notification group: the firing alerts
// of the group and those that ended since the last time (Grafana 12.4, receivers/webhook/v1;
// Prometheus Alertmanager's version "4" is the same shape without title, message and values).
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

var errNoGrafanaAlert = errors.New("the document is no Grafana alert")

type grafanaWebhook struct {
	Receiver          text           `json:"receiver"`
	Status            text           `json:"status"` // "firing" while any alert of the group fires, else "resolved"
	State             text           `json:"state"`  // "alerting" or "ok": the same again
	OrgID             text           `json:"orgId"`
	Alerts            []grafanaAlert `json:"alerts"`
	GroupLabels       grafanaLabels  `json:"groupLabels"`
	CommonLabels      grafanaLabels  `json:"commonLabels"`
	CommonAnnotations grafanaLabels  `json:"commonAnnotations"`
	ExternalURL       text           `json:"externalURL"`
	AppVersion        text           `json:"appVersion"` // since 12.4
	GroupKey          text           `json:"groupKey"`
	TruncatedAlerts   number         `json:"truncatedAlerts"` // alerts left out by the contact point's limit
	Title             text           `json:"title"`
	Message           text           `json:"message"`
}

// formatGrafana tells a notification group. A document without any alert in it, such as
// the print of a custom payload template, is refused.
func formatGrafana(p Payload) (Notification, error) {
	if len(bytes.TrimSpace(p.Body)) == 0 && strings.HasPrefix(p.header("User-Agent"), "Grafana") {
		return grafanaEmptyRequest(p), nil
	}
	var w grafanaWebhook
	if err := decodePayload(p, &w); err != nil {
		return Notification{}, fmt.Errorf("decode Grafana webhook: %w", err)
	}
	if !w.complete() {
		return Notification{}, errNoGrafanaAlert
	}
	if w.isTest() {
		return w.connected(), nil
	}
	var n Notification
	if len(w.Alerts) == 1 {
		n = w.single()
	} else {
		n = w.group()
	}
	n.Incident = w.incident()
	n.Event = "resolved"
	if n.Incident.State == Open {
		n.Event = "firing"
	}
	n.Labels = w.routingLabels()
	w.useTemplates(&n)
	return n, nil
}

// complete fills in what later code relies on: at least one alert, each with a status. It
// reports false when the document holds nothing to tell.
func (w *grafanaWebhook) complete() bool {
	w.Alerts = slices.DeleteFunc(w.Alerts, func(a grafanaAlert) bool {
		return len(a.Labels) == 0 && len(a.Annotations) == 0 && a.Fingerprint == "" && a.StartsAt == ""
	})
	if len(w.Alerts) == 0 { // a custom payload may leave the alerts out, and keep what they share
		labels := w.CommonLabels
		if len(labels) == 0 {
			labels = w.GroupLabels
		}
		known := w.Status == "firing" || w.Status == "resolved"
		if len(labels) == 0 && w.GroupKey == "" && (!known || w.customTitle() == "" && w.customMessage() == "") {
			return false
		}
		w.Alerts = []grafanaAlert{{Labels: labels, Annotations: w.CommonAnnotations}}
	}
	resolved := w.Status == "resolved" || w.Status == "" && w.State == "ok"
	for i := range w.Alerts {
		a := &w.Alerts[i]
		a.over = a.Status == "resolved" || a.Status == "" && resolved
		a.started, a.ended = grafanaTime(a.StartsAt), grafanaTime(a.EndsAt)
	}
	// Open alerts first and the worst on top: Grafana promises no order.
	rank := func(a grafanaAlert) int {
		if a.over {
			return -1
		}
		return int(a.severity())
	}
	slices.SortStableFunc(w.Alerts, func(a, b grafanaAlert) int { return rank(b) - rank(a) })
	return true
}

// incident identifies the notification group: the same labels notify through several
// receivers and in several organisations.
func (w *grafanaWebhook) incident() Incident {
	key := string(w.GroupKey)
	if key == "" {
		key = w.Alerts[0].key()
	}
	state := Resolved
	if len(w.open()) > 0 || w.firesUnseen() {
		state = Open
	}
	return Incident{Key: strings.Join([]string{string(w.OrgID), string(w.Receiver), key}, "/"), State: state}
}

// routingLabels are what the alerts have in common, with receiver and status beside it
// where no label has that name.
func (w *grafanaWebhook) routingLabels() map[string]string {
	labels := map[string]string{}
	for name, value := range map[string]text{"receiver": w.Receiver, "status": w.Status} {
		if value != "" {
			labels[name] = string(value)
		}
	}
	common := w.CommonLabels
	if len(w.Alerts) == 1 {
		common = w.Alerts[0].Labels
	}
	for name, value := range common {
		if !privateLabel(name) {
			labels[name] = string(value)
		}
	}
	return labels
}

// isTest recognises the contact point's Test button: by its labels, or, where a person
// changed those, by a group key that no notification policy makes ("webhook-<fingerprint>-<time>").
func (w *grafanaWebhook) isTest() bool {
	labels := w.Alerts[0].Labels
	return labels["alertname"] == "TestAlert" && labels["instance"] == "Grafana" ||
		w.Receiver != "" && strings.HasPrefix(string(w.GroupKey), string(w.Receiver)+"-"+string(w.Alerts[0].Fingerprint)) &&
			!strings.Contains(string(w.GroupKey), "{")
}

// connected answers the Test button, with the words that a person gave it.
func (w *grafanaWebhook) connected() Notification {
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
