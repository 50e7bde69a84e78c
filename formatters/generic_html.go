package formatters

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlHead is the first line of an HTML text, as plain text, and what comes behind it.
type htmlHead struct {
	line    string
	links   []Link // those of the line
	rest    string // HTML; "" when it shows nothing
	block   bool   // the line is part of a list, table or code block, and rest has it again
	heading bool   // the line is a heading
}

// splitHTML takes the first line off an HTML text, so that a card's head can tell it
// without telling it twice.
func splitHTML(source string) htmlHead {
	r := htmlReader{source: source, tokens: html.NewTokenizer(strings.NewReader(source))}
	r.firstLine()
	head := htmlHead{line: oneLine(r.line.String()), links: r.links, block: r.block, heading: r.heading}
	switch {
	case !r.more && !r.showsMore():
	case r.block:
		head.rest = source
	default:
		head.rest = strings.Join(r.openTags, "") + source[r.end:]
	}
	return head
}

// maxOpen is how many elements may be open at the end of the first line: clients draw no
// deeper nesting.
const maxOpen = 100

// htmlReader reads up to the end of a line.
type htmlReader struct {
	source   string
	tokens   *html.Tokenizer
	line     strings.Builder
	links    []Link
	link     int      // where the open link's text begins in line
	href     string   // of the open link
	names    []string // of the open elements
	openTags []string // their tags as written
	unseen   int      // how many of them show nothing
	end      int      // the offset behind the line
	block    bool     // the line is within a list, table or code block
	heading  bool     // the line is within a heading
	more     bool     // a code block has more lines
}

func (r *htmlReader) firstLine() {
	for {
		kind := r.tokens.Next()
		begin := r.end
		r.end += len(r.tokens.Raw())
		if kind == html.ErrorToken {
			return
		}
		t := r.tokens.Token()
		ends := breaksLine(t.DataAtom) && r.hasText()
		switch kind {
		case html.TextToken:
			if r.text(t.Data) {
				return
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			if ends {
				if t.DataAtom != atom.Br {
					r.end = begin
				}
				return
			}
			if len(r.names) == maxOpen {
				r.block, r.more = true, true
				return
			}
			r.open(t, r.source[begin:r.end])
		case html.EndTagToken:
			r.close(t)
			if ends {
				return
			}
		}
	}
}

// showsMore reports whether there is anything to see behind the line.
func (r *htmlReader) showsMore() bool {
	unseen := false
	for {
		switch r.tokens.Next() {
		case html.ErrorToken:
			return false
		case html.TextToken:
			if !unseen && len(bytes.TrimSpace(r.tokens.Text())) > 0 {
				return true
			}
		case html.StartTagToken:
			if name, _ := r.tokens.TagName(); isUnseen(string(name)) {
				unseen = true
			}
		case html.EndTagToken:
			unseen = false
		}
	}
}

func (r *htmlReader) hasText() bool { return strings.TrimSpace(r.line.String()) != "" }

// text adds to the line, and reports whether it is complete.
func (r *htmlReader) text(s string) bool {
	if r.unseen > 0 {
		return false
	}
	if !r.block || !slices.Contains(r.names, "pre") {
		r.line.WriteString(s)
		return false
	}
	first, rest, more := strings.Cut(strings.TrimLeft(s, " \t\r\n"), "\n")
	r.line.WriteString(first)
	r.more = strings.TrimSpace(rest) != ""
	return more
}

func (r *htmlReader) open(t html.Token, raw string) {
	switch t.DataAtom {
	case atom.Br, atom.Img, atom.Hr, atom.Input, atom.Meta, atom.Link, atom.Wbr:
		return
	case atom.A:
		r.link, r.href = r.line.Len(), attribute(t, "href")
	case atom.Td, atom.Th:
		r.line.WriteByte(' ')
	case atom.Ul, atom.Ol, atom.Table, atom.Pre, atom.Details:
		r.block = r.block || !r.hasText()
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		r.heading = r.heading || !r.hasText()
	}
	if isUnseen(t.Data) {
		r.unseen++
	}
	r.names = append(r.names, t.Data)
	r.openTags = append(r.openTags, raw)
}

func (r *htmlReader) close(t html.Token) {
	i := len(r.names) - 1
	for i >= 0 && r.names[i] != t.Data {
		i--
	}
	if i < 0 {
		return
	}
	for _, name := range r.names[i:] {
		if isUnseen(name) {
			r.unseen--
		}
	}
	r.names, r.openTags = r.names[:i], r.openTags[:i]
	r.heading = r.heading && r.hasText() // else it was a picture's
	if t.DataAtom == atom.A && isWebURL(r.href) {
		if text := oneLine(r.line.String()[r.link:]); text != r.href {
			r.links = append(r.links, Link{Text: text, URL: r.href})
		}
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// breaksLine reports whether an element begins or ends a line.
func breaksLine(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Br, atom.Hr, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Ul, atom.Ol, atom.Li, atom.Pre, atom.Blockquote, atom.Table, atom.Tr, atom.Details, atom.Summary,
		atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dl, atom.Dt, atom.Dd, atom.Body:
		return true
	}
	return false
}

// isUnseen reports whether the content of an element is not shown.
func isUnseen(name string) bool {
	switch name {
	case "script", "style", "head", "title", "template", "noscript":
		return true
	}
	return false
}

// textOfMarkdown returns a Markdown text as one plain line.
func textOfMarkdown(s string) string {
	if isProse(s) {
		return oneLine(s)
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(renderMarkdown(s)))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return oneLine(b.String())
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.EndTagToken:
			if name, _ := z.TagName(); breaksLine(atom.Lookup(name)) {
				b.WriteByte(' ')
			}
		}
	}
}
