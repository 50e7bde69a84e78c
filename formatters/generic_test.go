package formatters_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

func generic(t testing.TB, p formatters.Payload) formatters.Notification {
	t.Helper()
	service, ok := formatters.Lookup("generic")
	if !ok {
		t.Fatal("there is no generic formatter")
	}
	n, err := service.Formatter.Format(p)
	if err != nil {
		t.Fatalf("the generic formatter refused: %v", err)
	}
	return n
}

// line is the first line of a card: "status | subject | summary", severity.
type line struct {
	Text     string
	Severity formatters.Severity
}

func firstLine(n formatters.Notification) line {
	return line{n.Status + " | " + n.Subject + " | " + strings.TrimPrefix(n.Summary, ": "), n.Severity}
}

func TestGenericFirstLine(t *testing.T) {
	t.Parallel()
	const (
		info = formatters.Info
		ok   = formatters.Success
		warn = formatters.Warning
		bad  = formatters.Error
		crit = formatters.Critical
	)
	for _, tt := range []struct {
		name, contentType, body string
		want                    line
	}{
		{"Empty", "application/json", "", line{"received |  | an empty webhook", info}},
		{"Null", "application/json", "null", line{"received |  | an empty webhook", info}},
		{"EmptyObject", "application/json", "{}", line{"received |  | an empty webhook", info}},
		{"EmptyString", "application/json", `""`, line{"received |  | an empty webhook", info}},
		{"EmptyArray", "application/json", "[]", line{"received |  | an empty webhook", info}},
		{"Blank", "text/plain", " \r\n", line{"received |  | an empty webhook", info}},
		{"Number", "application/json", "42", line{"message |  | 42", info}},
		{"Date", "text/plain", "2026-11-22", line{"message |  | 2026-11-22", info}},
		{"String", "application/json", `"done"`, line{"message |  | done", info}},
		{"OneElement", "application/json", `[{"title":"a"}]`, line{"message | a | ", info}},
		{"Lines", "application/x-ndjson", "{\"title\":\"a\"}\n{\"title\":\"b\"}\n", line{"received |  | 2 entries", info}},
		{"Text", "text/plain", "done <b>", line{"message |  | done <b>", info}},
		{"TextOverFirstLine", "text/plain", "\n\n one\ntwo", line{"message |  | one", info}},
		{"TextInMarkdown", "text/plain", "**one** and `two`", line{"message |  | one and two", info}},
		{"CurlProse", "application/x-www-form-urlencoded", "Backup of a=b done", line{"message |  | Backup of a=b done", info}},
		{"CurlForm", "application/x-www-form-urlencoded", "title=Disk full&message=100% of /", line{"message | Disk full | 100% of /", info}},
		{"FormHalfEncoded", "application/x-www-form-urlencoded", "title=100%25+of+%zz&message=1+1 is 2%21", line{"message | 100% of %zz | 1+1 is 2!", info}},
		{"TextWithNUL", "text/plain", "backup failed\x00", line{"message |  | backup failed", info}},
		{"FormCalledJSON", "application/json", "title=a&text=b", line{"message | a | b", info}},
		{"FormOfGroups", "application/x-www-form-urlencoded", "issue[title]=Leak&issue[state]=open", line{"message | Leak | ", info}},
		{"HTML", "text/html", "<html><head><title>no</title></head><body><h1>One &amp; two</h1><p>three</p></body></html>", line{"message |  | One & two", info}},
		{"XML", "text/xml", "<?xml version='1.0'?><alert level='error'><title>Disk</title><message>full</message></alert>", line{"error | Disk | full", bad}},
		{"XMLBroken", "text/xml", "<alert><title>Disk", line{"message |  | <alert><title>Disk", info}},
		{"Image", "image/png", "\x89PNG\r\n\x1a\n", line{"received |  | 8 bytes of image/png", info}},
		{"Garbage", "application/octet-stream", "\x00\x01\x02\x03\xff\xfe\x00", line{"received |  | 7 bytes of application/octet-stream", info}},
		{"GarbageUndeclared", "", "\x00\x01\x02\x03\xff\xfe\x00", line{"received |  | 7 bytes of binary data", info}},

		{"BrokenByQuote", "application/json", `{"title":"got "500"","severity":"error","n":1}`, line{`error | got "500" | `, bad}},
		{"BrokenByJSON", "application/json", `{"title":"got {"a":"b","c":1}","severity":"error"}`, line{`error | got {"a":"b","c":1} | `, bad}},
		{"BrokenByQuoteInBrackets", "application/json", `{"title":"[the "nas"] is gone","severity":"error"}`, line{`error | [the "nas"] is gone | `, bad}},
		{"BrokenWithLoneBracket", "application/json", `{"title":"oh "no" :(","text":"a","severity":"error"}`, line{`error | oh "no" :( | a`, bad}},
		{"BrokenByNewline", "application/json", "{\"title\":\"a\",\"message\":\"b\nc\"}", line{"message | a | b", info}},
		{"BrokenByEnd", "application/json", `{"title":"a","message":"b`, line{"message | a | b", info}},
		{"BrokenInString", "application/json", `"{\"title\":\"a \"quoted\" b\"}"`, line{`message | a "quoted" b | `, info}},
		{"BrokenBeyondHope", "application/json", `{title: a}`, line{"message |  | {title: a}", info}},

		{"CaseOfNames", "", `{"TITLE":"a","Message":"b","SEVERITY":"WARNING"}`, line{"warning | a | b", warn}},
		{"BodyBeforeDescription", "", `{"description":"c","message":"b"}`, line{"message |  | b", info}},
		{"HostForTitle", "", `{"host":"nas1","msg":"slot 3","level":"fatal"}`, line{"fatal | nas1 | slot 3", crit}},
		{"StateOverSeverity", "", `{"title":"a","status":"firing","severity":"warning"}`, line{"firing | a | ", warn}},
		{"ResolvedIsOver", "", `{"title":"a","status":"resolved","severity":"critical"}`, line{"resolved | a | ", ok}},
		{"StateAlone", "", `{"title":"a","state":"down"}`, line{"down | a | ", bad}},
		{"StateIsNumber", "", `{"title":"a","status":200}`, line{"message | a | ", info}},
		{"EventForStatus", "", `{"event":"disk.replaced","name":"nas1"}`, line{"disk replaced | nas1 | ", info}},
		{"EventAlone", "", `{"event":"started"}`, line{"started |  | a webhook", info}},
		{"EventOfCapitals", "", `{"NotificationType":"ItemAdded","Name":"Pilot"}`, line{"item added | Pilot | ", info}},
		{"TypeIsSeverity", "", `{"title":"a","type":"error"}`, line{"error | a | ", bad}},
		{"UnknownSeverity", "", `{"title":"a","severity":"unknown"}`, line{"message | a | ", info}},
		{"Wrapped", "", `{"action":"opened","issue":{"title":"Leak","body":"in the cellar"}}`, line{"opened | Leak | in the cellar", info}},
		{"ConclusionBelow", "", `{"action":"completed","run":{"name":"CI","conclusion":"failure"}}`, line{"failure | CI | ", bad}},

		{"HookshotText", "application/json", `{"text":"**hi** _there_ ` + "`x`" + ` [y](https://y.example)"}`, line{"message |  | hi there x y", info}},
		{"HookshotHTML", "application/json", `{"text":"x","html":"<b>hi</b> &amp; bye","username":"cron"}`, line{"message | cron | hi & bye", info}},
		{"HookshotHTMLOfAPicture", "application/json", `{"text":"Motion at the door","html":"<img src=\"mxc://example.org/abc\" alt=\"door\">"}`, line{"message |  | Motion at the door", info}},
		{"HookshotHTMLOfNothing", "application/json", `{"message":"Motion at the door","html":"<p></p>"}`, line{"message |  | Motion at the door", info}},
		{"HookshotTagsInText", "application/json", `{"text":"a <b> & <ok>"}`, line{"message |  | a <b> & <ok>", info}},
		{"HookshotTitle", "application/json", `{"text":"x","title":"t","username":"cron"}`, line{"message | t | x", info}},
		{"SlackLinkInText", "application/json", `{"text":"see <https://x.example|the log>"}`, line{"message |  | see the log", info}},

		{"SlackText", "", `{"channel":"#a","username":"u","text":"*b* &lt;x&gt; <!here> <@U1|jo>"}`, line{"message | u | b <x> @here @jo", info}},
		{"SlackIDs", "", `{"text":"<@U024BE7LH> see <#C024BE7LR>"}`, line{"message |  | @someone see #channel", info}},
		{"SlackAttachment", "", `{"attachments":[{"fallback":"f","color":"danger","title":"Disk","text":"*full*"}]}`, line{"error | Disk | full", bad}},
		{"SlackFallback", "", `{"attachments":[{"fallback":"f","color":"#2eb886"}]}`, line{"success |  | f", ok}},
		{"SlackForm", "application/x-www-form-urlencoded", `payload=%7B%22text%22%3A%22a+%26amp%3B+b%22%2C%22channel%22%3A%22c%22%7D`, line{"message |  | a & b", info}},
		{"SlackRichText", "", `{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a*b "},{"type":"link","url":"https://x.example","text":"c"}]}]}]}`, line{"message |  | a*b c", info}},

		{"Discord", "", `{"content":"**hi** <:ok:123> <t:1795330800:R> ||x||","username":"bot"}`, line{"message | bot | hi :ok: 22 Nov 2026 07:00 UTC x", info}},
		{"DiscordEmbed", "", `{"content":null,"embeds":[{"title":"Down","description":"a","color":15158332}]}`, line{"error | Down | a", bad}},
		{"DiscordPayloadJSON", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"content\":\"hi\"}\r\n--b--\r\n", line{"message |  | hi", info}},

		{"Ntfy", "", `{"topic":"t","message":"m","priority":5}`, line{"error | t | m", bad}},
		{"NtfyTagBeatsPriority", "", `{"topic":"t","message":"m","priority":4,"tags":["white_check_mark"]}`, line{"success | t | m", ok}},
		{"NtfyTagsOnly", "", `{"topic":"t","message":"m","tags":["warning","skull"]}`, line{"error | t | m", bad}},
		{"Gotify", "", `{"title":"t","message":"m","priority":8}`, line{"error | t | m", bad}},
		{"GotifyForm", "application/x-www-form-urlencoded", `title=t&message=m&priority=8`, line{"error | t | m", bad}},
		{"GotifyUsual", "", `{"title":"t","message":"m","priority":5}`, line{"message | t | m", info}},
		{"GotifyMarkdown", "", `{"title":"t","message":"_m_","extras":{"client::display":{"contentType":"text/markdown"}}}`, line{"message | t | m", info}},
		{"Apprise", "", `{"version":"1.0","title":"","message":"m","attachments":[],"type":"failure"}`, line{"failure |  | m", bad}},
		{"TeamsAdaptive", "", `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard","body":[{"type":"TextBlock","size":"Large","text":"Disk","color":"Attention"},{"type":"TextBlock","text":"is **full**"}]}}]}`, line{"error | Disk | is full", bad}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := generic(t, formatters.Payload{ContentType: tt.contentType, Body: []byte(tt.body)})
			if diff := cmp.Diff(tt.want, firstLine(n)); diff != "" {
				t.Errorf("-want +got:\n%s\n%+v", diff, n)
			}
		})
	}
}

func TestGenericPush(t *testing.T) {
	t.Parallel()
	text := func(header, query map[string][]string) formatters.Notification {
		return generic(t, formatters.Payload{ContentType: "text/plain", Header: header, Query: query, Body: []byte("_m_")})
	}
	t.Run("Headers", func(t *testing.T) {
		t.Parallel()
		n := text(map[string][]string{
			"X-Title": {"=?UTF-8?B?w7Y=?="}, "Priority": {"urgent"}, "Ta": {"backup"}, "Click": {"https://x.example"}, "Md": {"yes"},
		}, nil)
		want := formatters.Notification{
			Severity: formatters.Error, Loud: true, Status: "error", Subject: "ö", URL: "https://x.example", Summary: ": m",
			Facts: []formatters.Fact{{Name: "Tags", Value: "backup"}},
		}
		if diff := cmp.Diff(want, n); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("Query", func(t *testing.T) {
		t.Parallel()
		n := text(nil, map[string][]string{"title": {"t"}, "priority": {"4"}, "click": {"javascript:alert(1)"}})
		want := formatters.Notification{Severity: formatters.Warning, Loud: true, Status: "warning", Subject: "t", Summary: ": _m_"}
		if diff := cmp.Diff(want, n); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("PriorityOfHTTP", func(t *testing.T) { // RFC 9218 has a header of that name
		t.Parallel()
		if n := text(map[string][]string{"Priority": {"u=1, i"}}, nil); n.Loud || n.Severity != formatters.Info {
			t.Errorf("loud %t, severity %s", n.Loud, n.Severity)
		}
	})
}

func TestGenericGet(t *testing.T) {
	t.Parallel()
	n := generic(t, formatters.Payload{Query: map[string][]string{"title": {"t"}, "a[b]": {"1"}, "l": {"1", "2"}}})
	if diff := cmp.Diff(line{"message | t | ", formatters.Info}, firstLine(n)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if want := "a:\n  b: 1\nl:\n  - 1\n  - 2"; n.Details != want {
		t.Errorf("details %q, want %q", n.Details, want)
	}
}

func TestGenericRest(t *testing.T) {
	t.Parallel()
	t.Run("FactsInOrder", func(t *testing.T) {
		t.Parallel()
		n := generic(t, formatters.Payload{Body: []byte(`{"z_a":1000000,"b":1e21,"A":12345678901234567890,"n":null,"s":"","t":true}`)})
		want := []formatters.Fact{{Name: "Z a", Value: "1000000"}, {Name: "B", Value: "1e21"}, {Name: "A", Value: "12345678901234567890"}, {Name: "T", Value: "true"}}
		if diff := cmp.Diff(want, n.Facts); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("MoreThanSix", func(t *testing.T) {
		t.Parallel()
		n := generic(t, formatters.Payload{Body: []byte(`{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":{"i":8}}`)})
		if want := "g: 7\nh:\n  i: 8"; len(n.Facts) != 6 || n.Details != want {
			t.Errorf("%d facts, details %q", len(n.Facts), n.Details)
		}
	})
	t.Run("DeepStaysWhole", func(t *testing.T) {
		t.Parallel()
		n := generic(t, formatters.Payload{Body: []byte(strings.Repeat(`{"a":`, 40) + `"x"` + strings.Repeat("}", 40))})
		if !strings.Contains(n.Details, `{"a":{"a":`) || !strings.Contains(n.Details, `"x"`) {
			t.Errorf("details %q", n.Details)
		}
	})
	t.Run("ShortRestIsSeen", func(t *testing.T) {
		t.Parallel()
		n := generic(t, formatters.Payload{ContentType: "text/plain", Body: []byte("one\ntwo <b>\nthree")})
		if n.HTML != "<p>two &lt;b&gt;<br>three</p>" || n.Details != "" {
			t.Errorf("html %q, details %q", n.HTML, n.Details)
		}
	})
	t.Run("TableIsFolded", func(t *testing.T) {
		t.Parallel()
		n := generic(t, formatters.Payload{Body: []byte(`{"title":"t","message":"Details\n=======\nVMID    Name"}`)})
		if n.Summary != "" || n.HTML != "" || n.Details != "Details\n=======\nVMID    Name" {
			t.Errorf("%+v", n)
		}
	})
	t.Run("LongLineIsWhole", func(t *testing.T) {
		t.Parallel()
		long := strings.Repeat("word ", 400)
		if n := generic(t, formatters.Payload{Body: []byte(long)}); n.Details != strings.TrimSpace(long) {
			t.Errorf("details of %d bytes", len(n.Details))
		}
	})
	t.Run("LinksOfTheLine", func(t *testing.T) {
		t.Parallel()
		n := generic(t, formatters.Payload{Body: []byte(`{"text":"see [log](https://x.example/l) or [bad](javascript:x)\nmore"}`)})
		if diff := cmp.Diff([]formatters.Link{{Text: "log", URL: "https://x.example/l"}}, n.Links); diff != "" || n.HTML != "<p>\nmore</p>\n" {
			t.Errorf("html %q, links -want +got:\n%s", n.HTML, diff)
		}
	})
	t.Run("FilesAreNamed", func(t *testing.T) {
		t.Parallel()
		body := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.png\"\r\n\r\nSECRET\r\n--b--\r\n"
		n := generic(t, formatters.Payload{ContentType: "multipart/form-data; boundary=b", Body: []byte(body)})
		if diff := cmp.Diff([]formatters.Fact{{Name: "File", Value: "x.png"}}, n.Facts); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("Items", func(t *testing.T) {
		t.Parallel()
		n := generic(t, formatters.Payload{Body: []byte(`[{"name":"a","status":"down","n":1},{"b":2},"c",null]`)})
		want := []formatters.Item{
			{Subject: "a", Text: "N 1", Status: "down", Severity: formatters.Error},
			{Text: "B 2", Severity: formatters.Info},
			{Text: "c"},
		}
		if diff := cmp.Diff(want, n.Items); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// FuzzGeneric holds what a webhook may never do, whatever it is: be refused, be told by
// nothing, or break the message.
func FuzzGeneric(f *testing.F) {
	for _, s := range payloads.Of("") {
		f.Add(s.Header.Get("Content-Type"), s.Body)
	}
	f.Add("text/html", []byte("<a href='x'><p>a<pre>b\nc<ul><li>d"))
	f.Add("multipart/form-data", []byte("--b\nContent-Disposition: form-data; name=a\n\nb"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		n := generic(t, formatters.Payload{ContentType: contentType, Body: body})
		if n.Status == "" || n.Subject+n.Summary == "" {
			t.Fatalf("status %q, subject %q, summary %q", n.Status, n.Subject, n.Summary)
		}
		if len(n.Facts) > 8 {
			t.Errorf("%d facts", len(n.Facts))
		}
		m := formatters.Render(n, formatters.RenderOptions{Now: goldenTime})
		if m.Body == "" || !utf8.ValidString(m.Body) || !utf8.ValidString(m.FormattedBody) || strings.ContainsRune(m.Body, 0) {
			t.Errorf("body %q", m.Body)
		}
	})
}

func BenchmarkGeneric(b *testing.B) {
	for _, s := range payloads.Of("generic") {
		if !json.Valid(s.Body) {
			continue
		}
		b.Run(s.Name+"/Tell", func(b *testing.B) {
			p := formatters.Payload{ContentType: s.Header.Get("Content-Type"), Body: s.Body}
			for b.Loop() {
				formatters.Render(generic(b, p), formatters.RenderOptions{Now: goldenTime})
			}
		})
		b.Run(s.Name+"/DecodeAny", func(b *testing.B) {
			for b.Loop() {
				var v any
				if err := json.Unmarshal(s.Body, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
