package formatters

import (
	"bytes"
	"regexp"
	"strings"
)

// memberHead is what a member of an object begins with, up to its value.
const memberHead = `"([A-Za-z0-9_.@:-]{1,64})"\s*:`

var (
	memberStart = regexp.MustCompile(memberHead + `\s*`)
	scalarStart = regexp.MustCompile(`^(?:-?\d[\d.eE+-]*|true|false)`)
	stringEnd   = regexp.MustCompile(`"\s*(?:,\s*` + memberHead + `|,?\s*[}\]][}\]\s]*(?:[,{]|` + memberHead + `|$)|,?\s*$)`)
)

// salvageJSON reads the members of JSON that does not parse. The usual cause is a template
// that puts a text between quotes without escaping it: then a string ends where the next
// member begins, and not at its first quote (see lengthOfString). All members become those
// of one object.
func salvageJSON(s string) (*node, bool) {
	if !strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "[") {
		return nil, false
	}
	n := &node{kind: '{'}
	for len(n.fields) < 100 {
		m := memberStart.FindStringSubmatchIndex(s)
		if m == nil {
			break
		}
		name := s[m[2]:m[3]]
		s = s[m[1]:]
		if scalar := scalarStart.FindString(s); scalar != "" {
			n.set(name, &node{kind: '0', text: scalar})
			s = s[len(scalar):]
		} else if rest, ok := strings.CutPrefix(s, `"`); ok {
			end := lengthOfString(rest)
			n.set(name, textNode(unescapeLoosely(rest[:end])))
			s = rest[end:]
		}
	}
	return n, len(n.fields) > 0
}

// maxQuoted is how far behind the first place where a string may end another one is looked
// for, in bytes.
const maxQuoted = 8 << 10

// lengthOfString returns how long a string is whose quotes are not escaped. Brackets that it
// opens, it closes: what looks like its end before that is of JSON that it quotes, as in
// `got {"a":"b","c":1}`, or of a name, as in `[the "nas"] is down`. When it never closes
// them, they say nothing.
func lengthOfString(s string) int {
	first := stringEnd.FindStringIndex(s)
	if first == nil {
		return len(s)
	}
	near := s[:min(len(s), first[0]+maxQuoted)]
	var open []byte
	for from, at := 0, first; at != nil; at = stringEnd.FindStringIndex(near[from:]) {
		end := from + at[0]
		if open = unclosed(open, s[from:end]); len(open) == 0 {
			return end
		}
		from = end + 1
	}
	return first[0]
}

// unclosed returns the closing brackets that are awaited after s, the innermost last; awaited
// are those before it. Whoever cuts JSON short with "..." closes none within it, but may
// have put brackets around the whole.
func unclosed(awaited []byte, s string) []byte {
	const opening, closing = "([{", ")]}"
	for i := range len(s) {
		if kind := strings.IndexByte(opening, s[i]); kind >= 0 {
			if len(awaited) < maxNesting {
				awaited = append(awaited, closing[kind])
			}
		} else if at := bytes.LastIndexByte(awaited, s[i]); at >= 0 {
			awaited = awaited[:at]
		} else if strings.HasPrefix(s[i:], "...") && len(awaited) > 1 {
			awaited = awaited[:1]
		}
	}
	return awaited
}

var looseEscapes = strings.NewReplacer(`\n`, "\n", `\r`, "", `\t`, "\t", `\"`, `"`, `\/`, `/`, `\\`, `\`)

func unescapeLoosely(s string) string { return looseEscapes.Replace(s) }
