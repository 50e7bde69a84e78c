package formatters

import (
	"cmp"
	"regexp"
	"strings"
)

// seerrWebhook is a webhook, taken apart.
type seerrWebhook struct {
	root                           *node // what is not told of it yet
	media, request, issue, comment *node // nil when there is none

	kind    string // "MEDIA_PENDING", upper case; "" when it cannot be told
	event   string // "New 4K Movie Request"; "" in tests
	subject string // "Dune (2021)"
	message string // of a request the film's story, of an issue its first comment
	image   string
	app     string // address of the program itself, without a slash at its end; only where a template has it

	mediaType      string // "movie", "tv" or ""
	tmdbID, tvdbID string
	imdbID         string // not in the default template
	is4K           bool
	extra          []Fact // "Requested Seasons", "Affected Season", "Affected Episode"
}

// readSeerr finds the values of a template. A value is looked for in its object, then beside
// it, under its variable's name and under those that people like to give it.
func readSeerr(p Payload) (*seerrWebhook, error) {
	root, err := jsonTree(p)
	if err != nil {
		return nil, err
	}
	if root.kind != '{' {
		return nil, errNotSeerr
	}
	root.loosenKeys()
	w := &seerrWebhook{root: root}
	w.media, w.request, w.issue, w.comment = root.object("media"), root.object("request"), root.object("issue"), root.object("comment")
	tidySeerr(root)
	w.kind = strings.ToUpper(root.take("notificationtype"))
	if w.kind == "" {
		w.kind = strings.ToUpper(root.takeIf(isSeerrKind, "type", "eventtype", "notification", "event"))
	}
	w.event = root.take("event")
	w.readSubject()
	w.kind = cmp.Or(w.kind, seerrKind(w.event))
	if w.kind == "" && (w.subject == "" || w.media == nil && w.request == nil && w.issue == nil) {
		return nil, errNotSeerr
	}
	w.message = root.takeText("message", "overview", "description", "text", "content", "body")
	w.image = root.take("image", "poster")
	w.app = strings.TrimRight(root.takeURL("url", "applicationurl", "appurl", "baseurl"), "/")
	w.readMedia()
	w.readExtra()
	return w, nil
}

// readSubject reads what the notification is about. Some templates put the event before it.
func (w *seerrWebhook) readSubject() {
	w.subject = w.root.take("subject", "title", "mediatitle", "name")
	before, after, found := strings.Cut(w.subject, ": ")
	if found && seerrKind(before) != "" {
		w.event, w.subject = cmp.Or(w.event, before), strings.TrimSpace(after)
	} else if w.event == "" && seerrKind(w.subject) != "" {
		w.event, w.subject = w.subject, ""
	}
}

func (w *seerrWebhook) readMedia() {
	w.mediaType = strings.ToLower(w.value(w.media, "mediatype"))
	event := strings.ToLower(w.event)
	switch {
	case w.mediaType == "movie", w.mediaType == "tv":
	case strings.Contains(event, "series"):
		w.mediaType = "tv"
	case strings.Contains(event, "movie"):
		w.mediaType = "movie"
	default:
		w.mediaType = ""
	}
	w.is4K = strings.Contains(event, "4k ") || text(w.root.take("is4k", "4k")).isTrue()
	w.tmdbID, w.tvdbID = digits(w.value(w.media, "tmdbid", "mediatmdbid", "mediaid")), digits(w.value(w.media, "tvdbid", "mediatvdbid"))
	w.imdbID = w.value(w.media, "imdbid", "mediaimdbid")
}

func (w *seerrWebhook) readExtra() {
	for _, e := range w.root.takeList("extra") {
		if e.kind != '{' {
			w.extra = append(w.extra, knownFacts(Fact{Value: e.text})...)
			continue
		}
		w.extra = append(w.extra, knownFacts(Fact{Name: e.take("name"), Value: e.take("value")})...)
	}
}

// takeExtra returns the first of the extra values in whose name a word is, and takes it off.
func (w *seerrWebhook) takeExtra(word string) string {
	for i, e := range w.extra {
		if strings.Contains(strings.ToLower(e.Name), word) {
			w.extra = append(w.extra[:i:i], w.extra[i+1:]...)
			return e.Value
		}
	}
	return ""
}

// value returns a value of an object, or the one beside it that is called the same.
func (w *seerrWebhook) value(object *node, names ...string) string {
	return cmp.Or(object.take(names...), w.root.take(names...))
}

// digits returns an id, and "" for all that is none.
func digits(s string) string {
	if strings.Trim(s, "0123456789") != "" || strings.Trim(s, "0") == "" {
		return ""
	}
	return s
}

// unfilled is what remains of a variable that the program does not know or cannot write.
var unfilled = regexp.MustCompile(`^(\{\{[^{}]*\}\}|\[object Object\]|undefined|null)$`)

// address is an e-mail address.
var address = regexp.MustCompile(`^[^@\s:/]+@[^@\s]+\.[^@\s]+$`)

// tidySeerr empties values that say nothing, and leaves out what is nobody's business in a
// room: the default template has people's e-mail addresses and ids elsewhere, and users
// without a name are called by their address.
func tidySeerr(n *node) {
	for i := range n.fields {
		f := &n.fields[i]
		if f.value.isScalar() {
			f.value.text = tidySeerrText(f.value.text)
		}
		for _, private := range []string{"email", "avatar", "settings", "discordid", "telegram"} {
			f.told = f.told || strings.Contains(f.key, private)
		}
		tidySeerr(f.value)
	}
	for _, item := range n.items {
		tidySeerr(item)
	}
}

func tidySeerrText(s string) string {
	switch trimmed := strings.TrimSpace(s); {
	case unfilled.MatchString(trimmed):
		return ""
	case address.MatchString(trimmed):
		user, _, _ := strings.Cut(trimmed, "@")
		return user
	}
	return s
}

func isSeerrKind(s string) bool {
	s = strings.ToUpper(s)
	_, isRequest := seerrRequests[s]
	_, isIssue := seerrIssues[s]
	return isRequest || isIssue || s == seerrTest
}

// seerrKind finds out by its words what an event is; "" for one that is not known.
func seerrKind(event string) string {
	event = strings.ToLower(event)
	has := func(words string) bool { return strings.Contains(event, words) }
	switch {
	case event == "test notification":
		return seerrTest
	case has("comment on") && has("issue"):
		return "ISSUE_COMMENT"
	case has("issue reported"):
		return "ISSUE_CREATED"
	case has("issue resolved"):
		return "ISSUE_RESOLVED"
	case has("issue reopened"):
		return "ISSUE_REOPENED"
	case has("request automatically approved"):
		return "MEDIA_AUTO_APPROVED"
	case has("request automatically submitted"):
		return "MEDIA_AUTO_REQUESTED"
	case has("request approved"):
		return "MEDIA_APPROVED"
	case has("request now available"):
		return "MEDIA_AVAILABLE"
	case has("request declined"):
		return "MEDIA_DECLINED"
	case has("request failed"):
		return "MEDIA_FAILED"
	case strings.HasPrefix(event, "new ") && strings.HasSuffix(event, " request"):
		return "MEDIA_PENDING"
	}
	return ""
}
