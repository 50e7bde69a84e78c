package formatters

import (
	"slices"
	"strconv"
	"strings"
)

// queryTree returns what a request without body says in its query, the names sorted: their
// order is not known.
func queryTree(p Payload) *node {
	names := make([]string, 0, len(p.Query))
	for name := range p.Query {
		names = append(names, name)
	}
	slices.Sort(names)
	n := &node{kind: '{'}
	for _, name := range names {
		for _, value := range p.Query[name] {
			if doc := unwrapJSON(value); doc != nil && (name == "payload" || name == "data") {
				if inner, ok := parseTree(string(doc)); ok {
					return inner
				}
			}
			n.setPath(name, value)
		}
	}
	return n
}

func formTree(form []formField) *node {
	n := &node{kind: '{'}
	for _, f := range form {
		if !f.file {
			n.setPath(f.name, f.value)
		}
	}
	return n
}

func fileNames(form []formField) []string {
	var names []string
	for _, f := range form {
		if f.file {
			names = append(names, f.value)
		}
	}
	return names
}

// addFiles names what came along. The files themselves stay where they are.
func (d *draft) addFiles(names []string) {
	if len(names) == 0 {
		return
	}
	value := strings.Join(names[:min(len(names), 3)], ", ")
	if more := len(names) - 3; more > 0 {
		value += " and " + countOf(more, "more", "more")
	}
	name := "Files"
	if len(names) == 1 {
		name = "File"
	}
	d.facts = append(d.facts, Fact{Name: name, Value: value})
}

// maxDistinct bounds the search for members of one name, which is linear.
const maxDistinct = 1000

// set adds a member, or makes a member of that name an array with one more element.
func (n *node) set(name string, value *node) {
	for i := range min(len(n.fields), maxDistinct) {
		f := &n.fields[i]
		if f.name != name {
			continue
		}
		if f.value.kind != '[' {
			f.value = &node{kind: '[', items: []*node{f.value}}
		}
		f.value.items = append(f.value.items, value)
		return
	}
	n.fields = append(n.fields, nodeField{name: name, key: strings.ToLower(name), value: value})
}

// setPath adds the member that a form calls "a[b][c]"; "a[]" is an element of the array a.
func (n *node) setPath(name, value string) {
	head, rest, nested := strings.Cut(name, "[")
	if !nested || head == "" || !strings.HasSuffix(rest, "]") {
		n.set(name, textNode(value))
		return
	}
	path := append([]string{head}, strings.Split(strings.TrimSuffix(rest, "]"), "][")...)
	if len(path) > maxNesting {
		n.set(name, textNode(value))
		return
	}
	for len(path) > 1 && path[1] != "" {
		if _, err := strconv.Atoi(path[1]); err == nil {
			break // a[0]: an array as well
		}
		inner := n.peek(strings.ToLower(path[0]))
		if inner == nil || inner.kind != '{' {
			inner = &node{kind: '{'}
			n.set(path[0], inner)
		}
		n, path = inner, path[1:]
	}
	n.set(path[0], textNode(value))
}
