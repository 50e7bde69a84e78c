package formatters

import "cmp"

// servarrMatter is what an event is about, in terms that all of the programs have: a series
// and some of its episodes, a film, an album, a book.
type servarrMatter struct {
	subject  string          // "Dune (2021)"; "" when the program does not know it
	label    string          // which part of it: "S02E03"; "" for all of it
	about    string          // the first fact: the titles of the part, or what kind of thing it is
	overview string          // the last fact of something new
	page     Link            // the program's own page of it
	links    []Link          // its pages in public databases
	image    string          // a public picture
	folder   text            // where its files are
	tags     []text          // the user's
	numbered bool            // repaired releases are "v2" rather than "Proper"
	files    []servarrFile   // that came or went
	renamed  []servarrRename // hundreds, for a whole series
	items    []Item          // the entries of a download that is large
	atOnce   bool            // an import is all of its download
}

// fewParts is how many episodes, albums, books or tracks a card names; more of them are
// items, or are counted.
const fewParts = 3

// begin says what an event is about: what the program collects, or else the release.
func (w *servarrWebhook) begin(n *Notification, m *servarrMatter) {
	n.Subject = cmp.Or(m.subject, firstText(w.DownloadInfo.Title, w.Release.ReleaseTitle), n.Subject)
	n.URL, n.Image = m.page.URL, m.image
	n.addLabel("tags", nameWords(m.tags))
	n.addLabel("indexer", string(w.Release.Indexer))
	n.addLabel("client", w.client())
}

// tell tells the events that programs have under one name, and reports false for others.
func (w *servarrWebhook) tell(n *Notification, m *servarrMatter) bool {
	switch w.event() {
	case "grab":
		w.grabbed(n, m)
	case "download":
		w.imported(n, m)
	case "rename":
		n.setEvent("Rename", "renamed", Info)
		n.Summary = counted(len(m.renamed), "file")
		for _, f := range m.renamed {
			n.Items = append(n.Items, Item{Text: f.words(m.folder)})
		}
	case "retag": // one for each file of an album or book, without what is new
		n.setEvent("Retag", "retagged", Muted)
		n.Facts = knownFacts(Fact{Value: commonPath(m.files, m.folder), Code: true})
	case "manualinteractionrequired":
		w.stuck(n, m)
	default:
		return false
	}
	return true
}

func (w *servarrWebhook) grabbed(n *Notification, m *servarrMatter) {
	n.setEvent("Grab", "grabbed", Info)
	n.Summary = m.label
	n.Facts = knownFacts(
		Fact{Value: m.about},
		Fact{Value: w.Release.words(m.numbered)},
		Fact{Value: sizeWords(w.Release.Size)},
		groupFact(w.Release.ReleaseGroup, string(w.Release.ReleaseTitle)),
		w.route(),
		Fact{Value: languageWords(w.Release.Languages)},
		w.score(),
		w.releaseTitle(n, m),
	)
	n.Items = itemsAs(m.items, "", Info)
	n.Links = m.links
	n.Incident = w.incident("download", w.DownloadID, Open)
}

// imported tells files that came into the library, new or in the place of others.
func (w *servarrWebhook) imported(n *Notification, m *servarrMatter) {
	quality := qualityWords(m.files, m.numbered)
	n.setEvent("Download", "imported", Success)
	n.Summary = m.label
	var score Fact
	if w.IsUpgrade.Value || len(w.DeletedFiles.Files) > 0 {
		n.Status = "upgraded"
		if old := qualityWords(w.DeletedFiles.Files, m.numbered); old != "" && quality != "" && old != quality {
			n.Summary = joinWords(" ", n.Summary, "from "+old+" to "+quality)
			quality = ""
		} else {
			score = w.score() // what it is better in
		}
	}
	var f servarrFile // of one release, all are alike
	if len(m.files) > 0 {
		f = m.files[0]
	}
	release := w.releaseTitle(n, m)
	n.Facts = knownFacts(
		Fact{Value: m.about},
		Fact{Value: quality},
		Fact{Value: sizeWords(totalSize(m.files))},
		Fact{Value: languageWords(f.Languages)},
		Fact{Value: f.MediaInfo.words()},
		Fact{Name: "Subtitles", Value: someWords(f.MediaInfo.Subtitles)},
		groupFact(f.ReleaseGroup, release.Value),
		score,
		release,
	)
	n.Items = itemsAs(m.items, n.Status, Success)
	n.Links = m.links
	state := Open
	if m.atOnce {
		state = Resolved
	}
	n.Incident = w.incident("download", w.DownloadID, state)
	n.Incident.Partial = state == Open && n.Incident.Key != "" // others may still come
}

// stuck tells a download that somebody has to import by hand, or to give up.
func (w *servarrWebhook) stuck(n *Notification, m *servarrMatter) {
	n.setEvent("ManualInteractionRequired", "manual interaction", Warning)
	n.URL = w.appURL("activity", "queue")
	first, items := w.statusMessages()
	n.Summary = m.label
	if first != "" {
		n.Summary += ": " + first
	}
	n.Facts = knownFacts(
		Fact{Value: m.about},
		Fact{Value: w.DownloadInfo.words(m.numbered)},
		Fact{Value: sizeWords(w.DownloadInfo.Size)},
		w.route(),
		w.score(),
		w.releaseTitle(n, m),
	)
	n.Items = items
	n.Links = knownLinks(Link{Text: "Queue", URL: n.URL}, m.page)
	n.Incident = w.incident("download", w.DownloadID, Open)
	n.Incident.Partial = n.Incident.Key != "" // its entries are still what they were
}

// added tells something that the program is to collect from now on.
func (w *servarrWebhook) added(n *Notification, m *servarrMatter, event string, facts ...Fact) {
	n.setEvent(event, "added", Info)
	n.Facts = knownFacts(append(facts, Fact{Name: "Tags", Value: nameWords(m.tags)}, Fact{Value: m.overview})...)
	n.Links = m.links
}

// deleted tells something that the program collects no more, and what became of its files.
func (w *servarrWebhook) deleted(n *Notification, m *servarrMatter, event string, facts ...Fact) {
	n.setEvent(event, "deleted", Info)
	n.URL = "" // its page is gone
	n.Summary, n.Severity = w.DeletedFiles.outcome()
	n.Facts = knownFacts(facts...)
	n.Links = m.links
}

// fileDeleted tells a file that is gone from the library.
func (w *servarrWebhook) fileDeleted(n *Notification, m *servarrMatter, event string) {
	n.setEvent(event, "file deleted", reasonSeverity(w.DeleteReason))
	n.Summary = m.label
	if reason := reasonWords(w.DeleteReason); reason != "" {
		n.Summary += ": " + reason
		n.addLabel("reason", string(w.DeleteReason))
	}
	n.Facts = knownFacts(
		Fact{Value: m.about},
		Fact{Value: qualityWords(m.files, m.numbered)},
		Fact{Value: sizeWords(totalSize(m.files))},
		Fact{Value: commonPath(m.files, m.folder), Code: true},
	)
}

// unknown tells an event that is new to us, under its own name. It writes out all members
// but those told.
func (w *servarrWebhook) unknown(n *Notification, p Payload, m *servarrMatter, told ...string) {
	n.Summary = m.label + n.Summary
	n.Facts = knownFacts(Fact{Value: m.about}, w.releaseTitle(n, m))
	n.Items = itemsAs(m.items, "", Info)
	n.Details = leftOver(p, append(told, "eventType", "instanceName", "applicationUrl", "message")...)
}

// releaseTitle names the release as its makers did, or else the files, unless that is what
// the notification is about.
func (w *servarrWebhook) releaseTitle(n *Notification, m *servarrMatter) Fact {
	title := firstText(w.Release.ReleaseTitle, w.DownloadInfo.Title)
	if title == "" {
		title = cmp.Or(sceneName(m.files), commonPath(m.files, m.folder))
	}
	if title == n.Subject {
		return Fact{}
	}
	return Fact{Value: title, Code: true}
}

// itemsAs returns the items with a status and a severity.
func itemsAs(items []Item, status string, severity Severity) []Item {
	for i := range items {
		items[i].Status, items[i].Severity = status, severity
	}
	return items
}
