package formatters

import (
	"bufio"
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// commonMark is CommonMark as chats use it: line breaks stay, "~~" strikes out, and HTML
// is text like any other. It is never changed.
var commonMark = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)),
	goldmark.WithExtensions(extension.Strikethrough),
	goldmark.WithRendererOptions(goldmarkhtml.WithHardWraps()),
)

// renderMarkdown turns a sender's Markdown into HTML, which Render cleans.
func renderMarkdown(s string) string {
	if len(s) > maxMarkdown {
		return preformatted(s)
	}
	var b bytes.Buffer
	w := bufio.NewWriterSize(&b, len(s)) // else goldmark makes one of 4 KB
	if err := commonMark.Convert([]byte(s), w); err != nil {
		return paragraphs(s)
	}
	return b.String()
}

// maxMarkdown is the longest text whose markup is read, in bytes: a message hardly shows
// more, and odd nesting costs more than linear time.
const maxMarkdown = 16 << 10

var markdownSigns = regexp.MustCompile("\\*\\*[^\\s*][^*\n]*\\*\\*|\\]\\(https?://|`[^`\n]+`")

// looksLikeMarkdown recognises Markdown that nobody writes by accident. A text laid out by
// blanks is none, unless it is fenced.
func looksLikeMarkdown(s string) bool {
	if strings.HasPrefix(s, "```") || strings.Contains(s, "\n```") {
		return true
	}
	return strings.ContainsAny(s, "`*]") && !isTabular(s) && markdownSigns.MatchString(s)
}

// isProse reports whether a text of one line has nothing that Markdown would read.
func isProse(s string) bool {
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "\n\\`*_[]<>&~|") || s != "" && strings.IndexByte("-+=", s[0]) >= 0 {
		return false
	}
	if title := strings.TrimLeft(s, "#"); len(title) < len(s) && (title == "" || isBlank(title[0])) { // "#1" is no heading
		return false
	}
	behind := strings.TrimLeft(s, "0123456789") // "1." and "1)" begin a list
	return len(behind) == len(s) || !strings.HasPrefix(behind, ".") && !strings.HasPrefix(behind, ")")
}

// escapeMarkdown makes a plain text one that Markdown shows as it is.
func escapeMarkdown(s string) string { return markdownEscapes.Replace(s) }

var markdownEscapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`,
	`<`, `\<`, `>`, `\>`, `&`, `\&`, `~`, `\~`, `#`, `\#`)

// paragraphs writes a plain text as HTML with its line breaks.
func paragraphs(s string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(s, "\n\n") {
		if part = strings.Trim(part, "\n"); part != "" {
			b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(part), "\n", "<br>") + "</p>")
		}
	}
	return b.String()
}

// preformatted writes a plain text as HTML with all its blanks.
func preformatted(s string) string { return "<pre><code>" + html.EscapeString(s) + "</code></pre>" }
