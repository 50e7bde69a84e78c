package incident

import (
	"fmt"
	"slices"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// merged returns what is known after a notification: all that it says, and, when it tells
// only a part of the matter, the entries that it leaves out.
func merged(last, n *formatters.Notification) *formatters.Notification {
	m := *n
	if last == nil {
		return &m
	}
	if m.Subject == "" {
		m.Subject, m.URL = last.Subject, last.URL
	}
	if m.Image == "" {
		m.Image = last.Image
	}
	if n.Status == "still "+last.Status { // told again; the card counts how often
		m.Status, m.Facts = last.Status, withBeginning(n.Facts, last.Facts)
	}
	if !n.Incident.Partial || len(last.Items) == 0 {
		return &m
	}
	m.Items = joined(last.Items, n.Items)
	m.More = max(0, len(n.Items)+n.More-len(m.Items))     // of those that the sender left out, some are known
	if allSaid(n.Items) && len(m.Items) == len(n.Items) { // it says itself all that there is
		return &m
	}
	if len(m.Items) > 1 && n.Severity <= formatters.Success { // it grows: tell the whole, not what came last
		switch {
		case allSaid(n.Items) && len(m.Items) > entries(last.Items): // the line so far names other entries
			m.Summary, m.Facts = named(m.Items), shared(last.Facts, n.Facts)
		case last.Severity >= formatters.Warning: // what it waited for is over
			m.Summary, _, _ = strings.Cut(last.Summary, ":")
		default:
			m.Summary, m.Facts, m.Links = last.Summary, last.Facts, last.Links
		}
		for i := range m.Items {
			m.Items[i].Said = false
		}
		if finished := count(m.Items, formatters.Success); finished < len(m.Items) && finished > 0 {
			m.Status = partOf(finished, len(m.Items), bareStatus(n.Status))
		}
	}
	return &m
}

// withBeginning adds when a matter began, where only what is known of it says that.
func withBeginning(facts, known []formatters.Fact) []formatters.Fact {
	begins := func(f formatters.Fact) bool { return f.Name == "Since" }
	at := slices.IndexFunc(known, begins)
	if at < 0 || slices.ContainsFunc(facts, begins) {
		return facts
	}
	return slices.Insert(slices.Clone(facts), min(at, len(facts)), known[at])
}

// allSaid says whether a notification's entries need no list of their own.
func allSaid(items []formatters.Item) bool {
	return !slices.ContainsFunc(items, func(it formatters.Item) bool { return !it.Said })
}

// entries counts those that have a key.
func entries(items []formatters.Item) int {
	n := 0
	for _, it := range items {
		if it.Key != "" {
			n++
		}
	}
	return n
}

// named names the entries of a matter that no one has told as a whole.
func named(items []formatters.Item) string {
	const few = 3
	names := make([]string, 0, few)
	for _, it := range items[:min(few, len(items))] {
		names = append(names, it.Subject)
	}
	if len(items) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), len(items)-few)
	}
	return strings.Join(names, ", ")
}

// shared returns the facts that hold for a matter so far and for what came last.
func shared(known, told []formatters.Fact) []formatters.Fact {
	var both []formatters.Fact
	for _, f := range known {
		if slices.Contains(told, f) {
			both = append(both, f)
		}
	}
	return both
}

// joined returns the entries of a matter when some are told anew. What has no key is no
// entry of it, but a word on it, and stands first, until the next one.
func joined(known, told []formatters.Item) []formatters.Item {
	var words, items []formatters.Item
	for _, it := range known {
		if it.Key != "" {
			items = append(items, it)
		}
	}
	for _, it := range told {
		at := slices.IndexFunc(items, func(have formatters.Item) bool { return have.Key == it.Key })
		switch {
		case it.Key == "":
			words = append(words, it)
		case at < 0:
			items = append(items, it)
		default:
			items[at] = it
		}
	}
	return append(words, items...)
}

// same says whether two notifications of an open incident tell the same: the same entries
// in the same states, or, without entries, the same of the same. Values may differ.
func same(a, b *formatters.Notification) bool {
	if a == nil || a.Severity != b.Severity || len(a.Items) != len(b.Items) {
		return false
	}
	if len(a.Items) == 0 {
		return a.Status == b.Status && a.Subject == b.Subject && a.Event == b.Event
	}
	for _, it := range b.Items {
		if !slices.ContainsFunc(a.Items, func(have formatters.Item) bool {
			return have.Key == it.Key && have.Status == it.Status && have.Severity == it.Severity && have.Since.Equal(it.Since)
		}) {
			return false
		}
	}
	return true
}

// startedAnew says whether a notification is of a later occurrence than the one that is
// open: it has none of its entries, and at least one of them began again.
func startedAnew(last, n *formatters.Notification) bool {
	if last == nil || n.Incident.Partial {
		return false
	}
	again := false
	for _, it := range n.Items {
		for _, have := range last.Items {
			if have.Key != it.Key {
				continue
			}
			if !it.Since.After(have.Since) || have.Since.IsZero() {
				return false
			}
			again = true
		}
	}
	return again
}

// gotWorse says whether a change wants a person who has seen what was before.
func gotWorse(last, n *formatters.Notification) bool {
	if last == nil {
		return false
	}
	return n.Severity > last.Severity && n.Severity >= formatters.Warning || n.Loud && !last.Loud
}

func count(items []formatters.Item, s formatters.Severity) int {
	n := 0
	for _, it := range items {
		if it.Severity == s {
			n++
		}
	}
	return n
}
