package formatters

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// hostile are texts that are meant to break a card.
var hostile = []string{
	"", " ", "\n", "HighCPU", "Tide & Ember", "97 %", "on host-1", ": nas-1, nas-2", "@room", "@ROOM @ro\x00om", "@",
	"<script>alert(1)</script>", `"><img src=x onerror=1>`, "</p></ul></details>", "&nbsp;&#64;room",
	"\u202eevil\u202c", "a\u0000b\x1b[31mred\x1b[0m", "\xff\xfe", "🔥", "👩‍👩‍👧", "> <@a:b> quoted", "\u3164", "...", "❌ down",
	"https://user:secret@host/x", "javascript:alert(1)", "JAVASCRIPT:x", "https://matrix.to/#/@a:b", "http://[::1]:80/", "mailto:a@b",
	"https://x/?a=1&b=2", "https://h/@room", "line one\r\nline two\ttab",
	"<p>a<p>b", "<h1>T</h1><div>x<div>y</div></div>", "<ul><li>a<ul><li>b</ul></ul>", "<table><tr><th>k<td>v</table>",
	"<a href='https://matrix.to/#/@a:b'>@<b>room</b></a>", "<pre><code class='language-go'>x\n  y</code></pre>", "<details><summary>s</summary>t</details>",
	strings.Repeat("<b><i>", 200), strings.Repeat("&", 30_000), strings.Repeat("@room ", 5_000), strings.Repeat("<li>", 3_000), strings.Repeat("ß", 20_000),
	strings.Repeat("x\n", 20_000), strings.Repeat("<p>word", 5_000),
}

// TestRenderHostile draws notifications made of hostile texts at random.
func TestRenderHostile(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(1, 2))
	pick := func() string {
		if chance.IntN(3) > 0 {
			return hostile[chance.IntN(len(hostile)-6)]
		}
		return hostile[chance.IntN(len(hostile))] + hostile[chance.IntN(len(hostile))]
	}
	for range 500 {
		texts := [8]string{}
		for i := range texts {
			texts[i] = pick()
		}
		renderChecked(t, texts, chance.IntN(8)-1, chance.IntN(12)*chance.IntN(12), chance.IntN(2*MaxBytes))
		if t.Failed() {
			t.Fatalf("drawn from %q", texts)
		}
	}
}

func FuzzRender(f *testing.F) {
	for i := range hostile {
		at := func(n int) string { return hostile[(i+n)%len(hostile)] }
		f.Add(at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), i%7, i, 500*i)
	}
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h, i string, severity, count, limit int) {
		renderChecked(t, [8]string{a, b, c, d, e, g, h, i}, severity, count, limit)
	})
}

// renderChecked draws a notification in which the texts stand everywhere.
func renderChecked(t *testing.T, s [8]string, severity, count, limit int) {
	t.Helper()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	n := Notification{
		Severity: Severity(severity), Status: s[0], Subject: s[1], Summary: s[2], URL: s[3], Details: s[4], HTML: s[5],
		Loud: count%2 == 1,
	}
	for i := range min(max(count, 0), 150) {
		a, b, c := s[i%8], s[(i+3)%8], s[(i*3+6)%8]
		n.Items = append(n.Items, Item{Status: a, Subject: b, Text: c, URL: s[3], Severity: Severity(i % 7), Since: now.Add(time.Duration(-i) * time.Hour)})
		if i%3 == 0 {
			n.Facts = append(n.Facts, Fact{Name: b, Value: c, URL: a, Code: i%2 == 1}, Fact{Name: a, Time: now.Add(time.Duration(i*severity) * time.Hour)})
			n.Links = append(n.Links, Link{Text: c, URL: s[3]}, Link{Text: b, URL: "https://example.org/?q=" + s[7]})
		}
	}
	m := Render(n, RenderOptions{Now: now, MaxBytes: limit, Image: "mxc://" + s[6]})
	switch {
	case limit == 0:
		limit = MaxBytes
	case limit < MinBytes:
		limit = MinBytes
	}
	checkMessage(t, m, limit)
	checkText(t, "an edit's body", m.Edit("$e").Body)
}

// FuzzSanitize holds the two ways by which foreign text comes into a card.
func FuzzSanitize(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line := cleanLine(s)
		checkText(t, "a line", line)
		if strings.ContainsAny(line, "\n\t") || strings.TrimSpace(line) != line {
			t.Errorf("cleanLine(%q) = %q, which is not one line", s, line)
		}
		if again := cleanLine(line); len(line) < maxLine && again != line {
			t.Errorf("cleanLine(%q) = %q, and once more %q", s, line, again)
		}
		lines := cleanLines(s)
		checkText(t, "lines", lines)
		if address := cleanURL(s); address != "" && cleanURL(address) != address {
			t.Errorf("cleanURL(%q) = %q, and once more %q", s, address, cleanURL(address))
		}
		checkTidy(t, s)
		checkTidy(t, renderMarkdown(s))
		checkMessage(t, Render(Notification{HTML: s}, RenderOptions{}), MaxBytes)
		checkMessage(t, Render(Notification{HTML: s, Details: s}, RenderOptions{MaxBytes: MinBytes}), MinBytes)
	})
}
