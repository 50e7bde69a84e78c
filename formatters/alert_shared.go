package formatters

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// sharedFacts returns the labels that all alerts have in common, beside those that the first
// line and the items tell, as many as there is room for; as lines the rest.
func (w *alertGroup) sharedFacts(subject, summary string, room int) (facts []Fact, rest []string) {
	add := func(name, value string) {
		switch {
		case value == "" || value == subject:
		case len(facts) < room:
			facts = append(facts, Fact{Name: name, Value: value})
		default:
			rest = append(rest, name+": "+value)
		}
	}
	add("Folder", w.folder())
	first := &w.Alerts[0]
	told := append([]string{"alertname", "rulename", "grafana_folder", "datasource_uid", "ref_id"}, alertSeverityLabels...)
	if place, label := first.place(); strings.Contains(subject+" "+summary, place) {
		told = append(told, label)
	}
	if w.customTitle() == "" && w.name() == "" { // the subject is made of them
		told = append(told, w.GroupLabels.names()...)
	}
	for _, name := range first.Labels.names(told...) {
		add(name, shared(w.Alerts, func(a *groupAlert) string { return oneLine(a.Labels.first(name)) }))
	}
	return facts, rest
}

// sharedLinks leads to what all alerts have in common.
func (w *alertGroup) sharedLinks() []Link {
	first := &w.Alerts[0]
	dashboard := shared(w.Alerts, func(a *groupAlert) string {
		page, _, _ := strings.Cut(webURL(a.DashboardURL), "?")
		return page
	})
	var links []Link
	if dashboard != "" {
		links = addLink(links, "Dashboard", webURL(first.DashboardURL))
		links = addLink(links, "Panel", w.sharedPage(func(a *groupAlert) string { return webURL(a.PanelURL) }))
	} else { // in Prometheus, it is the query that says which graph
		source := shared(w.Alerts, func(a *groupAlert) string { return webURL(a.GeneratorURL) })
		links = addLink(links, first.sourceName(), source)
	}
	return addLink(links, "Silence", w.sharedSilence())
}

// sharedPage returns the first alert's address where all of them lead to the same page. Those
// of dashboards end in each alert's own span of time, which does not make them another page.
func (w *alertGroup) sharedPage(of func(*groupAlert) string) string {
	if shared(w.Alerts, func(a *groupAlert) string { return urlTimes.ReplaceAllString(of(a), "") }) == "" {
		return ""
	}
	return of(&w.Alerts[0])
}

var urlTimes = regexp.MustCompile(`\b(from|to)=\d+`)

// sharedSilence leads to the form for a silence of all open alerts: those matchers of
// Grafana's own links that are in each of them. They must name the rule; without it, they
// would silence far more than the group.
func (w *alertGroup) sharedSilence() string {
	var form *url.URL
	var matchers []string
	for i := range w.open() {
		u, err := url.Parse(webURL(w.Alerts[i].SilenceURL))
		if err != nil || u.Host == "" {
			return ""
		}
		of := u.Query()["matcher"]
		if form == nil {
			form, matchers = u, of
			continue
		}
		matchers = slices.DeleteFunc(matchers, func(m string) bool { return !slices.Contains(of, m) })
	}
	if !slices.ContainsFunc(matchers, namesRule) {
		return ""
	}
	query := form.Query()
	query["matcher"] = matchers
	form.RawQuery = query.Encode()
	return form.String()
}

func namesRule(matcher string) bool {
	label, value, _ := strings.Cut(matcher, "=")
	return label == "__alert_rule_uid__" || label == "alertname" && value != grafanaNoData && value != grafanaQueryError
}
