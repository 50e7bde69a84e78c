package formatters_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

func TestGrafanaIncident(t *testing.T) {
	t.Parallel()
	over := grafanaFiring("", grafanaOver)
	tests := []struct {
		name, body, key string
		state           formatters.IncidentState
		event           string
	}{
		{"Open", grafanaGroup("", grafanaFiring("", "")), `1/ops/{}:{alertname="CPU"}`, formatters.Open, "firing"},
		{"Resolved", grafanaGroup(`"status":"resolved"`, over), `1/ops/{}:{alertname="CPU"}`, formatters.Resolved, "resolved"},
		{"Mixed", grafanaGroup("", over, grafanaFiring("", "")), `1/ops/{}:{alertname="CPU"}`, formatters.Open, "firing"},
		{"FiresAmongTruncated", grafanaGroup(`"truncatedAlerts":2`, over), `1/ops/{}:{alertname="CPU"}`, formatters.Open, "firing"},
		{"AnotherOrganisation", grafanaGroup(`"orgId":2`, grafanaFiring("", "")), `2/ops/{}:{alertname="CPU"}`, formatters.Open, "firing"},
		{"NestedPolicy", grafanaGroup(`"groupKey":"{}/{team=\"a\"}:{}"`, grafanaFiring("", "")), `1/ops/{}/{team="a"}:{}`, formatters.Open, "firing"},
		{"NoGroupKey", grafanaGroup(`"groupKey":"","orgId":null`, grafanaFiring("", "")), `/ops/f1`, formatters.Open, "firing"},
		{"GroupLabels", grafanaGroup(`"groupKey":"","groupLabels":{"b":"2","a":"1"}`, grafanaFiring("", "")), `1/ops/a=1;b=2;`, formatters.Open, "firing"},
		{"GroupLabelsOver", grafanaGroup(`"groupKey":"","groupLabels":{"a":"1","b":"2"}`, over), `1/ops/a=1;b=2;`, formatters.Resolved, "resolved"},
		{"LeastOfAlerts", grafanaGroup(`"groupKey":""`, grafanaFiring(`"severity":"critical"`, `"fingerprint":"f2"`), over), `1/ops/f1`, formatters.Open, "firing"},
		{"GroupLabelsBeforeCommon", grafanaGroup(`"groupKey":"","groupLabels":{"a":"1"},"commonLabels":{"a":"1","b":"2"}`), `1/ops/a=1;`, formatters.Open, "firing"},
		{"CommonLabels", grafanaGroup(`"groupKey":"","commonLabels":{"a":"1"}`), `1/ops/a=1;`, formatters.Open, "firing"},
		{"NoFingerprint", grafanaGroup(`"groupKey":""`, `{"labels":{"b":"2","a":"1"}}`), `1/ops/a=1;b=2;`, formatters.Open, "firing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, tt.body)
			if want := (formatters.Incident{Key: tt.key, State: tt.state, Partial: tt.name == "FiresAmongTruncated"}); n.Incident != want || n.Event != tt.event {
				t.Errorf("incident = %+v, event %q; want %+v, %q", n.Incident, n.Event, want, tt.event)
			}
		})
	}
}

// What nothing identifies stands alone: it must not end another's incident.
func TestGrafanaUnidentified(t *testing.T) {
	t.Parallel()
	for status, event := range map[string]string{"firing": "firing", "resolved": "resolved"} {
		n := grafanaCard(t, `{"status":"`+status+`","alerts":[{"annotations":{"summary":"busy"}}]}`)
		if n.Incident != (formatters.Incident{}) || n.Event != event {
			t.Errorf("incident = %+v, event %q; want none, %q", n.Incident, n.Event, event)
		}
	}
}

func TestGrafanaSingleIsComparable(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	for body, want := range map[string]formatters.Item{
		grafanaGroup("", grafanaFiring("", "")):          {Key: "f1", Severity: formatters.Error, Since: since},
		grafanaGroup("", grafanaFiring("", grafanaOver)): {Key: "f1", Severity: formatters.Success, Since: since},
	} {
		if diff := cmp.Diff([]formatters.Item{want}, grafanaCard(t, body).Items); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestGrafanaTruncated(t *testing.T) {
	t.Parallel()
	one, over := grafanaFiring("", ""), grafanaFiring("", grafanaOver)
	const cut = "+45 more, cut by Grafana"
	for body, want := range map[string]string{
		grafanaGroup(`"truncatedAlerts":45`, one):                               "46 FIRING |" + cut,
		grafanaGroup(`"truncatedAlerts":45`, one, one):                          "47 FIRING |" + cut,
		grafanaGroup(`"truncatedAlerts":45`, one, over):                         "1 FIRING 1 RESOLVED 45 MORE |" + cut,
		grafanaGroup(`"truncatedAlerts":45`, over):                              "1 RESOLVED 45 MORE |" + cut + ", some of them firing",
		grafanaGroup(`"truncatedAlerts":45`, over, over):                        "2 RESOLVED 45 MORE |" + cut + ", some of them firing",
		grafanaGroup(`"truncatedAlerts":45,"status":"resolved"`, over):          "46 RESOLVED |" + cut,
		grafanaGroup(`"truncatedAlerts":45,"status":"resolved"`, over, over):    "47 RESOLVED |" + cut,
		grafanaGroup(`"truncatedAlerts":45,"status":"firing"`, over, over, one): "1 FIRING 2 RESOLVED 45 MORE |" + cut,
	} {
		n := grafanaCard(t, body)
		head, _, _ := strings.Cut(strings.ReplaceAll(formatters.Render(n, formatters.RenderOptions{}).Body, "\u00a0", " "), "CPU")
		facts := ""
		for _, f := range n.Facts {
			if strings.HasPrefix(f.Value, "+") {
				facts = f.Value
			}
		}
		if got := head + "|" + facts; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A group whose firing alerts were all left out wants a person no less than one that shows them.
func TestGrafanaFiresUnseen(t *testing.T) {
	t.Parallel()
	over := grafanaFiring("", grafanaOver)
	const critical = `"truncatedAlerts":3,"commonLabels":{"severity":"critical"}`
	tests := []struct {
		name, body string
		severity   formatters.Severity
		summary    string
	}{
		{"One", grafanaGroup(`"truncatedAlerts":3`, over), formatters.Error, ": nas:9100 and 3 more"},
		{"Several", grafanaGroup(`"truncatedAlerts":3`, over, over), formatters.Error, ": nas:9100 and 3 more"},
		{"OneOfCritical", grafanaGroup(critical, over), formatters.Critical, ": nas:9100 and 3 more"},
		{"Message", grafanaGroup(`"truncatedAlerts":3,"message":"still hot"`, over), formatters.Error, ": still hot"},
		{"AllOver", grafanaGroup(critical+`,"status":"resolved"`, over), formatters.Success, "on nas:9100 after 12 min"},
		{"OneShown", grafanaGroup(critical, over, grafanaFiring(`"severity":"info"`, "")), formatters.Info, "on nas:9100 and 3 more: busy"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, tt.body)
			if n.Severity != tt.severity || n.Summary != tt.summary {
				t.Errorf("%v, %q; want %v, %q", n.Severity, n.Summary, tt.severity, tt.summary)
			}
		})
	}
}
