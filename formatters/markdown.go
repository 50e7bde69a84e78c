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
	if strings.Contains(s, "```") {
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

// fenced puts the fences of code blocks on lines of their own, as CommonMark wants them: in
// chats, "```" opens and closes a block anywhere, and the first line is code unless it is a
// language. Prose and code are rewritten apart. Code of one line is left to CommonMark, for
// which it is part of the line around it; a block without an end is code to the last line.
func fenced(s string, prose, code func(string) string) string {
	var b strings.Builder
	from := 0 // where the prose begins
	for next := 0; ; {
		block, found := findBlock(s, next)
		if !found {
			b.WriteString(prose(s[from:]))
			return b.String()
		}
		if next = block.end; !strings.Contains(s[block.open:block.close], "\n") {
			continue
		}
		fence, inside := s[block.begin:block.open], s[block.open:block.close]
		b.WriteString(prose(s[from:block.begin]))
		if !beginsLine(s[:block.begin], " \t>-*+") { // but for the marks of quotations and lists
			b.WriteByte('\n')
		}
		b.WriteString(fence)
		if !languageLine.MatchString(inside) {
			b.WriteByte('\n')
		}
		b.WriteString(code(inside))
		if !beginsLine(inside, " \t>") {
			b.WriteByte('\n')
		}
		b.WriteString(fence)
		if rest, _, _ := strings.Cut(s[block.end:], "\n"); strings.TrimSpace(rest) != "" {
			b.WriteByte('\n')
		}
		from = block.end
	}
}

// codeBlock is where a block of code lies in a text: its fence, the code, and the fence again.
type codeBlock struct{ begin, open, close, end int }

// findBlock returns the first block of code at or behind an offset.
func findBlock(s string, from int) (codeBlock, bool) {
	i := strings.Index(s[from:], "```")
	if i < 0 {
		return codeBlock{}, false
	}
	begin := from + i
	open := begin + len(s[begin:]) - len(strings.TrimLeft(s[begin:], "`"))
	length := strings.Index(s[open:], s[begin:open])
	if length < 0 {
		return codeBlock{begin, open, len(s), len(s)}, true
	}
	return codeBlock{begin, open, open + length, open + length + open - begin}, true
}

// languageLine is a first line behind a fence that is no code: nothing, or one word.
var languageLine = regexp.MustCompile(`^[ \t]*(?:[a-z][\w+#.-]*)?[ \t\r]*\n`)

// beginsLine reports whether what stands behind a text begins a line, but for some marks.
func beginsLine(s, marks string) bool {
	return strings.Trim(s[strings.LastIndexByte(s, '\n')+1:], marks) == ""
}

func verbatim(s string) string { return s }

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
