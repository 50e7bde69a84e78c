package formatters

import (
	"cmp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// seerrIssue is how a notification about an issue is told.
type seerrIssue struct {
	status   string // "" stands for the issue's kind: "subtitle issue"
	severity Severity
	state    IncidentState
}

// seerrIssues are the notifications about issues: what people find wrong with a film or
// series that is there.
var seerrIssues = map[string]seerrIssue{
	"ISSUE_CREATED":  {"", Warning, Open},
	"ISSUE_COMMENT":  {"comment", Info, Standalone}, // each is to be read, and none is the issue's state
	"ISSUE_RESOLVED": {"issue resolved", Success, Resolved},
	"ISSUE_REOPENED": {"issue reopened", Warning, Open},
}

// tellIssue tells an issue, or what somebody says of one.
func (w *seerrWebhook) tellIssue(n *Notification, i seerrIssue) {
	issueType := w.value(w.issue, "issuetype")
	kind := joinWords(" ", seerrIssueWords(cmp.Or(issueType, w.event)), "issue")
	n.setEvent(w.kind, cmp.Or(i.status, kind), i.severity)
	n.addLabel("issue_type", strings.ToLower(issueType))
	reporter := w.value(w.issue, "reportedbyusername", "reportedby", "reporter", "username", "user")
	n.addLabel("user", cmp.Or(reporter, w.root.take("notifyuserusername")))
	place := w.place()
	if w.kind == "ISSUE_COMMENT" {
		w.tellComment(n)
	} else {
		n.Summary, n.HTML, n.Details = splitPlain(w.message, true)
		n.tellAfterColon()
	}
	n.Summary = attach(place, n.Summary)
	if n.Status == kind || kind == "issue" {
		kind = "" // as the first line says
	}
	if w.media != nil {
		w.media.drop("status", "status4k") // what has an issue is there
	}
	n.Facts = append(knownFacts(Fact{Value: label(kind)}, Fact{Name: "Reported by", Value: reporter}), n.Facts...)
	n.Facts = append(n.Facts, w.extra...)

	w.value(w.issue, "issuestatus") // as the event says
	id := w.value(w.issue, "issueid", "issue", "id")
	if id == "" {
		return
	}
	if i.state != Standalone {
		n.Incident = Incident{Key: "issue:" + id, State: i.state}
	}
	if w.app != "" {
		n.URL = w.app + "/issues/" + id
	}
}

// maxIssueText is how long an issue's text may be to stand beside a comment, in runes.
const maxIssueText = 200

// tellComment tells what a person wrote to others about an issue, and then what the issue is.
func (w *seerrWebhook) tellComment(n *Notification) {
	n.Loud = true
	n.Summary, n.HTML, n.Details = splitPlain(w.comment.takeText("commentmessage", "message", "text"), true)
	if n.Summary == "" {
		n.Summary, n.HTML, n.Details = splitPlain(w.root.takeText("commentmessage", "comment"), true)
	}
	author := w.value(w.comment, "commentedbyusername", "commentedby", "commenter", "author")
	n.addLabel("commenter", author)
	n.tellAfterColon()
	if author != "" {
		n.Summary = attach("by "+author, n.Summary)
	}
	if utf8.RuneCountInString(w.message) > maxIssueText {
		n.Details = strings.TrimSpace(stacked(n.Details, w.message))
		return
	}
	n.Facts = knownFacts(Fact{Name: "Issue", Value: w.message})
}

// seerrIssueWords names a kind of issue by its type or by the words of an event; "" for any
// other kind.
func seerrIssueWords(s string) string {
	s = strings.ToLower(s)
	for _, kind := range []string{"video", "audio", "subtitle"} {
		if strings.Contains(s, kind) {
			return kind
		}
	}
	return ""
}

// place returns which part of a series an issue is about: "S01E03", "season 1", or "" for all
// of it.
func (w *seerrWebhook) place() string {
	season, episode := w.takeExtra("season"), w.takeExtra("episode")
	s, errSeason := strconv.Atoi(season)
	e, errEpisode := strconv.Atoi(episode)
	switch {
	case season == "" && episode != "":
		return "episode " + episode
	case episode == "":
		return seasonWords(season)
	case errSeason == nil && errEpisode == nil && s >= 0 && e >= 0:
		return sonarrSeason{s, []int{e}}.label()
	}
	return seasonWords(season) + " episode " + episode
}
