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
	bodyKeys  = []string{"content", "message", "body", "msg", "description", "desc"}
	causeKeys = []string{"error", "error_message", "reason", "detail"}
	titleKeys = []string{"title", "subject", "summary", "name", "alertname", "full_name"}
	ruleKeys  = []string{
		"alert", "alert_name", "rule", "rule_name", "rulename", "monitor", "monitor_name", "monitorname", "check", "check_name", "checkname",
		"job", "job_name", "jobname", "task", "task_name", "taskname",
	}
	// What happened, where nothing says so in a title of its own.
	matterKeys = []string{"topic", "service", "app", "application", "image", "container", "stack", "device", "camera", "disk", "site", "path", "project_name", "projectname"}
	urlKeys    = []string{"url", "link", "click", "html_url", "web_url", "permalink", "alert_url", "incident_url", "shortlink", "hub_link"}
	hostKeys   = []string{"host", "hostname", "instance", "source", "server_name", "servername"}
	eventKeys  = []string{"event", "event_type", "eventtype", "notification_type", "notificationtype", "action", "type"}
	stateKeys  = []string{"status", "state"}
	ratingKeys = []string{"severity", "level", "priority", "conclusion", "result", "impact", "urgency", "messagetype", "type"}
	imageKeys  = []string{"image", "image_url", "thumbnail", "poster", "poster_url"}
	timeKeys   = []string{"timestamp", "time", "datetime", "@timestamp", "ts"}
)

// readUnknown tells a document by the names of its members, and the text by its looks.
func readUnknown(n *node) draft {
	d := readMembers(n)
	d.sniffHTML()
	return d
}

// readMembers tells a document by the names of its members. "text", "html" and "username"
// mean what they meant to matrix-hookshot: Markdown, HTML, and who speaks.
func readMembers(n *node) draft {
	d := draft{severity: Info}
	html, text := n.takeText("html"), n.takeText("text")
	if !hasWords(html) {
		html = ""
	}
	spoken := html+text != ""
	switch {
	case html != "":
		d.text, d.markup = html, rich
	case text != "":
		d.text, d.markup = labelledLinks(text), markdown
	default:
		if d.text, d.markup = n.takeText(bodyKeys...), sniffed; d.text == "" {
			d.text = n.takeLines(bodyKeys...)
		}
		if d.text == "" {
			d.text = n.takeLines("text")
		}
	}
	if d.title = n.take(titleKeys...); d.title == "" {
		d.title = n.takeIf(isName, ruleKeys...)
	}
	if inner, ok := parseJSON(strings.TrimSpace(d.text)); ok && inner.kind == '{' {
		return readWrapped(n, inner, d.title)
	}
	d.from = n.take("username")
	d.url = n.takeURL(urlKeys...)
	d.image = n.takeURL(imageKeys...)
	d.readState(n)
	if d.text == "" {
		unnamed := d.title == ""
		if unnamed && d.from == "" {
			d.title = n.takeEnding(isName, "name", "title", "username")
		}
		d.searchBelow(n, unnamed)
	}
	if d.text == "" {
		d.text, d.markup = n.takeCause(), sniffed
	}
	host := n.take(hostKeys...)
	if d.title == "" && d.from == "" && (host == "" || d.text == "") { // else the host and the text tell it
		d.title = n.takeIf(isName, matterKeys...)
	}
	if d.title == "" && d.from == "" {
		if d.title, host = host, ""; d.title == "" && d.text == "" {
			d.title = titleBelow(n)
		}
	}
	d.tellEvent()
	d.note(Fact{Name: "Host", Value: host})
	d.readLinks(n)
	d.readTime(n)
	d.ids = spoken
	d.addMembers(n)
	if !spoken { // who writes a text himself says there what is to be read
		d.details = append(d.details, n.outline())
	}
	return d
}

// takeCause takes why it happened, or what else was said about it.
func (n *node) takeCause() string {
	if s := n.takeIf(isName, causeKeys...); s != "" {
		return s
	}
	if s := n.takeEnding(isName, "errormessage", "exceptionmessage"); s != "" {
		return s
	}
	if s := n.takeIf(isName, "payload"); s != "" {
		return s
	}
	return n.takeEnding(isName, "reason", "message")
}

// readWrapped tells a document that another one carries as its text, as shoutrrr does with
// Watchtower's.
func readWrapped(outer, inner *node, title string) draft {
	inner.hideCredentials()
	files := inner.takeContents()
	d := readUnknown(inner)
	d.addFiles(files)
	if d.title = cmp.Or(d.title, title); d.title != title {
		d.note(Fact{Value: title})
	}
	d.details = append(d.details, "\n", outer.outline())
	return d
}

// searchBelow looks for title, text and outcome one and two levels down, for senders that wrap
// what happened in an object: {"action":"opened","issue":{"title":…}}. Who and where is asked
// last: a title two levels down tells more than a name beside it.
// A text is taken where the document itself had no title, else it may be about anything.
func (d *draft) searchBelow(n *node, unnamed bool) {
	level, aside := inner([]*node{n})
	for range 2 {
		d.searchIn(level, unnamed)
		var further []*node
		level, further = inner(level)
		aside = append(aside, further...)
	}
	for _, m := range aside {
		d.titleFrom(m)
	}
}

// searchIn takes what is missing from the first object that has it.
func (d *draft) searchIn(level []*node, texts bool) {
	for _, m := range level {
		if d.status == "" || d.status == statusWords(d.event) {
			d.readStateBelow(m)
		}
		d.titleFrom(m)
		if d.text == "" && texts {
			if d.text, d.markup = m.takeText("summary", "text"), sniffed; d.text == "" {
				d.text = m.takeText(bodyKeys...)
			}
		}
	}
}

// titleFrom takes a title that is missing, and its address.
func (d *draft) titleFrom(m *node) {
	if d.title != "" {
		return
	}
	if d.title = m.take(titleKeys...); d.title != "" && d.url == "" {
		d.url = m.takeURL("html_url", "web_url", "permalink", "full_url", "shortlink", "url", "link")
	}
}

// titleBelow looks for anything that can stand for a title one and two levels down.
func titleBelow(n *node) string {
	level := []*node{n}
	for range 2 {
		level, _ = inner(level)
		for _, m := range level {
			if s := m.takeEnding(isName, "name", "title"); s != "" {
				return s
			}
			if s := m.takeIf(isName, matterKeys...); s != "" {
				return s
			}
		}
	}
	return ""
}

// readLinks takes a list of links, as {"href":…,"text":…} and the like.
func (d *draft) readLinks(n *node) {
	list := n.peek("links")
	if list == nil || list.kind != '[' {
		return
	}
	for _, l := range list.items {
		if address := l.takeURL("href", "url"); address != "" {
			d.addLink(cmp.Or(l.take("text", "title", "label", "name", "rel"), "Open"), address)
		}
	}
}

// isName reports whether a value is in words, and not a number or a boolean.
func isName(s string) bool {
	return strings.IndexFunc(s, unicode.IsLetter) >= 0 && !strings.EqualFold(s, "true") && !strings.EqualFold(s, "false")
}

// speakers are the names of objects that say who or where, or how it was before, and not what.
var speakers = []string{
	"account", "actor", "agent", "author", "before", "device", "installation", "integration", "links", "meta", "organization", "owner", "player",
	"project", "pusher", "repository", "sender", "server", "source", "user", "workspace",
}

// inner returns the objects right below, apart from them the speakers: of an array, the first.
func inner(nodes []*node) (below, aside []*node) {
	for _, n := range nodes {
		for i := range n.fields {
			v := n.fields[i].value
			if v.kind == '[' && len(v.items) > 0 {
				v = v.items[0]
			}
			switch {
			case n.fields[i].told || v.kind != '{' || len(below)+len(aside) == 100:
			case slices.Contains(speakers, n.fields[i].key):
				aside = append(aside, v)
			default:
				below = append(below, v)
			}
		}
	}
	return below, aside
}

// addMembers makes facts of the members that are left, as far as they are short and for
// people.
func (d *draft) addMembers(n *node) {
	for i := range n.fields {
		f := &n.fields[i]
		if f.told || !f.value.isScalar() || f.value.isEmpty() || f.name[:min(len(f.name), 1)] == "_" || !d.ids && isOpaque(f.value.text) {
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
