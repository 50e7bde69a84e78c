package formatters

import (
	"regexp"
	"strings"
)

// hinted is an expression and a part of every text that it matches. Package regexp takes a
// hundred times as long to find that a text has no such part, as nearly all have not.
type hinted struct {
	*regexp.Regexp
	part    string
	anyCase bool // the part is in lower case, and may be in any
}

// hint compiles an expression. One that ignores case needs a part without "k" and "s", which
// Unicode has in a third case each.
func hint(part, expr string) hinted {
	return hinted{regexp.MustCompile(expr), part, strings.HasPrefix(expr, "(?i")}
}

// MatchString is Regexp's.
func (h hinted) MatchString(s string) bool { return h.fits(s) && h.Regexp.MatchString(s) }

// FindStringSubmatch is Regexp's.
func (h hinted) FindStringSubmatch(s string) []string {
	if !h.fits(s) {
		return nil
	}
	return h.Regexp.FindStringSubmatch(s)
}

// FindAllStringSubmatch is Regexp's.
func (h hinted) FindAllStringSubmatch(s string, n int) [][]string {
	if !h.fits(s) {
		return nil
	}
	return h.Regexp.FindAllStringSubmatch(s, n)
}

// ReplaceAllString is Regexp's.
func (h hinted) ReplaceAllString(s, by string) string {
	if !h.fits(s) {
		return s
	}
	return h.Regexp.ReplaceAllString(s, by)
}

func (h hinted) fits(s string) bool {
	if !h.anyCase {
		return strings.Contains(s, h.part)
	}
	for i := 0; i+len(h.part) <= len(s); i++ {
		if s[i]|' ' == h.part[0] && strings.EqualFold(s[i:i+len(h.part)], h.part) {
			return true
		}
	}
	return false
}

// submatch returns what the first group of an expression matches, or "".
func submatch(re interface{ FindStringSubmatch(string) []string }, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return strings.TrimSpace(m[1])
	}
	return ""
}
