package formatters

import (
	"cmp"
	"strings"
)

// richBody gathers the paragraphs of a message that is made of blocks, and puts what is
// no paragraph into its draft.
type richBody struct {
	draft *draft
	lines []string // Markdown
}

func (b *richBody) text() string { return strings.Join(b.lines, "\n\n") }

func (b *richBody) add(s string) { b.lines = append(b.lines, nonEmpty(s)...) }

// fact adds a named value in Markdown, or a paragraph when it is too long for one.
func (b *richBody) fact(name, value string) {
	name = strings.TrimSpace(strings.TrimSuffix(textOfMarkdown(name), ":"))
	f := Fact{Name: name, Value: strings.TrimSpace(value)}
	whole := true
	if !isProse(value) {
		head := splitHTML(renderMarkdown(value))
		f.Value, whole = head.line, head.rest == ""
		if len(head.links) == 1 && head.links[0].Text == head.line {
			f.URL = head.links[0].URL
		}
	}
	if !whole || !b.draft.addFact(f) {
		b.add("**" + escapeMarkdown(name) + "**\n" + value)
	}
}

// merge adds what a message has beside its text: one embed belongs to it, several are its
// entries.
func (d *draft) merge(entries []draft) {
	if len(entries) != 1 {
		for _, e := range entries {
			d.addEntry(e)
		}
		return
	}
	e := entries[0]
	if d.title == "" {
		d.title, d.url = e.title, cmp.Or(d.url, e.url)
	} else {
		d.note(Fact{Value: e.title, URL: e.url})
	}
	d.text = strings.Join(nonEmpty(d.text, e.text), "\n\n")
	d.raise(e.severity, true)
	d.facts, d.links = append(d.facts, e.facts...), append(d.links, e.links...)
	d.image = cmp.Or(d.image, e.image)
	d.details = append(d.details, e.details...)
	if d.time.IsZero() {
		d.time = e.time
	}
}

// nonEmpty returns the strings that say something.
func nonEmpty(all ...string) []string {
	var kept []string
	for _, s := range all {
		if strings.TrimSpace(s) != "" {
			kept = append(kept, s)
		}
	}
	return kept
}
