package formatters_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGrafanaGroup(t *testing.T) {
	t.Parallel()
	alert := func(name, instance, more string) string {
		return `{"status":"firing","labels":{"alertname":"` + name + `","instance":"` + instance + `","grafana_folder":"Infra"},` +
			`"startsAt":"2026-11-22T09:30:00Z","fingerprint":"` + name + instance + `"` + more + `}`
	}
	says := func(text string) string { return `,"annotations":{"summary":"` + text + `"}` }
	over := `,"annotations":{"summary":"stale"},` + grafanaOver
	tests := []struct {
		name string
		body string
		want []string // the first line, then "status|subject|text" of each item
	}{
		{"OwnWords", grafanaGroup("", alert("CPU", "a", says("hot")), alert("CPU", "b", says("b is cold"))),
			[]string{"firing|CPU|: a, b", "firing|a|hot", "firing|b|is cold"}},
		{"SameWords", grafanaGroup("", alert("CPU", "a", says("hot")+`,"values":{"A":5,"C":1}`), alert("CPU", "b", says("hot"))),
			[]string{"firing|CPU|on a, b: hot", "firing|a|value 5", "firing|b|"}},
		{"OpenFirst", grafanaGroup("", alert("CPU", "a", over), alert("CPU", "b", says("hot"))),
			[]string{"firing|CPU|on b: hot", "firing|b|", "resolved|a|after 12 min"}},
		{"WorstFirst", grafanaGroup("", alert("CPU", "a", `,"labels":{"severity":"info"}`), alert("CPU", "b", `,"labels":{"severity":"critical"}`)),
			[]string{"firing|CPU|: b, a", "critical|b|", "info|a|"}},
		{"AllOver", grafanaGroup(`"status":"resolved"`, alert("CPU", "a", over), alert("CPU", "b", over)),
			[]string{"resolved|CPU|: a, b", "resolved|a|after 12 min", "resolved|b|after 12 min"}},
		{"SeveralRules", grafanaGroup("", alert("CPU", "a", says("hot")), alert("Disk", "b", says("full"))),
			[]string{"firing|Infra|: CPU on a, Disk on b", "firing|CPU on a|hot", "firing|Disk on b|full"}},
		{"SeveralRulesByTeam", grafanaGroup(`"groupLabels":{"team":"blue","__alert_rule_uid__":"x"}`, alert("CPU", "a", ""), alert("Disk", "b", "")),
			[]string{"firing|blue|: CPU on a, Disk on b", "firing|CPU on a|", "firing|Disk on b|"}},
		{"OnePlace", grafanaGroup("", alert("Disk", "a", `,"labels":{"device":"sda"}`), alert("Disk", "a", `,"labels":{"device":"sdb"}`)),
			[]string{"firing|Disk|on a: sda, sdb", "firing|sda|", "firing|sdb|"}},
		{"OnePlaceSameWords", grafanaGroup("", alert("Disk", "a", `,"labels":{"device":"sda"}`+says("dying")), alert("Disk", "a", `,"labels":{"device":"sdb"}`+says("dying"))),
			[]string{"firing|Disk|on a (sda, sdb): dying", "firing|sda|", "firing|sdb|"}},
		{"NothingDiffers", grafanaGroup("", alert("CPU", "a", ""), alert("CPU", "a", "")),
			[]string{"firing|CPU|: a", "firing|a|", "firing|a|"}},
		{"NoData", grafanaGroup("", alert("DatasourceNoData", "", `,"labels":{"rulename":"X","ref_id":"A"}`), alert("DatasourceNoData", "", `,"labels":{"rulename":"Y","ref_id":"B"}`)),
			[]string{"no data|Infra|: X, Y", "no data|X|query A returned nothing", "no data|Y|query B returned nothing"}},
		{"TwoFolders", grafanaGroup("", alert("CPU", "a", `,"labels":{"grafana_folder":"Prod"}`+says("hot")), alert("CPU", "a", says("hot"))),
			[]string{"firing|CPU|on a (Prod, Infra): hot", "firing|Prod|", "firing|Infra|"}},
		{"Many", grafanaGroup(`"truncatedAlerts":7`, alert("CPU", "a", ""), alert("CPU", "b", ""), alert("CPU", "c", ""), alert("CPU", "d", "")),
			[]string{"firing|CPU|: a, b, c and 8 more", "firing|a|", "firing|b|", "firing|c|", "firing|d|"}},
		{"CustomTexts", grafanaGroup(`"title":"Look!","message":"two of them"`, alert("CPU", "a", ""), alert("CPU", "b", "")),
			[]string{"firing|Look!|: two of them", "firing|a|", "firing|b|"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, tt.body)
			got := []string{n.Status + "|" + n.Subject + "|" + n.Summary}
			for _, item := range n.Items {
				got = append(got, item.Status+"|"+item.Subject+"|"+item.Text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestGrafanaGroupDetails(t *testing.T) {
	t.Parallel()
	alert := func(instance, description string) string {
		return grafanaFiring("", `"labels":{"instance":"`+instance+`"},"annotations":{"description":"`+description+`"}`)
	}
	if n := grafanaCard(t, grafanaGroup("", alert("a", "why\\nnow"), alert("b", "why\\nnow"))); n.Details != "why\nnow" {
		t.Errorf("shared description = %q", n.Details)
	}
	if n := grafanaCard(t, grafanaGroup("", alert("a", "one"), alert("b", "two"))); n.Details != "a\none\n\nb\ntwo" {
		t.Errorf("own descriptions = %q", n.Details)
	}
	n := grafanaCard(t, grafanaGroup(`"message":"a list:\n- one\n- two"`, alert("a", "one"), alert("b", "two")))
	if n.Details != "a list:\n- one\n- two" {
		t.Errorf("a message of several lines = %q", n.Details)
	}
}

func TestGrafanaGroupLinks(t *testing.T) {
	t.Parallel()
	alert := func(instance, dashboard string) string {
		return grafanaFiring("", `"labels":{"instance":"`+instance+`"},"dashboardURL":"`+dashboard+`"`)
	}
	n := grafanaCard(t, grafanaGroup("", alert("a", "https://g.example/d/x?from=1"), alert("b", "https://g.example/d/x?from=2")))
	if n.URL != "https://g.example/d/x?from=1" || len(n.Links) != 1 || n.Links[0].Text != "Dashboard" {
		t.Errorf("one dashboard: %s, %v", n.URL, n.Links)
	}
	rule := `"dashboardURL":"","generatorURL":"https://g.example/alerting/x"`
	n = grafanaCard(t, grafanaGroup("", grafanaFiring(`"device":"a"`, rule), grafanaFiring(`"device":"b"`, rule)))
	if n.URL != "https://g.example/alerting/x" || len(n.Links) != 1 || n.Links[0].Text != "Rule" {
		t.Errorf("one rule: %s, %v", n.URL, n.Links)
	}
	n = grafanaCard(t, grafanaGroup("", alert("a", "https://g.example/d/x"), alert("b", "https://g.example/d/y")))
	if n.URL != "https://g.example/" || len(n.Links) != 0 {
		t.Errorf("two dashboards: %s, %v", n.URL, n.Links)
	}
}
