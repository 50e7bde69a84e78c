package formatters

import (
	"strconv"
	"strings"
	"unicode"
)

// severities maps the words that senders use for how bad something is, or for what state
// it is in.
var severities = map[string]Severity{
	"critical": Critical, "crit": Critical, "fatal": Critical, "emergency": Critical, "emerg": Critical,
	"alert": Critical, "panic": Critical, "disaster": Critical,
	"error": Error, "err": Error, "failure": Error, "failed": Error, "fail": Error, "down": Error,
	"danger": Error, "firing": Error, "unhealthy": Error, "offline": Error, "broken": Error,
	"severe": Error, "high": Error, "major": Error, "urgent": Error, "alarm": Error, "triggered": Error,
	"failing": Error, "crashed": Error, "timed_out": Error, "timeout": Error, "unreachable": Error, "unavailable": Error,
	"partial_outage": Error, "major_outage": Error, "p1": Critical, "p2": Error, "p3": Warning, "p4": Info, "p5": Info,
	"warning": Warning, "warn": Warning, "degraded": Warning, "minor": Warning, "average": Warning, "problem": Warning,
	"medium": Warning, "moderate": Warning, "unstable": Warning, "investigating": Warning, "identified": Warning,
	"degraded_performance": Warning,
	"ok":                   Success, "success": Success, "successful": Success, "succeeded": Success, "resolved": Success,
	"up": Success, "good": Success, "healthy": Success, "recovered": Success, "passed": Success,
	"fixed": Success, "online": Success, "operational": Success, "pass": Success, "passing": Success,
	"info": Info, "information": Info, "informational": Info, "notice": Info, "normal": Info, "low": Info,
	"debug": Info, "trace": Info, "verbose": Info, "unknown": Info,
}

// rate returns the severity that a word stands for.
func rate(word string) (Severity, bool) {
	s, ok := severities[strings.ToLower(strings.TrimSpace(word))]
	return s, ok
}

// statusWords makes a badge of a state or of an event's name: "MEDIA_AVAILABLE", "disk.full"
// and "ItemAdded" become two words each. It returns "" for what is no name of three words
// at most, such as a number or a sentence.
func statusWords(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 40 || strings.IndexFunc(s, unicode.IsLetter) != 0 {
		return ""
	}
	if isLowerWord(s) {
		return s
	}
	var b strings.Builder
	var last rune
	for _, r := range s {
		switch {
		case strings.ContainsRune("_.-:/ ", r):
			r = ' '
		case unicode.IsUpper(r) && unicode.IsLower(last):
			b.WriteRune(' ')
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return ""
		}
		b.WriteRune(unicode.ToLower(r))
		last = r
	}
	words := strings.Fields(b.String())
	if len(words) > 3 {
		return ""
	}
	return strings.Join(words, " ")
}

// isLowerWord reports whether a word has only lower-case letters of English.
func isLowerWord(s string) bool { return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == "" }

// rateColour returns what a colour most likely stands for: red is trouble, yellow a
// warning, green well. Greys, black and blue say nothing.
func rateColour(s string) (Severity, bool) {
	if known, ok := rate(s); ok { // Slack's "good", "warning", "danger"
		return known, true
	}
	rgb, err := strconv.ParseUint(strings.TrimPrefix(strings.TrimSpace(s), "#"), 16, 32)
	if err != nil || rgb > 0xffffff {
		return 0, false
	}
	r, g, b := int(rgb>>16), int(rgb>>8&0xff), int(rgb&0xff)
	switch brightest, darkest := max(r, g, b), min(r, g, b); {
	case brightest < 64 || brightest-darkest < brightest/4 || b == brightest:
		return 0, false
	case g == brightest && r < g*4/5:
		return Success, true
	case r == brightest && g*2 < r:
		return Error, true
	default: // red and green together are yellow and orange
		return Warning, true
	}
}
