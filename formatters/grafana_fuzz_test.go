package formatters_test

import (
	"encoding/json"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

func FuzzGrafana(f *testing.F) {
	for _, s := range payloads.Of("grafana") {
		f.Add(s.Body)
	}
	f.Add([]byte(grafanaGroup(`"truncatedAlerts":1e300`, grafanaFiring("", `"startsAt":"9999-12-31T23:59:59-05:00"`), `null`)))
	service, _ := formatters.Lookup("grafana")
	f.Fuzz(func(t *testing.T, body []byte) {
		p := formatters.Payload{Body: body, Received: goldenTime}
		n, err := service.Formatter.Format(p)
		if err != nil {
			return
		}
		if n.Status == "" || n.Subject == "" || n.Event == "" {
			t.Errorf("nothing says what happened: %+v", n)
		}
		if (n.Incident.Key == "") != (n.Incident.State == formatters.Standalone) {
			t.Errorf("incident = %+v", n.Incident)
		}
		for name := range n.Labels {
			if strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__") {
				t.Errorf("private label %s", name)
			}
		}
		once, err := json.Marshal(n)
		if err != nil {
			t.Fatalf("cannot be stored: %v", err)
		}
		n, _ = service.Formatter.Format(p)
		if again, _ := json.Marshal(n); string(again) != string(once) {
			t.Errorf("not the same twice:\n%s\n%s", once, again)
		}
	})
}

// BenchmarkGrafana compares the way from body to message with only decoding the body.
func BenchmarkGrafana(b *testing.B) {
	service, _ := formatters.Lookup("grafana")
	for _, s := range payloads.Of("grafana") {
		if s.Name != "firing-single" && s.Name != "group-partial-first-flush" {
			continue
		}
		b.Run(s.Name+"/FormatAndRender", func(b *testing.B) {
			b.SetBytes(int64(len(s.Body)))
			for b.Loop() {
				f := service.Format(formatters.Payload{Body: s.Body, Received: goldenTime})
				formatters.Render(f.Notification, formatters.RenderOptions{Now: goldenTime})
			}
		})
		b.Run(s.Name+"/DecodeToMap", func(b *testing.B) {
			b.SetBytes(int64(len(s.Body)))
			for b.Loop() {
				var m map[string]any
				if err := json.Unmarshal(s.Body, &m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
