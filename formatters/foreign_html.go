package formatters

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxForeignRaw   = 64 << 10 // bytes of a sender's HTML that are looked at
	maxForeignClean = 32 << 10 // bytes of it that are drawn from, once cleaned
	maxForeignDepth = 16       // elements inside each other; deeper ones lose their tags
)

// foreignPolicy returns what is left of a sender's HTML: the elements of Matrix's list
// that say something without a picture. Building it compiles expressions, so it is built
// when the first such notification comes.
var foreignPolicy = sync.OnceValue(func() *bluemonday.Policy {
	colour := regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
	p := bluemonday.NewPolicy()
	p.AllowElements("del", "s", "strike", "b", "strong", "i", "em", "u", "sup", "sub", "code", "br", "span",
		"h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "blockquote", "pre", "hr", "ul", "ol", "li",
		"table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("alt").OnElements("img") // for its text; the picture itself is never drawn
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[\w+-]{1,32}$`)).OnElements("code")
	p.AllowAttrs("data-mx-color", "data-mx-bg-color").Matching(colour).OnElements("span")
	return p
})

// foreignHTML draws the sender's own rich text, as much of it as there is room for, in
// both bodies.
//
// It is drawn anew from its tree, which holds only what a policy leaves: the policy looks at
// tags one by one, and only the tree can be closed, measured and cut. Headings, divisions and
// tables become paragraphs on the way, since some clients draw those without line breaks.
func (c *card) foreignHTML(s string) {
	s, whole := firstBytes(s, maxForeignRaw)
	if strings.TrimSpace(s) == "" {
		return
	}
	body := tidyTree(s)
	if body == nil {
		var clean bool
		body, clean = cleanTree(s)
		whole = whole && clean
	}
	w := foreignWriter{card: c}
	w.flow(body)
	w.text = bytes.TrimRight(w.text, "\n")
	if w.full || !whole {
		c.markCut()
	}
}

// cleanTree reads any HTML, cleaned by the policy. It reports whether that is all of it.
func cleanTree(s string) (*html.Node, bool) {
	s, whole := firstBytes(foreignPolicy().Sanitize(s), maxForeignClean)
	body := bodyNode()
	nodes, err := html.ParseFragment(strings.NewReader(s), body)
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return body, whole && err == nil
}

func bodyNode() *html.Node {
	return &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
}

// isBlock reports whether an element begins a line of its own.
func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Blockquote, atom.Pre, atom.Hr, atom.Ul, atom.Ol, atom.Li,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Table, atom.Caption, atom.Thead, atom.Tbody, atom.Tr, atom.Details, atom.Summary:
		return n.Type == html.ElementNode
	}
	return false
}
