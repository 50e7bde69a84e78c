package formatters_test

import (
	"strings"
	"testing"
)

// Nothing is said twice in the first line: not the rule's name, not the host, not what the
// operator's own title says.
func TestGrafanaSaysOnce(t *testing.T) {
	t.Parallel()
	rule := func(name, instance, summary string) string {
		return grafanaFiring("", `"labels":{"alertname":"`+name+`","instance":"`+instance+`"},"annotations":{"summary":"`+summary+`"}`)
	}
	over := func(name, instance string) string {
		return grafanaFiring("", `"labels":{"alertname":"`+name+`","instance":"`+instance+`"},`+grafanaOver)
	}
	tests := []struct{ name, body, want string }{
		{"SummaryIsName", grafanaGroup("", rule("CPU", "nas", "CPU")), "CPU|on nas"},
		{"SummaryNamesRuleAndPlace", grafanaGroup("", rule("CPU", "nas", "CPU on nas")), "CPU|on nas"},
		{"SummaryNamesRuleAndMore", grafanaGroup("", rule("CPU", "nas", "CPU on nas: 97 %")), "CPU|on nas: 97 %"},
		{"SummaryNamesRuleColon", grafanaGroup("", rule("CPU", "nas", "CPU: 97 %")), "CPU|on nas: 97 %"},
		{"SummaryNamesRuleDash", grafanaGroup("", rule("CPU", "nas", "CPU - 97 %")), "CPU|on nas: 97 %"},
		{"SummaryIsSentence", grafanaGroup("", rule("CPU", "nas", "CPU usage of 97 %")), "CPU|on nas: CPU usage of 97 %"},
		{"SummaryIsLongerWord", grafanaGroup("", rule("CPU", "nas", "CPUs are hot")), "CPU|on nas: CPUs are hot"},
		{"RuleNamesHost", grafanaGroup("", rule("nas is down", "nas:9100", "no answer")), "nas is down|: no answer"},
		{"RuleNamesHostAlone", grafanaGroup("", rule("nas is down", "nas", "")), "nas is down|"},
		{"RuleNamesHostOver", grafanaGroup("", over("nas is down", "nas")), "nas is down|after 12 min"},
		{"RuleNamesOtherHost", grafanaGroup("", rule("nas-2 is down", "nas", "")), "nas-2 is down|on nas"},
		{"TitleIsSummary", grafanaGroup(`"title":"nas is busy"`, rule("CPU", "nas", "nas is busy")), "nas is busy|"},
		{"TitleWithinWord", grafanaGroup(`"title":"rebusyness"`, rule("CPU", "", "busy")), "rebusyness|: busy"},
		{"TitleNamesHostOver", grafanaGroup(`"title":"nas is busy"`, over("CPU", "nas")), "nas is busy|after 12 min"},
		{"MessageKeepsPlace", grafanaGroup(`"message":"hot!"`, rule("CPU", "nas", "busy")), "CPU|on nas: hot!"},
		{"GroupTitleIsSummary", grafanaGroup(`"title":"All is busy"`, rule("CPU", "a", "All is busy"), rule("CPU", "b", "All is busy")), "All is busy|: a, b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, tt.body)
			if got := n.Subject + "|" + n.Summary; got != tt.want {
				t.Errorf("first line\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestGrafanaItemsSayOnce(t *testing.T) {
	t.Parallel()
	rule := func(name, instance, more string) string {
		return grafanaFiring("", `"labels":{"alertname":"`+name+`","instance":"`+instance+`"},"annotations":null,`+more)
	}
	tests := []struct{ name, body, want string }{
		{"NameAndPlace", grafanaGroup("", rule("CPU", "a", `"annotations":{"summary":"CPU on a: 97 %"}`), rule("CPU", "b", `"values":{"A":5,"B":6}`)), "a 97 %|b A 5, B 6"},
		{"RuleNamesHost", grafanaGroup("", rule("a is down", "a:9100", `"values":{"A":5}`), rule("b is down", "b:9100", `"values":{"cpu":5}`)), "a is down value 5|b is down cpu 5"},
		{"RulesOfOneCause", grafanaGroup("", rule("DatasourceError", "", `"labels":{"rulename":"X"},"annotations":{"Error":"refused"}`), rule("DatasourceError", "", `"labels":{"rulename":"Y"},"annotations":{"Error":"refused"}`)), "X |Y "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, tt.body)
			var got []string
			for _, item := range n.Items {
				got = append(got, item.Subject+" "+item.Text)
			}
			if got := strings.Join(got, "|"); got != tt.want {
				t.Errorf("items\n got %s\nwant %s", got, tt.want)
			}
			if tt.name == "RulesOfOneCause" && n.Summary != ": X, Y: refused" {
				t.Errorf("summary = %q", n.Summary)
			}
		})
	}
}

// What the first line has no room for, and what nobody foresaw, stands in the details.
func TestGrafanaLosesNothing(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 150) + "end"
	tests := []struct{ name, body, want string }{
		{"LongSummary", grafanaGroup("", grafanaFiring("", `"annotations":{"summary":"`+long+`"}`)), long},
		{"LongQueryError", grafanaGroup("", grafanaFiring("", `"annotations":{"grafana_state_reason":"Error","Error":"`+long+`"}`)), long},
		{"LongItems", grafanaGroup("", grafanaFiring(`"device":"a"`, `"annotations":{"summary":"a `+long+`"}`), grafanaFiring(`"device":"b"`, "")), "a\na " + long},
		{"DescriptionIsStory", grafanaGroup("", grafanaFiring("", `"annotations":null,"annotations":{"description":"first\nsecond"}`)), "second"},
		{"Enrichments", grafanaGroup("", grafanaFiring("", `"enrichments":{"ai":"a backup","api_token":"hunter2"}`)), "enrichments:\n  ai: a backup"},
		{"EnrichmentsList", grafanaGroup("", grafanaFiring("", `"enrichments":[{"text":"a"},7]`)), "enrichments:\n  -\n    text: a\n  - 7"},
		{"EnrichmentsText", grafanaGroup("", grafanaFiring("", `"enrichments":"a backup"`)), "enrichments: a backup"},
		{"EnrichmentsNull", grafanaGroup("", grafanaFiring("", `"enrichments":null`)), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := grafanaCard(t, tt.body).Details; got != tt.want {
				t.Errorf("details\n got %q\nwant %q", got, tt.want)
			}
		})
	}
	n := grafanaCard(t, grafanaGroup(`"title":"Look!"`, grafanaFiring(`"team":"a"`, ""), grafanaFiring(`"team":"a","device":"b"`, "")))
	if got := factWords(n); got != "team a · Rule CPU" {
		t.Errorf("what a group has in common = %q", got)
	}
}

func TestGrafanaValues(t *testing.T) {
	t.Parallel()
	for values, want := range map[string]string{
		`{"A":5,"B":5,"C":1}`:           "Value 5", // a query and its reduction
		`{"A":5,"B":6,"C":1}`:           "A 5 · B 6",
		`{"A":0,"B":0,"C":1}`:           "Value 0",
		`{"cpu":5,"threshold":1}`:       "cpu 5",
		`{"cpu":5,"C":1}`:               "cpu 5",
		`{"Query":5,"C":0}`:             "Query 5",
		`{"cpu":5,"C":90}`:              "C 90 · cpu 5",
		`{"A":1,"cpu":5}`:               "A 1 · cpu 5",
		`{"B":0,"threshold":0}`:         "Value 0",
		`{"cpu":5,"threshold":90}`:      "cpu 5 · threshold 90",
		`{"cpu":5,"mem":5}`:             "cpu 5 · mem 5",
		`{"threshold":1,"Condition":0}`: "",
	} {
		got, _, _ := strings.Cut(factWords(grafanaCard(t, grafanaGroup("", grafanaFiring("", `"values":`+values)))), "Since")
		if got = strings.TrimSuffix(got, " · "); got != want {
			t.Errorf("%s = %q, want %q", values, got, want)
		}
	}
}

func TestGrafanaGroupSilence(t *testing.T) {
	t.Parallel()
	alert := func(status string, matchers ...string) string {
		url := "https://g.example/alerting/silence/new?alertmanager=grafana&matcher=" + strings.Join(matchers, "&matcher=") + "&orgId=1"
		return grafanaFiring("", `"silenceURL":"`+url+`","status":"`+status+`"`)
	}
	const uid = "__alert_rule_uid__%3Dx"
	tests := []struct{ name, body, want string }{
		{"OneRule", grafanaGroup("", alert("firing", uid, "instance%3Da"), alert("firing", uid, "instance%3Db")), "https://g.example/alerting/silence/new?alertmanager=grafana&matcher=" + uid + "&orgId=1"},
		{"OneRuleByName", grafanaGroup("", alert("firing", "alertname%3DCPU", "a%3Db"), alert("firing", "alertname%3DCPU")), "https://g.example/alerting/silence/new?alertmanager=grafana&matcher=alertname%3DCPU&orgId=1"},
		{"OneFires", grafanaGroup("", alert("firing", uid, "a%3Db"), alert("resolved", uid)), "https://g.example/alerting/silence/new?alertmanager=grafana&matcher=" + uid + "&matcher=a%3Db&orgId=1"},
		{"SeveralRules", grafanaGroup("", alert("firing", uid, "a%3Db"), alert("firing", "__alert_rule_uid__%3Dy", "a%3Db")), ""},
		{"AllRulesWithoutData", grafanaGroup("", alert("firing", "alertname%3DDatasourceNoData"), alert("firing", "alertname%3DDatasourceNoData")), ""},
		{"AllOver", grafanaGroup("", alert("resolved", uid), alert("resolved", uid)), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, l := range grafanaCard(t, tt.body).Links {
				if l.Text == "Silence" {
					got = l.URL
				}
			}
			if got != tt.want {
				t.Errorf("silence\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}
