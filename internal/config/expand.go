package config

import (
	"fmt"
	"strings"
)

// expand puts environment variables into a text: ${NAME}, ${NAME:-default}, and $${ for a
// literal ${. Problems name the variable, never its value.
func (d *decoder) expand(text, path string) (string, bool) {
	if d.lenient {
		return text, true
	}
	var out strings.Builder
	ok := true
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			out.WriteString(text)
			return out.String(), ok
		}
		if i > 0 && text[i-1] == '$' {
			out.WriteString(text[:i-1] + "${")
			text = text[i+2:]
			continue
		}
		out.WriteString(text[:i])
		reference, rest, closed := strings.Cut(text[i+2:], "}")
		name, fallback, hasFallback := strings.Cut(reference, ":-")
		switch value := d.env(name); {
		case !closed || !isVariable(name):
			d.problem(path, "has a ${ that begins no environment variable", "write ${NAME}, or $${ for a literal ${")
			return "", false
		case value != "":
			out.WriteString(value)
		case hasFallback:
			out.WriteString(fallback)
		default:
			d.problem(path, fmt.Sprintf("needs the environment variable %s, which is not set", name), fmt.Sprintf("set it, or write ${%s:-default}", name))
			ok = false
		}
		text = rest
	}
}

func isVariable(name string) bool {
	for i, r := range name {
		if r != '_' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
