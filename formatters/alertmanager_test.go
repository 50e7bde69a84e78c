package formatters_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// alertmanagerGroup is a webhook; members in more replace those before them.
func alertmanagerGroup(more string, alerts ...string) string {
	if more != "" {
		more = "," + more
	}
	return `{"receiver":"ops","status":"firing","version":"4","groupKey":"{}:{alertname=\"CPU\"}","truncatedAlerts":0,` +
		`"externalURL":"http://am.example:9093","commonLabels":{"alertname":"CPU"},"alerts":[` + strings.Join(alerts, ",") + `]` + more + `}`
}

func TestAlertmanagerFirstLine(t *testing.T) {
	t.Parallel()
	one := grafanaFiring("", "")
	tests := []struct {
		name, body string
		severity   formatters.Severity
		want       string // event, status, subject and summary
	}{
		{"Firing", alertmanagerGroup("", one), formatters.Error, "firing|firing|CPU|on nas:9100: busy"},
		{"Critical", alertmanagerGroup("", grafanaFiring(`"severity":"critical"`, "")), formatters.Critical, "firing|firing|CPU|on nas:9100: busy"},
		{"Watchdog", alertmanagerGroup("", grafanaFiring(`"severity":"none"`, "")), formatters.Info, "firing|firing|CPU|on nas:9100: busy"},
		{"Resolved", alertmanagerGroup(`"status":"resolved"`, grafanaFiring("", grafanaOver)), formatters.Success, "resolved|resolved|CPU|on nas:9100 after 12 min"},
		{"ResolvedBetweenFiring", alertmanagerGroup("", one, grafanaFiring(`"device":"b"`, grafanaOver), grafanaFiring(`"device":"c"`, "")), formatters.Error, "firing|firing|CPU|on nas:9100 (nas:9100, c): busy"},
		{"NoName", alertmanagerGroup("", `{"labels":{"team":"a"}}`), formatters.Error, "firing|firing|Alertmanager alert|"},
		{"NoVersion", alertmanagerGroup(`"version":null`, one), formatters.Error, "firing|firing|CPU|on nas:9100: busy"},
		{"NoAlerts", alertmanagerGroup(`"alerts":[]`), formatters.Error, "firing|firing|CPU|"},
		{"WrongTypes", `{"status":"firing","version":4,"alerts":[{"labels":{"alertname":"CPU"}}],"routeLabels":[],"notification_reason":{},"payload":3}`, formatters.Error, "firing|firing|CPU|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldBy(t, "alertmanager", tt.body)
			if got := head(n); got != tt.want {
				t.Errorf("first line\n got %s\nwant %s", got, tt.want)
			}
			if n.Severity != tt.severity {
				t.Errorf("severity = %v, want %v", n.Severity, tt.severity)
			}
		})
	}
}

func TestAlertmanagerLinks(t *testing.T) {
	t.Parallel()
	const silence = "Silence=http://am.example:9093/#/silences/new?filter="
	const alerts = "Alertmanager=http://am.example:9093/#/alerts?receiver=ops"
	one := `%7Balertname%3D%22CPU%22%2C%20instance%3D%22nas%3A9100%22%7D`
	other := grafanaFiring(`"device":"b"`, "")
	tests := []struct{ name, body, want string }{
		{"One", alertmanagerGroup("", grafanaFiring("", "")), silence + one + "|" + alerts},
		{"Source", alertmanagerGroup("", grafanaFiring("", `"generatorURL":"http://prom.example/graph"`)), "Source=http://prom.example/graph|" + silence + one + "|" + alerts},
		{"Several", alertmanagerGroup("", grafanaFiring("", ""), other), silence + "%7Balertname%3D%22CPU%22%7D|" + alerts},
		{"SeveralRules", alertmanagerGroup(`"commonLabels":{"alertname":"","job":"node"}`, grafanaFiring("", ""), other), alerts},
		{"SeveralSources", alertmanagerGroup(`"commonLabels":{"alertname":""}`, grafanaFiring("", `"generatorURL":"http://prom.example/graph?g0.expr=a"`), grafanaFiring("", `"generatorURL":"http://prom.example/graph?g0.expr=b"`)), alerts},
		{"Over", alertmanagerGroup(`"status":"resolved"`, grafanaFiring("", grafanaOver)), alerts},
		{"Spaces", alertmanagerGroup("", grafanaFiring("", `"labels":{"a":"x +y"}`)), silence + strings.Replace(one, "%7B", "%7Ba%3D%22x%20%2By%22%2C%20", 1) + "|" + alerts},
		{"Quotes", alertmanagerGroup("", grafanaFiring(`"q":"a\"b"`, "")), alerts},
		{"OddName", alertmanagerGroup("", grafanaFiring(`"a.b":"c"`, "")), alerts},
		{"PathPrefix", alertmanagerGroup(`"externalURL":"https://x.example/am/"`, grafanaFiring("", grafanaOver)), "Alertmanager=https://x.example/am/#/alerts?receiver=ops"},
		{"NoAddress", alertmanagerGroup(`"externalURL":""`, grafanaFiring("", "")), ""},
		{"ReceiverIsRegexp", alertmanagerGroup(`"receiver":"a\\.b"`, grafanaFiring("", grafanaOver)), "Alertmanager=http://am.example:9093/#/alerts?receiver=a%5C.b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, l := range toldBy(t, "alertmanager", tt.body).Links {
				got = append(got, l.Text+"="+l.URL)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "|")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAlertmanagerReason(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		"first notification":      "",
		"repeat interval elapsed": "Told again repeat interval elapsed",
	} {
		n := toldBy(t, "alertmanager", alertmanagerGroup(`"notification_reason":"`+reason+`","routeLabels":{"team":"a","status":"mine"}`, grafanaFiring("", "")))
		got, _ := strings.CutPrefix(factWords(n), "Since")
		if got = strings.TrimPrefix(strings.TrimSpace(got), "· "); got != want {
			t.Errorf("%s: facts = %q, want %q", reason, got, want)
		}
		if n.Labels["notification_reason"] != reason || n.Labels["team"] != "a" || n.Labels["status"] != "firing" {
			t.Errorf("labels = %v", n.Labels)
		}
	}
}

func TestAlertmanagerPayload(t *testing.T) {
	t.Parallel()
	n := toldBy(t, "alertmanager", alertmanagerGroup(`"payload":{"ticket":{"queue":"storage"},"api_token":"hunter2"}`, grafanaFiring("", "")))
	if n.Details != "ticket:\n  queue: storage" {
		t.Errorf("details = %q", n.Details)
	}
}

func TestAlertmanagerTruncated(t *testing.T) {
	t.Parallel()
	n := toldBy(t, "alertmanager", alertmanagerGroup(`"truncatedAlerts":45`, grafanaFiring("", grafanaOver)))
	if !strings.Contains(factWords(n), "+45 more, cut by Alertmanager, some of them firing") || n.Incident.State != formatters.Open {
		t.Errorf("facts = %q, incident %+v", factWords(n), n.Incident)
	}
}

func TestAlertmanagerIncident(t *testing.T) {
	t.Parallel()
	over := grafanaFiring("", grafanaOver)
	for body, want := range map[string]formatters.Incident{
		alertmanagerGroup("", grafanaFiring("", "")):                             {Key: `/ops/{}:{alertname="CPU"}`, State: formatters.Open},
		alertmanagerGroup("", over, grafanaFiring("", "")):                       {Key: `/ops/{}:{alertname="CPU"}`, State: formatters.Open},
		alertmanagerGroup(`"status":"resolved"`, over):                           {Key: `/ops/{}:{alertname="CPU"}`, State: formatters.Resolved},
		alertmanagerGroup(`"receiver":"a\\.b"`, grafanaFiring("", "")):           {Key: `/a.b/{}:{alertname="CPU"}`, State: formatters.Open},
		alertmanagerGroup(`"groupKey":"{}/{a=\"b\"}:{}"`, grafanaFiring("", "")): {Key: `/ops/{}/{a="b"}:{}`, State: formatters.Open},
	} {
		if got := toldBy(t, "alertmanager", body).Incident; got != want {
			t.Errorf("incident = %+v, want %+v", got, want)
		}
	}
}

// Either sender may be led to the other's hook; each is told as what it is.
func TestAlertmanagerOrGrafana(t *testing.T) {
	t.Parallel()
	one := grafanaFiring("", "")
	tests := []struct {
		name, body     string
		ofAlertmanager bool // at an Alertmanager hook
		ofGrafana      bool // at a Grafana hook: Alertmanager's words, too
	}{
		{"Version4", alertmanagerGroup(`"truncatedAlerts":2`, one), true, true},
		{"Version1", alertmanagerGroup(`"truncatedAlerts":2,"version":"1"`, one), false, false},
		{"NoVersion", alertmanagerGroup(`"truncatedAlerts":2,"version":""`, one), true, false},
		{"OrgID", alertmanagerGroup(`"truncatedAlerts":2,"orgId":1`, one), false, false},
		{"State", alertmanagerGroup(`"truncatedAlerts":2,"state":"alerting"`, one), false, false},
		{"Title", alertmanagerGroup(`"truncatedAlerts":2,"title":"[FIRING:1] CPU"`, one), false, false},
		{"AppVersion", alertmanagerGroup(`"truncatedAlerts":2,"version":"","appVersion":"12.4"`, one), false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for service, want := range map[string]bool{"alertmanager": tt.ofAlertmanager, "grafana": tt.ofGrafana} {
				n := toldBy(t, service, tt.body)
				if got := strings.Contains(factWords(n), "cut by Alertmanager"); got != want {
					t.Errorf("at a hook of %s: Alertmanager's = %t, want %t (%s)", service, got, want, factWords(n))
				}
			}
		})
	}
}

func TestAlertmanagerRefuses(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"Empty":       "",
		"Text":        "CPU is at 97 %",
		"Array":       `[{"status":"firing"}]`,
		"ChatMessage": `{"text":"CPU is at 97 %"}`,
		"OwnPayload":  `{"version":"4","payload":{"a":1}}`,
		"Broken":      `{"status":"firing","alerts":[`,
	} {
		if f := posted(t, "alertmanager", body); !f.Fallback {
			t.Errorf("%s: taken for alerts: %+v", name, f.Notification)
		}
	}
}

func FuzzAlertmanager(f *testing.F) {
	f.Add(alertmanagerGroup(`"payload":[[]],"routeLabels":{"__x__":"y"}`, grafanaFiring("", "")))
	fuzzPosted(f, "alertmanager")
}
