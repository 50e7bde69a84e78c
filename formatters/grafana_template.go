package formatters

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// useTemplates puts the operator's own message in the place of our summary, or, when it is
// longer, before our details. The operator's own title is the subject already.
func (w *alertGroup) useTemplates(n *Notification) {
	const firstLine = 300 // bytes; what is longer is read in the fold
	switch message := w.customMessage(); {
	case message == "" || message == w.customTitle():
	case len(message) > firstLine || strings.Contains(message, "\n"):
		n.Details = stacked(message, n.Details)
	default:
		if cause := shared(w.open(), (*groupAlert).cause); !w.saysAlready(cause) && !strings.Contains(n.Details, cause) {
			n.Details = stacked(cause, n.Details)
		}
		n.Summary = ": " + message
		if !w.several() || w.place() != "" { // no fact repeats a place that the summary names
			n.Summary = w.Alerts[0].located(n.Subject, message)
		}
		n.Facts = append(n.Facts, w.endFacts()...)
	}
}

// place is where all alerts are, or "".
func (w *alertGroup) place() string {
	if w.firesUnseen() {
		return ""
	}
	return shared(w.Alerts, func(a *groupAlert) string { place, _ := a.place(); return place })
}

// cause is why an alert is blind, or "".
func (a *groupAlert) cause() string {
	if !a.blind() {
		return ""
	}
	return a.story()
}

// endFacts are what our summary would have said of the only alert, when it is over; of
// several, their items say it.
func (w *alertGroup) endFacts() []Fact {
	a := &w.Alerts[0]
	if !a.over || w.several() {
		return nil
	}
	var facts []Fact
	if lasted := a.lasted(); lasted != "" {
		facts = append(facts, Fact{Name: "Lasted", Value: lasted})
	}
	if why := a.endReason(); why != "" && !w.saysAlready(why) {
		facts = append(facts, Fact{Name: "Reason", Value: why})
	}
	return facts
}

// saysAlready reports that the operator's own message says a text in the same words.
func (w *alertGroup) saysAlready(text string) bool {
	text = oneLine(text)
	return text != "" && containsWord(w.said, text)
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
// lists each alert under "**Firing**" and "**Resolved**"; where the alerts were left out,
// nothing else does.
func (w *alertGroup) customMessage() string {
	message := strings.TrimSpace(strings.ReplaceAll(string(w.Message), "\r\n", "\n"))
	if !w.shortened && (strings.HasPrefix(message, "**Firing**\n") || strings.HasPrefix(message, "**Resolved**\n")) && strings.Contains(message, "\nLabels:\n") {
		return ""
	}
	return message
}
