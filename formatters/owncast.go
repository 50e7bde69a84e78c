package formatters

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Owncast posts {"eventData": …, "type": …} for each event that a webhook was given to
// choose (Owncast 0.2.5, core/webhooks). It waits for each answer before it goes on, and
// neither repeats a webhook nor looks at the answer.
//
// A stream is an incident from its start to its end, known by the server's address: the two
// events share no id. Its one item, which is not drawn, has the time of the start, since
// what is sent at the end has none of it.
//
// Only start and end are told unless a hook's filter says otherwise. What the default filter
// leaves out is named one by one, so that an event that is new to us is told.

func init() {
	register(Service{
		Name:      "owncast",
		Title:     owncastTitle,
		Formatter: FormatterFunc(formatOwncast),
		DefaultFilter: `event not in ["CHAT", "USER_JOINED", "USER_PARTED", "NAME_CHANGE", "VISIBILITY-UPDATE", ` +
			`"STREAM_TITLE_UPDATED", "FEDIVERSE_ENGAGEMENT_FOLLOW", "FEDIVERSE_ENGAGEMENT_LIKE", "FEDIVERSE_ENGAGEMENT_REPOST"]`,
	})
}

const owncastTitle = "Owncast"

var errNotOwncast = errors.New("the document is no event of Owncast")

type owncastWebhook struct {
	Type text          `json:"type"`
	Data *owncastEvent `json:"eventData"`
}

// owncastEvent has the members of every event; early versions leave out status and server.
type owncastEvent struct {
	Timestamp text          `json:"timestamp"` // year 1 for a change of name
	ServerURL text          `json:"serverURL"` // absent when it is not configured
	Status    owncastStatus `json:"status"`

	// STREAM_STARTED, STREAM_STOPPED, STREAM_TITLE_UPDATED; Name also of a follower
	Name        text `json:"name"`        // the server's
	Summary     text `json:"summary"`     // what the server is about
	StreamTitle text `json:"streamTitle"` // "" when there is none

	// CHAT, USER_JOINED, USER_PARTED, NAME_CHANGE, VISIBILITY-UPDATE
	User    *owncastUser `json:"user"`
	Body    text         `json:"body"`    // HTML
	RawBody text         `json:"rawBody"` // what was typed: Markdown, with emotes as ":name:" or as pictures
	NewName text         `json:"newName"`
	Visible boolean      `json:"visible"`
	IDs     []text       `json:"ids"` // of messages

	// FEDIVERSE_ENGAGEMENT_…
	Username text `json:"username"` // "ana@social.example"
	Image    text `json:"image"`
}

// owncastStatus is the server's state. At the start of a stream it may not be online yet.
type owncastStatus struct {
	StreamTitle     text   `json:"streamTitle"`
	LastConnectTime text   `json:"lastConnectTime"`       // null when no stream is on, in versions that we know also at its end
	SessionPeak     number `json:"sessionMaxViewerCount"` // of this stream
}

type owncastUser struct {
	DisplayName   text    `json:"displayName"`
	PreviousNames []text  `json:"previousNames"` // the oldest first; may end in the present one
	IsBot         boolean `json:"isBot"`
	Scopes        []text  `json:"scopes"` // "MODERATOR"
}

// formatOwncast tells an event of an Owncast server.
func formatOwncast(p Payload) (Notification, error) {
	var w owncastWebhook
	if err := decodePayload(p, &w); err != nil {
		return Notification{}, fmt.Errorf("decode Owncast webhook: %w", err)
	}
	event := strings.ToUpper(strings.TrimSpace(string(w.Type)))
	if event == "" {
		return Notification{}, errNotOwncast
	}
	e := cmp.Or(w.Data, &owncastEvent{})
	n := Notification{Labels: map[string]string{}, Time: e.at()}
	n.addLabel("server", e.host())
	n.addLabel("user", e.user())
	switch strings.ReplaceAll(event, "_", "-") {
	case "STREAM-STARTED":
		e.started(&n)
	case "STREAM-STOPPED":
		e.stopped(&n)
	case "STREAM-TITLE-UPDATED":
		e.titled(&n)
	case "CHAT":
		e.said(&n)
	case "USER-JOINED":
		n.setEvent("USER_JOINED", "joined chat", Muted)
		n.Subject = e.somebody()
	case "USER-PARTED":
		n.setEvent("USER_PARTED", "left chat", Muted)
		n.Subject = e.somebody()
	case "NAME-CHANGE":
		e.renamed(&n)
	case "VISIBILITY-UPDATE":
		e.moderated(&n)
	case "FEDIVERSE-ENGAGEMENT-FOLLOW":
		e.engaged(&n, "FEDIVERSE_ENGAGEMENT_FOLLOW", "new follower")
	case "FEDIVERSE-ENGAGEMENT-LIKE":
		e.engaged(&n, "FEDIVERSE_ENGAGEMENT_LIKE", "liked")
	case "FEDIVERSE-ENGAGEMENT-REPOST":
		e.engaged(&n, "FEDIVERSE_ENGAGEMENT_REPOST", "shared")
	default: // an event that is new to us keeps its own name
		if w.Data == nil {
			return Notification{}, errNotOwncast
		}
		name := strings.TrimSpace(string(w.Type))
		n.setEvent(name, cmp.Or(camelWords(name), name), Info)
		n.Subject, n.URL = e.stream(), webURL(e.ServerURL)
		e.tellMessage(&n)
		n.Details = leftOver(p, "type")
	}
	return n, nil
}

// stream names the server that streams.
func (e *owncastEvent) stream() string { return cmp.Or(firstText(e.Name), e.host(), owncastTitle) }

// host returns the server's host, if its address is known.
func (e *owncastEvent) host() string {
	host, _ := publicURL(string(e.ServerURL))
	return host
}

// title returns what is streamed, or "".
func (e *owncastEvent) title() string { return firstText(e.StreamTitle, e.Status.StreamTitle) }

func (e *owncastEvent) at() time.Time { return alertTime(e.Timestamp) }

// incident ties the end of a stream to its start.
func (e *owncastEvent) incident(state IncidentState) Incident {
	return Incident{Key: "stream:" + strings.TrimRight(webURL(e.ServerURL), "/"), State: state}
}

// owncastStream is the key of a stream's item.
const owncastStream = "stream"

func (e *owncastEvent) started(n *Notification) {
	n.setEvent("STREAM_STARTED", "live", Info)
	n.Loud = true
	n.Subject, n.URL, n.Summary = e.stream(), webURL(e.ServerURL), e.title()
	n.tellAfterColon()
	n.Facts = knownFacts(Fact{Value: firstText(e.Summary)})
	n.Links = knownLinks(Link{Text: "Watch", URL: n.URL})
	n.Incident = e.incident(Open)
	n.Items = []Item{{Key: owncastStream, Severity: Info, Since: n.Time}}
}

// stopped tells how long the stream was and how many watched it, as far as Owncast says so.
func (e *owncastEvent) stopped(n *Notification) {
	n.setEvent("STREAM_STOPPED", "ended", Muted)
	n.Subject, n.URL, n.Summary = e.stream(), webURL(e.ServerURL), e.title()
	n.tellAfterColon()
	if since := alertTime(e.Status.LastConnectTime); !since.IsZero() && n.Time.After(since) {
		n.Summary = attach("after "+durationWords(n.Time.Sub(since)), n.Summary)
	}
	if peak, ok := e.Status.SessionPeak.whole(1e9); ok && peak > 0 {
		n.Facts = []Fact{{Name: "Most viewers", Value: fmt.Sprint(peak)}}
	}
	n.Incident = e.incident(Resolved)
	n.Items = []Item{{Key: owncastStream, Severity: Success}}
}

// titled tells a new title. It is no part of the stream's incident: what is would be told
// whatever the filter says, and titles also change while nothing is streamed.
func (e *owncastEvent) titled(n *Notification) {
	n.setEvent("STREAM_TITLE_UPDATED", "new title", Info)
	n.Subject, n.URL = e.stream(), webURL(e.ServerURL)
	if n.Summary = e.title(); n.Summary == "" {
		n.Status = "title removed"
	}
	n.tellAfterColon()
}
