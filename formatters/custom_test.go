package formatters_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// customZone is an hour ahead of UTC.
var customZone = time.FixedZone("CET", 3600)

// customService compiles fields, given as name and source.
func customService(t testing.TB, fields ...string) formatters.Service {
	t.Helper()
	var all []formatters.CustomField
	for i := 0; i < len(fields); i += 2 {
		all = append(all, formatters.CustomField{Name: fields[i], Source: fields[i+1]})
	}
	s, err := formatters.CompileCustom("Backups", customZone, all)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// customBody is what most formats here are tried on.
const customBody = `{
	"host": "nas-1", "ok": false, "level": "warn", "n": 5, "half": 0.5, "big": 12345678901234, "size": 13000000000,
	"url": "https://nas-1.example.org/log", "at": "2026-11-22T09:40:00Z", "text": "one\r\n\ntwo\n", "html": "<i>first</i><p>second</p>",
	"list": ["a", 1, null, "b"], "deep": {"b": [{"c": "<d>"}], "a": 1}, "empty": [], "blank": " ",
	"disks": [{"name": "sda", "state": "ok", "since": "2026-11-22T08:00:00Z"}, {"name": "sdb", "state": "failed", "since": 1795334400}]}`

func customPayload(body string) formatters.Payload {
	return formatters.Payload{
		ContentType: "application/json", Received: goldenTime, Body: []byte(body),
		Header: map[string][]string{"X-Run": {"7", "8"}}, Query: map[string][]string{"who": {"cron"}},
	}
}

// TestCustomFields tries what each field takes.
func TestCustomFields(t *testing.T) {
	t.Parallel()
	type n = formatters.Notification
	// What is empty is not compared: each test looks at its own fields.
	for _, test := range []struct {
		name   string
		fields []string
		want   n
	}{
		{"Status", []string{"subject", `"x"`, "status", `payload.ok ? "backed up" : "backup failed"`}, n{Subject: "x", Status: "backup failed", Severity: formatters.Info}},
		{"StatusRates", []string{"subject", `"x"`, "status", `"failed"`}, n{Subject: "x", Status: "failed", Severity: formatters.Error}},
		{"StatusOfSeverity", []string{"severity", "critical", "subject", "payload.host"}, n{Status: "critical", Severity: formatters.Critical, Subject: "nas-1"}},
		{"StatusMissing", []string{"subject", "payload.host"}, n{Status: "message", Severity: formatters.Info, Subject: "nas-1"}},
		{"SeverityConstant", []string{"severity", "payload.ok ? success : error", "subject", `"x"`}, n{Subject: "x", Status: "error", Severity: formatters.Error}},
		{"SeverityWord", []string{"severity", "payload.level", "subject", `"x"`}, n{Subject: "x", Status: "warning", Severity: formatters.Warning}},
		{"SeverityWordOfOurs", []string{"severity", `"Muted "`, "subject", `"x"`}, n{Subject: "x", Status: "message", Severity: formatters.Muted}},
		{"SeverityMissing", []string{"severity", "payload.none", "subject", `"x"`, "status", `"ok"`}, n{Subject: "x", Status: "ok", Severity: formatters.Success}},
		{"NumberAsText", []string{"subject", "payload.big", "summary", "payload.half"}, n{Status: "message", Severity: formatters.Info, Subject: "12345678901234", Summary: "0.5"}},
		{"ListAsText", []string{"subject", "payload.list"}, n{Status: "message", Severity: formatters.Info, Subject: "a, 1, b"}},
		{"MapAsText", []string{"subject", "payload.deep"}, n{Status: "message", Severity: formatters.Info, Subject: `{"a":1,"b":[{"c":"<d>"}]}`}},
		{"TruthAsText", []string{"subject", "payload.ok"}, n{Status: "message", Severity: formatters.Info, Subject: "false"}},
		{"TimeAsText", []string{"subject", "time"}, n{Status: "message", Severity: formatters.Info, Subject: "22 Nov 2026 11:00"}},
		{"URL", []string{"subject", `"x"`, "url", "payload.url", "image", `payload.url + ".png"`}, n{
			Subject: "x", Status: "message", Severity: formatters.Info, URL: "https://nas-1.example.org/log", Image: "https://nas-1.example.org/log.png"}},
		{"SummaryOfLines", []string{"subject", `"x"`, "summary", "payload.text", "details", `"more"`}, n{
			Status: "message", Severity: formatters.Info, Subject: "x", Summary: "one", HTML: "<p>two</p>", Details: "more"}},
		{"Facts", []string{"facts.Size", "bytes(payload.size)", "facts.None", "payload.none", "facts.Host.name", `{value: payload.host, url: payload.url, code: true}`,
			"facts.At", "{time: payload.at}", "facts.List", "payload.list"}, n{Status: "message", Severity: formatters.Info, Facts: []formatters.Fact{
			{Name: "Size", Value: "12.1 GiB"}, {Name: "Host.name", Value: "nas-1", URL: "https://nas-1.example.org/log", Code: true},
			{Name: "At", Time: goldenTime.Add(-20 * time.Minute)}, {Name: "List", Value: "a, 1, b"}}}},
		{"Items", []string{"items", `map(payload.disks, {{subject: .name, status: .state, since: .since, text: "is " + .state, url: payload.url}})`, "severity", "warning"}, n{
			Status: "warning", Severity: formatters.Warning, Items: []formatters.Item{
				{Key: "sda", Subject: "sda", Status: "ok", Severity: formatters.Success, Text: "is ok", URL: "https://nas-1.example.org/log", Since: goldenTime.Add(-2 * time.Hour)},
				{Key: "sdb", Subject: "sdb", Status: "failed", Severity: formatters.Error, Text: "is failed", URL: "https://nas-1.example.org/log", Since: time.Unix(1795334400, 0)}}}},
		{"ItemsOfTexts", []string{"items", "payload.list", "severity", "error"}, n{Status: "error", Severity: formatters.Error, Items: []formatters.Item{
			{Text: "a", Severity: formatters.Error}, {Text: "1", Severity: formatters.Error}, {Text: "b", Severity: formatters.Error}}}},
		{"ItemsWithKeyAndSeverity", []string{"items", `[{key: "k", subject: "s", severity: "critical"}, {subject: ""}]`}, n{Status: "message", Severity: formatters.Info, Items: []formatters.Item{
			{Key: "k", Subject: "s", Severity: formatters.Critical}}}},
		{"DetailsText", []string{"details", "payload.host"}, n{Status: "message", Severity: formatters.Info, Details: "nas-1"}},
		{"DetailsLines", []string{"details", "lines(payload.text, payload.list)"}, n{Status: "message", Severity: formatters.Info, Details: "one\ntwo\na\n1\nb"}},
		{"DetailsJSON", []string{"details", "payload.deep"}, n{Status: "message", Severity: formatters.Info, Details: "{\n  \"a\": 1,\n  \"b\": [\n    {\n      \"c\": \"<d>\"\n    }\n  ]\n}"}},
		{"HTML", []string{"subject", `"x"`, "html", "payload.html"}, n{Status: "message", Severity: formatters.Info, Subject: "x", HTML: "<i>first</i><p>second</p>"}},
		{"HTMLAlone", []string{"html", "payload.html"}, n{Status: "message", Severity: formatters.Info, Summary: "first", HTML: "<p>second</p>"}},
		{"Links", []string{"subject", `"x"`, "links.Log", "payload.url", "links.None", "payload.none", "links.Open it", `"https://b.example.org"`}, n{
			Subject: "x", Status: "message", Severity: formatters.Info, Links: []formatters.Link{{Text: "Log", URL: "https://nas-1.example.org/log"}, {Text: "Open it", URL: "https://b.example.org"}}}},
		{"Incident", []string{"subject", `"x"`, "incident.key", "payload.host", "incident.state", `payload.ok ? "resolved" : "open"`}, n{
			Subject: "x", Status: "message", Severity: formatters.Info, Incident: formatters.Incident{Key: "nas-1", State: formatters.Open}}},
		{"IncidentOpensBySeverity", []string{"subject", `"x"`, "status", `"failed"`, "incident.key", "payload.host"}, n{
			Subject: "x", Status: "failed", Severity: formatters.Error, Incident: formatters.Incident{Key: "nas-1", State: formatters.Open}}},
		{"IncidentEndsBySeverity", []string{"subject", `"x"`, "severity", "success", "incident.key", "payload.n"}, n{
			Subject: "x", Status: "success", Severity: formatters.Success, Incident: formatters.Incident{Key: "5", State: formatters.Resolved}}},
		{"IncidentOfNoSeverity", []string{"subject", `"x"`, "incident.key", "payload.host"}, n{Subject: "x", Status: "message", Severity: formatters.Info}},
		{"IncidentByWord", []string{"subject", `"x"`, "incident.key", "payload.host", "incident.state", `"Recovered"`}, n{
			Subject: "x", Status: "message", Severity: formatters.Info, Incident: formatters.Incident{Key: "nas-1", State: formatters.Resolved}}},
		{"IncidentWithoutKey", []string{"subject", `"x"`, "incident.key", "payload.none", "incident.state", `"open"`}, n{Subject: "x", Status: "message", Severity: formatters.Info}},
		{"IncidentWithoutState", []string{"subject", `"x"`, "status", `"failed"`, "incident.key", "payload.host", "incident.state", `""`}, n{Subject: "x", Status: "failed", Severity: formatters.Error}},
		{"EventLabelsLoudTime", []string{"subject", `"x"`, "event", `"done"`, "labels.team", `"storage"`, "labels.none", "payload.none", "loud", "payload.n > 4", "time", "payload.at"}, n{
			Subject: "x", Status: "message", Severity: formatters.Info, Event: "done", Labels: map[string]string{"team": "storage"}, Loud: true, Time: goldenTime.Add(-20 * time.Minute)}},
		{"HeadersAndQuery", []string{"subject", `headers["x-run"] + headers.None + query.who + query["none"]`}, n{Status: "message", Severity: formatters.Info, Subject: "7cron"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := customService(t, test.fields...).Format(customPayload(customBody))
			if f.Fallback || f.Failed != nil || f.Formatter != formatters.Custom {
				t.Fatalf("formatter %s, error %v, failed %v", f.Formatter, f.Err, f.Failed)
			}
			test.want.Version = formatters.NotificationVersion
			if diff := cmp.Diff(test.want, f.Notification, cmp.Comparer(time.Time.Equal)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCustomFallback lets one field fail after the other: the generic formatter tells it,
// and all else stays.
func TestCustomFallback(t *testing.T) {
	t.Parallel()
	const body = `{"title":"Backup","text":"tape full","status":"failed","url":"https://a.example.org","image":"https://a.example.org/a.png",
		"host":"nas-1","tape":"LTO-7","event":"done","timestamp":"2026-11-22T09:40:00Z"}`
	whole := []string{
		"event", `"e"`, "status", `"s"`, "severity", "success", "loud", "true", "subject", `"sub"`, "url", `"https://b.example.org"`, "summary", `"sum"`,
		"facts.Host", `"h"`, "items", `["i"]`, "details", `"d"`, "image", `"https://b.example.org/b.png"`, "labels.l", `"v"`,
		"incident.key", `"k"`, "incident.state", `"open"`, "time", `"2026-11-22T01:00:00Z"`,
	}
	good := customService(t, whole...).Format(customPayload(body)).Notification
	generic, _ := formatters.Lookup("generic")
	plain := generic.Format(customPayload(body)).Notification
	for i := 0; i < len(whole); i += 2 {
		name := whole[i]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fields := append([]string(nil), whole...)
			fields[i+1] = "payload.none.deeper"
			f := customService(t, fields...).Format(customPayload(body))
			if f.Fallback || len(f.Failed) != 1 || f.Failed[0].Field != name {
				t.Fatalf("failed: %v, fallback %v", f.Failed, f.Err)
			}
			if got, want := f.Failed[0].Error(), name+": 1:14: cannot take deeper of what is missing"; got != want {
				t.Errorf("error %q, want %q", got, want)
			}
			want := good
			switch name {
			case "event":
				want.Event = plain.Event
			case "status":
				want.Status = plain.Status
			case "severity":
				want.Severity = plain.Severity
				want.Items = []formatters.Item{{Text: "i", Severity: plain.Severity}}
			case "loud":
				want.Loud = plain.Loud
			case "subject":
				want.Subject = plain.Subject
			case "url":
				want.URL = plain.URL
			case "summary":
				want.Summary = plain.Summary
			case "facts.Host":
				want.Facts = plain.Facts
			case "items":
				want.Items = plain.Items
			case "details":
				want.Details, want.HTML = plain.Details, plain.HTML
			case "image":
				want.Image = plain.Image
			case "labels.l":
				want.Labels = nil
			case "incident.key":
				want.Incident = formatters.Incident{}
			case "incident.state": // as the severity says
				want.Incident.State = formatters.Resolved
			case "time":
				want.Time = plain.Time
			}
			if diff := cmp.Diff(want, f.Notification, cmp.Comparer(time.Time.Equal)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCustomFailures holds what is no error of an expression and yet no value for a field.
func TestCustomFailures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ field, source, want string }{
		{"severity", "payload.n", "severity: is no severity, but a number"},
		{"severity", "payload.host", `severity: unknown severity "nas-1"`},
		{"severity", "payload.deep", "severity: is no severity, but a map"},
		{"severity", "1 + 6", "severity: is no severity, but a number"},
		{"loud", "payload.host", "loud: is neither true nor false, but text"},
		{"items", "payload.host", "items: is no list, but text"},
		{"items", `[{subject: "a", severity: "purple"}]`, `items: an item unknown severity "purple"`},
		{"items", `[{subject: "a", since: "soon"}]`, "items: an item has a since that is no time"},
		{"incident.state", "payload.list", "incident.state: is no state, but a list"},
		{"incident.state", "payload.host", `incident.state: unknown state "nas-1"`},
		{"time", "payload.host", "time: is no time"},
		{"subject", "payload.list + payload.n", "subject: 1:14: invalid operation: []interface {} + float64"},
		{"subject", "payload.host ? 1 : 2", "subject: 1:20: a condition is text, neither true nor false"},
		{"details", "1..200000", "details: 1:2: memory budget exceeded"},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			f := customService(t, test.field, test.source, "summary", `"here"`).Format(customPayload(customBody))
			if f.Fallback || len(f.Failed) != 1 || !strings.HasPrefix(f.Failed[0].Error(), strings.TrimSuffix(test.want, "…")) {
				t.Errorf("failed: %v (%v), want %s", f.Failed, f.Err, test.want)
			}
			if !strings.HasPrefix(f.Notification.Summary, "here") && !strings.HasSuffix(f.Notification.Summary, "here") {
				t.Errorf("summary %q", f.Notification.Summary)
			}
		})
	}
	t.Run("ItemIsToldAllTheSame", func(t *testing.T) {
		t.Parallel()
		f := customService(t, "items", `[{subject: "a", severity: "purple"}, {subject: "b"}]`).Format(customPayload(customBody))
		if len(f.Notification.Items) != 2 || len(f.Failed) != 1 {
			t.Errorf("items %+v, failed %v", f.Notification.Items, f.Failed)
		}
	})
}

// TestCustomSaysNothing leaves webhooks that a format was not made for to the generic
// formatter.
func TestCustomSaysNothing(t *testing.T) {
	t.Parallel()
	s := customService(t, "status", `payload.ok ? "backed up" : "backup failed"`, "subject", "payload.host", "summary", `"to " + payload.target`,
		"facts.Size", "bytes(payload.size)", "severity", "payload.ok ? success : error", "incident.key", "payload.host")
	generic, _ := formatters.Lookup("generic")
	for _, body := range []string{`{"title":"Something","message":"else"}`, "something else", "", "[]", "{", `{"ok":"yes"}`} {
		f := s.Format(customPayload(body))
		if !f.Fallback || f.Failed != nil || f.Formatter != "generic" {
			t.Errorf("%q: told by %s, failed %v", body, f.Formatter, f.Failed)
		}
		if diff := cmp.Diff(generic.Format(customPayload(body)).Notification, f.Notification); diff != "" {
			t.Errorf("%q (-generic +got):\n%s", body, diff)
		}
	}
}

// TestCustomStatusAlone has the rest told by the generic formatter.
func TestCustomStatusAlone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, subject, body, want string }{
		{"OK", "get(payload, \"none\")", "disk full", "backup disk full"},
		{"OKFieldFails", "payload.host", "disk full", "backup disk full"},
		{"OKDocument", "payload.none", `{"title":"nas-1","message":"disk full"}`, "backup nas-1: disk full"},
		{"OKEmpty", "payload.none", "{}", "backup"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := customService(t, "status", `"backup"`, "subject", test.subject).Format(customPayload(test.body))
			if got := f.Notification.Title(); f.Fallback || got != test.want {
				t.Errorf("the card is %q, want %q (fallback: %v)", got, test.want, f.Err)
			}
		})
	}
}

func TestCompileCustom(t *testing.T) {
	t.Parallel()
	const names = "use payload, headers, query, time, a severity such as warning, or a function; " + `text stands in quotes of its own, as in '"backed up"'`
	for _, test := range []struct{ field, source, want string }{
		{"status", "Backup", "status: 1:1: unknown name Backup: " + names},
		{"status", "backup failed", `status: 1:8: unexpected token Identifier("failed"): text stands in quotes`},
		{"summary", "payload.a +\n  paylod.b", "summary: 2:3: unknown name paylod: " + names},
		{"facts.Size", "byte(payload.size)", "facts.Size: 1:1: unknown name byte: " + names},
		{"facts.Size", "bytes()", "facts.Size: 1:1: not enough arguments to call bytes: docs/services/custom.md says what each function takes"},
		{"facts.Size", "bytes(1, 2)", "facts.Size: 1:1: too many arguments to call bytes"},
		{"facts.Size", `{value: 1, link: "x"}`, "facts.Size: 1:12: unknown key link: use one of value, url, code, time"},
		{"subject", `truncate("x", "y")`, "subject: 1:15: cannot use string as argument (type int) to call truncate"},
		{"subject", "now()", "subject: 1:1: unknown name now: use time, when the webhook was received"},
		{"subject", "$env.payload", "subject: 1:1: unknown name $env: use its names directly"},
		{"subject", "severity", "subject: 1:1: unknown name severity"},
		{"subject", "1 +", "subject: 1:3: ends too early"},
		{"subject", "", "subject: 1:1: ends too early"},
		{"subject", "1 + true", "subject: 1:3: invalid operation: + (mismatched types int and bool)"},
		{"subject", "headers", `subject: 1:1: headers without a name: name the one that is meant, as in headers["name"]: no other is kept`},
		{"subject", "query[payload.x]", "subject: 1:1: query without a name"},
		{"subject", `"a" + headers.Authorization`, "subject: 1:15: the header Authorization holds a password"},
		{"loud", `"yes"`, "loud: 1:1: is neither true nor false, but string: compare it with something"},
		{"severity", "payload.ok == true", "severity: 1:1: is no severity, but bool: choose one, as in payload.ok ? success : error"},
		{"items", "payload.host + \"x\"", "items: 1:1: is no list, but string"},
		{"items", "map(payload.list, {subject: .name})", `items: 1:27: unexpected token Operator(":"): a map within map() stands in two pairs of braces`},
		{"items", "map(filter(payload.list, .ok), {{titel: .name}})", "items: 1:34: unknown key titel: use one of key, status, subject, text, url, severity, since"},
		{"items", "payload.ok ? [] : [{nam: 1}]", "items: 1:21: unknown key nam"},
		{"incident.state", "payload.ok == true", "incident.state: 1:1: is no state, but bool"},
		{"incident.stat", `"open"`, "incident.stat: unknown field"},
		{"colour", `"red"`, "colour: unknown field"},
		{"facts", `"x"`, "facts: unknown field"},
		{"facts.", `"x"`, "facts.: unknown field"},
		{"subject", strings.Repeat("(", 20_000), "subject: 1:1: is longer than 16384 bytes"},
		{"subject", strings.Repeat("(", 16_000), "subject: 1:"},
	} {
		t.Run(fmt.Sprintf("%s/%.30s", test.field, test.source), func(t *testing.T) {
			t.Parallel()
			_, err := formatters.CompileCustom("x", nil, []formatters.CustomField{{Name: "event", Source: `"e"`}, {Name: test.field, Source: test.source}})
			var wrong formatters.FieldErrors
			if !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Field != test.field {
				t.Fatalf("error %v", err)
			}
			if got := err.Error(); !strings.HasPrefix(got, test.want) || strings.Contains(got, "\n") {
				t.Errorf("error %q\nwant  %q", got, test.want)
			}
		})
	}
	t.Run("ErrAllAtOnce", func(t *testing.T) {
		t.Parallel()
		_, err := formatters.CompileCustom("x", nil, []formatters.CustomField{{Name: "event", Source: "a"}, {Name: "status", Source: "b"}})
		var wrong formatters.FieldErrors
		if !errors.As(err, &wrong) || len(wrong) != 2 {
			t.Errorf("error %v, want two", err)
		}
	})
	t.Run("OKReadsOnlyWhatItNames", func(t *testing.T) {
		t.Parallel()
		s := customService(t, "status", `headers["x-event"] + get(headers, "x-other") + query.a`, "subject", `"x-third" in headers ? 1 : 2`)
		got := s.PayloadOf("POST", map[string][]string{"X-Event": {"a"}, "X-Other": {"b"}, "X-Third": {"c"}, "X-Fourth": {"d"}},
			map[string][]string{"a": {"e"}, "b": {"f"}}, nil, goldenTime)
		if len(got.Header) != 3 || len(got.Query) != 1 {
			t.Errorf("it keeps %v and %v", got.Header, got.Query)
		}
		if n := s.Format(got).Notification; n.Status != "abe" || n.Subject != "1" {
			t.Errorf("status %q, subject %q", n.Status, n.Subject)
		}
	})
}
