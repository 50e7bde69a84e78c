package formatters_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

func kuma(tb testing.TB, contentType, body string) formatters.Formatted {
	tb.Helper()
	service, ok := formatters.Lookup("uptime-kuma")
	if !ok {
		tb.Fatal("uptime-kuma is not registered")
	}
	return service.Format(formatters.Payload{ContentType: contentType, Body: []byte(body), Received: goldenTime})
}

// kumaBeat is an envelope with what matters of a heartbeat and a monitor.
func kumaBeat(heartbeat, monitor string) string {
	return `{"heartbeat":{"monitorID":7,"time":"2026-11-22 09:53:29.349","msg":"boom",` + heartbeat + `},` +
		`"monitor":{"id":7,"name":"nas",` + monitor + `},"msg":"[nas] [🔴 Down] boom"}`
}

func TestUptimeKumaLocalpart(t *testing.T) {
	t.Parallel()
	if got := formatters.Localpart("Uptime Kuma"); got != "uptimekuma" {
		t.Errorf("localpart = %q, but hookshot's user is uptimekuma", got)
	}
}

func TestUptimeKumaFirstLine(t *testing.T) {
	t.Parallel()
	msg := func(s string) string {
		b, _ := json.Marshal(map[string]any{"heartbeat": nil, "monitor": nil, "msg": s})
		return string(b)
	}
	tests := []struct {
		name, body string
		severity   formatters.Severity
		want       string // status, subject and summary, parted by "|"
	}{
		{"Down", kumaBeat(`"status":0,"important":true`, `"type":"http"`), formatters.Error, "down|nas|: boom"},
		{"Repeat", kumaBeat(`"status":0,"important":false`, `"type":"http"`), formatters.Error, "still down|nas|: boom"},
		{"RepeatAsNumber", kumaBeat(`"status":0,"important":0`, `"type":"http"`), formatters.Error, "still down|nas|: boom"},
		{"StatusAsString", kumaBeat(`"status":"1"`, `"type":"http"`), formatters.Success, "up|nas|: boom"},
		{"StatusMissing", kumaBeat(`"x":1`, `"type":"http"`), formatters.Error, "down|nas|: boom"},
		{"Pending", kumaBeat(`"status":2`, `"type":"http"`), formatters.Warning, "pending|nas|: boom"},
		{"Maintenance", kumaBeat(`"status":3`, `"type":"http"`), formatters.Muted, "maintenance|nas|: boom"},
		{"StatusUnknown", kumaBeat(`"status":42`, `"type":"http"`), formatters.Info, "notice|nas|: boom"},
		{"WrongTypes", `{"heartbeat":{"status":0,"msg":["x"],"ping":{}},"monitor":{"name":7,"tags":"x","path":{}},"msg":null}`, formatters.Error, "down|7|"},
		{"HeartbeatAlone", `{"heartbeat":{"monitorID":7,"status":0,"msg":"boom"},"monitor":null,"msg":"[a ] [b] [🔴 Down] boom"}`, formatters.Error, "down|a ] [b|: boom"},
		{"HeartbeatEmpty", `{"heartbeat":{},"monitor":{},"msg":"hello"}`, formatters.Info, "notice|monitor|: hello"},
		{"ReasonNone", `{"heartbeat":{"status":1,"msg":"N/A"},"monitor":{"name":"nas"},"msg":"[nas] [✅ Up] "}`, formatters.Success, "up|nas|"},
		{"ReasonLines", `{"heartbeat":{"status":0,"msg":"first\nsecond"},"monitor":{"name":"nas"},"msg":""}`, formatters.Error, "down|nas|: first"},
		{"Downtime", kumaBeat(`"status":1,"lastDownTime":"2026-11-22 07:48:00"`, `"type":"http"`), formatters.Success, "up|nas|after 2 h 5 min: boom"},
		{"DowntimeAbsurd", kumaBeat(`"status":1,"lastDownTime":"2026-11-23 07:48:00"`, `"type":"http"`), formatters.Success, "up|nas|: boom"},
		{"MessageAlone", msg("[nas] [🔴 Down] boom"), formatters.Error, "down|nas|: boom"},
		{"Test", msg("my room Testing"), formatters.Muted, "test|Uptime Kuma|is connected"},
		{"TestNameless", msg(" Testing"), formatters.Muted, "test|Uptime Kuma|is connected"},
		{"Certificate", msg("[a][b] c][https://x.example/] server certificate x.example will expire in 14 days"), formatters.Warning, "certificate|a][b] c|: x.example expires in 14 days"},
		{"CertificateSoon", msg("[nas][https://x.example] server certificate x.example will expire in 3 days"), formatters.Error, "certificate|nas|: x.example expires in 3 days"},
		{"CertificateOver", msg("[nas][https://x.example] server certificate x.example will expire in -2 days"), formatters.Error, "certificate|nas|: x.example expired 2 days ago"},
		{"CertificateOfCA", msg("[nas][https://x.example] intermediate CA certificate R3 will be expired in 21 days"), formatters.Warning, "certificate|nas|: R3 (intermediate CA) expires in 21 days"},
		{"CertificateNameless", msg("[nas][https://x.example] server certificate undefined will expire in 7 days"), formatters.Warning, "certificate|nas|: certificate expires in 7 days"},
		{"CertificateOfEarlyVersions", msg("[nas][https://x.example] certificate will be expired in 7 days"), formatters.Warning, "certificate|nas|: certificate expires in 7 days"},
		{"CertificateWithMonitor", `{"heartbeat":null,"monitor":{"id":7,"name":"nas"},"msg":"[nas][https://] server certificate x will expire in 1 days"}`, formatters.Error, "certificate|nas|: x expires in 1 day"},
		{"Domain", msg("Domain name home.example will expire in 0 days"), formatters.Error, "domain|home.example|expires within a day"},
		{"MessageInCapitals", msg("[nas] [🔴 DOWN] boom"), formatters.Error, "down|nas|: boom"},
		{"CertificateInCapitals", msg("[nas][https://x.example] Server Certificate x.example Will Expire In 5 Days"), formatters.Warning, "certificate|nas|: x.example expires in 5 days"},
		{"TestInCapitals", msg("my room TESTING"), formatters.Muted, "test|Uptime Kuma|is connected"},
		{"StatusAsWord", kumaBeat(`"status":"UP"`, `"type":"http"`), formatters.Success, "up|nas|: boom"},
		{"PingOutput", `{"heartbeat":{"status":0,"msg":"PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.\n\n--- 10.0.0.1 ping statistics ---\n1 packets transmitted, 0 received, 100% packet loss, time 0ms\n\n"},"monitor":{"name":"nas"},"msg":""}`, formatters.Error, "down|nas|: 1 packets transmitted, 0 received, 100% packet loss, time 0ms"},
		{"PacketLossOfOneLine", kumaBeat(`"status":0,"msg":"5 sent, 80% packet loss is above 50%"`, `"type":"ping"`), formatters.Error, "down|nas|: 5 sent, 80% packet loss is above 50%"},
		{"DowntimeTooShortToTell", kumaBeat(`"status":1,"lastDownTime":"2026-11-22 09:53:29.049"`, `"type":"http"`), formatters.Success, "up|nas|: boom"},
		{"MonitorUnknown", `{"heartbeat":{"monitorID":9,"status":1},"monitor":null,"msg":null}`, formatters.Success, "up|monitor 9|"},
		{"MonitorAndMessage", `{"heartbeat":null,"monitor":{"id":9,"name":"nas"},"msg":"hello"}`, formatters.Info, "notice|nas|: hello"},
		{"MessageOfTomorrow", msg("Uptime Kuma will be updated"), formatters.Info, "notice||Uptime Kuma will be updated"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := kuma(t, "application/json", tt.body)
			n := f.Notification
			if got := n.Status + "|" + n.Subject + "|" + n.Summary; got != tt.want || n.Severity != tt.severity || f.Fallback {
				t.Errorf("got %q, %v (fallback %t: %v), want %q, %v", got, n.Severity, f.Fallback, f.Err, tt.want, tt.severity)
			}
		})
	}
}

func TestUptimeKumaIncident(t *testing.T) {
	t.Parallel()
	down := kuma(t, "application/json", kumaBeat(`"status":0`, `"type":"http"`)).Notification.Incident
	up := kuma(t, "application/json", kumaBeat(`"status":1`, `"type":"http"`)).Notification.Incident
	if down.State != formatters.Open || up.State != formatters.Resolved || down.Key == "" || down.Key != up.Key {
		t.Errorf("down is %+v and up %+v, want one key, open and resolved", down, up)
	}
	down = kuma(t, "text/plain", "[nas] [🔴 Down] boom").Notification.Incident
	up = kuma(t, "text/plain", "[nas] [✅ Up] 200 - OK").Notification.Incident
	if down.State != formatters.Open || up.State != formatters.Resolved || down.Key == "" || down.Key != up.Key {
		t.Errorf("custom: down is %+v and up %+v, want one key, open and resolved", down, up)
	}
	down = kuma(t, "application/json", `{"title":"Alarm","service":"nas","status":"🔴 Down","reason":"boom"}`).Notification.Incident
	up = kuma(t, "application/json", `{"title":"All well","service":"nas","status":"✅ Up"}`).Notification.Incident
	if down.State != formatters.Open || up.State != formatters.Resolved || down.Key == "" || down.Key != up.Key {
		t.Errorf("custom with a status: down is %+v and up %+v, want one key, open and resolved", down, up)
	}
	for _, body := range []string{
		`{"heartbeat":null,"monitor":null,"msg":"Domain name home.example will expire in 7 days"}`,
		`{"heartbeat":null,"monitor":{"id":7},"msg":"[nas][https://x] server certificate x will expire in 7 days"}`,
		`{"heartbeat":null,"monitor":null,"msg":"x Testing"}`,
		kumaBeat(`"status":3`, `"type":"http"`),
		`{"heartbeat":{"status":0},"monitor":null,"msg":null}`, // of which monitor?
		`{"text":"nas is 🔴 Down"}`,
	} {
		if got := kuma(t, "application/json", body).Notification.Incident; got != (formatters.Incident{}) {
			t.Errorf("%s belongs to incident %+v, but nothing ever ends it", body, got)
		}
	}
}

func TestUptimeKumaTarget(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, monitor, target, link string }{
		{"HTTP", `"type":"http","url":"https://a.example/x?b=1&c=2","hostname":"left.over"`, "a.example", "https://a.example/x?b=1&c=2"},
		{"Placeholder", `"type":"http","url":"https://"`, "", ""},
		{"Credentials", `"type":"http","url":"https://u:hunter2@a.example:8443/"`, "a.example:8443", "https://a.example:8443/"},
		{"CredentialsUnreadable", `"type":"http","url":"https://u:hunter2%zz@a.example/"`, "", ""},
		{"CredentialsWithoutScheme", `"type":"http","url":"u:hunter2@a.example/"`, "", ""},
		{"ApiKey", `"type":"keyword","url":"http://a.example/api?apikey=hunter2&x=1&%61uth=hunter2#token=hunter2"`, "a.example", "http://a.example/api?x=1"},
		{"WebSocket", `"type":"websocket-upgrade","url":"wss://a.example/ws"`, "a.example", ""},
		{"JavaScript", `"type":"http","url":"javascript:alert(1)"`, "", ""},
		{"Port", `"type":"port","url":"https://stale.example/","hostname":"10.0.0.1","port":5432`, "10.0.0.1:5432", ""},
		{"PortIPv6", `"type":"port","hostname":"fe80::1","port":"22"`, "[fe80::1]:22", ""},
		{"Ping", `"type":"ping","url":"https://","hostname":"10.0.0.1","port":null`, "10.0.0.1", ""},
		{"DNS", `"type":"dns","hostname":"home.example","port":53`, "home.example", ""},
		{"MQTT", `"type":"mqtt","hostname":"mqtt://u:hunter2@broker","port":1883`, "broker:1883", ""},
		{"Push", `"type":"push","url":"https://","hostname":"left.over"`, "", ""},
		{"Group", `"type":"group","url":"https://"`, "", ""},
		{"Docker", `"type":"docker","docker_container":"synapse"`, "synapse", ""},
		{"GRPC", `"type":"grpc-keyword","grpcUrl":"10.0.0.1:50051"`, "10.0.0.1:50051", ""},
		{"TypeOfTomorrow", `"type":"telepathy","hostname":"10.0.0.1","port":1`, "10.0.0.1:1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := kuma(t, "application/json", kumaBeat(`"status":0`, tt.monitor)).Notification
			var target string
			if len(n.Facts) > 0 && n.Facts[0].Name == "Target" {
				target = n.Facts[0].Value
			}
			if target != tt.target || n.URL != tt.link {
				t.Errorf("target %q, link %q, want %q, %q", target, n.URL, tt.target, tt.link)
			}
			if b, _ := json.Marshal(n); strings.Contains(string(b), "hunter2") {
				t.Errorf("the password is told: %s", b)
			}
		})
	}
}

func TestUptimeKumaFactsAndLabels(t *testing.T) {
	t.Parallel()
	n := kuma(t, "application/json", kumaBeat(`"status":0,"ping":12.5,"response":"<!DOCTYPE html>\n<title>503 &amp; out</title><style>b{}</style><h1>503 &amp; out</h1>\n\n<p>try later<scr"`,
		`"type":"push","pathName":"Core / Web / nas","tags":[{"name":"prod","value":""},{"name":"site","value":"eu"},{"name":"site","value":"us"}]`)).Notification
	at := time.Date(2026, 11, 22, 9, 53, 29, 349e6, time.UTC)
	want := formatters.Notification{
		Version: formatters.NotificationVersion, Event: "down", Severity: formatters.Error, Status: "down", Subject: "nas", Summary: ": boom",
		Facts: []formatters.Fact{
			{Name: "Since", Time: at}, {Name: "Ping", Value: "12.5 ms"}, {Name: "Group", Value: "Core / Web"},
			{Name: "Tags", Value: "prod, site: eu, site: us"},
		},
		Details:  "503 & out\ntry later",
		Labels:   map[string]string{"monitor": "nas", "monitor_type": "push", "group": "Core / Web", "prod": "true", "site": "eu,us"},
		Incident: formatters.Incident{Key: "monitor:7", State: formatters.Open},
		Time:     at,
	}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUptimeKumaDetails(t *testing.T) {
	t.Parallel()
	children := "Child monitors down: " + strings.Repeat("one of many, ", 50) + "the last"
	tests := []struct{ name, heartbeat, want string }{
		{"ReasonShort", `"status":0,"msg":"boom"`, ""},
		{"ReasonLong", `"status":0,"msg":"` + children + `"`, children},
		{"ReasonLines", `"status":0,"msg":"boom\nat line 7"`, "boom\nat line 7"},
		{"Response", `"status":0,"msg":"boom","response":"try later"`, "try later"},
		{"ReasonLinesAndResponse", `"status":0,"msg":"boom\nat line 7","response":"try later"`, "boom\nat line 7\n\ntry later"},
		{"ResponseOfUp", `"status":1,"msg":"200 - OK","response":"welcome"`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := kuma(t, "application/json", kumaBeat(tt.heartbeat, `"type":"http"`)).Notification
			if n.Details != tt.want {
				t.Errorf("details are %q, want %q", n.Details, tt.want)
			}
		})
	}
}

func TestUptimeKumaTimeAndPing(t *testing.T) {
	t.Parallel()
	body := `{"heartbeat":{"monitorID":7,"status":0,"time":null,"timezone":"Asia/Kolkata","timezoneOffset":"+05:30","localDateTime":"2026-11-22 15:21:51","ping":141.33333333333334},"monitor":null,"msg":"[nas] [🔴 Down] boom"}`
	n := kuma(t, "application/json", body).Notification
	at := time.Date(2026, 11, 22, 9, 51, 51, 0, time.UTC)
	want := []formatters.Fact{{Name: "Since", Time: at}, {Name: "Ping", Value: "141.333 ms"}}
	if diff := cmp.Diff(want, n.Facts); diff != "" || !n.Time.Equal(at) {
		t.Errorf("time %v, want %v; facts (-want +got):\n%s", n.Time, at, diff)
	}
}

// TestUptimeKumaModes holds that one heartbeat is the same whatever the mode it came in.
func TestUptimeKumaModes(t *testing.T) {
	t.Parallel()
	body := kumaBeat(`"status":0`, `"type":"port","hostname":"10.0.0.1","port":22`)
	want := kuma(t, "application/json", body).Notification
	var parts map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &parts); err != nil {
		t.Fatal(err)
	}
	quoted, _ := json.Marshal(body)
	const form = "--x\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n"
	service, _ := formatters.Lookup("uptime-kuma")
	query := url.Values{"msg": {"[nas] [🔴 Down] boom"}, "heartbeat": {string(parts["heartbeat"])}, "monitor": {string(parts["monitor"])}}
	header := http.Header{"User-Agent": {"Uptime-Kuma/2.5.3"}}
	heartbeat, monitor := string(parts["heartbeat"]), string(parts["monitor"])
	heartbeat = `{"important":true,` + heartbeat[1:]
	monitor = `{"active":true,` + monitor[1:]
	inString := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	tests := map[string]formatters.Formatted{
		"CustomWithBeat":         kuma(t, "application/json", `{"heartbeatJSON":`+heartbeat+`,"monitorJSON":`+monitor+`,"text":"[nas] [🔴 Down] boom"}`),
		"CustomWithBeatInString": kuma(t, "application/json", `{"h":`+inString(heartbeat)+`,"m":`+inString(monitor)+`}`),
		"ContentTypeMissing":     kuma(t, "", body),
		"JSONString":             kuma(t, "application/json", string(quoted)),
		"FormData":               kuma(t, "multipart/form-data; boundary=x", form+body+"\r\n--x--\r\n"),
		"FormURLEncoded":         kuma(t, "application/x-www-form-urlencoded", "data="+url.QueryEscape(body)),
		"GET":                    service.Format(service.PayloadOf("GET", header, query, nil, goldenTime)),
		"POSTWithQuery":          service.Format(service.PayloadOf("POST", header, url.Values{"msg": {"x Testing"}}, []byte(body), goldenTime)),
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, f.Notification); diff != "" || f.Fallback {
				t.Errorf("fallback %t: %v (-want +got):\n%s", f.Fallback, f.Err, diff)
			}
		})
	}
	t.Run("GETTruncated", func(t *testing.T) {
		t.Parallel()
		query := url.Values{"msg": query["msg"], "heartbeat": {`{"monitorID":7,"sta`}}
		n := service.Format(service.PayloadOf("GET", header, query, nil, goldenTime)).Notification
		if n.Status != "down" || n.Subject != "nas" || n.Summary != ": boom" {
			t.Errorf("got %+v, want what msg says", n)
		}
	})
}

func FuzzUptimeKuma(f *testing.F) {
	for _, s := range payloads.Of("uptime-kuma") {
		f.Add(s.Header.Get("Content-Type"), s.Body, s.Query)
	}
	service, _ := formatters.Lookup("uptime-kuma")
	f.Fuzz(func(t *testing.T, contentType string, body []byte, query string) {
		q, _ := url.ParseQuery(query)
		got := service.Format(formatters.Payload{ContentType: contentType, Body: body, Query: q})
		if got.Fallback && strings.Contains(got.Err.Error(), "panic") {
			t.Fatal(got.Err)
		}
		n := got.Notification
		if got.Fallback {
			return
		}
		if n.Status == "" || n.Event == "" {
			t.Errorf("no status or event: %+v", n)
		}
		if (n.Incident.Key == "") != (n.Incident.State == formatters.Standalone) {
			t.Errorf("an incident needs both key and state: %+v", n.Incident)
		}
		if n.URL != "" && !strings.HasPrefix(n.URL, "http://") && !strings.HasPrefix(n.URL, "https://") {
			t.Errorf("link to %q", n.URL)
		}
		if again := service.Format(formatters.Payload{ContentType: contentType, Body: body, Query: q}); !cmp.Equal(got.Notification, again.Notification) {
			t.Errorf("the same payload is told in two ways:\n%s", cmp.Diff(got.Notification, again.Notification))
		}
	})
}

func kumaBenchmarkBody(b *testing.B) []byte {
	b.Helper()
	for _, s := range payloads.Of("uptime-kuma") {
		if s.Name == "v2-down-resend-unimportant" {
			return s.Body
		}
	}
	b.Fatal("the sample is gone")
	return nil
}

// BenchmarkUptimeKuma formats and renders; BenchmarkUptimeKumaDecode is what it is measured by.
func BenchmarkUptimeKuma(b *testing.B) {
	body := kumaBenchmarkBody(b)
	service, _ := formatters.Lookup("uptime-kuma")
	b.ReportAllocs()
	for b.Loop() {
		f := service.Format(formatters.Payload{ContentType: "application/json", Body: body})
		formatters.Render(f.Notification, formatters.RenderOptions{Now: goldenTime})
	}
}

func BenchmarkUptimeKumaDecode(b *testing.B) {
	body := kumaBenchmarkBody(b)
	b.ReportAllocs()
	for b.Loop() {
		var m map[string]any
		if err := json.Unmarshal(body, &m); err != nil {
			b.Fatal(err)
		}
	}
}
