package formatters

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// seerrRequest is how a notification about a request is told.
type seerrRequest struct {
	status   string
	who      string // what stands before the name of the one who requested it
	severity Severity
	state    IncidentState
}

// seerrRequests are the notifications about requests. MEDIA_AUTO_REQUESTED, what a watchlist
// requests, is not sent to webhooks today.
var seerrRequests = map[string]seerrRequest{
	"MEDIA_PENDING":        {"request", "by", Info, Open}, // waits for a person: see tellRequest
	"MEDIA_AUTO_REQUESTED": {"requested", "by", Info, Open},
	"MEDIA_APPROVED":       {"approved", "for", Info, Open},
	"MEDIA_AUTO_APPROVED":  {"auto-approved", "for", Info, Open},
	"MEDIA_AVAILABLE":      {"available", "for", Success, Resolved},
	"MEDIA_DECLINED":       {"declined", ", requested by", Info, Resolved},
	"MEDIA_FAILED":         {"request failed", ", requested by", Error, Open},
}

// tellRequest tells what became of a request.
func (w *seerrWebhook) tellRequest(n *Notification, r seerrRequest) {
	n.setEvent(w.kind, r.status, r.severity)
	if w.kind == "MEDIA_PENDING" {
		n.Loud = true
		if w.app != "" {
			n.Links = append([]Link{{Text: "Approve or decline", URL: w.app + "/requests"}}, n.Links...)
		}
	}
	user := w.value(w.request, "requestedbyusername", "requestedby", "requester", "username", "user", "for", "by")
	user = cmp.Or(user, w.root.take("notifyuserusername")) // who is told is who requested
	n.addLabel("user", user)
	if user != "" {
		user = r.who + " " + user
	}
	quality := ""
	if w.is4K {
		quality = "in 4K"
	}
	n.Summary = attach(joinWords(" ", seasonWords(w.takeExtra("season")), quality), user)
	n.Facts = append(knownFacts(Fact{Value: seerrMediaWords(w.mediaType)}), w.library()...)
	n.Facts = append(n.Facts, w.extra...)
	n.HTML = paragraphs(w.message)
	if id := w.value(w.request, "requestid", "request", "id"); id != "" {
		n.Incident = Incident{Key: "request:" + id, State: r.state}
	}
}

// library says what is there already, and what is not there yet of what is called available.
func (w *seerrWebhook) library() []Fact {
	standard, uhd := seerrStatusWords(w.value(w.media, "status", "mediastatus")), seerrStatusWords(w.value(w.media, "status4k", "mediastatus4k"))
	other, name := uhd, "In 4K"
	if w.is4K {
		standard, other, name = uhd, standard, "In HD"
	}
	if w.kind == "MEDIA_AVAILABLE" && standard == "available" { // as the first line says
		standard = ""
	}
	return knownFacts(Fact{Name: "Library", Value: standard}, Fact{Name: name, Value: other})
}

// seerrStatusWords writes a status, unless it says no more than that there is a request.
func seerrStatusWords(status string) string {
	switch strings.ToUpper(status) {
	case "", "UNKNOWN", "PENDING", "PROCESSING":
		return ""
	}
	return cmp.Or(camelWords(strings.ToLower(status)), status)
}

func seerrMediaWords(mediaType string) string {
	switch mediaType {
	case "movie":
		return "Movie"
	case "tv":
		return "Series"
	}
	return ""
}

// seasonWords writes "1, 2, 3" as "seasons 1–3", and season 0 as the specials that it is.
// What is no list of numbers stays as it is.
func seasonWords(list string) string {
	var numbers []int
	for part := range strings.SplitSeq(list, ",") {
		number, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || number < 0 {
			return list
		}
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	words := ""
	if numbers[0] == 0 {
		words, numbers = "specials", numbers[1:]
	}
	switch {
	case len(numbers) == 0:
		return words
	case words != "":
		words += " and "
	}
	if len(numbers) == 1 {
		return words + "season " + strconv.Itoa(numbers[0])
	}
	return words + "seasons " + ranges(numbers, strconv.Itoa)
}
