package formatters

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMembersByTheirEndings renders documents whose members are named after what they
// belong to.
func TestMembersByTheirEndings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body, title string
		severity          Severity
	}{
		{"CamelCase", `{"event":"installed","PluginName":"p"}`, "installed p", Info},
		{"SnakeCase", `{"event":"installed","plugin_name":"p"}`, "installed p", Info},
		{"NoWordOfItsOwn", `{"event":"installed","filename":"f","rename":"r"}`, "installed a webhook", Info},
		{"NotTheServer", `{"event":"installed","serverName":"s","pluginName":"p"}`, "installed p", Info},
		{"TheServerAtLast", `{"event":"restart","serverName":"s"}`, "restart s", Info},
		{"TextStandsAlone", `{"message":"m","plugin_name":"p"}`, "message m", Info},
		{"WhatBeforeProject", `{"project_name":"git-tool","level":"error","message":"","event":{"title":"went wrong"}}`, "error went wrong", Error},
		{"ProjectAtLast", `{"projectName":"git-tool","status":"failed"}`, "failed git-tool", Error},
		{"NotTheType", `{"issue_event_type_name":"issue_generic","issue":{"fields":{"summary":"Disk full"}}}`, "message Disk full", Info},
		{"WhatBeforeIntegration", `{"integration":{"name":"Prom"},"alert_group":{"title":"CPU high on web1","state":"firing"}}`, "firing CPU high on web1", Error},
		{"TaskBesideText", `{"task_name":"nightly","message":"failed with 3 errors","status":"failed"}`, "failed nightly: failed with 3 errors", Error},
		{"CheckBesideText", `{"check_name":"Blog","current_state":"DOWN","description":"HTTP Error 503"}`, "down Blog: HTTP Error 503", Error},
		{"Result", `{"event":"done","TaskName":"t","ResultStatus":"Failed","ResultErrorMessage":"boom"}`, "failed t: boom", Error},
		{"ResultBefore", `{"title":"t","old_status":"down"}`, "message t", Info},
		{"EventFailed", `{"event":"BackupFailed","name":"n"}`, "backup failed n", Error},
		{"EventRecovered", `{"event":"disk.recovered","name":"n"}`, "disk recovered n", Success},
		{"EventIsSeverity", `{"event":"critical","title":"CPU"}`, "critical CPU", Critical},
		{"EventIsState", `{"action":"unhealthy","title":"web"}`, "unhealthy web", Error},
		{"EventOfTwoWordsIsState", `{"event":"timed_out","title":"web"}`, "timed out web", Error},
		{"ActionAboveAnAlert", `{"action":"critical","data":{"metric_alert":{"title":"Too many errors"}}}`, "critical Too many errors", Critical},
		{"EventEndsInState", `{"event":"node.unreachable","name":"n"}`, "node unreachable n", Error},
		{"EventEndsInNoState", `{"event":"sign_up","name":"n"}`, "sign up n", Info},
		{"EventBesideLevel", `{"event":"disk.failed","name":"n","level":"critical"}`, "critical n", Critical},
		{"WhatBeforeWho", `{"event":"play","account":{"title":"a"},"metadata":{"title":"m"}}`, "play m", Info},
		{"WhoAtLast", `{"event":"play","account":{"title":"a"}}`, "play a", Info},
		{"QuotesEscapedTwice", `{"title":"the \\\"last\\\" train"}`, `message the "last" train`, Info},
		{"QuotesOfLog", `{"title":"a \"b\" and \\\"c\\\""}`, `message a "b" and \"c\"`, Info},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := formatGeneric(Payload{Body: []byte(tt.body)})
			if err != nil || n.Title() != tt.title || n.Severity != tt.severity {
				t.Errorf("got %q, %s (%v); want %q, %s", n.Title(), n.Severity, err, tt.title, tt.severity)
			}
		})
	}
}

// TestIDsAreNoFacts wants what only programs read in the details, where there are any.
func TestIDsAreNoFacts(t *testing.T) {
	t.Parallel()
	const uuid, hash = "6f1c0000-0000-4000-8000-000000000001", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
	n, err := formatGeneric(Payload{Body: []byte(`{"title":"t","id":"` + uuid + `","taskId":"` + hash + `","runNumber":7,"data":{"sha":"` + hash + `"}}`)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Fact{{Name: "Run number", Value: "7"}}, n.Facts); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if strings.Count(n.Details, hash) != 2 || !strings.Contains(n.Details, uuid) {
		t.Errorf("details %q", n.Details)
	}
	n, err = formatGeneric(Payload{Body: []byte(`{"text":"t","id":"` + uuid + `"}`)})
	if diff := cmp.Diff([]Fact{{Name: "Id", Value: uuid}}, n.Facts); err != nil || diff != "" {
		t.Errorf("error %v, -want +got:\n%s", err, diff)
	}
}

func TestTimesAreToldOnce(t *testing.T) {
	t.Parallel()
	n, err := formatGeneric(Payload{Body: []byte(`{"title":"t","timestamp":"2026-03-14T22:07:33.51+01:00","utc":"2026-03-14T21:07:33.52Z","seen":"0001-01-01T00:00:00.0000000Z"}`)})
	if err != nil || len(n.Facts) != 0 || n.Details != "" || n.Time.IsZero() {
		t.Errorf("time %s, facts %v, details %q, error %v", n.Time, n.Facts, n.Details, err)
	}
}

func TestEventOfForge(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"repository":{"name":"infra"}}`:                 "push infra",
		`{"action":"opened","issue":{"title":"Leak"}}`:    "opened Leak",
		`{"text":"m","event":"merge","title":"t"}`:        "merge t: m",
		`{"status":"success","pipeline":{"name":"main"}}`: "success main",
	} {
		n, err := formatGeneric(Payload{Header: map[string][]string{"X-Github-Event": {"push"}}, Body: []byte(body)})
		if err != nil || n.Title() != want {
			t.Errorf("%s: got %q, want %q (%v)", body, n.Title(), want, err)
		}
	}
}
