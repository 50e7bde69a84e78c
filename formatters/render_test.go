package formatters

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// noon is when the tests draw: a Sunday in November, in UTC.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// drawn stands for a badge in expected HTML, to keep it readable.
func drawn(colour, word string) string {
	return `<span data-mx-bg-color="` + colour + `" data-mx-color="#ffffff">` + "\u00a0<b>" + word + "</b>\u00a0</span>"
}

const (
	red   = "#c62828"
	amber = "#a65d00"
	green = "#2e7d32"
	blue  = "#1565c0"
	grey  = "#56575a"
)

type renderCase struct {
	name string
	n    Notification
	body string
	html string
}

func (c renderCase) run(t *testing.T) {
	t.Run(c.name, func(t *testing.T) {
		t.Parallel()
		m := Render(c.n, RenderOptions{Now: noon})
		if diff := cmp.Diff(c.body, m.Body); diff != "" {
			t.Errorf("body (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(c.html, m.FormattedBody); diff != "" {
			t.Errorf("formatted body (-want +got):\n%s", diff)
		}
		checkMessage(t, m, MaxBytes)
	})
}

func TestRenderFirstLine(t *testing.T) {
	t.Parallel()
	for _, c := range []renderCase{
		{
			name: "Linked",
			n:    Notification{Severity: Critical, Status: "firing", Subject: "HighCPU", URL: "https://g/a?b=1&c=2", Summary: "on host-1: CPU at 97 %", Links: []Link{{"Panel", "https://g/p"}}},
			body: "FIRING HighCPU on host-1: CPU at 97 %\nPanel: https://g/p",
			html: "<p>" + drawn(red, "FIRING") + ` <b><a href="https://g/a?b=1&amp;c=2">HighCPU</a></b> on host-1: CPU at 97 %<br><a href="https://g/p">Panel</a></p>`,
		}, {
			name: "PlainBodyNamesSubjectsAddressWithoutLinks",
			n:    Notification{Severity: Info, Status: "live", Subject: "Stream", URL: "https://live"},
			body: "LIVE Stream\nhttps://live",
			html: "<p>" + drawn(blue, "LIVE") + ` <b><a href="https://live">Stream</a></b></p>`,
		}, {
			name: "ColonAttached",
			n:    Notification{Severity: Error, Status: "down", Subject: "Synapse", Summary: ": connect ECONNREFUSED"},
			body: "DOWN Synapse: connect ECONNREFUSED",
			html: "<p>" + drawn(red, "DOWN") + " <b>Synapse</b>: connect ECONNREFUSED</p>",
		}, {
			name: "CommaAttached",
			n:    Notification{Severity: Warning, Status: "slow", Subject: "db", Summary: ", again"},
			body: "SLOW db, again",
			html: "<p>" + drawn(amber, "SLOW") + " <b>db</b>, again</p>",
		}, {
			name: "DotParted",
			n:    Notification{Severity: Success, Status: "imported", Subject: "Severance", Summary: "· 3 files"},
			body: "IMPORTED Severance · 3 files",
			html: "<p>" + drawn(green, "IMPORTED") + " <b>Severance</b> · 3 files</p>",
		}, {
			name: "ColonGoesWithoutSubject",
			n:    Notification{Status: "digest", Summary: ": 14 more in 30 s"},
			body: "DIGEST 14 more in 30 s",
			html: "<p>" + drawn(grey, "DIGEST") + " 14 more in 30 s</p>",
		}, {
			name: "ColonOfTheSenderStays",
			n:    Notification{Severity: Error, Status: "down", Summary: "::1 is unreachable", Items: []Item{{Text: ":x: failed"}}},
			body: "DOWN ::1 is unreachable\n- :x: failed",
			html: "<p>" + drawn(red, "DOWN") + " ::1 is unreachable</p><ul><li>:x: failed</li></ul>",
		}, {
			name: "Empty",
			body: "NOTE",
			html: "<p>" + drawn(grey, "NOTE") + "</p>",
		}, {
			name: "StatusOfOnlyEmoji",
			n:    Notification{Severity: Error, Status: "🔥🔥", Subject: "🔥"},
			body: "ERROR 🔥",
			html: "<p>" + drawn(red, "ERROR") + " <b>🔥</b></p>",
		}, {
			name: "StatusBehindEmoji",
			n:    Notification{Severity: Success, Status: "✅ Up", Subject: "nas-1"},
			body: "UP nas-1",
			html: "<p>" + drawn(green, "UP") + " <b>nas-1</b></p>",
		}, {
			name: "StatusOfLetterEmoji",
			n:    Notification{Severity: Info, Status: "ℹ️", Subject: "🔥"},
			body: "INFO 🔥",
			html: "<p>" + drawn(blue, "INFO") + " <b>🔥</b></p>",
		}, {
			name: "StatusOfKeycap",
			n:    Notification{Severity: Info, Status: "1️⃣", Subject: "🔥"},
			body: "1 🔥",
			html: "<p>" + drawn(blue, "1") + " <b>🔥</b></p>",
		}, {
			name: "LinkWithoutText",
			n:    Notification{Links: []Link{{URL: "https://x/a"}, {"B", "https://y"}}},
			body: "NOTE\nhttps://x/a\nB: https://y",
			html: "<p>" + drawn(grey, "NOTE") + `<br><a href="https://x/a">https://x/a</a> · <a href="https://y">B</a></p>`,
		}, {
			name: "UnknownSeverity",
			n:    Notification{Severity: 99, Subject: "x"},
			body: "CRITICAL x",
			html: "<p>" + drawn(red, "CRITICAL") + " <b>x</b></p>",
		}, {
			name: "ForeignTextIsText",
			n:    Notification{Severity: Info, Status: "added", Subject: `Tide & "Ember" <b>`, Summary: "by\n @room \u202e!", URL: "javascript:alert(1)"},
			body: "ADDED Tide & \"Ember\" <b> by @\u200broom !",
			html: "<p>" + drawn(blue, "ADDED") + " <b>Tide &amp; &#34;Ember&#34; &lt;b&gt;</b> by @\u200broom !</p>",
		},
	} {
		c.run(t)
	}
}

func TestRenderBadges(t *testing.T) {
	t.Parallel()
	firing, over := Item{Status: "critical", Severity: Critical, Subject: "a"}, Item{Status: "resolved", Severity: Success, Subject: "b"}
	for _, c := range []struct {
		name   string
		status string
		sev    Severity
		items  []Item
		want   string
	}{
		{"OneItem", "firing", Critical, []Item{firing}, drawn(red, "FIRING")},
		{"Open", "firing", Critical, []Item{firing, firing}, drawn(red, "2 FIRING")},
		{"OpenAndOver", "firing", Warning, []Item{firing, over, firing}, drawn(amber, "2 FIRING") + " " + drawn(green, "1 RESOLVED")},
		{"AllOver", "resolved", Success, []Item{over, over}, drawn(green, "2 RESOLVED")},
		{"CountedBySender", "8 of 10 imported", Info, []Item{over, over}, drawn(blue, "8 OF 10 IMPORTED")},
		{"ItemsWithoutStatus", "renamed", Info, []Item{{Text: "a"}, {Text: "b"}}, drawn(blue, "RENAMED")},
		{"Digest", "digest", Muted, []Item{firing, over}, drawn(grey, "DIGEST")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := Render(Notification{Status: c.status, Severity: c.sev, Subject: "S", Items: c.items}, RenderOptions{Now: noon})
			got, _, _ := strings.Cut(strings.TrimPrefix(m.FormattedBody, "<p>"), " <b>S</b>")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("badges (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenderFactsAndLinks(t *testing.T) {
	t.Parallel()
	note := "<p>" + drawn(grey, "NOTE")
	for _, c := range []renderCase{
		{
			name: "Facts",
			n: Notification{Facts: []Fact{
				{Name: "Value", Value: "97.2"}, {Value: "13.0 GiB"}, {Value: "Rel.2160p", Code: true},
				{Name: "Empty"}, {Name: "Host", Value: "pve<2>", URL: "http://pve2:8006/"}, {Name: "Path", Value: "/a  b", Code: true},
			}},
			body: "NOTE\nValue 97.2 · 13.0 GiB · Host pve<2>\nRel.2160p\nPath /a b",
			html: note + `<br><b>Value</b> 97.2 · 13.0 GiB · <b>Host</b> <a href="http://pve2:8006/">pve&lt;2&gt;</a><br><code>Rel.2160p</code><br><b>Path</b> <code>/a b</code></p>`,
		}, {
			name: "Times",
			n: Notification{Facts: []Fact{
				{Name: "Since", Time: noon.Add(-time.Hour)}, {Name: "Day", Time: noon.AddDate(0, 0, -1)}, {Name: "Year", Time: noon.AddDate(-1, 0, 0), Value: "unused"},
			}},
			body: "NOTE\nSince 11:00 · Day 21 Nov 12:00 · Year 22 Nov 2025 12:00",
			html: note + "<br><b>Since</b> 11:00 · <b>Day</b> 21 Nov 12:00 · <b>Year</b> 22 Nov 2025 12:00</p>",
		}, {
			name: "Links",
			n:    Notification{Links: []Link{{"Docs", "ftp://no"}, {"A", "https://a"}, {"B", "https://b"}, {"", "https://c"}}, Subject: "S", URL: "https://s"},
			body: "NOTE S\nA: https://a\nB: https://b",
			html: note + ` <b><a href="https://s">S</a></b><br><a href="https://a">A</a> · <a href="https://b">B</a> · <a href="https://c">https://c</a></p>`,
		},
	} {
		c.run(t)
	}
}

func TestRenderZone(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("EST", -5*3600)
	// In UTC both are on one day, in the zone they are not.
	n := Notification{Facts: []Fact{{Time: time.Date(2026, 11, 22, 4, 30, 0, 0, time.UTC)}}}
	if m := Render(n, RenderOptions{Now: noon, Zone: zone}); m.Body != "NOTE\n21 Nov 23:30" {
		t.Errorf("body %q", m.Body)
	}
}

func TestRenderItems(t *testing.T) {
	t.Parallel()
	note := "<p>" + drawn(grey, "NOTE") + "</p>"
	for _, c := range []renderCase{
		{
			name: "Group",
			n: Notification{Items: []Item{
				{Status: "Critical", Severity: Critical, Subject: "nas-1", Text: "/data 4 % left", Since: noon.Add(-2 * time.Hour), URL: "https://nas"},
				{Status: "resolved", Severity: Success, Subject: "pve-1", Text: ": after 31 min", Since: noon.Add(-time.Hour)},
				{Subject: "ups", Since: noon.Add(-3 * time.Minute)},
				{Text: ": only text", URL: "https://t"},
				{Subject: " \n", Key: "empty"},
				{Subject: "later", Since: noon.Add(time.Hour)},
			}},
			body: "NOTE\n- critical nas-1 /data 4 % left, for 2 h\n- resolved pve-1: after 31 min\n- ups for 3 min\n- only text\n- later",
			html: note + "<ul><li>" + drawn(red, "critical") + ` <b><a href="https://nas">nas-1</a></b> /data 4 % left, for 2 h</li><li>` +
				drawn(green, "resolved") + ` <b>pve-1</b>: after 31 min</li><li><b>ups</b> for 3 min</li><li><a href="https://t">only text</a></li><li><b>later</b></li></ul>`,
		}, {
			name: "Eight",
			n:    Notification{Items: textItems(8)},
			body: "NOTE\n- 1\n- 2\n- 3\n- 4\n- 5\n- 6\n- 7\n- 8",
			html: note + "<ul><li>1</li><li>2</li><li>3</li><li>4</li><li>5</li><li>6</li><li>7</li><li>8</li></ul>",
		}, {
			name: "Ten",
			n:    Notification{Items: textItems(10)},
			body: "NOTE\n- 1\n- 2\n- 3\n- 4\n- 5\n- 6\n- 7\n- 8\n+2 more",
			html: note + "<ul><li>1</li><li>2</li><li>3</li><li>4</li><li>5</li><li>6</li><li>7</li><li>8</li></ul>" +
				"<details><summary>+2 more</summary><ul><li>9</li><li>10</li></ul></details>",
		}, {
			name: "NoItems",
			n:    Notification{Items: []Item{{Key: "k"}}},
			body: "NOTE",
			html: note,
		},
	} {
		c.run(t)
	}
}

func textItems(n int) []Item {
	items := make([]Item, n)
	for i := range items {
		items[i].Text = fmt.Sprint(i + 1)
	}
	return items
}

func TestRenderDetails(t *testing.T) {
	t.Parallel()
	renderCase{
		name: "Details",
		n:    Notification{Severity: Info, Status: "received", Details: "\r\na:  <1>\r\n\tb: @room\x1b[31m red\x1b[0m \x00\n\n"},
		body: "RECEIVED\na:  <1>\n    b: @\u200broom red",
		html: "<p>" + drawn(blue, "RECEIVED") + "</p><details><summary>Details</summary><pre><code>a:  &lt;1&gt;\n    b: @\u200broom red</code></pre></details>",
	}.run(t)
}

func TestRenderPicture(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, image, want string }{
		{"OK", "mxc://example.org/Abc_123-x", `<p><img src="mxc://example.org/Abc_123-x" alt="" height="120"></p>`},
		{"None", "", ""},
		{"NotUploaded", "https://example.org/x.png", ""},
		{"Broken", `mxc://example.org/x"onerror="y`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := Render(Notification{}, RenderOptions{Image: c.image})
			if want := "<p>" + drawn(grey, "NOTE") + "</p>" + c.want; m.FormattedBody != want {
				t.Errorf("formatted body %q, want %q", m.FormattedBody, want)
			}
		})
	}
}

func TestRenderMsgType(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		n    Notification
		o    RenderOptions
		want string
	}{
		{"Chatter", Notification{Severity: Info}, RenderOptions{}, MsgNotice},
		{"Resolved", Notification{Severity: Success}, RenderOptions{}, MsgNotice},
		{"Loud", Notification{Severity: Info, Loud: true}, RenderOptions{}, MsgText},
		{"Warning", Notification{Severity: Warning}, RenderOptions{}, MsgText},
		{"Mentioned", Notification{Severity: Info}, RenderOptions{Mentions: Mentions{Room: true}}, MsgText},
		{"PersonMentioned", Notification{Severity: Info}, RenderOptions{Mentions: Mentions{UserIDs: []string{"@a:b"}}}, MsgText},
		{"Chosen", Notification{Severity: Critical}, RenderOptions{MsgType: MsgNotice}, MsgNotice},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Render(c.n, c.o).MsgType; got != c.want {
				t.Errorf("msgtype %q, want %q", got, c.want)
			}
		})
	}
}

func TestNotificationTitle(t *testing.T) {
	t.Parallel()
	for want, n := range map[string]Notification{
		"firing HighCPU on host-1": {Status: "firing", Subject: "HighCPU", Summary: "on host-1"},
		"down Synapse: refused":    {Status: "down", Subject: "Synapse", Summary: ": refused"},
		"digest 14 more":           {Status: "digest", Summary: "14 more"},
		"":                         {},
	} {
		if got := n.Title(); got != want {
			t.Errorf("Title() = %q, want %q", got, want)
		}
	}
}
