package formatters

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func TestRenderForeignHTML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, html, body string }{
		{"Text", "just <b>text</b> &amp; <i>more</i>", "<p>just <b>text</b> &amp; <i>more</i></p>", "just text & more"},
		{"Blanks", " a \n <b> b </b>\n c ", "<p>a <b>b</b> c</p>", "a b c"},
		{"Paragraphs", "<p>a</p>\n<p>b<br><br>c</p><p> </p>", "<p>a</p><p>b<br>c</p>", "a\nb\nc"},
		{"NotClosed", "<p>a<p><b>b", "<p>a</p><p><b>b</b></p>", "a\nb"},
		{"ClosesOurs", "a</p></details><script>x</script><style>y</style>b", "<p>a</p><p>b</p>", "a\nb"},
		{"Heading", "<h1>Title <em>x</em></h1>text", "<p><b>Title <em>x</em></b></p><p>text</p>", "Title x\ntext"},
		{"Struck", "<s>a</s> <strike>b</strike> <del>c</del>", "<p><del>a</del> <del>b</del> <del>c</del></p>", "a b c"},
		{"Divisions", "<div>a<div>b</div>c</div>", "<p>a</p><p>b</p><p>c</p>", "a\nb\nc"},
		{"BlockInInline", "<b>a<div>b</div></b>", "<p><b>a<br>b</b></p>", "a\nb"},
		{"Lists", "<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li><li></li></ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c<br>d</li></ul>", "- a\n  - b\n- c\nd"},
		{"Numbers", `<ol start="3"><li>a<li>b</ol>`, `<ol start="3"><li>a</li><li>b</li></ol>`, "3. a\n4. b"},
		{"Table", "<table><thead><tr><th>Host</th><th>Up</th></tr></thead><tr><td>nas</td> <td>yes</td></tr></table>", "<p><b>Host</b> · <b>Up</b><br>nas · yes</p>", "Host · Up\nnas · yes"},
		{"TableInTable", "<table><tr><td>a<table><tr><td>b</td></tr></table></td></tr></table>", "<p>a<br>b</p>", "a\nb"},
		{"Code", `<pre><code class="language-go evil">x</code></pre><pre><code class="language-go">a  {` + "\n" + `  b</code></pre><code class="language-go">c</code>`,
			"<pre><code>x</code></pre><pre><code class=\"language-go\">a  {\n  b</code></pre><p><code>c</code></p>", "x\na  {\n  b\nc"},
		{"Colour", `<span data-mx-color="#ff0000" style="x">a</span><span data-mx-color="red">b</span>`, `<p><span data-mx-color="#ff0000">a</span>b</p>`, "ab"},
		{"Fold", "<details><summary>More</summary>text<p>x</p></details>", "<details><summary>More</summary><p>text</p><p>x</p></details>", "More\ntext\nx"},
		{"Quote", "<blockquote>a<p>b</p></blockquote>", "<blockquote><p>a</p><p>b</p></blockquote>", "a\nb"},
		{"Link", `see <a href="https://u:p@h/?a&b" onclick="x">this</a> or <a href="https://h">https://h</a>`,
			`<p>see <a href="https://h/?a&amp;b">this</a> or <a href="https://h">https://h</a></p>`, "see this (https://h/?a&b) or https://h"},
		{"BadLinks", `<a href="javascript:x">a</a> <a href="/b">b</a> <a name="c">c</a>`, "<p>a b c</p>", "a b c"},
		{"Pill", `<a href="https://matrix.to/#/@a:b">Alice</a>`, "<p>Alice</p>", "Alice"},
		{"Picture", `a <img src="https://h/x.png" alt="a chart"> b<img src="mxc://h/x">`, "<p>a a chart b</p>", "a a chart b"},
		{"RoomInPieces", "@<b>room</b> @r<i>oom</i>", "<p>@\u200b<b>room</b> @\u200br<i>oom</i></p>", "@\u200broom @\u200broom"},
		{"Entities", "&#64;room &lt;b&gt; &#x202e;", "<p>@\u200broom &lt;b&gt;</p>", "@\u200broom <b>"},
		{"Nothing", " <p> </p><script>x</script>", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := Render(Notification{HTML: c.in}, RenderOptions{})
			_, html, _ := strings.Cut(m.FormattedBody, "</p>")
			if diff := cmp.Diff(c.html, html); diff != "" {
				t.Errorf("HTML (-want +got):\n%s", diff)
			}
			body := strings.TrimPrefix(strings.TrimPrefix(m.Body, "NOTE"), "\n")
			if diff := cmp.Diff(c.body, body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			checkMessage(t, m, MaxBytes)
		})
	}
}

func TestRenderForeignHTMLDepth(t *testing.T) {
	t.Parallel()
	m := Render(Notification{HTML: strings.Repeat("<blockquote>", 100) + "deep"}, RenderOptions{})
	if n := strings.Count(m.FormattedBody, "<blockquote>"); n != maxForeignDepth {
		t.Errorf("%d elements inside each other, want %d", n, maxForeignDepth)
	}
	if !strings.HasSuffix(m.Body, "deep") {
		t.Errorf("the text is lost: %q", m.Body)
	}
	checkMessage(t, m, MaxBytes)
}

// TestTidyTree holds that HTML which goes past policy and parser is read as they would read it.
func TestTidyTree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		tidy     bool
	}{
		{"Paragraphs", paragraphs("a <b>\n'b' & c\n\n\"d\""), true},
		{"Markdown", renderMarkdown("# t\n\n1. a\n2. **b** `c` ~~d~~\n\n> q\n\n```\nx\n y\n```\n[l](https://h/a?b=c) *e*  \nf"), true},
		{"Text", "a > b &amp; &#64;room\n", true},
		{"Nested", "<ul><li>a<ol><li><p>b<br>c</p></li></ol></li></ul>", true},
		{"SameInItself", "<b>1<b>2<b>3<b>4</b></b></b></b>", true},
		{"NotClosed", "<p>a", false},
		{"ClosedTwice", "a</p>", false},
		{"Crossed", "<b>a<i>b</b>c</i>", false},
		{"NoEnd", "a <br", false},
		{"BlockInParagraph", "<p>a<p>b</p></p>", false},
		{"EntryInEntry", "<ul><li>a<li>b</li></li></ul>", false},
		{"EntryAlone", "<li>a</li>", false},
		{"LinkInLink", `<a href="https://a">a<b><a href="https://b">b</a></b></a>`, false},
		{"LinkWithoutAddress", "<a>a</a>", false},
		{"LinkOfScheme", `<a href="javascript:x">a</a>`, false},
		{"LinkWithMore", `<a href="https://a" onclick="x">a</a>`, false},
		{"LinkWithEntity", `<a href="https://a/?b&amp;c">a</a>`, false},
		{"LineBeforeCode", "<pre>\na</pre>", false},
		{"Attribute", `<b onclick="x">a</b>`, false},
		{"Script", "<script>x</script>", false},
		{"Comment", "<!-- x -->a", false},
		{"UpperCase", "<B>a</B>", false},
		{"NUL", "a\x00b", false},
		{"Deep", strings.Repeat("<b>", 600) + strings.Repeat("</b>", 600), false},
		{"Long", strings.Repeat("'", maxTidy+1), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if tidy := tidyTree(c.in) != nil; tidy != c.tidy {
				t.Errorf("tidy: %t", tidy)
			}
			checkTidy(t, c.in)
		})
	}
}

// checkTidy compares both ways to read HTML, where both are open.
func checkTidy(t *testing.T, s string) {
	t.Helper()
	tidy := tidyTree(s)
	if tidy == nil || strings.TrimSpace(s) == "" {
		return
	}
	clean, whole := cleanTree(s)
	if diff := cmp.Diff(markupOf(clean), markupOf(tidy)); diff != "" || !whole {
		t.Errorf("%q is read otherwise (-clean +tidy), %t:\n%s", s, whole, diff)
	}
}

func markupOf(n *html.Node) string {
	var b strings.Builder
	_ = html.Render(&b, n)
	return b.String()
}
