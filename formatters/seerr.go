package formatters

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Overseerr, Jellyseerr and Seerr, in which both became one, post a webhook per
// notification, and their users write its JSON: a template whose values are variables
// ("{{subject}}"), with four objects and a list that the program fills in (Overseerr 1.34,
// Jellyseerr 2.3, Seerr 3.1: notifications/agents/webhook.ts). Every value arrives as text,
// "" when there is none. seerr_template.go makes of it what the default template would have.
//
// A request is an incident from when it is made until it is available or declined; one that
// failed can be tried again. An issue is one from its report until it is resolved.

func init() {
	register(Service{
		Name: "seerr", Title: seerrTitle, Formatter: FormatterFunc(formatSeerr),
		OnUpdate: []string{"edit", "reply"}, // who asked waits for the next step
	})
}

const seerrTitle = "Seerr"

const seerrTest = "TEST_NOTIFICATION"

// errNotSeerr says that a document neither names a notification nor has its objects.
var errNotSeerr = errors.New("the document is no notification of Seerr")

// formatSeerr tells a notification of any of the three programs.
func formatSeerr(p Payload) (Notification, error) {
	w, err := readSeerr(p)
	if err != nil {
		return Notification{}, fmt.Errorf("read Seerr webhook: %w", err)
	}
	n := Notification{
		Subject: w.about(), Image: w.poster(),
		Labels: map[string]string{"event_type": w.kind},
	}
	n.addLabel("media_type", w.mediaType)
	if w.is4K {
		n.addLabel("is_4k", "true")
	}
	w.linkMedia(&n)
	request, isRequest := seerrRequests[w.kind]
	issue, isIssue := seerrIssues[w.kind]
	switch {
	case w.kind == seerrTest:
		return w.connected(), nil
	case isRequest:
		w.tellRequest(&n, request)
	case isIssue:
		w.tellIssue(&n, issue)
	default: // a notification that is new to us keeps its own name
		name := cmp.Or(w.kind, w.event, "notification")
		n.setEvent(name, cmp.Or(camelWords(name), name), Info)
		n.Summary, n.HTML, n.Details = splitPlain(w.message, true)
		n.tellAfterColon()
		n.Facts = append(knownFacts(Fact{Value: w.event}), w.extra...)
	}
	w.addRest(&n)
	return n, nil
}

// connected answers the Test button, which sends words of its own.
func (w *seerrWebhook) connected() Notification {
	return Notification{
		Event: seerrTest, Severity: Muted, Status: "test",
		Subject: seerrTitle, URL: w.app, Summary: "is connected",
		Labels: map[string]string{"event_type": seerrTest},
	}
}

// about names what a notification is about.
func (w *seerrWebhook) about() string {
	switch {
	case w.subject != "":
		return w.subject
	case w.mediaType == "tv":
		return "Series"
	case w.mediaType == "movie":
		return "Movie"
	}
	return seerrTitle
}

// poster returns the picture's address. A film without one has an address that ends in the
// word null.
func (w *seerrWebhook) poster() string {
	address := webURL(text(w.image))
	if strings.HasSuffix(address, "null") || strings.HasSuffix(address, "undefined") {
		return ""
	}
	return address
}

// linkMedia links the film or series: its page in the program, where that is known, and in
// the public databases.
func (w *seerrWebhook) linkMedia(n *Notification) {
	if w.tmdbID != "" && w.mediaType != "" {
		page := "/" + w.mediaType + "/" + w.tmdbID
		n.Links = append(n.Links, Link{Text: "TMDB", URL: "https://www.themoviedb.org" + page})
		if w.app != "" {
			n.URL = w.app + page
		}
	}
	if w.tvdbID != "" && w.mediaType != "movie" {
		n.Links = append(n.Links, Link{Text: "TVDB", URL: "https://thetvdb.com/?tab=series&id=" + w.tvdbID})
	}
	n.Links = append(n.Links, knownLinks(imdbLink(text(w.imdbID)))...)
	if n.URL == "" && len(n.Links) > 0 {
		n.URL, n.Links = n.Links[0].URL, n.Links[1:]
	}
}

// addRest tells what a template has of its user's own.
func (w *seerrWebhook) addRest(n *Notification) {
	d := draft{facts: n.Facts}
	d.addMembers(w.root)
	n.Facts = d.facts
	n.Details = strings.TrimSpace(stacked(n.Details, w.root.outline()))
}
