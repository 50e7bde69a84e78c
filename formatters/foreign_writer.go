package formatters

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// foreignWriter draws a tree of cleaned foreign HTML into both bodies of a card.
type foreignWriter struct {
	*card
	full  bool // something did not fit; nothing more is written
	depth int  // of open elements
	lists int  // of open lists
	pre   bool // blanks and line breaks are kept
	begun bool // the current line has text
	space bool // a space is due before the next text
}

// wrap writes an element and what is in it. An element that stays empty is taken back,
// and one that is too deep leaves its content to the element around it.
func (w *foreignWriter) wrap(open, shut string, content func()) {
	if w.depth >= maxForeignDepth {
		content()
		return
	}
	n := encodedLen(open) + encodedLen(shut)
	if w.full || n > w.left {
		w.full = true
		return
	}
	w.left -= n
	m := w.mark()
	w.depth++
	w.tag(open)
	content()
	w.depth--
	if len(w.html) == m.html+len(open) {
		w.html, w.text = w.html[:m.html], w.text[:m.text]
		w.left += n
		return
	}
	w.tag(shut)
}

// flow writes what stands between blocks: runs of inline nodes become paragraphs.
func (w *foreignWriter) flow(parent *html.Node) {
	for n := parent.FirstChild; n != nil; {
		if isBlock(n) {
			w.block(n)
			n = n.NextSibling
			continue
		}
		first := n
		for n != nil && !isBlock(n) {
			n = n.NextSibling
		}
		w.line()
		w.wrap("<p>", "</p>", func() {
			for i := first; i != n; i = i.NextSibling {
				w.inline(i)
			}
		})
	}
}

// line begins a new line of the plain body.
func (w *foreignWriter) line() {
	if !bytes.HasSuffix(w.text, []byte("\n")) {
		w.plain("\n")
	}
	w.begun, w.space = false, false
}

// lineBreak begins a new line within a paragraph, unless the line is still empty.
func (w *foreignWriter) lineBreak() {
	if !w.begun {
		return
	}
	if w.left < encodedLen("<br>\n") {
		w.full = true
	}
	if !w.full {
		w.left -= encodedLen("<br>\n")
		w.breakLine()
		w.begun, w.space = false, false
	}
}

func (w *foreignWriter) block(n *html.Node) {
	w.line()
	switch n.DataAtom {
	case atom.P:
		w.wrap("<p>", "</p>", func() { w.inlines(n) })
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.wrap("<p><b>", "</b></p>", func() { w.inlines(n) })
	case atom.Blockquote:
		w.wrap("<blockquote>", "</blockquote>", func() { w.flow(n) })
	case atom.Pre:
		w.pre = true
		w.wrap("<pre>", "</pre>", func() { w.inlines(n) })
		w.pre = false
	case atom.Ul, atom.Ol:
		w.list(n)
	case atom.Table:
		w.wrap("<p>", "</p>", func() { w.rows(n) })
	case atom.Details:
		w.wrap("<details>", "</details>", func() { w.flow(n) })
	case atom.Summary:
		w.wrap("<summary>", "</summary>", func() { w.inlines(n) })
	default:
		w.flow(n)
	}
	w.line()
}

// list writes a list; the plain body numbers or dashes its entries and indents inner ones.
func (w *foreignWriter) list(n *html.Node) {
	open, shut, number := "<ul>", "</ul>", 0
	if n.DataAtom == atom.Ol {
		open, shut, number = "<ol>", "</ol>", 1
		if start, err := strconv.Atoi(attributeOf(n, "start")); err == nil && start > 1 && start < 1e6 {
			open, number = `<ol start="`+strconv.Itoa(start)+`">`, start
		}
	}
	w.lists++
	w.wrap(open, shut, func() {
		for i := n.FirstChild; i != nil; i = i.NextSibling {
			if i.DataAtom == atom.Li {
				w.entry(i, number)
				if number > 0 {
					number++
				}
			}
		}
	})
	w.lists--
}

func (w *foreignWriter) entry(n *html.Node, number int) {
	w.line()
	w.wrap("<li>", "</li>", func() {
		bullet := strings.Repeat("  ", min(w.lists, 8)-1) + "- "
		if number > 0 {
			bullet = strings.Repeat("  ", min(w.lists, 8)-1) + strconv.Itoa(number) + ". "
		}
		w.plain(bullet)
		for i := n.FirstChild; i != nil; i = i.NextSibling {
			if i.DataAtom == atom.Ul || i.DataAtom == atom.Ol {
				w.line()
				w.list(i)
			} else {
				w.inline(i)
			}
		}
	})
}

// rows writes a table as lines with parted cells, which every client can show.
func (w *foreignWriter) rows(table *html.Node) {
	for n := table.FirstChild; n != nil; n = n.NextSibling {
		if n.DataAtom == atom.Thead || n.DataAtom == atom.Tbody {
			w.rows(n)
			continue
		}
		w.lineBreak()
		if n.DataAtom == atom.Tr {
			w.cells(n)
		} else {
			w.inline(n)
		}
	}
}

func (w *foreignWriter) cells(row *html.Node) {
	for n := row.FirstChild; n != nil; n = n.NextSibling {
		if n.Type == html.TextNode {
			continue // only blanks stand between cells
		}
		if w.begun {
			w.space = false
			w.write(" · ")
		}
		if n.DataAtom == atom.Th {
			w.wrap("<b>", "</b>", func() { w.inlines(n) })
		} else {
			w.inlines(n)
		}
	}
}

func (w *foreignWriter) inlines(parent *html.Node) {
	for n := parent.FirstChild; n != nil; n = n.NextSibling {
		w.inline(n)
	}
}

// inline writes text and the elements within a line. A block inside of them, which HTML
// does not allow, becomes a line.
func (w *foreignWriter) inline(n *html.Node) {
	if n.Type == html.TextNode {
		w.words(n.Data)
		return
	}
	content := func() { w.inlines(n) }
	switch n.DataAtom {
	case atom.Br:
		w.lineBreak()
	case atom.Img:
		w.words(attributeOf(n, "alt"))
	case atom.A:
		w.link(n, cleanURL(attributeOf(n, "href")))
	case atom.Span:
		w.pad()
		if open := colouredSpan(n); open != "<span>" {
			w.wrap(open, "</span>", content)
		} else {
			content()
		}
	case atom.Code:
		w.pad()
		open := "<code>"
		if class := attributeOf(n, "class"); class != "" && w.pre {
			open = `<code class="` + class + `">`
		}
		w.wrap(open, "</code>", content)
	case atom.S, atom.Strike: // Element X shows these two as if nothing was struck out
		w.pad()
		w.wrap("<del>", "</del>", content)
	case atom.Del, atom.B, atom.Strong, atom.I, atom.Em, atom.U, atom.Sup, atom.Sub:
		w.pad()
		w.wrap("<"+n.Data+">", "</"+n.Data+">", content)
	default:
		if isBlock(n) {
			w.lineBreak()
		}
		content()
	}
}

// link writes a link; the plain body shows the address too, unless the text is it.
func (w *foreignWriter) link(n *html.Node, address string) {
	if address == "" {
		w.inlines(n)
		return
	}
	w.pad()
	from := len(w.text)
	w.wrap(`<a href="`+string(appendEscaped(nil, address))+`">`, "</a>", func() { w.inlines(n) })
	if shown := strings.TrimSpace(string(w.text[from:])); shown != "" && shown != address {
		w.plain(" (" + address + ")")
	}
}

// colouredSpan writes a span's tag with the colours that it has.
func colouredSpan(n *html.Node) string {
	open := "<span"
	for _, name := range []string{"data-mx-bg-color", "data-mx-color"} {
		if colour := attributeOf(n, name); colour != "" {
			open += " " + name + `="` + colour + `"`
		}
	}
	return open + ">"
}

func attributeOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words writes foreign text: as it is in preformatted text, else with every run of blanks
// as one space, and none at either end of a line.
func (w *foreignWriter) words(s string) {
	if w.pre {
		w.write(withoutRoomPing(clean(s, true)))
		return
	}
	words := withoutRoomPing(strings.TrimRight(clean(s, false), " "))
	if words == "" {
		w.space = w.space || s != ""
		return
	}
	w.space = w.space || isBlank(s[0])
	w.pad()
	w.write(words)
	w.space = isBlank(s[len(s)-1])
}

// pad writes the space that is due, before an element rather than in it.
func (w *foreignWriter) pad() {
	if w.space && w.begun && !w.pre && !bytes.HasSuffix(w.text, []byte(" ")) {
		w.write(" ")
	}
	w.space = false
}

func isBlank(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// write writes clean text to both bodies, cut where there is no more room.
func (w *foreignWriter) write(s string) {
	if w.full || s == "" {
		return
	}
	m := w.mark()
	s, whole := cut(s, w.left)
	w.both(s)
	w.keep(m, w.left)
	w.full = !whole
	w.begun = true
}

// plain writes to the plain body alone.
func (w *foreignWriter) plain(s string) {
	if n := encodedLen(s); !w.full && n <= w.left {
		w.text = append(w.text, s...)
		w.left -= n
	}
}
