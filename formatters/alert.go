package formatters

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// groupAlert is one alert of a group. Labels identify it, annotations describe it.
type groupAlert struct {
	Status       text              `json:"status"`
	Labels       alertLabels       `json:"labels"`
	Annotations  alertLabels       `json:"annotations"`
	StartsAt     text              `json:"startsAt"` // RFC 3339 with any offset and up to nanoseconds
	EndsAt       text              `json:"endsAt"`   // year 1 while firing
	GeneratorURL text              `json:"generatorURL"`
	SilenceURL   text              `json:"silenceURL"`
	DashboardURL text              `json:"dashboardURL"`
	PanelURL     text              `json:"panelURL"`
	ImageURL     text              `json:"imageURL"`
	Fingerprint  text              `json:"fingerprint"`
	Values       map[string]number `json:"values"`      // by the rule's query ids; null when any of them is NaN
	Enrichments  jsontext.Value    `json:"enrichments"` // of any shape

	over           bool
	started, ended time.Time // zero when unknown
}

// The two alerts that Grafana raises in the place of a rule that it cannot evaluate.
const (
	grafanaNoData     = "DatasourceNoData"
	grafanaQueryError = "DatasourceError"
)

// key identifies the alert: its fingerprint, else the label set that this is made from.
func (a *groupAlert) key() string {
	if a.Fingerprint != "" {
		return string(a.Fingerprint)
	}
	return a.Labels.key()
}

// replaces reports that the alert stands in the place of its rule's own one.
func (a *groupAlert) replaces() bool {
	return a.called(grafanaNoData) || a.called(grafanaQueryError)
}

func (a *groupAlert) called(name string) bool {
	return strings.EqualFold(string(a.Labels["alertname"]), name)
}

// name is the rule's: an alert in its place carries it in a label of its own.
func (a *groupAlert) name() string {
	if a.replaces() {
		return oneLine(a.Labels.first("rulename", "alertname"))
	}
	return oneLine(a.Labels.first("alertname", "rulename"))
}

// reason is why the alert is in its state, when that is not the rule's condition: "NoData",
// "Error", "MissingSeries", "Paused", "RuleDeleted", "Updated", or two, "NoData, KeepLast".
func (a *groupAlert) reason() string {
	reason := a.Annotations.first("grafana_state_reason")
	switch {
	case a.called(grafanaNoData), !a.replaces() && strings.EqualFold(reason, "NoData"):
		return "NoData"
	case a.called(grafanaQueryError), strings.EqualFold(reason, "Error"):
		return "Error"
	}
	return reason
}

// hasReason reports a reason that may be one of several: "NoData" of "NoData, KeepLast".
func (a *groupAlert) hasReason(reason string) bool {
	for part := range strings.SplitSeq(a.Annotations.first("grafana_state_reason"), ",") {
		if strings.EqualFold(strings.TrimSpace(part), reason) {
			return true
		}
	}
	return false
}

// status is one to three words for the badge.
func (a *groupAlert) status() string {
	switch {
	case a.over:
		return "resolved"
	case a.reason() == "NoData":
		return "no data"
	case a.reason() == "Error":
		return "query error"
	}
	return "firing"
}

// blind reports that the rule could not look, rather than that it saw something.
func (a *groupAlert) blind() bool { return a.reason() == "NoData" || a.reason() == "Error" }

// alertSeverityLabels are the labels that say how bad it is, best first.
var alertSeverityLabels = []string{"severity", "Severity", "priority", "Priority", "level", "Level"}

var alertSeverities = map[string]Severity{
	"critical": Critical, "crit": Critical, "fatal": Critical, "emergency": Critical, "emerg": Critical,
	"disaster": Critical, "urgent": Critical, "p0": Critical, "p1": Critical, "sev0": Critical, "sev1": Critical,
	"error": Error, "err": Error, "high": Error, "major": Error, "page": Error, "alert": Error, "p2": Error, "sev2": Error,
	"warning": Warning, "warn": Warning, "medium": Warning, "moderate": Warning, "minor": Warning,
	"average": Warning, "p3": Warning, "sev3": Warning, "ticket": Warning,
	"info": Info, "information": Info, "informational": Info, "notice": Info, "low": Info, "debug": Info,
	"none": Info, "p4": Info, "p5": Info, "sev4": Info, "sev5": Info,
}

// severity follows the label that teams agree on. Without one, an alert that fires is an
// Error, as nobody said that it may wait, and one that could not look is a Warning.
func (a *groupAlert) severity() Severity {
	if a.over {
		return Success
	}
	if s, ok := alertSeverities[strings.ToLower(a.Labels.first(alertSeverityLabels...))]; ok {
		return s
	}
	if a.blind() {
		return Warning
	}
	return Error
}

// severityLabel returns the label that says how bad it is, or "".
func (a *groupAlert) severityLabel() string {
	for _, name := range alertSeverityLabels {
		if a.Labels.first(name) != "" {
			return name
		}
	}
	return ""
}

// badge is the item's status: its team's own word for the severity where there is one.
func (a *groupAlert) badge() string {
	word := strings.ToLower(oneLine(a.Labels.first(alertSeverityLabels...)))
	if a.over || a.blind() || word == "" {
		return a.status()
	}
	return word
}

// alertPlaces are the labels that say where, best first.
var alertPlaces = []string{
	"instance", "host", "hostname", "nodename", "node", "server", "vm", "guest", "machine",
	"pod", "container", "service", "name", "target", "job",
}

// place returns where the alert is, and the label that says so.
func (a *groupAlert) place() (value, label string) {
	for _, label := range alertPlaces {
		if v := oneLine(a.Labels.first(label)); v != "" {
			return v, label
		}
	}
	return "", ""
}

// alertLabels are labels or annotations by name.
type alertLabels map[string]text

// key identifies the set of labels; it is "" when there are none.
func (l alertLabels) key() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(l)) {
		b.WriteString(name + "=" + string(l[name]) + ";")
	}
	return b.String()
}

// first returns the first value that is not blank.
func (l alertLabels) first(names ...string) string {
	for _, name := range names {
		if v := strings.TrimSpace(string(l[name])); v != "" {
			return v
		}
	}
	return ""
}

// names returns the sorted names of what has a value, without private ones and those given.
func (l alertLabels) names(without ...string) []string {
	var names []string
	for name := range l {
		if !privateLabel(name) && !slices.Contains(without, name) && l.first(name) != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// privateLabel reports a name that a sender keeps for itself; Grafana strips them from everything
// but groupLabels ("__alert_rule_uid__").
func privateLabel(name string) bool {
	return strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__")
}

// oneLine joins the words of a text with single spaces.
func oneLine(s string) string {
	if isClean(s, false) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// alertTime reads a time; it is zero when there is none, which both senders write as year 1.
func alertTime(s text) time.Time {
	t, err := time.Parse(time.RFC3339Nano, string(s))
	if t = t.UTC(); err != nil || t.Year() <= 1 || t.Year() > 9999 { // JSON knows no year 10000
		return time.Time{}
	}
	return t
}

// latest returns the later of two times.
func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
