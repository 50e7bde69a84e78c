package formatters_test

import (
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

func TestGrafanaLegacy(t *testing.T) {
	t.Parallel()
	rule := func(more string) string {
		return `{"title":"[Alerting] CPU alert","ruleId":7,"ruleName":"CPU alert","ruleUrl":"https://g.example/d/x?panelId=2","state":"alerting","message":"busy","orgId":1,"evalMatches":[]` + more + `}`
	}
	const key = "1//rule 7"
	tests := []struct {
		name, body string
		severity   formatters.Severity
		head       string
		incident   formatters.Incident
		facts      string
	}{
		{"Alerting", rule(`,"evalMatches":[{"metric":"nas","value":97.3},{"metric":"pve","value":95}]`), formatters.Error, "firing|firing|CPU alert|: busy", formatters.Incident{Key: key, State: formatters.Open}, "nas 97.3 · pve 95"},
		{"OneSeries", rule(`,"tags":{"severity":"warning"},"evalMatches":[{"metric":"load","value":5,"tags":{"instance":"nas"}}]`), formatters.Warning, "firing|firing|CPU alert|on nas: busy", formatters.Incident{Key: key, State: formatters.Open}, "load 5 · Severity warning"},
		{"SeriesOfOneName", rule(`,"evalMatches":[{"metric":"load","value":1,"tags":{"host":"a"}},{"metric":"load","value":2,"tags":{"host":"b"}}]`), formatters.Error, "firing|firing|CPU alert|: busy", formatters.Incident{Key: key, State: formatters.Open}, "load 1 · load b 2"},
		{"OK", rule(`,"state":"OK"`), formatters.Success, "resolved|resolved|CPU alert|", formatters.Incident{Key: key, State: formatters.Resolved}, ""},
		{"Paused", rule(`,"state":"paused"`), formatters.Success, "resolved|resolved|CPU alert|: the rule was paused", formatters.Incident{Key: key, State: formatters.Resolved}, ""},
		{"NoData", rule(`,"state":"no_data"`), formatters.Warning, "firing|no data|CPU alert|: the query returned nothing", formatters.Incident{Key: key, State: formatters.Open}, ""},
		{"TitleAlone", rule(`,"ruleName":"","message":null,"tags":null,"evalMatches":null`), formatters.Error, "firing|firing|CPU alert|", formatters.Incident{Key: key, State: formatters.Open}, ""},
		{"Test", rule(`,"ruleId":0,"ruleName":"Test notification"`), formatters.Muted, "test|test|Grafana|is connected", formatters.Incident{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, tt.body)
			if got := head(n); got != tt.head {
				t.Errorf("first line\n got %s\nwant %s", got, tt.head)
			}
			if got := factWords(n); got != tt.facts {
				t.Errorf("facts = %q, want %q", got, tt.facts)
			}
			if n.Severity != tt.severity || n.Incident != tt.incident {
				t.Errorf("severity %v, incident %+v", n.Severity, n.Incident)
			}
		})
	}
	for name, body := range map[string]string{"NoRule": `{"state":"ok","title":"[OK] x"}`, "StateOfOthers": rule(`,"state":"shipped"`)} {
		if f := grafana(t, formatters.Payload{Body: []byte(body)}); !f.Fallback {
			t.Errorf("%s: taken for a rule: %+v", name, f.Notification)
		}
	}
}
