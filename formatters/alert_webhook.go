package formatters

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

var errNoAlert = errors.New("the document has no alert")

// alertGroup is one webhook of Grafana or of Prometheus' Alertmanager, whose format Grafana took
// over and added to: the alerts of a notification group that fire, and those that ended
// since the last webhook.
type alertGroup struct {
	Receiver          text         `json:"receiver"`
	Status            text         `json:"status"` // "firing" while any alert of the group fires, else "resolved"
	State             text         `json:"state"`  // "alerting" or "ok": the same again; Grafana's
	OrgID             scalar       `json:"orgId"`  // Grafana's
	Alerts            []groupAlert `json:"alerts"`
	GroupLabels       alertLabels  `json:"groupLabels"`
	CommonLabels      alertLabels  `json:"commonLabels"`
	CommonAnnotations alertLabels  `json:"commonAnnotations"`
	ExternalURL       text         `json:"externalURL"`
	AppVersion        text         `json:"appVersion"` // since Grafana 12.4
	Version           text         `json:"version"`    // of the format: "1" is Grafana's, "4" Alertmanager's
	GroupKey          text         `json:"groupKey"`
	TruncatedAlerts   number       `json:"truncatedAlerts"` // alerts left out by the receiver's limit
	Title             text         `json:"title"`           // Grafana's
	Message           text         `json:"message"`         // Grafana's

	// Alertmanager's, since 0.34
	NotificationReason text           `json:"notification_reason"` // "first notification"
	RouteLabels        alertLabels    `json:"routeLabels"`
	Payload            jsontext.Value `json:"payload"` // of any shape

	sender    string // "Grafana" or "Alertmanager"
	shortened bool   // a custom payload that left its alerts out
	said      string // the operator's own message, in one line
}

// decodeAlerts reads a webhook. A document without any alert in it, such as the print of a
// custom payload template, is refused.
func decodeAlerts(p Payload) (*alertGroup, error) {
	w := new(alertGroup)
	if err := decodePayload(p, w); err != nil {
		return nil, fmt.Errorf("decode alerts: %w", err)
	}
	if !w.complete() {
		return nil, errNoAlert
	}
	return w, nil
}

// notification tells a complete group.
func (w *alertGroup) notification() Notification {
	var n Notification
	if w.several() {
		n = w.group()
	} else {
		n = w.single()
	}
	n.Incident = w.incident()
	n.Event = "resolved"
	if w.fires() {
		n.Event = "firing"
	}
	n.Labels = w.routingLabels()
	return n
}

// several reports that the card lists alerts: also the only one that was told, when it is
// over and others fire.
func (w *alertGroup) several() bool { return len(w.Alerts) > 1 || w.firesUnseen() }

// complete fills in what later code relies on: at least one alert, each with a status. It
// reports false when the document holds nothing to tell.
func (w *alertGroup) complete() bool {
	w.Status, w.State = lowered(w.Status), lowered(w.State)
	w.Alerts = slices.DeleteFunc(w.Alerts, func(a groupAlert) bool {
		return len(a.Labels) == 0 && len(a.Annotations) == 0 && a.Fingerprint == "" && a.StartsAt == ""
	})
	if len(w.Alerts) == 0 { // a custom payload may leave the alerts out, and keep what they share
		labels := w.CommonLabels
		if len(labels) == 0 {
			labels = w.GroupLabels
		}
		if len(labels) == 0 && w.GroupKey == "" { // nothing says which group it is
			return false
		}
		w.Alerts, w.shortened = []groupAlert{{Labels: labels}}, true
	}
	w.said = oneLine(w.customMessage())
	resolved := w.Status == "resolved" || w.Status == "" && w.State == "ok"
	for i := range w.Alerts {
		a := &w.Alerts[i]
		if len(a.Annotations) == 0 { // a custom payload may have them once, for all alerts
			a.Annotations = w.CommonAnnotations
		}
		a.Status = lowered(a.Status)
		a.over = a.Status == "resolved" || a.Status == "ok" || a.Status == "normal" || a.Status == "" && resolved
		a.started, a.ended = alertTime(a.StartsAt), alertTime(a.EndsAt)
	}
	// Open alerts first and the worst on top: neither sender promises an order.
	rank := func(a groupAlert) int {
		if a.over {
			return -1
		}
		return int(a.severity())
	}
	slices.SortStableFunc(w.Alerts, func(a, b groupAlert) int { return rank(b) - rank(a) })
	return true
}

// lowered returns a status as the senders write it, also where a template does otherwise.
func lowered(status text) text { return text(strings.ToLower(string(status))) }

// incident identifies the notification group: the same labels notify through several
// receivers and in several organisations. What nothing identifies is no incident: all such
// groups would be one.
func (w *alertGroup) incident() Incident {
	key := w.key()
	if key == "" {
		return Incident{}
	}
	state := Resolved
	if w.fires() {
		state = Open
	}
	return Incident{
		Key:     strings.Join([]string{string(w.OrgID), string(w.Receiver), key}, "/"),
		State:   state,
		Partial: w.truncated() >= 1,
	}
}

// key is the same for all webhooks of the group. A custom payload may leave the group key
// out; alerts come and go, and change their order, so one of them is the last resort.
func (w *alertGroup) key() string {
	if w.GroupKey != "" {
		return string(w.GroupKey)
	}
	if key := w.GroupLabels.key(); key != "" {
		return key
	}
	least := ""
	for i := range w.Alerts {
		if key := w.Alerts[i].key(); least == "" || key != "" && key < least {
			least = key
		}
	}
	return least
}

// routingLabels are what the alerts have in common, with receiver and status beside it
// where no label has that name.
func (w *alertGroup) routingLabels() map[string]string {
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
