package formatters

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxTidy is the longest HTML that tidyTree reads, in bytes: escaped anew, text grows to five
// times its length, and what cleanTree might cut is not for tidyTree.
const maxTidy = maxForeignClean / 5

// tidyTree reads HTML that leaves a policy and a parser nothing to do, at a tenth of their
// cost. Our own paragraphs are such HTML, and most Markdown: a few elements, each where HTML
// lets it stand and closed in turn, with no attribute but a link's plain address. For any
// other HTML, it returns nil.
func tidyTree(s string) *html.Node {
	if len(s) > maxTidy || strings.ContainsAny(s, "\x00\r") {
		return nil
	}
	at, depth := bodyNode(), 0
	for {
		text, rest, tagged := strings.Cut(s, "<")
		if text != "" {
			text = html.UnescapeString(text)
			if at.DataAtom == atom.Pre && at.FirstChild == nil && (text[0] == '\n' || text[0] == '\r') {
				return nil // a parser leaves it out
			}
			at.AppendChild(&html.Node{Type: html.TextNode, Data: text})
		}
		if !tagged {
			break
		}
		tag, behind, closed := strings.Cut(rest, ">")
		s = behind
		if name, ends := strings.CutPrefix(tag, "/"); closed && ends && name == at.Data && depth > 0 {
			at, depth = at.Parent, depth-1
			continue
		}
		n := tidyElement(tag)
		if n == nil || !closed || !mayHold(at, n.DataAtom) {
			return nil
		}
		at.AppendChild(n)
		if n.DataAtom == atom.Br {
			continue
		}
		if at, depth = n, depth+1; depth == maxForeignDepth {
			return nil
		}
	}
	if depth > 0 {
		return nil
	}
	return at
}

// tidyElement returns the element that a tag opens, or nil.
func tidyElement(tag string) *html.Node {
	n := &html.Node{Type: html.ElementNode, Data: tag, DataAtom: atom.Lookup([]byte(tag))}
	if address, isLink := strings.CutPrefix(tag, `a href="`); isLink {
		address, whole := strings.CutSuffix(address, `"`)
		if _, plain := plainHost(address); !whole || !plain || strings.ContainsAny(address, "&#") {
			return nil
		}
		n.Data, n.DataAtom, n.Attr = "a", atom.A, []html.Attribute{{Key: "href", Val: address}}
	} else if n.DataAtom == atom.A {
		return nil
	}
	return n
}

// mayHold reports whether an element may stand in another one, of those that tidyTree knows.
func mayHold(parent *html.Node, child atom.Atom) bool {
	switch child {
	case atom.A:
		for n := parent; n != nil; n = n.Parent {
			if n.DataAtom == atom.A {
				return false
			}
		}
		fallthrough
	case atom.Br, atom.B, atom.Strong, atom.I, atom.Em, atom.Del, atom.Code:
		return parent.DataAtom != atom.Ul && parent.DataAtom != atom.Ol
	case atom.Li:
		return parent.DataAtom == atom.Ul || parent.DataAtom == atom.Ol
	case atom.P, atom.Ul, atom.Ol, atom.Pre, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return parent.DataAtom == atom.Body || parent.DataAtom == atom.Blockquote || parent.DataAtom == atom.Li
	}
	return false
}
