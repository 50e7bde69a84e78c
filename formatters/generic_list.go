package formatters

import (
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

// addEntry adds a draft as one item.
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
		it.Text += strings.TrimSpace(f.Name + " " + f.Value)
	}
	if e.status != "" {
		it.Status = e.status
	}
	if it.Subject == "" && it.Text == "" {
		it.Text = oneLine(firstOf(n.Details, maxTitleBytes))
	}
	if n.HTML != "" || utf8.RuneCountInString(it.Text) > maxItem {
		d.details = append(d.details, e.title, "\n", firstOf(e.text, maxTitleBytes), "\n\n")
	}
	if it != (Item{Severity: e.severity}) {
		d.items = append(d.items, it)
	}
}

// countOf writes a number with its noun.
func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
