package gateway_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func mustCompile(t testing.TB, source string) *gateway.Condition {
	t.Helper()
	c, err := gateway.Compile(source)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// speaking is a service that says the same of everything.
func speaking(n formatters.Notification) formatters.Service {
	return formatters.Service{Name: "backup-tool", Title: "Backup", Formatter: formatters.FormatterFunc(
		func(formatters.Payload) (formatters.Notification, error) { return n, nil })}
}

var aNotification = formatters.Notification{
	Event: "Done", Severity: formatters.Warning, Status: "backed up", Subject: "nas-1", Summary: "in 5 min",
	Facts: []formatters.Fact{
		{Name: "Size", Value: "4 GB"}, {Value: "no name"}, {Name: "Size", Value: "another"},
		{Name: "Ends", Time: time.Date(2026, 11, 22, 9, 40, 0, 0, time.UTC)},
	},
	Labels: map[string]string{"team": "storage"},
}

// kept says whether a filter keeps a webhook.
func kept(t *testing.T, source string, n formatters.Notification, body string) bool {
	t.Helper()
	h := newHouse(t, gateway.Hook{ID: anID, Name: "nightly", Service: speaking(n), Room: "ops", Filter: mustCompile(t, source)})
	h.serve(request("POST", "/"+anID+"?who=cron&who=x", body, "User-Agent", "curl/8", "X-Run", "7", "X-Run", "8"))
	kept := len(h.outbox.webhooks()[0].Rooms) > 0
	want := "nightly filtered"
	if kept {
		want = "nightly accepted"
	}
	if m := h.metrics.String(); m != want {
		t.Errorf("%s: metrics %q, want %q", source, m, want)
	}
	return kept
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`service == "backup-tool"`, `hook == "nightly"`, `event == "Done"`,
		`severity == warning`, `severity >= warning`, `warning <= severity`, `severity in [warning, error]`, `severity not in [muted, info]`,
		`muted < info && info < success && success < warning && warning < error && error < critical`,
		`status == "backed up"`, `subject startsWith "nas"`, `summary contains "5 min"`,
		`facts.Size == "4 GB"`, `facts["Size"] == "4 GB"`, `facts.None == ""`, `facts.Ends == "2026-11-22T04:40:00-05:00"`, `len(facts) == 2`,
		`labels.team == "storage"`, `labels.none == ""`, `"team" in labels`, `"none" not in labels`,
		`payload.host == "nas-1"`, `payload.n == 5`, `payload.n in [4, 5]`, `payload.list[1].ok`, `payload?.none?.deeper == nil`,
		`any(payload.list, .ok)`, `count(payload.list, .ok) == 1`, `len(filter(payload.list, {.severity == "critical"})) == 1`,
		`headers["User-Agent"] == "curl/8"`, `headers["user-agent"] == "curl/8"`, `headers["x-run"] == "7"`, `"x-run" in headers`, `headers.None == ""`,
		`query.who == "cron"`, `query.none == ""`,
		`time.Hour() == 5`, `time.Year() == 2026`, `time > date("2026-11-21")`, `let h = time.Hour(); h < 8`,
		`subject matches "^nas-[0-9]$"`, `lower(event) == "done"`, "// a comment\nevent == \"Done\"",
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			const body = `{"host":"nas-1","n":5,"list":[{"ok":false},{"ok":true,"severity":"critical"}]}`
			if !kept(t, source, aNotification, body) {
				t.Error("is false, want true")
			}
			if kept(t, "not ("+strings.ReplaceAll(source, "// a comment", "")+")", aNotification, body) {
				t.Error("its opposite is true, too")
			}
		})
	}
	t.Run("TimeOfNotification", func(t *testing.T) {
		t.Parallel()
		n := aNotification
		n.Time = aTime.Add(-2 * time.Hour)
		if !kept(t, "time.Hour() == 3", n, "") {
			t.Error("time is not the notification's")
		}
	})
	t.Run("PayloadAsText", func(t *testing.T) {
		t.Parallel()
		if !kept(t, `payload contains "full"`, aNotification, "disk full") {
			t.Error("a text is no text")
		}
	})
	t.Run("MissingIsFalse", func(t *testing.T) {
		t.Parallel()
		if kept(t, `payload.none`, aNotification, "{}") {
			t.Error("nil is true")
		}
	})
	t.Run("NothingKnown", func(t *testing.T) {
		t.Parallel()
		if !kept(t, `facts.a + labels.b + headers.c + event == ""`, formatters.Notification{}, "") {
			t.Error("what is not there is not empty")
		}
	})
}

func TestCompileErrors(t *testing.T) {
	t.Parallel()
	const compare = "severity is no text: compare severity with a constant: severity >= warning"
	for source, want := range map[string]string{
		`severty > info`:                        "1:1: unknown name severty: use one of critical, error, event, facts, ",
		`event == "x" && statuss == "y"`:        "1:17: unknown name statuss: use one of ",
		"event == \"x\" &&\n  statuss == \"y\"": "2:3: unknown name statuss: use one of ",
		`subject == "é" && x`:                   "1:19: unknown name x: use one of ",
		`severity == "critical"`:                "1:10: " + compare + "; that is critical without quotes",
		`"high" == severity`:                    "1:8: " + compare,
		`severity >= "warning"`:                 "1:10: " + compare + "; that is warning without quotes",
		`severity in ["error", "critical"]`:     "1:10: " + compare + "; that is error without quotes",
		`severity not in ["error"]`:             "1:14: " + compare + "; that is error without quotes",
		`severity matches "err"`:                "1:10: " + compare,
		`severity == status`:                    "1:10: invalid operation: == (mismatched types int and string): compare like with like: text stands in quotes, a list in brackets, and int(labels.n) makes a number of text",
		`len(5) == 1`:                           "1:1: invalid argument for len (type int): https://expr-lang.org says what each function takes",
		`subject`:                               "1:1: is neither true nor false, but string: compare it with something",
		`severity`:                              "1:1: is neither true nor false, but int: compare it with something",
		`event == `:                             "1:9: ends too early",
		``:                                      "1:1: ends too early",
		`nosuch(event)`:                         "1:1: unknown name nosuch: use one of ",
		`now() > time`:                          "1:1: unknown name now: use time, when it happened",
		`$env.event == ""`:                      "1:1: unknown name $env: use its names directly",
		`len(event, 1) > 0`:                     "1:1: ",
		`event.nosuch == 1`:                     "1:7: ",
		`subject matches "("`:                   "1:9: error parsing regexp: ",
		`event == 'x`:                           "1:12: literal not terminated",
		strings.Repeat("(", 20_000):             "1:1: is longer than 16384 bytes",
	} {
		t.Run(fmt.Sprintf("%.40s", source), func(t *testing.T) {
			t.Parallel()
			c, err := gateway.Compile(source)
			var located *gateway.CompileError
			if !errors.As(err, &located) || c != nil {
				t.Fatalf("compiled to %v with error %v", c, err)
			}
			if got := err.Error(); !strings.HasPrefix(got, want) || strings.Contains(got, "\n") {
				t.Errorf("error %q\nwant  %q", got, want)
			}
		})
	}
}

func TestRunTimeErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source, body, text string
	}{
		"Nil":       {`payload.a.b == 1`, `{}`, "1:11: cannot fetch b from <nil>"},
		"Text":      {`payload.a == 1`, `text`, "1:9: invalid operation: int"},
		"NoBool":    {`payload.a`, `{"a":"yes"}`, "1:1: invalid operation: bool"},
		"Number":    {`int(payload.a) > 1`, `{"a":"SECRET"}`, "1:1: invalid operation: int"},
		"Duration":  {`duration(payload.a) > duration("1s")`, `{"a":"SECRET"}`, "1:1: time: invalid duration"},
		"Memory":    {`len(1..payload.a) > 0`, `{"a":100000000}`, "memory budget exceeded"},
		"BadRegexp": {`subject matches payload.a`, `{"a":"SECRET("}`, "error parsing regexp: missing closing )"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken := mustCompile(t, c.source)
			h := newHouse(t, generic(t, func(h *gateway.Hook) {
				h.Filter = broken
				h.Routes = []gateway.Route{{When: broken, Room: "other"}}
			}))
			for range 3 {
				h.serve(request("POST", "/"+anID, c.body))
			}
			if rooms := h.outbox.webhooks()[0].Rooms; len(rooms) != 1 || rooms[0].Room != "ops" {
				t.Errorf("told in %v, want the hook's own room", rooms)
			}
			log := h.logs.String()
			if strings.Count(log, "filter failed") != 1 || strings.Count(log, "route failed") != 1 || !strings.Contains(log, c.text) || !strings.Contains(log, `err="routes[0].when: `) {
				t.Errorf("want filter and route logged once each with %q:\n%s", c.text, log)
			}
			if strings.Contains(log, "SECRET") {
				t.Errorf("the log holds what was sent:\n%s", log)
			}
			if m := h.metrics.String(); strings.Count(m, "expr backups") != 6 || strings.Count(m, "backups accepted") != 3 {
				t.Errorf("metrics %q", m)
			}
		})
	}
	t.Run("EachTextOnce", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Filter = mustCompile(t, `payload.a.b == 1`) }))
		for i := range 200 {
			h.serve(request("POST", "/"+anID, `{}`))
			h.serve(request("POST", "/"+anID, fmt.Sprintf(`{"a":%d}`, i)))
		}
		if n := strings.Count(h.logs.String(), "filter failed"); n != 2 {
			t.Errorf("logged %d times, want once for nil and once for a number", n)
		}
	})
	t.Run("TextsAreBounded", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Filter = mustCompile(t, `payload.a[payload.i] == 1`) }))
		for i := range 200 {
			h.serve(request("POST", "/"+anID, fmt.Sprintf(`{"a":[],"i":%d}`, i)))
		}
		if n := strings.Count(h.logs.String(), "\n"); n != 32 {
			t.Errorf("logged %d times, want 32", n)
		}
	})
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	route := func(when, room string, on bool, mentions ...string) gateway.Route {
		return gateway.Route{When: mustCompile(t, when), Room: room, Continue: on, Mentions: mentions}
	}
	to := func(room string, mentions ...string) gateway.Routed {
		return gateway.Routed{Room: room, Mentions: mentions}
	}
	for name, c := range map[string]struct {
		routes []gateway.Route
		want   []gateway.Routed
	}{
		"None":             {nil, []gateway.Routed{to("home")}},
		"NoMatch":          {[]gateway.Route{route("false", "a", false)}, []gateway.Routed{to("home")}},
		"First":            {[]gateway.Route{route("true", "a", false, "@room"), route("true", "b", false)}, []gateway.Routed{to("a", "@room")}},
		"Second":           {[]gateway.Route{route("false", "a", false), route("true", "b", false)}, []gateway.Routed{to("b")}},
		"Continue":         {[]gateway.Route{route("true", "a", true), route("true", "b", false), route("true", "c", false)}, []gateway.Routed{to("a"), to("b")}},
		"ContinueToNoMore": {[]gateway.Route{route("true", "a", true)}, []gateway.Routed{to("a")}},
		"OwnRoom":          {[]gateway.Route{route("true", "", false, "@kim:x")}, []gateway.Routed{to("home", "@kim:x")}},
		"MentionsMerged": {
			[]gateway.Route{route("true", "a", true, "@kim:x"), route("true", "b", true), route("true", "a", false, "@kim:x", "@sasha:x")},
			[]gateway.Routed{to("a", "@kim:x", "@sasha:x"), to("b")},
		},
		"ErrorPassedOver": {[]gateway.Route{route("payload.a.b", "a", false), route("true", "b", false)}, []gateway.Routed{to("b")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Room, h.Routes = "home", c.routes }))
			for range 2 { // the second sees what the first left behind
				h.serve(request("POST", "/"+anID, "{}"))
			}
			for _, w := range h.outbox.webhooks() {
				if diff := cmp.Diff(c.want, w.Rooms); diff != "" {
					t.Errorf("rooms (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		`severity > info`, `event in ["a"]`, `payload?.a[0].b ?? "x" matches "y"`, `let a = 1; a > 0`, `((((`, `"\u{1F600}"`,
		`any(payload.list, .ok)`, `1..1000000000`, `repeat("x", 1000000000) == ""`, `$env`, `headers["x"]`, "`raw`", `x ? y : z`, `reduce(1..9, #acc + #, 0) > 1`,
	} {
		f.Add(seed)
	}
	hook := generic(f)
	f.Fuzz(func(t *testing.T, source string) {
		c, err := gateway.Compile(source)
		var located *gateway.CompileError
		switch {
		case err == nil:
			hook.Filter = c
			g := gateway.New(gateway.Options{Enqueuer: &outbox{}, Log: discard()})
			g.SetHooks([]gateway.Hook{hook})
			(&house{Gateway: g}).serve(request("POST", "/"+anID, `{"a":[{"b":1}]}`))
		case !errors.As(err, &located) || located.Line < 1 || located.Column < 1 || located.Message == "":
			t.Errorf("error without a place: %#v", err)
		}
	})
}
