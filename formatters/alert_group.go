package formatters

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// group tells several alerts: in the first line who they are, then an item each.
func (w *alertGroup) group() Notification {
	open, told := w.open(), w.told()
	n := Notification{
		Severity: w.severity(),
		Status:   cmp.Or(shared(told, (*groupAlert).status), "firing"),
		Subject:  w.subject(),
		URL:      w.sharedPage((*groupAlert).url),
		Links:    w.sharedLinks(),
		More:     int(w.truncated()),
	}
	if n.URL == "" && len(n.Links) > 0 {
		n.URL = n.Links[0].URL
	}
	n.URL = cmp.Or(n.URL, webURL(w.ExternalURL))
	runbooks, unlinked := w.runbookLinks()
	n.Links = append(n.Links, runbooks...)
	story := shared(open, (*groupAlert).story) // it moves from the items to the first line
	labels := w.differingLabels()
	for i := range w.Alerts {
		a := &w.Alerts[i]
		n.Items = append(n.Items, w.item(a, labels, story != ""))
		if a.over {
			n.Time = latest(n.Time, a.ended)
			continue
		}
		n.Time = latest(n.Time, a.started)
		n.Image = cmp.Or(n.Image, webURL(a.ImageURL))
	}
	n.Summary = w.roll(n.Items[:len(told)], labels, story)
	var details []string
	extra := w.extraFacts()
	n.Facts, details = w.sharedFacts(n.Subject, n.Summary, alertFacts-len(extra))
	n.Facts = append(n.Facts, extra...)
	details = slices.DeleteFunc(append(details, unlinked...), w.saysAlready)
	n.Details = stacked(w.explainAll(n.Items, story), strings.Join(details, "\n"))
	return n
}

// item tells one alert of several by what sets it apart.
func (w *alertGroup) item(a *groupAlert, labels []string, storyTold bool) Item {
	item := Item{
		Key: a.key(), Status: a.badge(), Severity: a.severity(), Since: a.started, URL: a.url(),
		Subject: a.distinction(labels),
	}
	where := item.Subject
	if name := a.name(); w.name() == "" && name != "" {
		item.Subject = name
		if where != "" && !containsWord(name, hostOf(where)) {
			item.Subject += " on " + where
		}
	}
	if item.Subject == "" { // nothing sets it apart
		where, _ = a.place()
		item.Subject = cmp.Or(where, a.name(), "alert")
	}
	if a.over {
		item.Text = a.ending()
		return item
	}
	if !storyTold {
		item.Text = withoutPlace(withoutPlace(a.story(), item.Subject), where)
	}
	if item.Text == "" {
		item.Text = valueWords(a.values())
	}
	return item
}

// roll calls the first of the alerts by name: ": nas-1, nas-2 and 3 more", or with what all
// of them say, "on nas-1, nas-2: no space left".
func (w *alertGroup) roll(items []Item, labels []string, story string) string {
	var names []string
	for _, item := range items {
		if !slices.Contains(names, item.Subject) {
			names = append(names, item.Subject)
		}
	}
	place, label := w.Alerts[0].place()
	placeIsAll := len(names) == 1 && names[0] == place
	more := len(names) + int(w.truncated())
	names = names[:min(len(names), 3)]
	if more -= len(names); more > 0 {
		last := len(names) - 1
		names[last] = fmt.Sprintf("%s and %d more", names[last], more)
	}
	who := strings.Join(names, ", ")
	inPlace := place != "" && !placeIsAll && place != w.subject() && !slices.Contains(labels, label) &&
		shared(w.Alerts, func(a *groupAlert) string { return a.Labels.first(label) }) != ""
	if story = withoutPlace(story, place); story != "" && containsWord(w.subject(), story) {
		story = ""
	}
	switch {
	case inPlace && story != "":
		return "on " + place + " (" + who + "): " + story
	case inPlace:
		return "on " + place + ": " + who
	case story != "" && w.name() == "": // who are rules, rather than places
		return ": " + who + ": " + story
	case story != "":
		return "on " + who + ": " + story
	}
	return ": " + who
}

// name is the rule's name where all alerts are of one rule.
func (w *alertGroup) name() string { return shared(w.Alerts, (*groupAlert).name) }

func (w *alertGroup) folder() string {
	return shared(w.Alerts, func(a *groupAlert) string { return oneLine(a.Labels.first("grafana_folder")) })
}

// subject names the group: as the operator does, else by its rule, else by what it is grouped
// by, else by its folder.
func (w *alertGroup) subject() string {
	if name := cmp.Or(w.customTitle(), w.name()); name != "" {
		return name
	}
	var by []string
	for _, label := range w.GroupLabels.names("alertname", "grafana_folder") {
		by = append(by, oneLine(w.GroupLabels.first(label)))
	}
	return cmp.Or(strings.Join(by, ", "), w.folder(), w.sender)
}

// open returns the alerts that are not over; complete sorted them to the front.
func (w *alertGroup) open() []groupAlert {
	end := slices.IndexFunc(w.Alerts, func(a groupAlert) bool { return a.over })
	if end < 0 {
		return w.Alerts
	}
	return w.Alerts[:end]
}

// told returns the alerts that the first line is about: the open ones, or all when none is.
func (w *alertGroup) told() []groupAlert {
	if open := w.open(); len(open) > 0 {
		return open
	}
	return w.Alerts
}

// fires reports that any alert of the group does.
func (w *alertGroup) fires() bool { return len(w.open()) > 0 || w.firesUnseen() }

// severity is that of the worst alert, which comes first. Where all that fire were left
// out, they are as bad as the labels of the whole group say.
func (w *alertGroup) severity() Severity {
	if w.firesUnseen() {
		unseen := groupAlert{Labels: w.CommonLabels}
		return unseen.severity()
	}
	return w.Alerts[0].severity()
}

// truncated is how many alerts the sender left out.
func (w *alertGroup) truncated() float64 { return min(max(w.TruncatedAlerts.Value, 0), 1e9) }

// extraFacts are those of the group, which stand behind the alerts' own: how many were left
// out, and the rule where the operator's own title does not name it.
func (w *alertGroup) extraFacts() []Fact {
	var facts []Fact
	if w.truncated() >= 1 {
		words := fmt.Sprintf("+%.0f more, cut by %s", w.truncated(), w.sender)
		if w.firesUnseen() {
			words += ", some of them firing"
		}
		facts = append(facts, Fact{Value: words})
	}
	if title, name := w.customTitle(), w.name(); title != "" && name != "" && !containsWord(title, name) {
		facts = append(facts, Fact{Name: "Rule", Value: name})
	}
	return facts
}

// firesUnseen reports that the alerts which fire are all among those left out.
func (w *alertGroup) firesUnseen() bool {
	return w.Status == "firing" && len(w.open()) == 0 && w.truncated() >= 1
}

// differingLabels returns the sorted labels that set the alerts apart, without those that
// the card shows in other ways.
func (w *alertGroup) differingLabels() []string {
	seen := alertLabels{}
	for _, a := range w.Alerts {
		for name := range a.Labels {
			seen[name] = "seen"
		}
	}
	told := append([]string{"alertname", "rulename", "datasource_uid", "ref_id"}, alertSeverityLabels...)
	if w.name() == "" { // the rules' names tell them apart
		told = append(told, "grafana_folder")
	}
	return slices.DeleteFunc(seen.names(told...), func(name string) bool {
		first := w.Alerts[0].Labels[name]
		return !slices.ContainsFunc(w.Alerts, func(a groupAlert) bool { return a.Labels[name] != first })
	})
}

// distinction names the alert by up to three of the labels that differ, its place first.
func (a *groupAlert) distinction(labels []string) string {
	var values []string
	_, placed := a.place()
	for _, name := range append([]string{placed}, labels...) {
		if !slices.Contains(labels, name) {
			continue
		}
		if v := oneLine(a.Labels.first(name)); v != "" && !slices.Contains(values, v) && len(values) < 3 {
			values = append(values, v)
		}
	}
	return strings.Join(values, " ")
}

// explainAll returns the explanations of the open alerts: once where they are the same, else
// each under its item's subject. What the operator's own message says is left out.
func (w *alertGroup) explainAll(items []Item, story string) string {
	open := w.open()
	room := longItem
	if story != "" {
		room = longSummary
	}
	explain := func(a *groupAlert) string {
		return strings.Join(slices.DeleteFunc(a.explanations(room), w.saysAlready), "\n")
	}
	if common := shared(open, explain); common != "" {
		return common
	}
	var blocks []string
	for i := range open {
		if e := explain(&open[i]); e != "" {
			blocks = append(blocks, items[i].Subject+"\n"+e)
		}
	}
	return strings.Join(blocks, "\n\n")
}

// shared returns what all alerts agree on, or "".
func shared(alerts []groupAlert, of func(*groupAlert) string) string {
	if len(alerts) == 0 {
		return ""
	}
	value := of(&alerts[0])
	for i := range alerts[1:] {
		if of(&alerts[i+1]) != value {
			return ""
		}
	}
	return value
}
