package formatters

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMrkdwn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"Plain", "a b", "a b"},
		{"Bold", "*a* and *b c*, *d* *e*", "**a** and **b c**, **d** **e**"},
		{"BoldMarkdown", "**a**", "**a**"},
		{"NotBold", "2 * 3 * 4 and a*b*c", "2 * 3 * 4 and a*b*c"},
		{"Strike", "~a~", "~~a~~"},
		{"Link", "<https://x.example/a_b?c=1&amp;d=2|a *b*>", `[a \*b\*](<https://x.example/a_b?c=1&d=2>)`},
		{"BareLink", "<https://x.example>", "<https://x.example>"},
		{"BareLinkEscaped", "<https://x.example/a?b=1&amp;c=2>", "<https://x.example/a?b=1&c=2>"},
		{"Backslashes", "\\\\nas\\b$ C:\\_d \\*e*", "\\\\\\\\nas\\\\b$ C:\\\\\\_d \\\\\\*e*"},
		{"NumberSign", "# of errors\n# of warnings\n## heading", "\\# of errors\n\\# of warnings\n## heading"},
		{"CodeWithBackslashes", "`a\\b` ```\n# c\\d```", "`a\\b` \n```\n# c\\d\n```"},
		{"NoLink", "<javascript:alert(1)|x>", "<javascript:alert(1)|x>"},
		{"Mail", "<mailto:a@x.example|a@x.example>", "a@x.example"},
		{"Date", "<!date^1795330800^{date}|22 Nov>", "22 Nov"},
		{"Mentions", "<!channel> <@U1|jo> <#C1|ops> <@U2>", "@channel @jo #ops <@U2>"},
		{"Code", "`*a* &lt;b&gt;` *c*", "`*a* <b>` **c**"},
		{"CodeBlock", "```\n*a* &amp;\n```", "```\n*a* &\n```"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := mrkdwn(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFenced(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"OnItsLines", "a\n```\nb\n```\nc", "A\n```\nb\n```\nC"},
		{"Language", "```json\na\n```", "```json\na\n```"},
		{"NoLanguage", "```a: b c\nd\n```", "```\na: b c\nd\n```"},
		{"OfCapitals", "```FAILED\na```", "```\nFAILED\na\n```"},
		{"WithinLines", "a ```b\n c``` d", "A \n```b\n c\n```\n D"},
		{"TwoBlocks", "```\na```b```c d\ne```", "```\na\n```\nB\n```\nc d\ne\n```"},
		{"OneLine", "a ```b``` c", "A ```B``` C"},
		{"OneLineFirst", "a ```b``` c ```\nd```", "A ```B``` C \n```\nd\n```"},
		{"LongerFence", "````\n```a\nb```\n````", "````\n```a\nb```\n````"},
		{"NoEnd", "a\n```b c\nd", "A\n```\nb c\nd\n```"},
		{"NoEndOfALine", "a ```b", "A ```B"},
		{"InAList", "- ```\n  a\n  ```\n- b", "- ```\n  a\n  ```\n- B"},
		{"InAQuotation", "> ```\n> a\n> ```", "> ```\n> a\n> ```"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := fenced(tt.in, strings.ToUpper, verbatim); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDiscordMarkdown(t *testing.T) {
	t.Parallel()
	in := "-# small\n<@1> <@!2> <@&3> <#4> <a:wave:5> <t:1795330800> ||secret|| <b>"
	want := "small\n@someone @someone @someone #channel :wave: 22 Nov 2026 07:00 UTC secret <b>"
	if got := discordMarkdown(in); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestIsProse also holds that what is prose reads the same when it is taken for Markdown.
func TestIsProse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"": true, "disk full": true, "#123 disk full": true, "see #1, 2.5 and a - b": true, "10 % of 1)": true,
		"# disk full": false, "##\tdisk": false, "#": false, "- a": false, "1. a": false, "2) a": false, "=": false,
		"a\nb": false, "**a**": false, "[a](https://h)": false, "<https://h>": false, "&amp;": false, `\#`: false, "~~a~~": false,
	} {
		if got := isProse(in); got != want {
			t.Errorf("%q is prose: %t", in, got)
		}
		if got, want := splitHTML(renderMarkdown(in)).line, oneLine(in); isProse(in) && got != want {
			t.Errorf("%q is %q in Markdown", in, got)
		}
	}
}

func TestEscapeMarkdown(t *testing.T) {
	t.Parallel()
	const text = "a*b* _c_ `d` [e](f) <g> &amp; ~~h~~ \\i # j"
	if got := textOfMarkdown(escapeMarkdown(text)); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
}

func TestRenderMarkdownIsSafe(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"<script>alert(1)</script>", "<img src=x onerror=y>", "[a](javascript:alert(1))", "[a](<data:text/html,x>)",
		"<javascript:alert(1)>", "![a](javascript:alert(1))",
	} {
		got := renderMarkdown(in)
		for _, bad := range []string{"<script", "<img src=x", `="javascript:`, `="data:`} {
			if strings.Contains(got, bad) {
				t.Errorf("%q becomes %q", in, got)
			}
		}
	}
}

func TestSplitHTML(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in string
		want     htmlHead
	}{
		{"Empty", "", htmlHead{}},
		{"Text", "a &amp; <b>b</b>", htmlHead{line: "a & b"}},
		{"Paragraph", "<p>a</p>\n", htmlHead{line: "a"}},
		{"Paragraphs", "<p>a</p><p>b</p>", htmlHead{line: "a", rest: "<p>b</p>"}},
		{"Break", "<div><p>a<br>b</p>c</div>", htmlHead{line: "a", rest: "<div><p>b</p>c</div>"}},
		{"BreakFirst", "<br>a", htmlHead{line: "a"}},
		{"Heading", "<h2>a</h2><p>b</p>", htmlHead{line: "a", rest: "<p>b</p>", heading: true}},
		{"HeadingOfAPicture", "<h2><img></h2><p>a</p>", htmlHead{line: "a"}},
		{"BlockFollows", "a<h1>b</h1>", htmlHead{line: "a", rest: "<h1>b</h1>"}},
		{"Unclosed", "<p>a<p>b", htmlHead{line: "a", rest: "<p><p>b"}},
		{"Mismatch", "</b>a</i><br>b", htmlHead{line: "a", rest: "b"}},
		{"Unseen", "<style>x</style><script>y</script><p>a</p><script>z</script>", htmlHead{line: "a"}},
		{"List", "<ul><li>a</li><li>b</li></ul>", htmlHead{line: "a", rest: "<ul><li>a</li><li>b</li></ul>", block: true}},
		{"ListOfOne", "<ul><li>a</li></ul>", htmlHead{line: "a", block: true}},
		{"Code", "<pre><code>\na\nb</code></pre>", htmlHead{line: "a", rest: "<pre><code>\na\nb</code></pre>", block: true}},
		{"CodeOfOne", "<pre>a\n</pre>", htmlHead{line: "a", block: true}},
		{"Table", "<table><tr><td>a</td><td>b</td></tr></table>", htmlHead{line: "a b", block: true}},
		{"Link", `<a href="https://x.example">a</a> <a href="javascript:b">b</a>`, htmlHead{line: "a b", links: []Link{{"a", "https://x.example"}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, splitHTML(tt.in), cmp.AllowUnexported(htmlHead{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("TooDeep", func(t *testing.T) {
		t.Parallel()
		in := strings.Repeat("<b>", 1000) + "a"
		if got := splitHTML(in); got.rest != in {
			t.Errorf("rest of %d bytes, want all %d", len(got.rest), len(in))
		}
	})
}

func TestStatusWords(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"firing": "firing", "MEDIA_AVAILABLE": "media available", "disk.replaced": "disk replaced", "ItemAdded": "item added",
		"pull-request:opened": "pull request opened", "a b c d": "", "200": "", "": "", "no!": "", "Größe": "größe",
		strings.Repeat("a", 41): "",
	} {
		if got := statusWords(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestRateColour(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Severity{
		"danger": Error, "good": Success, "#ff0000": Error, "D63232": Error, "#2eb886": Success, "36a64f": Success,
		"#ffa500": Warning, "#ffff00": Warning, "#daa038": Warning, "#439FE0": Muted, "#000000": Muted, "cccccc": Muted, "x": Muted,
	} {
		got, known := rateColour(in)
		if got != want || known != (want != Muted) {
			t.Errorf("%q: got %s, %t, want %s", in, got, known, want)
		}
	}
}

// TestGenericBounds holds that a payload cannot make a notification much larger than what
// a message shows of it.
func TestGenericBounds(t *testing.T) {
	t.Parallel()
	many := func(s string) string { return strings.Repeat(s, (1<<20)/len(s)) }
	for name, body := range map[string]string{
		"Text":     many("word "),
		"Lines":    many("a\n"),
		"Quotes":   many("> "),
		"Title":    `{"title":"` + many("a") + `"}`,
		"Member":   `{"x":"` + many("a") + `"}`,
		"Members":  `{` + many(`"a":1,`) + `"b":1}`,
		"Elements": `[` + many(`{"title":"a"},`) + `1]`,
		"Slack":    `{"attachments":[` + many(`{"text":"*a*"},`) + `{"text":"b"}]}`,
		"Discord":  `{"embeds":[{"fields":[` + many(`{"name":"*a*","value":"b"},`) + `{}]}]}`,
		"Broken":   `{` + many(`"a":"b`),
		"Form":     many("a[b]=c&") + "d=e",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := formatGeneric(Payload{Body: []byte(body)})
			if err != nil {
				t.Fatal(err)
			}
			size := len(n.Subject) + len(n.Summary) + len(n.HTML) + len(n.Details)
			if size > 8*maxTextBytes || len(n.Items) > maxElements || len(n.Facts) > 8 {
				t.Errorf("%d bytes, %d items, %d facts", size, len(n.Items), len(n.Facts))
			}
		})
	}
}
