package formatters

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// The names under which senders put what they have to say, the likeliest first.
var (
	bodyKeys   = []string{"content", "message", "body", "msg", "description", "desc"}
	causeKeys  = []string{"error", "error_message", "reason", "detail"}
	titleKeys  = []string{"title", "subject", "summary", "name", "alertname", "full_name"}
	ruleKeys   = []string{"alert", "alert_name", "rule", "rule_name", "rulename", "monitor", "check", "job"}
	urlKeys    = []string{"url", "link", "click", "html_url"}
	hostKeys   = []string{"host", "hostname", "instance", "source", "server_name", "servername"}
	eventKeys  = []string{"event", "event_type", "eventtype", "notification_type", "notificationtype", "action", "type"}
	stateKeys  = []string{"status", "state"}
	ratingKeys = []string{"severity", "level", "priority", "conclusion", "result", "messagetype", "type"}
	imageKeys  = []string{"image", "image_url", "thumbnail", "poster", "poster_url"}
	timeKeys   = []string{"timestamp", "time", "datetime", "@timestamp", "ts"}
)

// readUnknown tells a document by the names of its members. "text", "html" and "username"
// mean what they meant to matrix-hookshot: Markdown, HTML, and who speaks.
func readUnknown(n *node) draft {
	d := draft{severity: Info}
	n.hideCredentials()
	html, text := n.takeText("html"), n.takeText("text")
	spoken := html+text != ""
	switch {
	case html != "":
		d.text, d.markup = html, rich
	case text != "":
		d.text, d.markup = labelledLinks(text), markdown
	default:
		d.text, d.markup = cmp.Or(n.takeText(bodyKeys...), n.takeLines(bodyKeys...)), sniffed
	}
	d.title = cmp.Or(n.take(titleKeys...), n.takeIf(isName, ruleKeys...))
	if inner, ok := parseJSON(strings.TrimSpace(d.text)); ok && inner.kind == '{' {
		return readWrapped(n, inner, d.title)
	}
	d.from = n.take("username")
	d.url = n.takeURL(urlKeys...)
	d.image = n.takeURL(imageKeys...)
	d.readState(n)
	if d.title == "" && d.text == "" {
		if d.from == "" {
			d.title = n.takeEnding(isName, "name", "title", "username")
		}
		d.searchBelow(n)
	}
	if d.text == "" {
		d.text, d.markup = cmp.Or(n.takeIf(isName, causeKeys...), n.takeEnding(isName, "errormessage", "exceptionmessage")), sniffed
	}
	if host := n.take(hostKeys...); d.title == "" && d.from == "" {
		d.title = host
	} else {
		d.note(Fact{Name: "Host", Value: host})
	}
	d.readTime(n)
	d.ids = spoken
	d.addMembers(n)
	if !spoken { // who writes a text himself says there what is to be read
		d.details = append(d.details, n.outline())
	}
	return d
}

// readWrapped tells a document that another one carries as its text, as shoutrrr does with
// Watchtower's.
func readWrapped(outer, inner *node, title string) draft {
	d := readUnknown(inner)
	d.title = cmp.Or(d.title, title)
	d.details = append(d.details, "\n", outer.outline())
	return d
}

// hideCredentials marks as told, at any depth, what some senders prove themselves with in the
// body, where a room has no use for it: the "token" of Slack's outgoing webhooks, the
// "secret" of older Giteas.
func (n *node) hideCredentials() {
	for i := range n.fields {
		f := &n.fields[i]
		f.told = f.told || f.value.isScalar() && isCredential(f.key)
		f.value.hideCredentials()
	}
	for _, item := range n.items {
		item.hideCredentials()
	}
}

// searchBelow looks for title and text one and two levels down, for senders that wrap what
// happened in an object: {"action":"opened","issue":{"title":…}}.
func (d *draft) searchBelow(n *node) {
	rated := d.status != "" && d.status != statusWords(d.event)
	level := inner([]*node{n})
	for range 2 {
		for _, m := range level {
			if word := m.takeIf(isRating, "severity", "conclusion", "result", "status", "state"); word != "" && !rated {
				d.status, rated = statusWords(word), true
				d.raise(rate(word))
			}
			if d.title == "" {
				if d.title = m.take(titleKeys...); d.title != "" && d.url == "" {
					d.url = m.takeURL("html_url", "url", "link")
				}
			}
			if d.text == "" {
				d.text, d.markup = cmp.Or(m.takeText("summary", "text"), m.takeText(bodyKeys...)), sniffed
			}
		}
		level = inner(level)
	}
}

// isName reports whether a value is in words, and not a number or a boolean.
func isName(s string) bool {
	return strings.IndexFunc(s, unicode.IsLetter) >= 0 && !strings.EqualFold(s, "true") && !strings.EqualFold(s, "false")
}

// speakers are the names of objects that say who or where, and not what.
var speakers = []string{"account", "actor", "author", "device", "owner", "player", "pusher", "sender", "server", "user"}

// inner returns the objects right below, the speakers last: of an array, the first.
func inner(nodes []*node) []*node {
	var below, last []*node
	for _, n := range nodes {
		for i := range n.fields {
			v := n.fields[i].value
			if v.kind == '[' && len(v.items) > 0 {
				v = v.items[0]
			}
			switch {
			case v.kind != '{' || len(below)+len(last) == 100:
			case slices.Contains(speakers, n.fields[i].key):
				last = append(last, v)
			default:
				below = append(below, v)
			}
		}
	}
	return append(below, last...)
}

// addMembers makes facts of the members that are left, as far as they are short and for
// people.
func (d *draft) addMembers(n *node) {
	for i := range n.fields {
		f := &n.fields[i]
		if f.told || !f.value.isScalar() || f.value.isEmpty() || !d.ids && isOpaque(f.value.text) {
			continue
		}
		fact := Fact{Name: label(f.name), Value: f.value.text, Time: parseStamp(f.value.text)}
		if isWebURL(f.value.text) {
			fact.URL = strings.TrimSpace(f.value.text)
		}
		f.told = d.isSameTime(fact) || d.addFact(fact)
	}
	for i := range n.fields { // an object whose name says nothing, if there is room for the whole of it
		f := &n.fields[i]
		if slices.Contains(containers, f.key) && !f.told && f.value.isFlat(maxDraftFacts-len(d.facts)) {
			d.addMembers(f.value)
		}
	}
}

// isSameTime reports whether a fact is the notification's own time, perhaps in another zone,
// or the zero time by which some languages say "never".
func (d *draft) isSameTime(f Fact) bool {
	return !f.Time.IsZero() && f.Time.Sub(d.time).Abs() < time.Second || strings.HasPrefix(f.Value, "0001-01-01T00:00:00")
}

// containers are the names of objects that only hold further members.
var containers = []string{"fields", "labels", "tags", "data", "details", "extra", "payload", "properties", "context"}

// isFlat reports whether an object has so many members at most, all of them short.
func (n *node) isFlat(most int) bool {
	for _, f := range n.fields {
		if !f.value.isScalar() || len(f.value.text) > maxFactRunes || strings.Contains(f.value.text, "\n") {
			return false
		}
	}
	return n.kind == '{' && len(n.fields) <= most
}

// label makes a fact's name of a member's: "job-id" becomes "Job id", "JobName" "Job name".
func label(name string) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return ' '
		}
		return r
	}, name))
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case i == 0:
			r = unicode.ToUpper(r)
		case unicode.IsUpper(r) && unicode.IsLower(runes[i-1]):
			b.WriteByte(' ')
			if i+1 < len(runes) && unicode.IsLower(runes[i+1]) { // else an abbreviation
				r = unicode.ToLower(r)
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}
