package formatters

import (
	"slices"
	"strings"
)

// maxOutline is how much of a document is written out, in bytes: more than a message shows.
const maxOutline = 32 << 10

// outline writes what is not told yet of a document as indented lines, "name: value".
func (n *node) outline() string {
	var b strings.Builder
	n.writeOutline(&b, "")
	return strings.TrimRight(b.String(), "\n")
}

func (n *node) writeOutline(b *strings.Builder, indent string) {
	switch {
	case b.Len() > maxOutline:
	case n.kind == '{':
		for _, f := range n.fields {
			if !f.told && f.value.hasUntold() && b.Len() <= maxOutline {
				writeMember(b, indent, f.name+":", f.value)
			}
		}
	case n.kind == '[':
		for _, item := range n.items {
			if item.hasUntold() && b.Len() <= maxOutline {
				writeMember(b, indent, "-", item)
			}
		}
	default:
		b.WriteString(indent + firstOf(n.text, maxOutline) + "\n")
	}
}

// hasUntold reports whether a value says something that is not told yet.
func (n *node) hasUntold() bool {
	switch n.kind {
	case '{':
		return slices.ContainsFunc(n.fields, func(f nodeField) bool { return !f.told && f.value.hasUntold() })
	case '[':
		return slices.ContainsFunc(n.items, (*node).hasUntold)
	}
	return !n.isEmpty()
}

// writeMember writes a scalar behind its head, and anything else on the lines below.
func writeMember(b *strings.Builder, indent, head string, value *node) {
	b.WriteString(indent + head)
	text := firstOf(value.text, maxOutline)
	switch {
	case value.isScalar() && !strings.Contains(text, "\n"):
		b.WriteString(" " + text + "\n")
	case value.isScalar():
		b.WriteString("\n")
		for line := range strings.Lines(text) {
			b.WriteString(indent + "  " + strings.TrimRight(line, "\r\n") + "\n")
		}
	default:
		b.WriteString("\n")
		value.writeOutline(b, indent+"  ")
	}
}
