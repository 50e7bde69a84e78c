package formatters

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
)

// hasWords reports whether an HTML text has any text to read. A picture has none: clients
// get no pictures of a sender's.
func hasWords(source string) bool { return splitHTML(source).line != "" }

// sniffHTML lets a text count as HTML that nobody said anything about, but that is HTML by
// its looks.
func (d *draft) sniffHTML() {
	if d.markup == sniffed && looksLikeHTML(strings.TrimSpace(d.text)) {
		d.markup = rich
	}
}

func looksLikeHTML(s string) bool {
	return strings.IndexByte(s, '<') >= 0 &&
		(isHTML("", s) || isHTMLFragment(s) || !looksLikeMarkdown(s) && isBroken(s))
}

var htmlFragment = regexp.MustCompile(`(?is)^<(p|div|h[1-6]|ul|ol|dl|table|pre|blockquote|html|body|!doctype)\b[^<>]*>.*(</[a-z1-6]+>|<br ?/?>)$`)

// isHTMLFragment recognises HTML that nobody writes by accident: a text that begins with a
// block and ends with a tag.
func isHTMLFragment(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") && htmlFragment.MatchString(s)
}

// htmlTag matches a tag, or what begins like one: "<none>" and "<jo@example.org>" do.
var htmlTag = regexp.MustCompile(`<(/?)([A-Za-z][^\s<>/]*)([^<>]*>)?`)

// htmlNames are the elements that people and programs put into a text.
var htmlNames = strings.Fields("a abbr b big blockquote br caption center code dd del details div dl dt em font h1 h2 h3 h4 h5 h6 " +
	"hr i img ins kbd li ol p picture pre s samp small source span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul")

// isHTMLName reports whether an element is one of those. List<T> and Map<Source> have none.
func isHTMLName(name string) bool {
	lower := strings.ToLower(name)
	return (name == lower || name == strings.ToUpper(name) && len(name) > 1) && slices.Contains(htmlNames, lower)
}

// isBroken reports whether a text has its lines parted by tags, and no tag that is none of
// HTML or stays open. Other tags tell nothing: "<b>&</b>" is more often text than HTML.
func isBroken(s string) bool {
	var open []string
	broken := false
	for _, at := range htmlTag.FindAllStringSubmatchIndex(s, -1) {
		name, whole := s[at[4]:at[5]], at[6] >= 0
		if !whole || !isHTMLName(name) {
			return false
		}
		switch name = strings.ToLower(name); {
		case name == "br":
			isWord := at[0] > 0 && s[at[0]-1] == ' ' && strings.HasPrefix(s[at[1]:], " ") // "the <br> tag"
			broken = broken || !isWord
		case name == "hr", name == "img":
		case at[2] == at[3]: // without a slash
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			return false
		default:
			open = open[:len(open)-1]
		}
	}
	return broken && len(open) == 0
}

// forgeMarkdown is Markdown as forges have it: with HTML in it. It is never changed.
var forgeMarkdown = goldmark.New(
	goldmark.WithExtensions(extension.Strikethrough),
	goldmark.WithRendererOptions(goldmarkhtml.WithHardWraps(), goldmarkhtml.WithUnsafe()),
)

// forgeHTML turns a forge's Markdown into HTML, which Render cleans: it leaves out comments,
// by which templates ask for what is to be written. Tags that are none of HTML stay text.
func forgeHTML(s string) string {
	s, whole := firstBytes(s, maxMarkdown)
	if !whole {
		s += "\n\n…"
	}
	var b bytes.Buffer
	if err := forgeMarkdown.Convert([]byte(s), &b); err != nil {
		return paragraphs(s)
	}
	return htmlTag.ReplaceAllStringFunc(b.String(), func(tag string) string {
		if isHTMLName(htmlTag.FindStringSubmatch(tag)[2]) {
			return tag
		}
		return "&lt;" + tag[1:]
	})
}
