package formatters_test

import (
	"encoding/json"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// FuzzCustom runs formats that use all of a format on anything: none panics, and what they
// tell can be stored and drawn.
func FuzzCustom(f *testing.F) {
	for _, body := range []string{
		customBody, `{}`, `[]`, `"x"`, `a=1&host=b`, ``, `{"host":{"a":[1]},"list":"x","at":-1,"n":"1e999"}`, `{"at":"9999-12-31T23:59:59-12:00"}`,
		`{"list":[{"name":null,"at":1e18},[[]],7],"text":"\u0000\ud800","level":"fatal","ok":"yes"}`, "\xff\xfe",
	} {
		f.Add(body, "application/json")
	}
	f.Add("host=nas-1&n=5", "application/x-www-form-urlencoded")
	formats := []formatters.Service{
		customService(f, "status", `payload.ok ? "up" : "down"`, "subject", "payload.host", "summary", "payload.text", "severity", "payload.level",
			"facts.A", "bytes(payload.n)", "facts.B", "duration(payload.n)", "facts.C", "ago(payload.at)", "facts.D", "date(payload.at)", "facts.E", "{time: payload.at}",
			"items", `map(payload.list, {{key: .name, subject: .name, status: .level, severity: .level, since: .at, text: "n " + .n}})`,
			"details", "payload", "incident.key", "payload.host", "incident.state", "payload.level", "time", "payload.at", "loud", "payload.ok"),
		customService(f, "event", "payload", "subject", `truncate(get(payload, "list", 0, "name"), payload.n)`, "summary", "join(lines(payload.text, payload.list))",
			"severity", "payload.n > 1 ? warning : info", "items", "payload.list", "html", "payload.text", "url", "payload.text", "links.L", "payload.text", "image", "payload.host",
			"labels.l", "payload.n", "details", "keys(payload)", "incident.key", "payload.list"),
		customService(f, "html", `markdown(payload.text) + escape(payload)`),
	}
	f.Fuzz(func(t *testing.T, body, contentType string) {
		for _, s := range formats {
			told := s.Format(formatters.Payload{ContentType: contentType, Body: []byte(body), Received: goldenTime})
			checkCustom(t, told)
		}
	})
}

func checkCustom(t *testing.T, told formatters.Formatted) {
	t.Helper()
	if told.Err != nil && told.Err.Error() != "the format says nothing of this payload" {
		t.Fatal(told.Err)
	}
	n := told.Notification
	if n.Status == "" {
		t.Error("no status")
	}
	if (n.Incident.Key == "") != (n.Incident.State == formatters.Standalone) {
		t.Errorf("half an incident: %+v", n.Incident)
	}
	if n.Severity < formatters.Muted || n.Severity > formatters.Critical {
		t.Errorf("severity %d", n.Severity)
	}
	if _, err := json.Marshal(n); err != nil {
		t.Error(err)
	}
	m := formatters.Render(n, formatters.RenderOptions{Now: goldenTime, Zone: customZone})
	if m.Body == "" {
		t.Error("no body")
	}
}
