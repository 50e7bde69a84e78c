package formatters_test

import (
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// A message of the operator's takes the place of our summary, and of nothing else.
func TestGrafanaMessage(t *testing.T) {
	t.Parallel()
	const lines = `"message":"line 1\nline 2"`
	const refused = `"annotations":{"grafana_state_reason":"Error","Error":"refused"}`
	paused := grafanaFiring("", grafanaOver+`,"annotations":{"grafana_state_reason":"Paused"}`)
	long := strings.Repeat("word ", 150) + "end"
	letters := `"a":"1","b":"2","c":"3","d":"4","e":"5","f":"6"`
	tests := []struct {
		name, body string
		want       string // summary, facts without times and details, parted by "|"
	}{
		{"Line", grafanaGroup(`"message":"hot!"`, grafanaFiring("", "")), "on nas:9100: hot!||"},
		{"LineOfQueryError", grafanaGroup(`"message":"look!"`, grafanaFiring("", refused)), "on nas:9100: look!|Watches for busy|refused"},
		{"LineSaysCause", grafanaGroup(`"message":"it was refused"`, grafanaFiring("", refused)), "on nas:9100: it was refused|Watches for busy|"},
		{"LineOfLongQueryError", grafanaGroup(`"message":"look!"`, grafanaFiring("", strings.Replace(refused, "refused", long, 1))), "on nas:9100: look!|Watches for busy|" + long},
		{"LineOfQueryErrors", grafanaGroup(`"message":"look!"`, grafanaFiring(`"device":"a"`, refused), grafanaFiring(`"device":"b"`, refused)), "on nas:9100: look!||refused"},
		{"LineOfPaused", grafanaGroup(`"message":"calm"`, paused), "on nas:9100: calm|Lasted 12 min · Reason the rule was paused|"},
		{"LineSaysPaused", grafanaGroup(`"message":"the rule was paused"`, paused), "on nas:9100: the rule was paused|Lasted 12 min|"},
		{"LineSaysDescription", grafanaGroup(`"message":"hot, see one"`, grafanaFiring("", `"annotations":{"summary":"busy","description":"see one"}`)), "on nas:9100: hot, see one||"},
		{"LineIsTitle", grafanaGroup(`"title":"CPU hot","message":"CPU hot"`, grafanaFiring("", "")), "on nas:9100: busy||"},
		{"Lines", grafanaGroup(lines, grafanaFiring("", "")), "on nas:9100: busy||line 1\nline 2"},
		{"LinesAndEnrichments", grafanaGroup(lines, grafanaFiring("", `"enrichments":{"ai":"a backup"}`)), "on nas:9100: busy||line 1\nline 2\n\nenrichments:\n  ai: a backup"},
		{"LinesAndAnnotations", grafanaGroup(lines, grafanaFiring("", `"annotations":{"summary":"busy","owner":"Ada","runbook":"wiki"}`)), "on nas:9100: busy||line 1\nline 2\n\nowner: Ada\nrunbook: wiki"},
		{"LinesAndLabels", grafanaGroup(lines, grafanaFiring(letters, "")), "on nas:9100: busy|a 1 · b 2 · c 3 · d 4 · e 5|line 1\nline 2\n\nf: 6"},
		{"LinesSayIt", grafanaGroup(`"message":"line 1\nowner: Ada\nf: 6"`, grafanaFiring(letters, `"annotations":{"owner":"Ada"}`)), "on nas:9100: busy|a 1 · b 2 · c 3 · d 4 · e 5|line 1\nowner: Ada\nf: 6"},
		{"LinesOfGroup", grafanaGroup(lines, grafanaFiring(`"device":"a"`, `"annotations":{"owner":"Ada"}`), grafanaFiring(`"device":"b"`, "")), "on nas:9100 (a, b): busy||line 1\nline 2\n\na\nowner: Ada"},
		{"DefaultWithoutAlerts", grafanaGroup(`"commonLabels":{"alertname":"CPU"},"message":"**Firing**\n\nValue: A=1\nLabels:\n - alertname = CPU"`), "||**Firing**\n\nValue: A=1\nLabels:\n - alertname = CPU"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, tt.body)
			facts := strings.TrimPrefix(strings.TrimPrefix(factWords(n), "Since"), "Fired")
			if got := n.Summary + "|" + strings.TrimPrefix(facts, " · ") + "|" + n.Details; got != tt.want {
				t.Errorf("summary, facts and details\n got %q\nwant %q", got, tt.want)
			}
		})
	}
}

// A message of the operator's takes the place of "after 12 min".
func TestGrafanaLasted(t *testing.T) {
	t.Parallel()
	n := grafanaCard(t, grafanaGroup(`"message":"cool again"`, grafanaFiring("", grafanaOver)))
	if last := n.Facts[len(n.Facts)-1]; n.Summary != "on nas:9100: cool again" || last != (formatters.Fact{Name: "Lasted", Value: "12 min"}) {
		t.Errorf("summary %q, last fact %+v", n.Summary, last)
	}
}

// Facts of the group count among the six that a card has.
func TestGrafanaFactsOfGroup(t *testing.T) {
	t.Parallel()
	const own = `"title":"Look!","truncatedAlerts":2`
	const words = "+2 more, cut by Grafana · Rule CPU"
	one := grafanaFiring(`"a":"1","b":"2","c":"3","d":"4","e":"5","f":"6"`, "")
	tests := []struct{ name, body, facts, details string }{
		{"One", grafanaGroup(own, one), "Since · a 1 · b 2 · c 3 · " + words, "d: 4\ne: 5\nf: 6"},
		{"Several", grafanaGroup(own, one, one), "a 1 · b 2 · c 3 · d 4 · " + words, "e: 5\nf: 6"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, tt.body)
			if got := factWords(n); got != tt.facts || n.Details != tt.details {
				t.Errorf("facts and details\n got %q, %q\nwant %q, %q", got, n.Details, tt.facts, tt.details)
			}
		})
	}
}

// Every runbook of a group is one click away, and says whose it is where that is in doubt.
func TestGrafanaGroupRunbooks(t *testing.T) {
	t.Parallel()
	alert := func(name, instance, runbook, more string) string {
		return grafanaFiring("", `"labels":{"alertname":"`+name+`","instance":"`+instance+`"},"annotations":{"runbook_url":"`+runbook+`"},"generatorURL":""`+more)
	}
	const r, s = "https://r.example", "https://s.example"
	over := "," + grafanaOver
	tests := []struct{ name, body, links, details string }{
		{"Same", grafanaGroup("", alert("CPU", "a", r, ""), alert("CPU", "b", r, "")), "Runbook=" + r, ""},
		{"SameOfTwoRules", grafanaGroup("", alert("CPU", "a", r, ""), alert("Disk", "b", r, "")), "Runbook=" + r, ""},
		{"OneHasOne", grafanaGroup("", alert("CPU", "a", r, ""), alert("CPU", "b", "", "")), "Runbook=" + r, ""},
		{"OneRuleHasOne", grafanaGroup("", alert("CPU", "a", r, ""), alert("Disk", "b", "", "")), "Runbook CPU=" + r, ""},
		{"TwoRules", grafanaGroup("", alert("CPU", "a", r, ""), alert("Disk", "b", s, ""), alert("CPU", "c", r, "")), "Runbook CPU=" + r + "|Runbook Disk=" + s, ""},
		{"TwoPlaces", grafanaGroup("", alert("CPU", "a", r, ""), alert("CPU", "b", s, "")), "Runbook a=" + r + "|Runbook b=" + s, ""},
		{"OfWhatIsOpen", grafanaGroup("", alert("CPU", "a", r, ""), alert("Disk", "b", s, over)), "Runbook=" + r, ""},
		{"AllOver", grafanaGroup(`"status":"resolved"`, alert("CPU", "a", r, over), alert("CPU", "b", r, over)), "Runbook=" + r, ""},
		{"None", grafanaGroup("", alert("CPU", "a", "", ""), alert("CPU", "b", "", "")), "", ""},
		{"Many", grafanaGroup("", alert("CPU", "a", r+"/1", ""), alert("CPU", "b", r+"/2", ""), alert("CPU", "c", r+"/3", ""), alert("CPU", "d", r+"/4", "")),
			"Runbook a=" + r + "/1|Runbook b=" + r + "/2|Runbook c=" + r + "/3", "Runbook d: " + r + "/4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, tt.body)
			var links []string
			for _, l := range n.Links {
				links = append(links, l.Text+"="+l.URL)
			}
			if got := strings.Join(links, "|"); got != tt.links || n.Details != tt.details {
				t.Errorf("links and details\n got %s, %q\nwant %s, %q", got, n.Details, tt.links, tt.details)
			}
			if n.URL != "https://g.example/" {
				t.Errorf("the subject leads to %s", n.URL)
			}
		})
	}
}
