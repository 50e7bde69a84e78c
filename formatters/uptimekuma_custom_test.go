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
			formatters.Notification{Status: "down", Subject: `the "nas"`, Summary: ": boom", Details: `{"text": "[the "nas"] [🔴 Down] boom", "priority": 5}`},
		},
		{
			"JSONBrokenInString", `"{\n  \"text\": \"[the \"big\" nas] [🔴 Down] boom\",\n  \"priority\": 5\n}"`,
			formatters.Notification{Status: "down", Subject: `the "big" nas`, Summary: ": boom", Facts: []formatters.Fact{{Name: "priority", Value: "5"}}},
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
