package formatters

import "cmp"

var runbookAnnotations = []string{"runbook_url", "runbook"}

func (a *groupAlert) runbook() string {
	for _, name := range runbookAnnotations {
		if url := webURL(a.Annotations[name]); url != "" {
			return url
		}
	}
	return ""
}

// maxRunbooks is how many runbooks a group links to; further ones are lines of its details.
const maxRunbooks = 3

// runbookLinks leads to each runbook of a group once, and returns as lines those that there
// is no room for. One that is not everybody's says whose it is.
func (w *alertGroup) runbookLinks() (links []Link, rest []string) {
	runbooks := w.runbooks()
	if len(runbooks) == 1 && (w.name() != "" || shared(w.told(), (*groupAlert).runbook) != "") {
		return addLink(nil, "Runbook", runbooks[0].URL), nil
	}
	for i, r := range runbooks {
		name := attach("Runbook", r.Text)
		if i < maxRunbooks {
			links = addLink(links, name, r.URL)
		} else {
			rest = append(rest, name+": "+r.URL)
		}
	}
	return links, rest
}

// runbooks returns each runbook once, with the name of the first alert's rule, or, where all
// alerts are of one rule, with what sets that alert apart.
func (w *alertGroup) runbooks() []Link {
	var runbooks []Link
	labels, oneRule := w.differingLabels(), w.name() != ""
	known := map[string]bool{"": true}
	for _, a := range w.told() {
		url := a.runbook()
		if known[url] {
			continue
		}
		known[url] = true
		text := a.name()
		if oneRule {
			text = cmp.Or(a.distinction(labels), text)
		}
		runbooks = append(runbooks, Link{Text: text, URL: url})
	}
	return runbooks
}
