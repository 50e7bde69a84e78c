package formatters_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// servarr formats a webhook of one of the programs, "radarr".
func servarr(tb testing.TB, program, body string) formatters.Formatted {
	tb.Helper()
	service, ok := formatters.Lookup(program)
	if !ok {
		tb.Fatalf("%s is not registered", program)
	}
	return service.Format(formatters.Payload{
		ContentType: "application/json",
		Header:      map[string][]string{"User-Agent": {service.Title + "/4.0.19.2979 (alpine 3.21)"}},
		Body:        []byte(body),
		Received:    goldenTime,
	})
}

// toldServarr formats what the program's own formatter must be able to tell.
func toldServarr(t *testing.T, program, body string) formatters.Notification {
	t.Helper()
	f := servarr(t, program, body)
	if f.Fallback {
		t.Fatalf("told by the generic formatter: %v", f.Err)
	}
	return f.Notification
}

// servarrCase is a webhook, and what is told of it. Where a part is "-", it may be anything.
type servarrCase struct {
	name, body string
	severity   formatters.Severity
	line       string // event, status, subject and summary, parted by "|"
	facts      string // parted by " · "
	links      string // the subject's address, and those of the links, parted by spaces
	incident   string // "open download:AB"
}

func (c servarrCase) run(t *testing.T, program string) {
	t.Run(c.name, func(t *testing.T) {
		t.Parallel()
		n := toldServarr(t, program, c.body)
		if n.Severity != c.severity {
			t.Errorf("severity = %v, want %v", n.Severity, c.severity)
		}
		var facts []string
		for _, f := range n.Facts {
			if f.Value == "" {
				f.Value = f.Time.Format("2006-01-02")
			}
			facts = append(facts, strings.TrimSpace(f.Name+" "+f.Value))
		}
		links := []string{n.URL}
		for _, l := range n.Links {
			links = append(links, l.URL)
		}
		for _, part := range []struct{ name, got, want string }{
			{"first line", strings.Join([]string{n.Event, n.Status, n.Subject, n.Summary}, "|"), c.line},
			{"facts", strings.Join(facts, " · "), c.facts},
			{"links", strings.TrimSpace(strings.Join(links, " ")), c.links},
			{"incident", strings.TrimSpace(string(n.Incident.State) + " " + n.Incident.Key), c.incident},
		} {
			if part.want != "-" && part.got != part.want {
				t.Errorf("%s\n got %s\nwant %s", part.name, part.got, part.want)
			}
		}
	})
}

// TestServarrSystem holds the events that the programs share, in the name of each.
func TestServarrSystem(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"Sonarr", "Radarr", "Lidarr", "Readarr", "Prowlarr"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			const url = `"applicationUrl":"https://a.example/base/"`
			for _, c := range []servarrCase{
				{"Test", `{"eventType":"Test","instanceName":"Main",` + url + `}`, formatters.Muted,
					"Test|test|" + program + "|is connected", "Instance Main · Version 4.0.19.2979", "https://a.example/base", ""},
				{"Health", `{"eventType":"health","level":"error","message":"broken","type":"RootFolderCheck","wikiUrl":"https://w.example",` + url + `}`, formatters.Error,
					"Health|health error|" + program + "|: broken", "Check root folder", "https://a.example/base/system/status https://w.example", "open health:RootFolderCheck"},
				{"HealthOfSecondInstance", `{"eventType":"Health","level":"warning","type":"UpdateCheck","instanceName":"Main"}`, formatters.Warning,
					"Health|health warning|Main|: update", "Check update", "", "open health:UpdateCheck@Main"},
				{"HealthRestored", `{"eventType":"HealthRestored","level":"error","message":"broken","type":"RootFolderCheck"}`, formatters.Success,
					"HealthRestored|health restored|" + program + "|resolved: broken", "Check root folder", "", "resolved health:RootFolderCheck"},
				{"Update", `{"eventType":"ApplicationUpdate","previousVersion":"1.2","newVersion":"1.3",` + url + `}`, formatters.Info,
					"ApplicationUpdate|updated|" + program + "|from 1.2 to 1.3", "", "https://a.example/base/system/updates", ""},
				{"EventOfTomorrow", `{"eventType":"SomethingNew","message":"hello"}`, formatters.Info,
					"SomethingNew|something new|" + program + "|: hello", "", "", ""},
				{"WrongTypes", `{"eventType":"Grab","movie":"x","artist":[],"albums":{},"author":7,"books":"x","release":[],"instanceName":{},"downloadId":12}`, -1,
					"-", "-", "-", "-"},
			} {
				if c.severity == -1 {
					c.severity = toldServarr(t, strings.ToLower(program), c.body).Severity
				}
				c.run(t, strings.ToLower(program))
			}
		})
	}
}

// TestServarrNothingIsLost holds that an event that is new to us is written out.
func TestServarrNothingIsLost(t *testing.T) {
	t.Parallel()
	for program, thing := range map[string]string{
		"sonarr": `"series":{"title":"Tide"}`, "radarr": `"movie":{"title":"Tide"}`, "lidarr": `"artist":{"name":"Tide"}`,
		"readarr": `"author":{"name":"Tide"}`, "prowlarr": `"release":{"releaseTitle":"Tide"}`,
	} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			n := toldServarr(t, program, fmt.Sprintf(`{%s,"cause":{"code":7},"eventType":"ThingMoved"}`, thing))
			if n.Event != "ThingMoved" || n.Subject != "Tide" || !strings.Contains(n.Details, "code: 7") {
				t.Errorf("told as %+v", n)
			}
		})
	}
}

func TestServarrRefuses(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"radarr", "lidarr", "readarr", "prowlarr"} {
		for name, body := range map[string]string{
			"ErrNotJSON": "is down", "ErrEmpty": "", "ErrNoEventType": `{"movie":{"title":"Tide"}}`, "ErrListOfEvents": `[{"eventType":"Grab"}]`,
		} {
			t.Run(program+"/"+name, func(t *testing.T) {
				t.Parallel()
				if f := servarr(t, program, body); !f.Fallback {
					t.Errorf("told as %+v", f.Notification)
				}
			})
		}
	}
}

// checkLabels compares the labels of what is told of a webhook.
func checkLabels(t *testing.T, program, body string, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, toldServarr(t, program, body).Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}
