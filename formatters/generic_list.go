package formatters

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// readList tells an array: every element is an entry.
func readList(n *node) draft {
	d := draft{severity: Info, status: "received"}
	total := 0
	for _, item := range n.items {
		if item.isEmpty() {
			continue
		}
		if total++; total > maxElements {
			continue
		}
		if item.kind != '{' {
			d.items = append(d.items, Item{Text: oneLine(firstOf(item.outline(), maxTitleBytes))})
			continue
		}
		d.addEntry(readUnknown(item))
	}
	if total > 0 {
		d.text = countOf(total, "entry", "entries")
	}
	if i := slices.IndexFunc(d.items, func(it Item) bool { return it.Status != "" && it.Severity == d.severity }); i >= 0 { // else the badge counts them again
		d.status, d.title, d.text = d.text, d.items[i].Subject, strings.TrimPrefix(d.items[i].Text, ": ")
	}
	return d
}

// addEntry adds a draft as one item. An item goes to one address; others of its links stand
// with the message's.
func (d *draft) addEntry(e draft) {
	d.raise(e.severity, true)
	n := e.notification()
	it := Item{Subject: n.Subject, Text: n.Summary, URL: n.URL, Severity: e.severity}
	if it.Subject == "" && n.Summary == describe(Notification{Facts: n.Facts, Details: n.Details, HTML: n.HTML}) {
		it.Text = ""
	}
	for _, f := range n.Facts {
		if it.Text != "" {
			it.Text += " · "
		}
		told := strings.TrimSpace(f.Name + " " + f.Value)
		it.Text += told
		if f.URL != "" && f.URL != strings.TrimSpace(f.Value) { // else the text says it
			n.Links = append(n.Links, Link{Text: told, URL: f.URL})
		}
	}
	own := ownLink(n)
	it.URL = cmp.Or(it.URL, own.URL)
	for _, l := range distinct(n.Links, it.URL) {
		if slices.ContainsFunc(d.links, func(other Link) bool { return other.Text == l.Text }) { // of another entry
			l.Text = joinWords(" ", it.Subject, l.Text)
		}
		d.addLink(l.Text, l.URL)
	}
	if e.status != "" {
		it.Status = e.status
	}
	if it.Subject == "" && it.Text == "" {
		it.Text = cmp.Or(oneLine(firstOf(n.Details, maxTitleBytes)), own.Text)
	}
	if n.HTML != "" || utf8.RuneCountInString(it.Text) > maxItem {
		d.details = append(d.details, e.title, "\n", firstOf(e.text, maxTitleBytes), "\n\n")
	}
	if it != (Item{Severity: e.severity}) {
		d.items = append(d.items, it)
	}
}

// ownLink returns where an entry without an address leads to: a link of its text tells more of
// it than a button below.
func ownLink(n Notification) Link {
	if len(n.Links) == 0 {
		return Link{}
	}
	i := slices.IndexFunc(n.Links, func(l Link) bool { return strings.Contains(n.Summary, l.Text) })
	return n.Links[max(i, 0)]
}

// countOf writes a number with its noun.
func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
