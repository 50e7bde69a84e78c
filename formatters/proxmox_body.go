package formatters

import (
	"cmp"
	"slices"
	"strings"
)

// readProxmox takes a notification out of a body, and reports false when there is no text in
// it. Title and message may stand in members of nearly any name, beside each other or in a
// message that was written for Discord, Slack, Telegram or Gotify, in the query, or as text.
func readProxmox(p Payload) (proxmoxReport, bool) {
	var r proxmoxReport
	body := strings.TrimSpace(decodeText(p))
	switch tree, ok := proxmoxTree(p, body); {
	case ok:
		r.Rest = tree
		r.readMembers(tree)
		if r.isEmpty() && tree.hasUntold() && !hasSecrets(tree) {
			return r, false
		}
	case strings.HasPrefix(body, "["):
		return r, false
	default:
		r.Message = body
	}
	query := queryTree(p)
	r.readMembers(query)
	r.Title = cmp.Or(r.Title, headerText(p.header("Title")), headerText(p.header("X-Title")))
	if r.Rest == nil && body == "" {
		r.Rest = query
	}
	r.unpackMessage()
	r.Title = oneLine(firstOf(r.Title, maxTitleBytes))
	return r, true
}

// proxmoxTree returns the object that a body is, be it JSON, broken JSON or a form.
func proxmoxTree(p Payload, body string) (*node, bool) {
	n, ok := parseJSON(body)
	if !ok {
		if doc, err := jsonDocument(p); err == nil {
			n, ok = parseTree(string(doc))
		} else if form := readForm(p); form != nil {
			n, ok = formTree(form), true
		} else {
			n, ok = mendJSON(body)
		}
	}
	if ok && n.kind == '[' && len(n.items) == 1 {
		n = n.items[0]
	}
	return n, ok && n.kind == '{'
}

// The names of members, the likeliest first.
var (
	proxmoxTitleKeys    = []string{"title", "subject", "messagetitle", "message_title", "summary", "headline"}
	proxmoxMessageKeys  = []string{"message", "body", "text", "content", "description", "messagecontent", "message_content", "msg", "desc"}
	proxmoxSeverityKeys = []string{"severity", "severity_level", "level", "status", "state", "priority", "type"}
	proxmoxTypeKeys     = []string{"type", "event_type", "event-type", "eventtype", "event", "kind"}
	proxmoxHostKeys     = []string{"hostname", "host", "node", "nodename"}
	proxmoxJobKeys      = []string{"job-id", "job_id", "jobid", "job id"}
	proxmoxStoreKeys    = []string{"datastore"}
	proxmoxPoolKeys     = []string{"media-pool", "media_pool", "mediapool"}
	proxmoxContainers   = []string{"fields", "metadata", "meta", "data", "notification", "labels", "properties"}
	proxmoxTimeKeys     = []string{"timestamp", "time", "formatted_time", "date", "ts"}
)

// readMembers reads an object, and those in it that hold a part of the notification.
func (r *proxmoxReport) readMembers(n *node) {
	if isGotify(n) {
		r.Severity = cmp.Or(r.Severity, proxmoxPriorities[n.peek("priority").scalar()])
	}
	r.readObject(n)
	for i := range n.fields {
		f := &n.fields[i]
		switch {
		case slices.Contains(proxmoxContainers, f.key):
			if f.value.isScalar() {
				if inner, ok := parseTree(f.value.text); ok && inner.kind == '{' {
					f.value = inner // the helper "json" within quotes
				}
			}
			r.readObject(f.value)
			r.readPairs(f.value)
		case f.key == "embeds", f.key == "attachments":
			f.told = true // what is left of them is decoration
			for _, item := range f.value.items {
				r.readObject(item)
				r.readPairs(item.peek("fields"))
			}
		case f.key == "blocks":
			f.told = true
			r.readBlocks(f.value.items)
		}
	}
}

// readObject takes what is not known yet from the members of an object.
func (r *proxmoxReport) readObject(n *node) {
	take := func(known *string, fits func(string) bool, keys []string) {
		if value := n.takeIf(fits, keys...); *known == "" {
			*known = value
		}
	}
	anything := func(string) bool { return true }
	take(&r.Title, anything, proxmoxTitleKeys)
	var message string // whole, with the blanks that it begins with
	n.takeIf(func(s string) bool { message = s; return true }, proxmoxMessageKeys...)
	r.Message = cmp.Or(r.Message, message)
	if word := n.takeIf(isProxmoxSeverity, proxmoxSeverityKeys...); r.Severity == "" {
		r.Severity = proxmoxSeverity(word)
	}
	take(&r.Type, isProxmoxType, proxmoxTypeKeys)
	take(&r.Host, anything, proxmoxHostKeys)
	take(&r.Job, anything, proxmoxJobKeys)
	take(&r.Datastore, anything, proxmoxStoreKeys)
	take(&r.Pool, anything, proxmoxPoolKeys)
	n.takeIf(func(s string) bool {
		t := parseTime(s)
		if r.Time.IsZero() {
			r.Time = t
		}
		return !t.IsZero()
	}, proxmoxTimeKeys...)
}

// readPairs reads an array of {"name":"Severity","value":"error"}, as Discord has it.
func (r *proxmoxReport) readPairs(n *node) {
	if n == nil || n.kind != '[' {
		return
	}
	for _, pair := range n.items[:min(len(n.items), maxElements)] {
		name := cmp.Or(pair.take("name"), pair.take("title"))
		switch value := pair.takeText("value"); {
		case r.setLabel(name, value):
		case r.Message == "" && strings.Contains(value, "\n"):
			r.Message = value
		case r.Rest != nil && name != "":
			r.Rest.set(name, textNode(value))
		}
	}
}

// readBlocks reads Slack's blocks: a header, and sections.
func (r *proxmoxReport) readBlocks(blocks []*node) {
	var sections []string
	for _, b := range blocks[:min(len(blocks), maxElements)] {
		text := b.peek("text").peek("text").scalar()
		switch {
		case text == "":
		case b.peek("type").isText("header") && r.Title == "":
			r.Title = text
		default:
			sections = append(sections, text)
		}
	}
	r.Message = cmp.Or(strings.Join(sections, "\n"), r.Message)
}

// proxmoxPriorities are those of the Gotify target; 3 is either "notice" or "unknown".
var proxmoxPriorities = map[string]string{"1": "info", "5": "warning", "9": "error"}

// proxmoxSeverity returns Proxmox' word for a severity, also where a person's template says
// it otherwise; "" for anything else.
func proxmoxSeverity(word string) string {
	switch word = strings.ToLower(strings.TrimSpace(word)); word {
	case "info", "notice", "warning", "error", "unknown":
		return word
	case "information", "ok", "success":
		return "info"
	case "warn":
		return "warning"
	case "err", "critical", "failed", "failure":
		return "error"
	}
	return ""
}

func isProxmoxSeverity(s string) bool { return proxmoxSeverity(s) != "" }

// isProxmoxType tells a type of notification from what other formats call "type".
func isProxmoxType(s string) bool {
	s = strings.ToLower(s)
	return len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == "" && !isProxmoxSeverity(s) &&
		!slices.Contains([]string{"mrkdwn", "markdown", "text", "plain", "json", "m", "proxmox", "notification"}, s)
}

// setLabel takes a value by the name that people read, and reports whether it knew it.
func (r *proxmoxReport) setLabel(name, value string) bool {
	name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
	set := func(known *string, value string) bool {
		if *known == "" {
			*known = value
		}
		return true
	}
	switch {
	case value == "":
	case slices.Contains(proxmoxTitleKeys, name):
		return set(&r.Title, value)
	case slices.Contains(proxmoxHostKeys, name):
		return set(&r.Host, value)
	case slices.Contains(proxmoxJobKeys, name):
		return set(&r.Job, value)
	case slices.Contains(proxmoxSeverityKeys, name) && isProxmoxSeverity(value):
		return set(&r.Severity, proxmoxSeverity(value))
	case slices.Contains(proxmoxTypeKeys, name) && isProxmoxType(value):
		return set(&r.Type, value)
	}
	return false
}
