package formatters

import (
	"strings"
	"testing"
)

// TestNothingIsLost renders documents whose text stands in unusual places.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		service, body string
		line          string   // the first
		rest          []string // parts of what stands below
	}{
		"MessageInLines":   {"generic", `{"message":["line a","line b"]}`, "MESSAGE line a", []string{"line b"}},
		"TextBelow":        {"generic", `{"message":{"text":"nested"},"user":{"name":"Al"}}`, "MESSAGE Al: nested", nil},
		"Cause":            {"generic", `{"event":"backup","ok":false,"host":"pve1","error":"no space left"}`, "BACKUP pve1: no space left", nil},
		"CauseIsNoFlag":    {"generic", `{"title":"t","error":false}`, "MESSAGE t", []string{"Error false"}},
		"RuleAsTitle":      {"generic", `{"severity":"critical","alert":"HighCPU","value":97}`, "CRITICAL HighCPU", []string{"Value 97"}},
		"AlertIsNoFlag":    {"generic", `{"host":"h","alert":true}`, "MESSAGE h", []string{"Alert true"}},
		"SlackTable":       {"generic", `{"blocks":[{"type":"header","text":{"type":"plain_text","text":"T"}},{"type":"table","rows":[[{"type":"raw_text","text":"cell"}]]}]}`, "MESSAGE T", []string{"cell"}},
		"SlackDate":        {"generic", `{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"due "},{"type":"date","timestamp":1,"fallback":"tomorrow"}]}]}]}`, "MESSAGE due tomorrow", nil},
		"SlackImageTitle":  {"generic", `{"blocks":[{"type":"header","text":{"type":"plain_text","text":"T"}},{"type":"image","image_url":"https://i.example/x.png","title":{"type":"plain_text","text":"graph"}}]}`, "MESSAGE T: graph", nil},
		"TeamsTable":       {"generic", `{"type":"AdaptiveCard","body":[{"type":"TextBlock","size":"Large","text":"Head"},{"type":"Table","rows":[{"type":"TableRow","cells":[{"type":"TableCell","items":[{"type":"TextBlock","text":"for <at>Kim</at>"}]}]}]}]}`, "MESSAGE Head: for Kim", nil},
		"TeamsCode":        {"generic", `{"type":"AdaptiveCard","body":[{"type":"TextBlock","size":"Large","text":"Head"},{"type":"CodeBlock","codeSnippet":"exit 1"}]}`, "MESSAGE Head: exit 1", nil},
		"TitleBesideRule":  {"generic", `{"title":"t","job":"nightly","message":"m","description":["a","b"]}`, "MESSAGE t: m", []string{"Job nightly", "description:", "- a"}},
		"TextInLines":      {"generic", `{"text":["a","b"]}`, "MESSAGE a", []string{"b"}},
		"TopicOfAPrinter":  {"generic", `{"topic":"Print Done","message":"done","extra":{"name":"benchy"}}`, "MESSAGE Print Done: done", []string{"Name benchy"}},
		"TopicAndPayload":  {"generic", `{"_msgid":"5a1d","topic":"attic","payload":"too hot"}`, "MESSAGE attic: too hot", nil},
		"OutcomeBelow":     {"generic", `{"name":"web","build":{"status":"FAILURE","full_url":"https://ci.example/1"}}`, "FAILURE web", []string{"https://ci.example/1"}},
		"EventForTitle":    {"generic", `{"event":"nightly-backup","data":{"status":"failed","message":"no space left"}}`, "FAILED nightly-backup: no space left", nil},
		"EventAndOutcome":  {"generic", `{"event":"nightly-backup","result":{"status":"failed"}}`, "FAILED nightly-backup", nil},
		"EventBesideTitle": {"generic", `{"event":"alarm.raised","alarm":{"name":"Door","severity":"critical"}}`, "CRITICAL Door", []string{"Event alarm.raised"}},
		"EventBesideHost":  {"generic", `{"event":"order.created","host":"shop","data":{"status":"failed"}}`, "FAILED shop", []string{"Event order.created"}},
		"EventInTheBadge":  {"generic", `{"event":"failed","data":{"status":"failed","message":"no space left"}}`, "FAILED no space left", nil},
		"LevelOfAnEntry":   {"generic", `{"title":"t","entries":[{"level":"info"}]}`, "MESSAGE t", []string{"level: info"}},
		"ServerIsUp":       {"generic", `{"name":"web","server":{"status":"online"}}`, "MESSAGE web", nil},
		"WhatBeforeAgent":  {"generic", `{"event":{"event_type":"incident.triggered","agent":{"summary":"Al"},"data":{"title":"Bump","status":"triggered","html_url":"https://p.example/1"}}}`, "TRIGGERED Bump", []string{"https://p.example/1"}},
		"SeverityByEnding": {"generic", `{"event_severity":"High","event_name":"Link down"}`, "HIGH Link down", nil},
		"ResolvedByEnding": {"generic", `{"event_severity":"High","event_status":"RESOLVED","event_name":"Link down"}`, "RESOLVED Link down", nil},
		"Noun":             {"generic", `{"status":"new","hostname":"nas1","image":"docker.io/x/y:1"}`, "NEW docker.io/x/y:1", []string{"Host nas1"}},
		"NounsAtLast":      {"generic", `{"host":"nas1","service":"nginx","msg":"slow"}`, "MESSAGE nas1: slow", []string{"Service nginx"}},
		"NounBelow":        {"generic", `{"type":"new","after":{"camera":"door"}}`, "NEW door", nil},
		"Links":            {"generic", `{"title":"t","links":[{"href":"https://l.example","text":"Log"}]}`, "MESSAGE t", []string{"Log: https://l.example"}},
		"Sentence":         {"generic", `{"title":"It is down.","message":"No answer"}`, "MESSAGE It is down. No answer", nil},
		"EntriesRated":     {"generic", `[{"level":"info","msg":"ok"},{"level":"error","msg":"full"}]`, "2 ENTRIES full", []string{"error full"}},
		"JSONInAPart":      {"generic", "--b\r\nContent-Disposition: form-data; name=\"meta\"\r\n\r\n{\"title\":\"t\"}\r\n--b--\r\n", "MESSAGE t", nil},
		"NewSonarrEvent":   {"sonarr", `{"series":{"title":"Tide"},"reason":"because","eventType":"SeriesMoved"}`, "SERIES MOVED Tide", []string{"reason: because"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service, _ := Lookup(tt.service)
			told := service.Format(Payload{ContentType: "application/json", Body: []byte(tt.body)})
			if told.Fallback {
				t.Errorf("told by the generic formatter: %v", told.Err)
			}
			line, rest, _ := strings.Cut(Render(told.Notification, RenderOptions{}).Body, "\n")
			if line != tt.line {
				t.Errorf("first line %q, want %q", line, tt.line)
			}
			for _, part := range tt.rest {
				if !strings.Contains(rest, part) {
					t.Errorf("%q is not in %q", part, rest)
				}
			}
		})
	}
}

func TestFailureOfAFlag(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Severity{
		`{"job":"backup","success":false}`:                    Error,
		`{"job":"backup","ok":true}`:                          Info,
		`{"job":"backup","ok":false,"level":"warning"}`:       Warning,
		`{"job":"backup","status":"success","success":false}`: Success,
	} {
		n, err := formatGeneric(Payload{Body: []byte(body)})
		if err != nil || n.Severity != want {
			t.Errorf("%s: severity %v, want %v (%v)", body, n.Severity, want, err)
		}
	}
}

func TestOutlineLeavesOutWhatIsTold(t *testing.T) {
	t.Parallel()
	n, _ := parseTree(`{"series":{"title":"X"},"deep":[{"a":1},{}]}`)
	n.peek("series").take("title")
	if got, want := n.outline(), "deep:\n  -\n    a: 1"; got != want {
		t.Errorf("outline %q, want %q", got, want)
	}
}
