package formatters

import (
	"regexp"
	"strings"
)

var (
	memberStart = regexp.MustCompile(`"([A-Za-z0-9_.@:-]{1,64})"\s*:\s*`)
	scalarStart = regexp.MustCompile(`^(?:-?\d[\d.eE+-]*|true|false)`)
	stringEnd   = regexp.MustCompile(`"\s*(?:,\s*"[A-Za-z0-9_.@:-]{1,64}"\s*:|,?\s*[}\]]|,?\s*$)`)
)

// salvageJSON reads the members of JSON that does not parse. The usual cause is a template
// that puts a text between quotes without escaping it: then a string ends where the next
// member begins, and not at its first quote. All members become those of one object.
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
			end := len(rest)
			if at := stringEnd.FindStringIndex(rest); at != nil {
				end = at[0]
			}
			n.set(name, textNode(unescapeLoosely(rest[:end])))
			s = rest[end:]
		}
	}
	return n, len(n.fields) > 0
}

var looseEscapes = strings.NewReplacer(`\n`, "\n", `\r`, "", `\t`, "\t", `\"`, `"`, `\/`, `/`, `\\`, `\`)

func unescapeLoosely(s string) string { return looseEscapes.Replace(s) }
