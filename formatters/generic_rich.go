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

// headed adds a text below its name.
func (b *richBody) headed(name, text string) {
	if name != "" {
		text = "#### " + escapeMarkdown(name) + "\n" + text
	}
	b.add(text)
}

// fact adds a named value in Markdown, or a paragraph of that name when it is too long for one.
// Links that are only a part of it stand with the others.
func (b *richBody) fact(name, value string) {
	name = strings.TrimSpace(strings.TrimSuffix(textOfMarkdown(name), ":"))
	f := Fact{Name: name, Value: strings.TrimSpace(value)}
	var links []Link
	whole := true
	if !isProse(value) {
		head := splitHTML(renderMarkdown(value))
		f.Value, whole, links = head.line, head.rest == "", head.links
		if len(links) == 1 && links[0].Text == head.line {
			f.URL, links = links[0].URL, nil
		}
	}
	listed := strings.EqualFold(name, "links") && areAll(links, f.Value)
	if !whole || !listed && !b.draft.addFact(f) {
		b.headed(name, value)
		return
	}
	for _, l := range links {
		if saysLittle(l.Text) {
			l.Text = joinWords(" ", name, l.Text)
		}
		b.draft.addLink(l.Text, l.URL)
	}
}

// areAll reports whether a text is a list of links and nothing else.
func areAll(links []Link, text string) bool {
	if len(links) == 0 || len(links) > maxDraftLinks {
		return false
	}
	for _, l := range links {
		text = strings.Replace(text, l.Text, "", 1)
	}
	return strings.Trim(text, " /|,;·•-") == ""
}

// saysLittle reports whether the text of a link only makes sense in its sentence.
func saysLittle(text string) bool {
	return !isName(text) || strings.EqualFold(text, "here") || strings.EqualFold(text, "link")
}

// merge adds what a message has beside its text: one embed belongs to it, several are its
// entries.
func (d *draft) merge(entries []draft) {
	if len(entries) != 1 {
		for _, e := range entries {
			d.addEntry(e)
		}
		if d.text == "" && d.title == "" && len(d.items) > 0 {
			d.text = countOf(len(d.items), "message", "messages")
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
