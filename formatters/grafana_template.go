package formatters

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// useTemplates puts the operator's own message in the place of our words, and names the rule
// where the operator's own title, which is the subject already, does not.
func (w *alertGroup) useTemplates(n *Notification) {
	title, message := w.customTitle(), w.customMessage()
	if name := w.name(); title != "" && name != "" && !containsWord(title, name) {
		n.Facts = append(n.Facts, Fact{Name: "Rule", Value: name})
	}
	const firstLine = 300 // bytes; what is longer is read in the fold
	switch {
	case message == "" || message == title:
	case len(message) <= firstLine && !strings.Contains(message, "\n"):
		n.Summary = ": " + message
		if len(w.Alerts) > 1 {
			return
		}
		n.Summary = w.Alerts[0].located(n.Subject, message)
		if lasted := w.Alerts[0].lasted(); lasted != "" {
			n.Facts = append(n.Facts, Fact{Name: "Lasted", Value: lasted}) // our summary said so
		}
	default:
		n.Details = message
	}
}

var grafanaTitleCounts = regexp.MustCompile(`^\[(FIRING|RESOLVED)(:\d+)?(, RESOLVED:\d+)?\]\s*`)

// customTitle returns the title that the operator's template made, without the counts that
// the status shows anyway. The default one is "[FIRING:2, RESOLVED:1] <group label values>
// (<other common label values>)"; a template that fails leaves "".
func (w *alertGroup) customTitle() string {
	title := oneLine(string(w.Title))
	rest := grafanaTitleCounts.ReplaceAllString(title, "")
	if len(rest) == len(title) {
		return title
	}
	var values []string
	for _, name := range slices.Sorted(maps.Keys(w.GroupLabels)) {
		if name == "alertname" {
			values = slices.Insert(values, 0, string(w.GroupLabels[name]))
		} else {
			values = append(values, string(w.GroupLabels[name]))
		}
	}
	rest, ok := strings.CutPrefix(rest, oneLine(strings.Join(values, " ")))
	rest = strings.TrimSpace(rest)
	if ok && (rest == "" || strings.HasPrefix(rest, "(") && strings.HasSuffix(rest, ")")) {
		return ""
	}
	return strings.TrimSpace(grafanaTitleCounts.ReplaceAllString(title, ""))
}

// customMessage returns the message that the operator's template made. The default one
// lists each alert under "**Firing**" and "**Resolved**".
func (w *alertGroup) customMessage() string {
	message := strings.TrimSpace(strings.ReplaceAll(string(w.Message), "\r\n", "\n"))
	if (strings.HasPrefix(message, "**Firing**\n") || strings.HasPrefix(message, "**Resolved**\n")) && strings.Contains(message, "\nLabels:\n") {
		return ""
	}
	return message
}
