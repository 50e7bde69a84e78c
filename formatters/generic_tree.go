package formatters

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// node is a value of a document, be it JSON, XML or a form: in the sender's order, with
// numbers as they were written.
type node struct {
	kind   jsontext.Kind // 'n', 't', 'f', '0', '"', '{' or '['
	text   string        // of a scalar
	fields []nodeField   // of an object
	items  []*node       // of an array
}

// nodeField is a member of an object.
type nodeField struct {
	name  string // as written
	key   string // in lower case: names match without case
	value *node
	told  bool // it is in the notification already
}

// maxNesting is how deep a document is taken apart. What is deeper stays as it was written.
const maxNesting = 12

// parseTree reads a JSON document, or several one after the other as an array.
func parseTree(doc string) (*node, bool) {
	r := treeReaders.Get().(*treeReader)
	defer treeReaders.Put(r)
	r.reset(doc)
	var all []*node
	for r.PeekKind() != 0 {
		n, err := r.node(0)
		if err != nil {
			return nil, false
		}
		all = append(all, n)
	}
	if strings.TrimSpace(doc[min(int(r.InputOffset()), len(doc)):]) != "" || len(all) == 0 {
		return nil, false
	}
	if len(all) == 1 {
		return all[0], true
	}
	for _, n := range all { // "2026-11-22" would pass for three numbers
		if n.isScalar() {
			return nil, false
		}
	}
	return &node{kind: '[', items: all}, true
}

// jsonTree returns the JSON object or array that a payload carries, as jsonDocument does.
func jsonTree(p Payload) (*node, error) {
	if n, ok := parseTree(strings.TrimSpace(decodeText(p))); ok && n.kind == '{' { // as nearly every body is
		return n, nil
	}
	doc, err := jsonDocument(p)
	if err != nil {
		return nil, err
	}
	n, ok := parseTree(string(doc))
	if !ok {
		return nil, errNoJSON
	}
	return n, nil
}

// treeReader reads a document's values.
type treeReader struct {
	jsontext.Decoder
	buffer   bytes.Buffer // of the decoder
	doc      string       // what it decodes: most texts are parts of it as they are
	members  []nodeField  // of the objects and arrays that are being read, the innermost last
	spare    []node       // made together, to be used one by one
	unquoted []byte       // the last text that is not such a part
}

// treeReaders are those that nobody reads with, kept for their buffers.
var treeReaders = sync.Pool{New: func() any { return new(treeReader) }}

func (r *treeReader) reset(doc string) {
	r.buffer.Reset()
	r.buffer.WriteString(doc)
	r.Reset(&r.buffer, decodeOptions)
	r.doc, r.members = doc, r.members[:0]
	r.spare = make([]node, 1+min(strings.Count(doc, `":`), 64))
}

func (r *treeReader) node(depth int) (*node, error) {
	if len(r.spare) == 0 {
		r.spare = make([]node, 8)
	}
	n := &r.spare[0]
	r.spare = r.spare[1:]
	n.kind = r.PeekKind()
	nested := n.kind == '{' || n.kind == '['
	if nested && depth < maxNesting {
		return n, r.inside(n, depth+1)
	}
	text, err := r.text()
	switch {
	case nested:
		return textNode(text), err
	case n.kind != 'n':
		n.text = text
	}
	return n, err
}

// inside reads the members of an object or the elements of an array.
func (r *treeReader) inside(n *node, depth int) error {
	if _, err := r.ReadToken(); err != nil {
		return err
	}
	outer := len(r.members)
	for kind := r.PeekKind(); kind != '}' && kind != ']'; kind = r.PeekKind() {
		var f nodeField
		var err error
		if n.kind == '{' {
			if f.name, err = r.text(); err != nil {
				return err
			}
			f.key = strings.ToLower(f.name)
		}
		if f.value, err = r.node(depth); err != nil {
			return err
		}
		r.members = append(r.members, f)
	}
	switch own := r.members[outer:]; {
	case len(own) == 0:
	case n.kind == '{':
		n.fields = slices.Clone(own)
	default:
		n.items = make([]*node, len(own))
		for i, f := range own {
			n.items[i] = f.value
		}
	}
	r.members = r.members[:outer]
	_, err := r.ReadToken()
	return err
}

// text reads what a string says, and of any other value how it is written.
func (r *treeReader) text() (string, error) {
	raw, err := r.ReadValue()
	if err != nil {
		return "", err
	}
	end := int(r.InputOffset())
	text := r.doc[end-len(raw) : end]
	switch {
	case raw[0] != '"':
		return text, nil
	case strings.IndexByte(text, '\\') < 0 && utf8.ValidString(text):
		return text[1 : len(text)-1], nil
	}
	r.unquoted, _ = jsontext.AppendUnquote(r.unquoted[:0], raw) // it was found to be a string
	return string(r.unquoted), nil
}

func textNode(s string) *node { return &node{kind: '"', text: s} }

// isEmpty reports whether a value says nothing.
func (n *node) isEmpty() bool {
	return n == nil || strings.TrimSpace(n.text) == "" && len(n.fields) == 0 && len(n.items) == 0
}

// isScalar reports whether a value is a string, a number or a boolean.
func (n *node) isScalar() bool { return n != nil && n.kind != '{' && n.kind != '[' && n.kind != 'n' }

// peek returns the first of the named members that there is, the names in the order of
// preference and in lower case; nil when there is none.
func (n *node) peek(keys ...string) *node {
	if n == nil {
		return nil
	}
	for _, key := range keys {
		for i := range n.fields {
			if n.fields[i].key == key {
				return n.fields[i].value
			}
		}
	}
	return nil
}

// has reports whether one of the named members says something.
func (n *node) has(keys ...string) bool {
	for _, key := range keys {
		if !n.peek(key).isEmpty() {
			return true
		}
	}
	return false
}

// take returns the first of the named members that is a scalar and says something, and
// marks it as told.
func (n *node) take(keys ...string) string {
	return n.takeIf(func(string) bool { return true }, keys...)
}

// takeIf is take for what also fits.
func (n *node) takeIf(fits func(string) bool, keys ...string) string {
	if n == nil {
		return ""
	}
	for _, key := range keys {
		for i := range n.fields {
			f := &n.fields[i]
			if f.key == key && f.value.isScalar() && !f.value.isEmpty() && !f.told && fits(f.value.text) {
				f.told = true
				return strings.TrimSpace(f.value.text)
			}
		}
	}
	return ""
}

// takeText is take for a message, whose leading blanks are part of its layout.
func (n *node) takeText(keys ...string) string {
	var whole string
	n.takeIf(func(s string) bool { whole = s; return true }, keys...)
	return firstOf(whole, maxTextBytes)
}

// takeLines is takeText for a message in lines: an array of scalars.
func (n *node) takeLines(keys ...string) string {
	for _, key := range keys {
		list := n.peek(key)
		if list == nil || list.kind != '[' || slices.ContainsFunc(list.items, func(i *node) bool { return !i.isScalar() }) {
			continue
		}
		var lines []string
		for _, i := range n.takeList(key) {
			lines = append(lines, i.text)
		}
		return firstOf(strings.Join(lines, "\n"), maxTextBytes)
	}
	return ""
}

// takeURL is take for addresses.
func (n *node) takeURL(keys ...string) string { return n.takeIf(isWebURL, keys...) }

func isWebURL(s string) bool {
	s = strings.TrimSpace(s)
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && cleanURL(s) != ""
}

// maxElements is how many elements of an array are looked at: many times what is drawn.
const maxElements = 500

// takeList returns the elements of the first of the named arrays, and marks it as told.
func (n *node) takeList(keys ...string) []*node {
	for _, key := range keys {
		for i := range n.fields {
			if f := &n.fields[i]; f.key == key && f.value.kind == '[' {
				f.told = true
				return f.value.items[:min(len(f.value.items), maxElements)]
			}
		}
	}
	return nil
}

// drop marks members as told that nobody needs to read.
func (n *node) drop(keys ...string) {
	for i := range n.fields {
		for _, key := range keys {
			if n.fields[i].key == key {
				n.fields[i].told = true
			}
		}
	}
}
