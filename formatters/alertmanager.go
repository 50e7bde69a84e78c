package formatters

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Prometheus' Alertmanager posts version "4" of its format (0.25 to 0.34,
// notify/webhook/webhook.go): Grafana's without title, message, values and links of its own.
// Alerts stand in the order in which they came, so that one which is over may stand between
// two that fire. From 0.34 on, it says why it notifies.

func init() {
	register(Service{
		Name:      "alertmanager",
		Title:     "Alertmanager",
		Formatter: FormatterFunc(formatAlertmanager),
	})
}

// formatAlertmanager tells a notification group, also one of a Grafana whose contact point
// leads here.
func formatAlertmanager(p Payload) (Notification, error) {
	w, err := decodeAlerts(p)
	if err != nil {
		return Notification{}, err
	}
	if w.isGrafanas() {
		return w.grafana(), nil
	}
	return w.alertmanager(), nil
}

// isAlertmanagers reports a group that Grafana cannot have sent. Version "4" alone would not
// do: custom payloads of Grafana's are often written after Alertmanager's documentation.
func (w *alertGroup) isAlertmanagers() bool { return w.Version == "4" && !w.hasGrafanasMembers() }

// isGrafanas reports a group that Alertmanager cannot have sent.
func (w *alertGroup) isGrafanas() bool { return w.Version == "1" || w.hasGrafanasMembers() }

func (w *alertGroup) hasGrafanasMembers() bool {
	return w.OrgID != "" || w.State != "" || w.Title != "" || w.AppVersion != ""
}

// alertmanager tells a group of Alertmanager's.
func (w *alertGroup) alertmanager() Notification {
	w.sender = "Alertmanager"
	w.Receiver = text(unquoteMeta(string(w.Receiver)))
	for i := range w.Alerts {
		a := &w.Alerts[i]
		if a.SilenceURL == "" {
			a.SilenceURL = text(w.silenceURL(a.Labels))
		}
	}
	n := w.notification()
	if len(w.Alerts) > 1 && len(w.open()) > 0 && w.CommonLabels["alertname"] != "" {
		n.Links = addLink(n.Links, "Silence", w.silenceURL(w.CommonLabels))
	}
	n.Links = addLink(n.Links, "Alertmanager", w.page("alerts?receiver="+queryValue(regexp.QuoteMeta(string(w.Receiver)))))
	w.tellReason(&n)
	for name, value := range w.RouteLabels {
		if _, taken := n.Labels[name]; !taken && !privateLabel(name) && value != "" {
			n.Labels[name] = string(value)
		}
	}
	n.Details = strings.TrimLeft(stacked(n.Details, openOutline(string(w.Payload))), "\n")
	n.Details = strings.TrimRight(n.Details, "\n")
	return n
}

// tellReason says why a group is told again while nothing in it has changed.
func (w *alertGroup) tellReason(n *Notification) {
	reason := oneLine(string(w.NotificationReason))
	if reason == "" {
		return
	}
	n.Labels["notification_reason"] = reason
	if n.Incident.State == Open && strings.Contains(reason, "repeat") {
		n.Facts = append(n.Facts, Fact{Name: "Told again", Value: reason})
	}
}

// page returns the address of one of Alertmanager's own pages, or "".
func (w *alertGroup) page(path string) string {
	base := strings.TrimRight(webURL(w.ExternalURL), "/")
	if base == "" || strings.ContainsAny(base, "?#") {
		return ""
	}
	return base + "/#/" + path
}

var plainLabelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// silenceURL leads to the form for a new silence, filled in with labels. Where one of them
// would have to be quoted, there is none: how to has changed over the versions.
func (w *alertGroup) silenceURL(labels alertLabels) string {
	var matchers []string
	for name, value := range labels {
		if !plainLabelName.MatchString(name) || strings.ContainsAny(string(value), "\"\\\n") {
			return ""
		}
		matchers = append(matchers, name+`="`+string(value)+`"`)
	}
	if len(matchers) == 0 {
		return ""
	}
	slices.Sort(matchers)
	return w.page("silences/new?filter=" + queryValue("{"+strings.Join(matchers, ", ")+"}"))
}

// queryValue encodes a value as Alertmanager's pages do: they take "+" for a plus sign.
func queryValue(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// unquoteMeta takes back what Alertmanager does to a receiver's name: in webhooks it is a
// regular expression.
func unquoteMeta(s string) string {
	plain := strings.ReplaceAll(s, `\`, "")
	if regexp.QuoteMeta(plain) == s {
		return plain
	}
	return s
}
