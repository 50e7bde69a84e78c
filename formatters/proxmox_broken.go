package formatters

import (
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// A template with {{ title }} in the place of {{ escape title }} breaks its JSON as soon as
// a title has a quote in it, and a message without "escape" does with its first line break.
// The shape is still there: members begin where a name follows a brace, or a comma that
// stands behind a whole value.

// mendableName is a member's name behind its first quote, up to the value.
var mendableName = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_. -]{0,40})"\s*:\s*`)

// maxMendedName bounds the search for a name's end, in bytes.
const maxMendedName = 100

// mendJSON returns the members of an object that is nearly JSON, in one pass over it. Those
// of objects within it become members of its own.
func mendJSON(s string) (*node, bool) {
	if !strings.HasPrefix(s, "{") {
		return nil, false
	}
	n := &node{kind: '{'}
	starts := mendedMembers(s)
	for i, m := range starts {
		end := len(s)
		if i+1 < len(starts) {
			end = starts[i+1].from
		}
		if value := mendValue(s[m.to:end]); value != "" {
			n.set(m.name, textNode(value))
		}
	}
	return n, len(n.fields) > 0
}

// mended is a member of a broken object: where it begins, and where its value does.
type mended struct {
	name     string
	from, to int
}

// maxMended is how many members are told apart, besides those that mean something.
const maxMended = 100

// mendedMembers finds the members of an object. A message may quote JSON itself: between the
// first and the last name that means something, other names are those of the message.
func mendedMembers(s string) []mended {
	var starts []mended
	seen := map[string]bool{}
	first, last := -1, -1
	for m, ok := nextMember(s, 0); ok; m, ok = nextMember(s, m.to) {
		known := isProxmoxMember(m.name)
		if seen[m.name] || !known && len(starts) >= maxMended {
			continue
		}
		seen[m.name] = true
		if known {
			last = len(starts)
			if first < 0 && slices.Contains(proxmoxMessageKeys, m.name) {
				first = last
			}
		}
		starts = append(starts, m)
	}
	kept := starts[:0]
	for i, m := range starts {
		if first < 0 || i <= first || i > last || isProxmoxMember(m.name) {
			kept = append(kept, m)
		}
	}
	return kept
}

// nextMember finds what looks like the next member from a place on.
func nextMember(s string, at int) (mended, bool) {
	for {
		quote := strings.IndexByte(s[at:], '"')
		if quote < 0 {
			return mended{}, false
		}
		at += quote + 1
		before := strings.TrimRight(s[:at-1], " \t\r\n")
		if !mayBegin(before) {
			continue
		}
		if m := mendableName.FindStringSubmatchIndex(s[at:min(len(s), at+maxMendedName)]); m != nil {
			return mended{strings.ToLower(s[at : at+m[3]]), len(before) - 1, at + m[1]}, true
		}
	}
}

// isProxmoxMember reports a name that means something to readObject or hideSecrets.
func isProxmoxMember(name string) bool {
	for _, keys := range [][]string{
		proxmoxTitleKeys, proxmoxMessageKeys, proxmoxSeverityKeys, proxmoxTypeKeys, proxmoxHostKeys, proxmoxJobKeys,
		proxmoxStoreKeys, proxmoxPoolKeys, proxmoxTimeKeys, proxmoxContainers,
	} {
		if slices.Contains(keys, name) {
			return true
		}
	}
	return isSecretName(name)
}

// mayBegin reports whether a member may begin behind s.
func mayBegin(s string) bool {
	if before, ok := strings.CutSuffix(s, ","); ok {
		return endsValue(before)
	}
	before, ok := strings.CutSuffix(s, "{")
	return ok && (before == "" || endsName(before))
}

// endsName reports whether s ends in a member's name and colon, behind which an object may
// begin.
func endsName(s string) bool {
	s, ok := strings.CutSuffix(strings.TrimRight(s, " \t\r\n"), ":")
	return ok && strings.HasSuffix(strings.TrimRight(s, " \t\r\n"), `"`)
}

// endsValue reports whether s ends where a value may.
func endsValue(s string) bool {
	s = strings.TrimRight(s, " \t\r\n")
	if s == "" {
		return false
	}
	switch c := s[len(s)-1]; {
	case c == '"':
		return !strings.HasSuffix(s, `\"`) || strings.HasSuffix(s, `\\"`)
	case c >= '0' && c <= '9', c == '}', c == ']':
		return true
	}
	return strings.HasSuffix(s, "true") || strings.HasSuffix(s, "false") || strings.HasSuffix(s, "null")
}

// mendValue returns what a value says: as JSON when it is some, else as it was put there.
func mendValue(s string) string {
	s = strings.TrimSpace(strings.TrimRight(s, " \t\r\n,}]"))
	inner, quoted := strings.CutPrefix(s, `"`)
	if !quoted {
		if s == "null" || strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") {
			return ""
		}
		return s
	}
	inner = strings.TrimSuffix(inner, `"`)
	var text string
	switch {
	case json.Unmarshal([]byte(`"`+inner+`"`), &text, decodeOptions) == nil:
		return text
	case strings.Contains(inner, "\n"): // nobody escaped it
		return inner
	}
	return unescapeLoosely(inner)
}
