package formatters_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

func TestUptimeKumaCustom(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       formatters.Notification
	}{
		{
			"JSON", `{"Title":"Alarm","Body":"[nas] [🔴 Down] boom","Host":"10.0.0.1","Status":"🔴 Down","Name":"nas","Code":"b","Ping":12}`,
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom", Facts: []formatters.Fact{
				{Name: "Title", Value: "Alarm"}, {Name: "Host", Value: "10.0.0.1"}, {Name: "Code", Value: "b"}, {Name: "Ping", Value: "12"},
			}},
		},
		{
			"JSONSuggested", `{"Title":"Uptime Kuma Alert - nas","Body":"[nas] [🔴 Down] boom"}`,
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom"},
		},
		{
			"JSONSuggestedTest", `{"Title":"Uptime Kuma Alert","Body":"my room Testing"}`,
			formatters.Notification{Status: "test", Subject: "Uptime Kuma", Summary: "is connected", Facts: []formatters.Fact{{Name: "Notification", Value: "my room"}}},
		},
		{
			"JSONNested", `{"embeds":[{"color":1,"title":"x","description":"[[prod] nas] [✅ Up] 200 - OK"}]}`,
			formatters.Notification{Status: "up", Subject: "[prod] nas", Summary: ": 200 - OK"},
		},
		{
			"JSONMsgAlone", `{"msg":"[nas] [🔴 Down] boom"}`,
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom"},
		},
		{
			"JSONBrokenInOneLine", `{"text": "[the "nas"] [🔴 Down] boom", "priority": 5}`,
			formatters.Notification{Status: "down", Subject: `the "nas"`, Summary: ": boom", Facts: []formatters.Fact{{Name: "priority", Value: "5"}}},
		},
		{
			"JSONBrokenInString", `"{\n  \"text\": \"[the \"big\" nas] [🔴 Down] boom\",\n  \"priority\": 5\n}"`,
			formatters.Notification{Status: "down", Subject: `the "big" nas`, Summary: ": boom", Facts: []formatters.Fact{{Name: "priority", Value: "5"}}},
		},
		{
			"JSONBrokenByQuoteAndBrackets", `"{\n \"Body\": \"[[eu] Web \"shop\"] [🔴 Down] boom\"\n}"`,
			formatters.Notification{Status: "down", Subject: `[eu] Web "shop"`, Summary: ": boom"},
		},
		{
			"JSONBrokenUp", `{"Body": "[[eu] Web "shop"] [✅ Up] 200 - OK"}`,
			formatters.Notification{Status: "up", Subject: `[eu] Web "shop"`, Summary: ": 200 - OK"},
		},
		{
			"JSONBrokenBeforeMore", `{"Body": "[the "nas"] [🔴 Down] boom", "Title": "Alarm of the "nas"", "prio": 5}`,
			formatters.Notification{Status: "down", Subject: `the "nas"`, Summary: ": boom", Facts: []formatters.Fact{{Name: "Title", Value: `Alarm of the "nas"`}, {Name: "prio", Value: "5"}}},
		},
		{
			"JSONBrokenExpiry", `{"Body": "[Web "shop"][https://shop.example] server certificate shop.example will expire in 5 days", "prio": 5}`,
			formatters.Notification{Status: "certificate", Subject: `Web "shop"`, URL: "https://shop.example", Summary: ": shop.example expires in 5 days", Facts: []formatters.Fact{{Name: "prio", Value: "5"}}},
		},
		{
			"JSONBrokenByJSON", `{"Body": "[API] [🔴 Down] 200 - OK, but keyword is not in [{"status":"degraded","db":"ok","queue":12}]"}`,
			formatters.Notification{Status: "down", Subject: "API", Summary: `: 200 - OK, but keyword is not in [{"status":"degraded","db":"ok","queue":12}]`},
		},
		{
			"JSONBrokenByJSONBeforeMore", `{"Body": "[API] [🔴 Down] no match (comparing {"status":"bad","x":1} == "ok")", "prio": 5}`,
			formatters.Notification{Status: "down", Subject: "API", Summary: `: no match (comparing {"status":"bad","x":1} == "ok")`, Facts: []formatters.Fact{{Name: "prio", Value: "5"}}},
		},
		{
			"JSONBrokenByCutJSON", `{"Body": "[API] [🔴 Down] 200 - OK, but keyword is not in [{"status":"degraded","checks":["db","ca...]", "prio": 5}`,
			formatters.Notification{Status: "down", Subject: "API", Summary: `: 200 - OK, but keyword is not in [{"status":"degraded","checks":["db","ca...]`, Facts: []formatters.Fact{{Name: "prio", Value: "5"}}},
		},
		{
			"JSONBrokenWithLoneBracket", `{"Body": "[the "nas"] [🔴 Down] Unexpected token { in JSON", "prio": 5}`,
			formatters.Notification{Status: "down", Subject: `the "nas"`, Summary: ": Unexpected token { in JSON", Facts: []formatters.Fact{{Name: "prio", Value: "5"}}},
		},
		{
			"Text", "[nas] [🔴 Down] boom",
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom"},
		},
		{
			"TextAround", "Alert [prod]: [nas] [🔴 Down] boom\nbye",
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom", Details: "Alert [prod]: [nas] [🔴 Down] boom\nbye"},
		},
		{
			"TextOfManyLines", "[nas] [🔴 Down] first\nsecond\n",
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": first", Details: "first\nsecond"},
		},
		{
			"TextWithoutReason", "[nas] [✅ Up] ",
			formatters.Notification{Status: "up", Subject: "nas"},
		},
		{
			"TextTest", "my room Testing",
			formatters.Notification{Status: "test", Subject: "Uptime Kuma", Summary: "is connected", Facts: []formatters.Fact{{Name: "Notification", Value: "my room"}}},
		},
		{
			"JSONTestOfOwnTitle", `{"title":"Kuma","message":"my room Testing"}`,
			formatters.Notification{Status: "test", Subject: "Uptime Kuma", Summary: "is connected", Facts: []formatters.Fact{{Name: "Notification", Value: "my room"}}},
		},
		{
			"Form", "title=Alarm&message=%5Bnas%5D+%5B%F0%9F%94%B4+Down%5D+boom",
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom", Facts: []formatters.Fact{{Name: "title", Value: "Alarm"}}},
		},
		{
			"TextLikeForm", "[a=b&c] [🔴 Down] boom",
			formatters.Notification{Status: "down", Subject: "a=b&c", Summary: ": boom"},
		},
		{
			"JSONOfObjects", `{"heartbeat":"[object Object]","monitor":"[object Object]","msg":"[nas] [🔴 Down] boom"}`,
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom"},
		},
		{
			"JSONBeatAndMore", `{"text":"Call Alex","h":{"monitorID":7,"status":0,"important":true,"msg":"boom"},"m":{"id":7,"type":"push","name":"nas","active":true}}`,
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom", Facts: []formatters.Fact{{Name: "text", Value: "Call Alex"}}},
		},
		{
			"JSONStatusAndName", `{"service":"nas","state":"🔴 Down","where":"10.0.0.1:80","reason":"boom"}`,
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom", Facts: []formatters.Fact{{Name: "Where", Value: "10.0.0.1:80"}}},
		},
		{
			"JSONOfOwnMembers", `{"monitor":"nas","where":"10.0.0.1:80","msg":"[nas] [🔴 Down] boom"}`,
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom", Facts: []formatters.Fact{{Name: "where", Value: "10.0.0.1:80"}}},
		},
		{
			"JSONStatusAsNumber", `{"monitor":"nas","status":0,"msg":"boom"}`,
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom"},
		},
		{
			"JSONStatusOfLoadTesting", `{"message":"Load Testing","status":"up"}`,
			formatters.Notification{Status: "up", Summary: "Load Testing"},
		},
		{
			"TextBold", "**[nas] [🔴 Down] boom**",
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom"},
		},
		{
			"TextOfBoldHead", "Alert: *[nas] [🔴 Down]* boom *now*",
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom *now*", Details: "Alert: *[nas] [🔴 Down]* boom *now*"},
		},
		{
			"TextInTags", `{"text":"<p><b class=\"x\">[nas] [🔴 Down]</b> boom</p>"}`,
			formatters.Notification{Status: "down", Subject: "nas", Summary: ": boom"},
		},
		{
			"TextAroundExpiry", "Kuma says:\n🔔 **[nas][https://nas.example] server certificate nas will expire in 5 days**",
			formatters.Notification{
				Status: "certificate", Subject: "nas", URL: "https://nas.example", Summary: ": nas expires in 5 days", Facts: []formatters.Fact{{Name: "Target", Value: "nas.example"}},
				Details: "Kuma says:\n🔔 **[nas][https://nas.example] server certificate nas will expire in 5 days**",
			},
		},
		{
			"TextBeforeDomain", "Kuma: Domain name home.example will expire in 7 days",
			formatters.Notification{Status: "domain", Subject: "home.example", Summary: "expires in 7 days", Details: "Kuma: Domain name home.example will expire in 7 days"},
		},
		{
			"JSONExpiryAndPlaceholders", `{"title":"Monitor Name not available is ⚠️ Test","service":"Monitor Name not available","status":"⚠️ Test","host":"testing.hostname","room":"ops","text":"Domain name home.example will expire in 7 days"}`,
			formatters.Notification{Status: "domain", Subject: "home.example", Summary: "expires in 7 days", Facts: []formatters.Fact{{Name: "room", Value: "ops"}}},
		},
		{
			"TextExpiry", "Domain name home.example will expire in 7 days",
			formatters.Notification{Status: "domain", Subject: "home.example", Summary: "expires in 7 days"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := kuma(t, "application/x-www-form-urlencoded", tt.body)
			ignore := cmpopts.IgnoreFields(formatters.Notification{}, "Version", "Event", "Severity", "Labels", "Incident")
			if diff := cmp.Diff(tt.want, f.Notification, ignore, cmpopts.EquateEmpty()); diff != "" || f.Fallback {
				t.Errorf("fallback %t: %v (-want +got):\n%s", f.Fallback, f.Err, diff)
			}
		})
	}

	t.Run("StatusOnly", func(t *testing.T) {
		t.Parallel()
		f := kuma(t, "application/json", `{"text":"nas is 🔴 Down"}`)
		m := formatters.Render(f.Notification, formatters.RenderOptions{Now: goldenTime})
		if n := f.Notification; f.Fallback || n.Status != "down" || n.Severity != formatters.Error || !strings.Contains(m.Body, "nas is") {
			t.Errorf("got %+v, want the generic notification of a monitor that is down", f)
		}
	})
	t.Run("StatusTest", func(t *testing.T) {
		t.Parallel()
		f := kuma(t, "application/json", `{"text":"Monitor Name not available is ⚠️ Test"}`)
		if n := f.Notification; f.Fallback || n.Status != "test" || n.Severity != formatters.Muted || n.Subject != "Uptime Kuma" {
			t.Errorf("got %+v, want a test", f)
		}
	})
	t.Run("ErrNothingOfKuma", func(t *testing.T) {
		t.Parallel()
		for _, body := range []string{`{"Title":"hello"}`, `{"a":"🔴 Down","b":"✅ Up"}`, `{"a":"🔴 Down or ✅ Up"}`, `[]`, `7`, ``, `{"msg":"hello"}`, `{"monitor":"Load Testing","code":7}`} {
			if f := kuma(t, "application/json", body); !f.Fallback {
				t.Errorf("%s is told as %+v, want it left to the generic formatter", body, f.Notification)
			}
		}
	})
}

// TestUptimeKumaSecrets holds that no part of a body tells what an address keeps secret.
func TestUptimeKumaSecrets(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{
			"Fact", `{"Title":"x","Body":"[nas] [🔴 Down] boom","URL":"https://u:hunter2@nas.example/a?apikey=hunter2&x=1"}`,
			"DOWN nas: boom\nTitle x · URL https://nas.example/a?x=1",
		},
		{
			"FactOfOtherScheme", `{"Body":"[nas] [🔴 Down] boom","Where":"mqtt://u:hunter2@nas.example:1883"}`,
			"DOWN nas: boom\nWhere mqtt://nas.example:1883",
		},
		{
			"FactUnreadable", `{"Body":"[nas] [🔴 Down] boom","URL":"https://u:hunter2%zz@nas.example/"}`,
			"DOWN nas: boom",
		},
		{
			"FactUnreadableWithoutSecret", `{"Body":"[nas] [🔴 Down] boom","URL":"https://nas.example:x/"}`,
			"DOWN nas: boom\nURL https://nas.example:x/",
		},
		{
			"Link", `{"title":"nas is 🔴 Down","URL":"https://u:hunter2@nas.example/a?apikey=hunter2&x=1"}`,
			"DOWN nas is 🔴 Down\nhttps://nas.example/a?x=1",
		},
		{
			"Text", "nas (https://u:hunter2@nas.example/#/a?token=hunter2), is 🔴 Down",
			"DOWN nas (https://nas.example/), is 🔴 Down",
		},
		{
			"Markup", `{"status":"🔴 Down","text":"nas is down\n\nSee [it](https://nas.example/a?x=1&token=hunter2&y=2)"}`,
			"DOWN nas is down\nSee it (https://nas.example/a?x=1&y=2)",
		},
		{
			"Reason", kumaBeat(`"status":0,"msg":"no answer of https://u:hunter2@nas.example/?apikey=hunter2"`, `"type":"push"`),
			"DOWN nas: no answer of https://nas.example/\nSince 09:53",
		},
		{
			"Details", "Alert: [nas] [🔴 Down] boom\nof https://nas.example/?x=1&key=hunter2",
			"DOWN nas: boom\nAlert: [nas] [🔴 Down] boom\nof https://nas.example/?x=1",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := kuma(t, "", tt.body)
			m := formatters.Render(f.Notification, formatters.RenderOptions{Now: goldenTime})
			if m.Body != tt.want || f.Fallback {
				t.Errorf("got %q (%v), want %q", m.Body, f.Err, tt.want)
			}
			if strings.Contains(m.FormattedBody, "hunter2") {
				t.Errorf("the password is told: %s", m.FormattedBody)
			}
		})
	}
}
