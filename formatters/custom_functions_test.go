package formatters_test

import (
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// TestCustomFunctions holds what each function makes of what senders write, as a fact's
// value; "" where there is none. The webhook is received at 11:00 in the configured zone.
func TestCustomFunctions(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"bytes(0)": "0 B", "bytes(1023)": "1023 B", "bytes(1536)": "1.5 KiB", "bytes(payload.size)": "12.1 GiB", "bytes(-1536)": "-1.5 KiB",
		`bytes("1536")`: "1.5 KiB", `bytes("13 GB")`: "13 GB", "bytes(payload.none)": "", `bytes("")`: "", "bytes(1e300)": "1e+300 B", "bytes(-1e18)": "-888.2 PiB",
		"bytes(0.0/0)": "", "bytes(1.0/0)": "", `bytes("NaN")`: "NaN", "bytes(true)": "true", "bytes(payload.list)": "a, 1, b",

		"duration(0)": "0 s", "duration(45)": "45 s", "duration(3900)": "1 h 5 min", "duration(-90)": "-1 min", "duration(payload.half)": "500 ms",
		"duration(0.0001)": "0 s", "duration(-0.0001)": "0 s", "duration(0.9999)": "1 s", "duration(1e10)": "115741 d", "duration(1e300)": "1e+300 s",
		`duration("65m")`: "1 h 5 min", `duration("90")`: "1 min", `duration("half an hour")`: "half an hour", "duration(payload.none)": "", "duration(0.0/0)": "",
		"duration(time - time)": "0 s", `"took " + duration(payload.n)`: "took 5 s",

		"ago(payload.at)": "20 min ago", `ago("2026-11-22T10:00:00.4Z")`: "now", `ago("2026-11-25T14:00:00Z")`: "in 3 d 4 h", "ago(payload.none)": "",
		`ago("yesterday")`: "yesterday", "ago(0)": "", `ago("0001-01-01T00:00:00Z")`: "", "ago(time)": "now", "ago(5)": "5", "ago(-5)": "-5",
		"ago(1795341600)": "now", "ago(1795341600000)": "now", `ago("1795341000")`: "10 min ago", "ago(1795341600000000)": "now", "ago(1795341600000000000)": "now",
		"ago(1e300)": "1e+300", "ago(0.0/0)": "", `ago("2026-11-22")`: "11 h ago", `ago("1700-01-01T00:00:00Z")`: "106751 d 23 h ago",

		"date(payload.at)": "22 Nov 10:40", `date("2025-11-22T09:40:00Z")`: "22 Nov 2025 10:40", `date("2026-11-22")`: "22 Nov", `date("2025-11-22")`: "22 Nov 2025",
		`date("2026-11-22 09:40:00")`: "22 Nov 09:40", `date("2026-11-22T09:40:00.123+0000")`: "22 Nov 10:40", `date("Sun, 22 Nov 2026 09:40:00 GMT")`: "22 Nov 10:40",
		`date(payload.at, "2006-01-02 15:04")`: "2026-11-22 10:40", "date(payload.none)": "", `date("soon")`: "soon", "date(0)": "", "date(2026)": "2026",
		`date("9999-12-31T23:59:59Z")`: "9999-12-31T23:59:59Z", "date(time)": "22 Nov 11:00", `date(payload.at, "")`: "", "date(payload.deep)": `{"a":1,"b":[{"c":"<d>"}]}`,

		"truncate(payload.host, 3)": "na…", "truncate(payload.host, 5)": "nas-1", "truncate(payload.host, payload.n)": "nas-1", "truncate(payload.host, 0)": "",
		"truncate(payload.host, -1)": "", `truncate("日本語の文", 3)`: "日本…", `truncate("a b c", 3)`: "a…", "truncate(payload.none, 3)": "", "truncate(payload.big, 4)": "123…",
		"truncate(payload.host, payload.none)": "", "truncate(payload.host, payload.big)": "nas-1",

		`default(payload.host, "?")`: "nas-1", `default(payload.none, "?")`: "?", `default(payload.blank, "?")`: "?", `default(payload.empty, "?")`: "?",
		`default(payload.ok, "?")`: "false", `default(0, "?")`: "0", `default("", payload.none)`: "",

		`get(payload, "host")`: "nas-1", `get(payload, "deep.b.0.c")`: "<d>", `get(payload, "deep", "b", 0, "c")`: "<d>", `get(payload, "disks.-1.name")`: "sdb",
		`get(payload, "disks", -1, "name")`: "sdb", `get(payload, "disks.5.name")`: "", `get(payload, "host.x.y")`: "", `get(payload, "none")`: "", `get(nil, "a")`: "",
		`get(payload, "disks.x")`: "", `get(payload, "disks", 0.5)`: "", `get(payload, nil)`: "", `get({"a.b": 1}, "a.b")`: "1", `get(payload.list, -9)`: "", "get(payload.n, 0)": "",
		`get(groupBy(payload.disks, .state), "ok", 0, "name")`: "sda",

		"lines(payload.text)": "one, two", "lines(payload.text)[0]": "one", "get(lines(payload.none), 0)": "", "len(lines(payload.none))": "0",
		"lines(payload.list, payload.host)": "a, 1, b, nas-1", `join(lines("a\n\n  b \n"), "|")`: "a|  b", `len(lines())`: "0",

		`escape("<a href=\"x\">&")`: "&lt;a href=&#34;x&#34;&gt;&amp;", "escape(payload.none)": "", `markdown("**a**")`: "<p><strong>a</strong></p>",
		"string(payload.size)": "13000000000", "string(payload.none)": "", `payload.none + "x"`: "", `payload.none + "x" + payload.n`: "x5", `"to " + payload.none`: "", `"a" + "b"`: "ab",
		`"to " + payload.host + " in " + payload.none`: "to nas-1 in", `"a" + ("b" + payload.none)`: "", `1 + 2 + "x"`: "3x", `let s = payload.host; s + " " + s`: "nas-1 nas-1",
		`payload.text + string(payload.none)`: "one\r\n\ntwo", `payload.n + "x" + payload.half`: "5x0.5", `"" + 1.0/3`: "0.3333333333333333",
		`payload.host + payload.host`: "nas-1nas-1", "payload.n + payload.half": "5.5", `"a" + payload.ok`: "afalse",
		"payload.size | bytes()": "12.1 GiB", "1e21": "1e+21", "0.0000001": "1e-07", "-0.0": "0",
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			f := customService(t, "subject", `"x"`, "facts.F", source).Format(customPayload(customBody))
			if f.Failed != nil || f.Fallback {
				t.Fatalf("failed: %v, %v", f.Failed, f.Err)
			}
			got := ""
			if len(f.Notification.Facts) > 0 {
				got = f.Notification.Facts[0].Value
			}
			if got != want {
				t.Errorf("is %q, want %q", got, want)
			}
		})
	}
}

// BenchmarkCustom compares a format of ours with the generic formatter.
func BenchmarkCustom(b *testing.B) {
	custom := customService(b, "status", `payload.ok ? "backed up" : "backup failed"`, "subject", "payload.host", "severity", "payload.ok ? success : error",
		"facts.Size", "bytes(payload.size)", "facts.Took", "duration(payload.seconds)", "incident.key", "payload.host")
	generic, _ := formatters.Lookup("generic")
	for _, s := range []formatters.Service{custom, generic} {
		b.Run(s.Name, func(b *testing.B) {
			p := customPayload(`{"host": "nas-1", "ok": true, "size": 13000000000, "seconds": 3900}`)
			for b.Loop() {
				s.Format(p)
			}
		})
	}
}
