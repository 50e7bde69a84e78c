package formatters

import (
	"cmp"
	"slices"
	"strings"
)

// alertFacts is how many facts a card has; further labels stand in its details.
const alertFacts = 6

// single tells a notification group of one alert.
func (w *alertGroup) single() Notification {
	a := &w.Alerts[0]
	n := Notification{
		Severity: a.severity(),
		Status:   a.status(),
		Subject:  cmp.Or(w.customTitle(), a.name(), w.sender+" alert"),
		URL:      cmp.Or(a.url(), webURL(w.ExternalURL)),
		Links:    a.links(),
		Image:    webURL(a.ImageURL),
		More:     int(w.truncated()),
		Time:     a.started,
		// Without words: it is for the incident to compare, and the card says it all already.
		Items: []Item{{Key: a.key(), Severity: a.severity(), Since: a.started}},
	}
	var details []string
	n.Summary = a.summary(n.Subject)
	extra := w.extraFacts()
	n.Facts, details = a.facts(n.Subject+" "+n.Summary, alertFacts-len(extra))
	if a.over {
		n.Time = a.ended
	} else {
		details = append(a.explanations(longSummary), details...)
	}
	n.Facts = append(n.Facts, extra...)
	n.Details = strings.Join(slices.DeleteFunc(details, w.saysAlready), "\n")
	return n
}

// Longer texts than these, in bytes, are cut in the first line and in an item; so they stand
// in the details as well.
const (
	longSummary = 500
	longItem    = 250
)

// facts returns the card's named values beside its first line, as many as there is room for,
// and as lines the rest.
func (a *groupAlert) facts(firstLine string, room int) (facts []Fact, rest []string) {
	add := func(name, value string) {
		switch {
		case value == "":
		case len(facts) < room:
			facts = append(facts, Fact{Name: name, Value: value})
		default:
			rest = append(rest, name+": "+value)
		}
	}
	values := a.values()
	shown := values[:min(len(values), 3)]
	for _, v := range shown {
		add(v.name(a.over, len(values) == 1), plainNumber(v.value))
	}
	if !a.started.IsZero() {
		name := "Since"
		if a.over {
			name = "Fired"
		}
		facts = append(facts, Fact{Name: name, Time: a.started})
	}
	severity := a.severityLabel()
	if !a.over {
		add("Severity", oneLine(a.Labels.first(severity)))
	}
	add("Folder", oneLine(a.Labels.first("grafana_folder")))
	switch {
	case a.over:
	case a.blind():
		add("Watches for", oneLine(a.Annotations.first("summary")))
	default:
		add("Reason", oneLine(a.reason()))
	}
	told := []string{"alertname", "rulename", "grafana_folder", "datasource_uid", "ref_id", severity}
	if place, label := a.place(); a.over || strings.Contains(firstLine, place) {
		told = append(told, label) // else the first line names the host without its port
	}
	for _, name := range a.Labels.names(told...) {
		add(name, oneLine(a.Labels.first(name)))
	}
	for _, v := range values[len(shown):] {
		add(v.ref, plainNumber(v.value))
	}
	return facts, rest
}

// explanations returns the annotations that the story does not tell: the description, as its
// author broke it into lines, then the custom ones by name. A story that is longer than room
// has stands before them.
func (a *groupAlert) explanations(room int) []string {
	var lines []string
	words := a.words()
	if len(words) > room {
		lines = append(lines, words)
	}
	for _, name := range []string{"description", "message"} {
		text := strings.ReplaceAll(a.Annotations.first(name), "\r\n", "\n")
		if first, rest, _ := strings.Cut(text, "\n"); oneLine(first) == words {
			text = strings.TrimSpace(rest)
		}
		if text != "" && oneLine(text) != words {
			lines = append(lines, text)
		}
	}
	told := []string{"summary", "description", "message", "Error", "grafana_state_reason", "datasource_uid", "ref_id"}
	for _, name := range runbookAnnotations {
		if url := webURL(a.Annotations[name]); url != "" && url == a.runbook() {
			told = append(told, name)
		}
	}
	for _, name := range a.Annotations.names(told...) {
		lines = append(lines, name+": "+a.Annotations.first(name))
	}
	if len(a.Enrichments) > 0 {
		if more := openOutline(`{"enrichments":` + string(a.Enrichments) + `}`); more != "" {
			lines = append(lines, more)
		}
	}
	return lines
}

// links lead to where a person would look, and, while the alert is open, act.
func (a *groupAlert) links() []Link {
	links := addLink(nil, "Dashboard", webURL(a.DashboardURL))
	links = addLink(links, "Panel", webURL(a.PanelURL))
	if len(links) == 0 {
		links = addLink(links, a.sourceName(), webURL(a.GeneratorURL))
	}
	if !a.over {
		links = addLink(links, "Silence", webURL(a.SilenceURL))
		links = addLink(links, "Runbook", a.runbook())
	}
	return links
}

func addLink(links []Link, text, url string) []Link {
	if url == "" {
		return links
	}
	return append(links, Link{Text: text, URL: url})
}

// sourceName names the generator: a rule of Grafana, or Prometheus' graph.
func (a *groupAlert) sourceName() string {
	if strings.Contains(string(a.GeneratorURL), "/alerting/") {
		return "Rule"
	}
	return "Source"
}

// url is where a person would look first.
func (a *groupAlert) url() string {
	return cmp.Or(webURL(a.PanelURL), webURL(a.DashboardURL), webURL(a.GeneratorURL))
}

// openOutline writes out a document of any shape, without what looks secret.
func openOutline(doc string) string {
	tree, ok := parseTree(doc)
	if !ok || tree.isEmpty() {
		return ""
	}
	hideSecrets(tree)
	return tree.outline()
}
