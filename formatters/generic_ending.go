package formatters

import (
	"slices"
	"strings"
)

// takeEnding takes the first member whose name ends in one of the words, in lower case, as
// "TaskName" and "task_name" end in "name".
func (n *node) takeEnding(fits func(string) bool, words ...string) string {
	for i := range n.fields {
		f := &n.fields[i]
		if !f.told && f.value.isScalar() && !f.value.isEmpty() && f.endsIn(words) && fits(f.value.text) {
			f.told = true
			return strings.TrimSpace(f.value.text)
		}
	}
	return ""
}

// aside are the beginnings of names of what is not the matter itself: where it happened, to
// whom, and how it was before.
var aside = []string{"server", "host", "user", "client", "device", "app", "first", "last", "old", "prev", "next", "file", "integration", "machine", "operation", "project"}

func (f *nodeField) endsIn(words []string) bool {
	isAside := slices.ContainsFunc(aside, func(s string) bool { return strings.HasPrefix(f.key, s) })
	if isAside || strings.HasSuffix(f.key, "type_name") { // a kind of things has a name too
		return false
	}
	return slices.ContainsFunc(words, func(word string) bool {
		at := len(f.name) - len(word)
		return at > 0 && strings.HasSuffix(f.key, word) &&
			(strings.IndexByte("_-. ", f.name[at-1]) >= 0 || f.name[at] >= 'A' && f.name[at] <= 'Z' && f.name[at-1] >= 'a')
	})
}

// isOpaque reports whether a value identifies something for programs only: a UUID, or 32
// hexadecimal digits and more.
func isOpaque(s string) bool {
	s = strings.TrimSpace(s)
	digits := strings.Trim(s, "0123456789abcdefABCDEF-")
	if digits != "" || len(s) < 32 {
		return false
	}
	dashes := strings.Count(s, "-")
	return dashes == 0 || dashes == 4 && len(s) == 36
}

// outcomes are the last words of events that tell how it went. They are fewer than severities:
// "automation.triggered" and "sign_up" tell nothing of the kind.
var outcomes = map[string]Severity{
	"failure": Error, "failed": Error, "error": Error, "corrupted": Error, "crashed": Error, "down": Error, "offline": Error,
	"unhealthy": Error, "unreachable": Error, "unavailable": Error, "broken": Error, "timeout": Error, "firing": Error,
	"critical": Critical, "fatal": Critical, "warning": Warning, "degraded": Warning, "unstable": Warning,
	"success": Success, "succeeded": Success, "resolved": Success, "recovered": Success, "restored": Success, "healthy": Success,
}

// rateEvent returns the severity that an event's name is, or ends in.
func rateEvent(name string) (Severity, bool) {
	if s, ok := rate(name); ok {
		return s, true
	}
	words := statusWords(name)
	s, ok := outcomes[words[strings.LastIndexByte(words, ' ')+1:]]
	return s, ok
}

// unescapeQuotes mends the strings of senders that escape for JSON what is then written as
// JSON: those whose every quote has a backslash.
func (n *node) unescapeQuotes() {
	if n.kind == '"' && strings.Count(n.text, `"`) == strings.Count(n.text, `\"`) {
		n.text = strings.ReplaceAll(n.text, `\"`, `"`)
	}
	for _, f := range n.fields {
		f.value.unescapeQuotes()
	}
	for _, item := range n.items {
		item.unescapeQuotes()
	}
}
