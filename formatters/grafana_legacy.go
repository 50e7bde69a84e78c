package formatters

import (
	"cmp"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// grafanaLegacy is what Grafana posted before unified alerting (until Grafana 10, where that
// was switched off): a rule belongs to a panel, and each change of its state is a webhook. It
// has no times.
type grafanaLegacy struct {
	Title       text        `json:"title"` // "[Alerting] " and the rule's name
	RuleName    text        `json:"ruleName"`
	RuleID      scalar      `json:"ruleId"`
	RuleURL     text        `json:"ruleUrl"` // the panel, with its alert tab open
	State       text        `json:"state"`   // "alerting", "ok", "no_data", "paused", "pending"
	Message     text        `json:"message"`
	ImageURL    text        `json:"imageUrl"`
	OrgID       scalar      `json:"orgId"`
	Tags        alertLabels `json:"tags"` // of the rule
	EvalMatches []struct {
		Metric text        `json:"metric"`
		Value  number      `json:"value"`
		Tags   alertLabels `json:"tags"` // of the series
	} `json:"evalMatches"`
}

var grafanaTitleState = regexp.MustCompile(`^\[[\w ]+\]\s*`)

// formatGrafanaLegacy tells the rule as a group of one alert.
func formatGrafanaLegacy(p Payload) (Notification, error) {
	var l grafanaLegacy
	if err := decodePayload(p, &l); err != nil {
		return Notification{}, err
	}
	name := cmp.Or(oneLine(string(l.RuleName)), grafanaTitleState.ReplaceAllString(oneLine(string(l.Title)), ""))
	state := string(lowered(l.State))
	known := []string{"alerting", "ok", "no_data", "paused", "pending", "unknown"}
	if l.RuleName == "" && l.RuleID == "" || !slices.Contains(known, state) {
		return Notification{}, errors.New("the document has no alert rule")
	}
	a := groupAlert{
		Status:       "firing",
		Labels:       alertLabels{},
		Annotations:  alertLabels{"message": l.Message},
		DashboardURL: l.RuleURL,
		ImageURL:     l.ImageURL,
		Fingerprint:  "rule " + cmp.Or(text(l.RuleID), l.RuleName),
		Values:       l.values(),
	}
	if len(l.EvalMatches) == 1 {
		maps.Copy(a.Labels, l.EvalMatches[0].Tags)
	}
	maps.Copy(a.Labels, l.Tags)
	a.Labels["alertname"] = text(name)
	switch state {
	case "ok":
		a.Status = "resolved"
	case "paused":
		a.Status = "resolved"
		a.Annotations["grafana_state_reason"] = "Paused"
	case "no_data":
		a.Annotations["grafana_state_reason"] = "NoData"
	}
	if name == "Test notification" && (l.RuleID == "0" || l.RuleID == "") {
		a.Labels = alertLabels{"alertname": "TestAlert", "instance": "Grafana"}
		a.Annotations = alertLabels{"summary": "Notification test"}
	}
	w := alertGroup{
		Status: a.Status, OrgID: l.OrgID, Alerts: []groupAlert{a},
		GroupKey: a.Fingerprint, ExternalURL: l.RuleURL,
	}
	w.complete()
	return w.grafana(), nil
}

// values are the series that crossed the threshold, by name; those of one name by their tags.
func (l *grafanaLegacy) values() map[string]number {
	values := map[string]number{}
	for _, m := range l.EvalMatches {
		name := oneLine(string(m.Metric))
		if _, taken := values[name]; taken {
			for _, tag := range m.Tags.names() {
				name += " " + oneLine(m.Tags.first(tag))
			}
		}
		values[strings.TrimSpace(name)] = m.Value
	}
	return values
}
