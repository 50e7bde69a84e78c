package formatters_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

func grafana(tb testing.TB, p formatters.Payload) formatters.Formatted {
	tb.Helper()
	service, ok := formatters.Lookup("grafana")
	if !ok {
		tb.Fatal("grafana is not registered")
	}
	p.Received = goldenTime
	return service.Format(p)
}

// grafanaCard formats a body that must be taken for an alert.
func grafanaCard(t *testing.T, body string) formatters.Notification {
	t.Helper()
	f := grafana(t, formatters.Payload{Body: []byte(body)})
	if f.Fallback {
		t.Fatalf("refused: %v", f.Err)
	}
	return f.Notification
}

// grafanaGroup is a webhook; members in more replace those before them.
func grafanaGroup(more string, alerts ...string) string {
	if more != "" {
		more = "," + more
	}
	return `{"receiver":"ops","status":"firing","orgId":1,"groupKey":"{}:{alertname=\"CPU\"}",` +
		`"externalURL":"https://g.example/","alerts":[` + strings.Join(alerts, ",") + `]` + more + `}`
}

// grafanaFiring is an alert on host nas since 09:30, with further labels and members.
func grafanaFiring(labels, more string) string {
	if labels != "" {
		labels = "," + labels
	}
	if more != "" {
		more = "," + more
	}
	return `{"status":"firing","labels":{"alertname":"CPU","instance":"nas:9100"` + labels + `},"annotations":{"summary":"busy"},` +
		`"startsAt":"2026-11-22T09:30:00Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"f1"` + more + `}`
}

const grafanaOver = `"status":"resolved","endsAt":"2026-11-22T09:42:00Z"`

func TestGrafanaFirstLine(t *testing.T) {
	t.Parallel()
	alert := func(labels, more string) string { return grafanaGroup("", grafanaFiring(labels, more)) }
	note := func(annotations string) string {
		return strings.Replace(alert("", ""), `{"summary":"busy"}`, "{"+annotations+"}", 1)
	}
	noData := `"labels":{"alertname":"DatasourceNoData","rulename":"Pool","ref_id":"A","datasource_uid":"prom"}`
	tests := []struct {
		name, body string
		severity   formatters.Severity
		want       string // status, subject and summary, parted by "|"
	}{
		{"Firing", alert("", ""), formatters.Error, "firing|CPU|on nas:9100: busy"},
		{"PlaceNamed", note(`"summary":"nas:9100 is busy"`), formatters.Error, "firing|CPU|: nas:9100 is busy"},
		{"HostNamed", note(`"summary":"nas is busy"`), formatters.Error, "firing|CPU|: nas is busy"},
		{"HostWithinWord", note(`"summary":"nasty, nas-2 too"`), formatters.Error, "firing|CPU|on nas:9100: nasty, nas-2 too"},
		{"DescriptionOnly", note(`"description":"first line\nsecond"`), formatters.Error, "firing|CPU|on nas:9100: first line"},
		{"MessageOnly", note(`"message":"told"`), formatters.Error, "firing|CPU|on nas:9100: told"},
		{"SummaryOfLines", note(`"summary":" a\r\n\tb "`), formatters.Error, "firing|CPU|on nas:9100: a b"},
		{"NoAnnotations", note(``), formatters.Error, "firing|CPU|on nas:9100"},
		{"AnnotationsNull", alert("", `"annotations":null`), formatters.Error, "firing|CPU|on nas:9100"},
		{"NoPlace", alert("", `"labels":{"instance":""}`), formatters.Error, "firing|CPU|: busy"},
		{"OtherPlace", alert(`"instance":" ","pod":"web-1"`, ""), formatters.Error, "firing|CPU|on web-1: busy"},
		{"NoName", grafanaGroup("", `{"labels":{"team":"a"}}`), formatters.Error, "firing|Grafana alert|"},
		{"NoStatus", grafanaGroup(`"status":""`, grafanaFiring("", `"status":""`)), formatters.Error, "firing|CPU|on nas:9100: busy"},
		{"StateOnly", grafanaGroup(`"status":"","state":"ok"`, grafanaFiring("", `"status":""`)), formatters.Success, "resolved|CPU|on nas:9100"},

		{"NoData", alert("", noData+`,"annotations":{"summary":"Pool degraded"}`), formatters.Warning, "no data|Pool|on nas:9100: query A of prom returned nothing"},
		{"NoDataAsAlerting", note(`"grafana_state_reason":"NoData","ref_id":"B"`), formatters.Warning, "no data|CPU|on nas:9100: query B returned nothing"},
		{"NoDataWithSeverity", alert(`"severity":"critical"`, `"annotations":{"grafana_state_reason":"NoData"}`), formatters.Critical, "no data|CPU|on nas:9100: the query returned nothing"},
		{"QueryError", note(`"grafana_state_reason":"Error","Error":"[sse.dataQueryError] refused"`), formatters.Warning, "query error|CPU|on nas:9100: refused"},
		{"NamesInLowerCase", alert("", strings.ToLower(noData)), formatters.Warning, "no data|pool|on nas:9100: query a of prom returned nothing"},
		{"ReasonInLowerCase", note(`"grafana_state_reason":"nodata"`), formatters.Warning, "no data|CPU|on nas:9100: the query returned nothing"},
		{"StatusOK", grafanaGroup("", grafanaFiring("", `"status":"OK"`)), formatters.Success, "resolved|CPU|on nas:9100"},
		{"QueryErrorSilent", note(`"grafana_state_reason":"Error"`), formatters.Warning, "query error|CPU|on nas:9100: the query failed"},
		{"KeepsLastState", note(`"summary":"busy","grafana_state_reason":"NoData, KeepLast"`), formatters.Error, "firing|CPU|on nas:9100: busy"},

		{"Resolved", alert("", grafanaOver), formatters.Success, "resolved|CPU|on nas:9100 after 12 min"},
		{"ResolvedNoTimes", alert("", grafanaOver+`,"startsAt":"0001-01-01T00:00:00Z"`), formatters.Success, "resolved|CPU|on nas:9100"},
		{"ResolvedBeforeItBegan", alert("", `"status":"resolved","endsAt":"2026-11-22T09:00:00Z"`), formatters.Success, "resolved|CPU|on nas:9100"},
		{"Paused", alert("", grafanaOver+`,"annotations":{"grafana_state_reason":"Paused"}`), formatters.Success, "resolved|CPU|on nas:9100 after 12 min: the rule was paused"},
		{"SeriesGone", alert("", `"status":"resolved","annotations":{"grafana_state_reason":"MissingSeries"}`), formatters.Success, "resolved|CPU|on nas:9100: its series is gone"},
		{"RuleDeleted", alert("", `"status":"resolved","annotations":{"grafana_state_reason":"RuleDeleted"}`), formatters.Success, "resolved|CPU|on nas:9100: the rule was deleted"},
		{"RuleChanged", alert("", `"status":"resolved","annotations":{"grafana_state_reason":"Updated"}`), formatters.Success, "resolved|CPU|on nas:9100: the rule was changed"},
		{"NoDataIsNormal", alert("", `"status":"resolved","annotations":{"grafana_state_reason":"NoData, KeepLast"}`), formatters.Success, "resolved|CPU|on nas:9100: there is no data"},
		{"ErrorIsNormal", alert("", `"status":"resolved","annotations":{"grafana_state_reason":"Error"}`), formatters.Success, "resolved|CPU|on nas:9100: the query fails"},
		{"ReasonUnheardOf", alert("", `"status":"resolved","annotations":{"grafana_state_reason":"Eclipse"}`), formatters.Success, "resolved|CPU|on nas:9100: Eclipse"},
		{"NoDataOver", alert("", noData+","+grafanaOver), formatters.Success, "resolved|Pool|on nas:9100 had no data for 12 min"},
		{"NoDataPaused", alert("", noData+","+grafanaOver+`,"annotations":{"grafana_state_reason":"Paused"}`), formatters.Success, "resolved|Pool|on nas:9100 had no data for 12 min: the rule was paused"},
		{"NoDataOverStillSo", alert("", noData+","+grafanaOver+`,"annotations":{"grafana_state_reason":"NoData"}`), formatters.Success, "resolved|Pool|on nas:9100 had no data for 12 min"},
		{"QueryErrorOver", alert("", `"labels":{"alertname":"DatasourceError","rulename":"Pool"},`+grafanaOver), formatters.Success, "resolved|Pool|on nas:9100 had query errors for 12 min"},

		{"Critical", alert(`"severity":"CRITICAL"`, ""), formatters.Critical, "firing|CPU|on nas:9100: busy"},
		{"Page", alert(`"severity":"page"`, ""), formatters.Error, "firing|CPU|on nas:9100: busy"},
		{"Warning", alert(`"level":"warn"`, ""), formatters.Warning, "firing|CPU|on nas:9100: busy"},
		{"Info", alert(`"priority":"P4"`, ""), formatters.Info, "firing|CPU|on nas:9100: busy"},
		{"SeverityUnheardOf", alert(`"severity":"purple"`, ""), formatters.Error, "firing|CPU|on nas:9100: busy"},

		{"CustomTitle", grafanaGroup(`"title":"Fire at nas"`, grafanaFiring("", "")), formatters.Error, "firing|Fire at nas|: busy"},
		{"CustomTitleWithCounts", grafanaGroup(`"title":"[FIRING:1] Fire at nas"`, grafanaFiring("", "")), formatters.Error, "firing|Fire at nas|: busy"},
		{"DefaultTitle", grafanaGroup(`"groupLabels":{"team":"a","alertname":"CPU","zone":"b"},"title":"[FIRING:1] CPU a b (nas:9100)"`, grafanaFiring("", "")), formatters.Error, "firing|CPU|on nas:9100: busy"},
		{"DefaultTitleOfTwoKinds", grafanaGroup(`"title":"[FIRING:1, RESOLVED:1]  (nas:9100)"`, grafanaFiring("", "")), formatters.Error, "firing|CPU|on nas:9100: busy"},
		{"CustomMessage", grafanaGroup(`"message":"hot!"`, grafanaFiring("", "")), formatters.Error, "firing|CPU|on nas:9100: hot!"},
		{"DefaultMessage", grafanaGroup(`"message":"**Firing**\n\nValue: A=1\nLabels:\n - alertname = CPU\n"`, grafanaFiring("", "")), formatters.Error, "firing|CPU|on nas:9100: busy"},

		{"NoAlerts", grafanaGroup(`"commonLabels":{"alertname":"CPU","instance":"nas"},"commonAnnotations":{"summary":"busy"}`), formatters.Error, "firing|CPU|on nas: busy"},
		{"AlertsNull", `{"status":"resolved","groupLabels":{"alertname":"CPU"},"alerts":null}`, formatters.Success, "resolved|CPU|"},
		{"CommonAnnotations", grafanaGroup(`"commonAnnotations":{"summary":"hot"}`, grafanaFiring("", `"annotations":null`)), formatters.Error, "firing|CPU|on nas:9100: hot"},
		{"CommonAnnotationsBesideOwn", grafanaGroup(`"commonAnnotations":{"summary":"hot"}`, grafanaFiring("", "")), formatters.Error, "firing|CPU|on nas:9100: busy"},
		{"WrongTypes", `{"status":"firing","orgId":"x","truncatedAlerts":"2","title":7,"alerts":[{"labels":{"alertname":5,"instance":{}},"annotations":[],"values":"no","startsAt":3}]}`, formatters.Error, "firing|7|"},
		{"Names", `{"STATUS":"firing","Alerts":[{"Labels":{"alertname":"CPU"}}]}`, formatters.Error, "firing|CPU|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, tt.body)
			if got := n.Status + "|" + n.Subject + "|" + n.Summary; got != tt.want {
				t.Errorf("first line\n got %s\nwant %s", got, tt.want)
			}
			if n.Severity != tt.severity {
				t.Errorf("severity = %v, want %v", n.Severity, tt.severity)
			}
		})
	}
}

// TestGrafanaRest holds facts, links and details of single alerts.
func TestGrafanaRest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, labels, more string
		want               string // "name value" of facts, links and details, parted by "|"
	}{
		{"Value", ``, `"values":{"A":97.31640625,"C":1}`, "Value 97.32"},
		{"ValueAlone", ``, `"values":{"B":1}`, "Value 1"},
		{"ValueNegative", ``, `"values":{"A":-1,"C":1}`, "Value -1"},
		{"ValueSmall", ``, `"values":{"A":0.000012345}`, "Value 1.234e-5"},
		{"ValueFraction", ``, `"values":{"A":0.12345}`, "Value 0.123"},
		{"ValueHuge", ``, `"values":{"A":1e+21}`, "Value 1e21"},
		{"ValueWhole", ``, `"values":{"A":93600}`, "Value 93600"},
		{"ValuesNamed", ``, `"values":{"cpu":3,"mem":4}`, "cpu 3|mem 4"},
		{"ValuesMany", ``, `"values":{"A":2,"B":3,"D":4,"E":5}`, "A 2|B 3|D 4|E 5"},
		{"ValuesNull", ``, `"values":null`, ""},
		{"ValueNull", ``, `"values":{"A":null,"B":"NaN","C":"5"}`, "Value 5"},
		{"ValuesOver", ``, `"values":{"A":3,"C":0},` + grafanaOver, "Last value 3"},
		{"ValueInfinite", ``, `"values":{"A":"+Inf"}`, "Value +Inf"},
		{"NoDataSentinels", ``, `"values":{"A":-1,"C":-1},"annotations":{"grafana_state_reason":"NoData","summary":"Pool"}`, "Watches for Pool"},
		{"NoDataSentinelsOfKeptState", ``, `"values":{"A":-1,"C":-1},"annotations":{"summary":"busy","grafana_state_reason":"NoData, KeepLast"}`, "Reason NoData, KeepLast"},
		{"ErrorSentinelsOfKeptState", ``, `"values":{"A":-1},"annotations":{"grafana_state_reason":"error,KeepLast"},` + grafanaOver, ""},
		{"Labels", `"severity":"page","grafana_folder":"Infra","b":"2","a":"1","__x__":"no"`, ``, "Severity page|Folder Infra|a 1|b 2"},
		{"LabelsMany", `"a":"1","b":"2","c":"3","d":"4","e":"5","f":"6"`, ``, "a 1|b 2|c 3|d 4|e 5|details:f: 6"},
		{"PortHidden", ``, `"annotations":{"summary":"nas burns"}`, "instance nas:9100"},
		{"Reason", ``, `"annotations":{"summary":"x","grafana_state_reason":"Updated"}`, "Reason Updated"},
		{"Description", ``, `"annotations":{"summary":"busy","description":"one\r\ntwo *three*"}`, "details:one\ntwo *three*"},
		{"DescriptionSame", ``, `"annotations":{"summary":"busy","description":"busy"}`, ""},
		{"Custom", ``, `"annotations":{"summary":"busy","owner":"Ada","blank":" ","__dashboardUid__":"x"}`, "details:owner: Ada"},
		{"Runbook", ``, `"annotations":{"summary":"busy","runbook_url":"https://r.example"}`, "Runbook=https://r.example"},
		{"RunbookPath", ``, `"annotations":{"summary":"busy","runbook_url":"docs/cpu.md"}`, "details:runbook_url: docs/cpu.md"},
		{"Links", ``, `"dashboardURL":"https://d.example","panelURL":"https://p.example","silenceURL":"https://s.example","generatorURL":"https://g.example"`,
			"Dashboard=https://d.example|Panel=https://p.example|Silence=https://s.example"},
		{"Rule", ``, `"generatorURL":"https://g.example/alerting/x"`, "Rule=https://g.example/alerting/x"},
		{"Prometheus", ``, `"generatorURL":"http://p.example/graph"`, "Source=http://p.example/graph"},
		{"LinkOfAnotherKind", ``, `"generatorURL":"javascript:alert(1)","silenceURL":"/silence"`, ""},
		{"OverNeedsNoSilence", ``, `"silenceURL":"https://s.example","panelURL":"https://p.example",` + grafanaOver, "Panel=https://p.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, grafanaGroup("", grafanaFiring(tt.labels, tt.more)))
			var got []string
			for _, f := range n.Facts {
				if f.Time.IsZero() {
					got = append(got, f.Name+" "+f.Value)
				}
			}
			for _, l := range n.Links {
				got = append(got, l.Text+"="+l.URL)
			}
			if n.Details != "" {
				got = append(got, "details:"+n.Details)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "|")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestGrafanaTimes(t *testing.T) {
	t.Parallel()
	for name, starts := range map[string]string{
		"Offset":      "2026-11-22T11:30:00.123456789+02:00",
		"Nanoseconds": "2026-11-22T09:30:00.123456789Z",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := grafanaCard(t, grafanaGroup("", grafanaFiring("", `"startsAt":"`+starts+`"`)))
			want := time.Date(2026, 11, 22, 9, 30, 0, 123456789, time.UTC)
			if got := []time.Time{n.Time, n.Items[0].Since, n.Facts[0].Time}; !cmp.Equal(got, []time.Time{want, want, want}) {
				t.Errorf("time, item and fact = %v, want %v", got, want)
			}
		})
	}
	for _, starts := range []string{"", "0001-01-01T00:00:00Z", "yesterday", "9999-12-31T23:59:59-05:00", "0000-01-01T00:00:00Z"} {
		n := grafanaCard(t, grafanaGroup("", grafanaFiring("", `"startsAt":"`+starts+`"`)))
		if !n.Time.IsZero() || len(n.Facts) != 0 {
			t.Errorf("%q is no time, but became %v and %v", starts, n.Time, n.Facts)
		}
	}
}

func TestGrafanaLabels(t *testing.T) {
	t.Parallel()
	group := grafanaGroup(`"commonLabels":{"team":"a","__x__":"no","status":"mine"}`, grafanaFiring("", ""), grafanaFiring("", ""))
	for body, want := range map[string]map[string]string{
		group: {"team": "a", "receiver": "ops", "status": "mine"},
		grafanaGroup(`"receiver":""`, grafanaFiring(`"__x__":"no"`, "")): {"alertname": "CPU", "instance": "nas:9100", "status": "firing"},
	} {
		if diff := cmp.Diff(want, grafanaCard(t, body).Labels); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestGrafanaImage(t *testing.T) {
	t.Parallel()
	for image, want := range map[string]string{"https://g.example/x.png": "https://g.example/x.png", "x.png": "", "data:image/png;base64,": ""} {
		one := grafanaFiring("", `"imageURL":"`+image+`"`)
		for _, body := range []string{grafanaGroup("", one), grafanaGroup("", grafanaFiring("", grafanaOver), one)} {
			if got := grafanaCard(t, body).Image; got != want {
				t.Errorf("image %q became %q, want %q", image, got, want)
			}
		}
	}
}

func TestGrafanaTestButton(t *testing.T) {
	t.Parallel()
	byLabels := grafanaGroup("", grafanaFiring("", `"labels":{"alertname":"TestAlert","instance":"Grafana"},"annotations":{"summary":"Notification test"}`))
	byGroupKey := grafanaGroup(`"receiver":"webhook","groupKey":"webhook-f1-1795340792","appVersion":"12.4.3"`, grafanaFiring("", ""))
	byOldGroupKey := grafanaGroup(`"groupKey":"{alertname=\"CPU\"}2022-04-19 22:28:16.254957957 +0000 UTC m=+3.1"`, grafanaFiring("", ""))
	for body, facts := range map[string][]formatters.Fact{
		byLabels:      nil,
		byOldGroupKey: {{Name: "Summary", Value: "busy"}},
		byGroupKey:    {{Name: "Version", Value: "12.4.3"}, {Name: "Summary", Value: "busy"}},
	} {
		n := grafanaCard(t, body)
		if n.Status != "test" || n.Severity != formatters.Muted || n.Subject+" "+n.Summary != "Grafana is connected" || n.Incident != (formatters.Incident{}) {
			t.Errorf("test notification = %+v", n)
		}
		if diff := cmp.Diff(facts, n.Facts); diff != "" {
			t.Errorf("facts, -want +got:\n%s", diff)
		}
	}
}

func TestGrafanaEmptyRequest(t *testing.T) {
	t.Parallel()
	f := grafana(t, formatters.Payload{Header: map[string][]string{"User-Agent": {"Grafana"}}})
	if f.Fallback || f.Notification.Status != "alert lost" || f.Notification.Severity != formatters.Error {
		t.Errorf("an empty request of Grafana's = %+v", f)
	}
	if f := grafana(t, formatters.Payload{Header: map[string][]string{"User-Agent": {"curl/8"}}}); !f.Fallback {
		t.Errorf("an empty request of anybody's = %+v", f)
	}
}

func TestGrafanaRefuses(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"Text":           "CPU is at 97 %",
		"Array":          `[{"status":"firing"}]`,
		"EmptyObject":    `{}`,
		"ChatMessage":    `{"text":"CPU is at 97 %"}`,
		"StatusAlone":    `{"status":"firing"}`,
		"StatusOfOthers": `{"status":"ok","title":"Nightly","message":"done"}`,
		"TitleAlone":     `{"status":"firing","alerts":[],"title":"Something burns"}`,
		"TitleOfGrafana": `{"status":"firing","title":"[FIRING:1] CPU (nas)","message":"**Firing**\n\nValue: A=1\nLabels:\n - alertname = CPU\n"}`,
		"OwnMembers":     `{"status":"firing","receiver":"ops","orgId":1,"title":"CPU hot","host":"nas","severity":"critical"}`,
		"AlertsOfOthers": `{"alerts":[{"name":"CPU"}]}`,
		"Broken":         `{"status":"firing","alerts":[`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if f := grafana(t, formatters.Payload{Body: []byte(body)}); !f.Fallback {
				t.Errorf("taken for an alert: %+v", f.Notification)
			}
		})
	}
}
