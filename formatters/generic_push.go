package formatters

import (
	"cmp"
	"mime"
	"slices"
	"strconv"
	"strings"
)

// Push notifications: ntfy's JSON and headers (docs.ntfy.sh/publish) and Gotify's messages
// (gotify.net/docs/pushmsg).

func isNtfy(n *node) bool {
	return n.peek("topic").isScalar() && n.has("message", "title", "tags", "priority", "click", "actions", "attach")
}

func readNtfy(n *node) draft {
	d := draft{severity: Info, markup: sniffed}
	d.text = n.takeText("message")
	d.title = cmp.Or(n.take("title"), n.take("topic"))
	d.url = n.takeURL("click")
	if n.take("markdown") == "true" {
		d.markup = markdown
	}
	var tags []string
	for _, tag := range n.takeList("tags") {
		tags = append(tags, tag.text)
	}
	d.readPriority(n.take("priority"))
	d.readTags(tags)
	d.addLink(cmp.Or(n.take("filename"), "Attachment"), n.take("attach"))
	for _, action := range n.takeList("actions") {
		if kind := action.take("action"); kind == "view" {
			d.addLink(cmp.Or(action.take("label"), "Open"), action.take("url"))
		}
	}
	n.drop("actions", "icon", "delay", "email", "call", "cache", "firebase", "sequence_id", "id", "time", "expires", "event", "attachment", "content_type")
	d.addMembers(n) // of senders that are not ntfy's, but have a topic too
	d.details = append(d.details, n.outline())
	return d
}

// readPush takes what senders say beside the body, as far as the body does not say it: ntfy's
// in headers or in the query, forges in a header the event.
func (d *draft) readPush(p Payload) {
	if len(p.Header) == 0 && len(p.Query) == 0 {
		return
	}
	said := func(names ...string) string {
		for _, name := range names {
			if v := p.header(name); v != "" {
				return headerText(v)
			}
		}
		if v := p.Query[strings.ToLower(names[0])]; len(v) > 0 && len(p.Body) > 0 {
			return v[0]
		}
		return ""
	}
	event := said("X-GitHub-Event", "X-Gitea-Event", "X-Forgejo-Event", "X-Gitlab-Event")
	if d.status == "" && (d.event == "" || d.verb != "") {
		d.status = statusWords(joinWords(" ", statusWords(strings.TrimSuffix(event, " Hook")), d.verb))
	}
	d.event = cmp.Or(d.event, event)
	d.title = cmp.Or(d.title, said("Title", "X-Title", "Ti", "T"))
	if click := said("Click", "X-Click"); d.url == "" && isWebURL(click) {
		d.url = click
	}
	if d.text == "" {
		d.text = said("Message")
	}
	if md := said("Markdown", "X-Markdown", "Md"); d.markup == sniffed && slices.Contains([]string{"1", "yes", "true"}, strings.ToLower(md)) {
		d.markup = markdown
	}
	if priority := said("Priority", "X-Priority", "Prio", "P"); priority != "" {
		d.readPriority(priority)
	}
	if tags := said("Tags", "X-Tags", "Tag", "Ta"); tags != "" {
		d.readTags(strings.Split(tags, ","))
	}
}

// headerText decodes what senders put into a header beyond ASCII.
func headerText(s string) string {
	if decoded, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		s = decoded
	}
	return cleanText([]byte(s), nil)
}

// readPriority reads ntfy's priorities, 1 to 5 or by name: how loud, and for want of
// better how bad.
func (d *draft) readPriority(s string) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "5", "max", "urgent":
		d.loud = true
		d.raise(Error, true)
	case "4", "high":
		d.loud = true
		d.raise(Warning, true)
	}
}

// tagSeverities are the emoji tags by which ntfy's senders say how it went.
var tagSeverities = map[string]Severity{
	"warning": Warning, "rotating_light": Error, "x": Error, "skull": Error, "no_entry": Error,
	"no_entry_sign": Error, "boom": Error, "fire": Error, "red_circle": Error, "triangular_flag_on_post": Error,
	"white_check_mark": Success, "heavy_check_mark": Success, "ballot_box_with_check": Success, "tada": Success,
	"partying_face": Success, "+1": Success, "green_circle": Success,
}

// readTags rates the emoji tags, the first of which stands for how it went whatever the
// priority, and shows the others.
func (d *draft) readTags(tags []string) {
	var shown []string
	rated := false
	for _, tag := range tags {
		tag = strings.TrimSpace(tag)
		s, known := tagSeverities[strings.ToLower(tag)]
		switch {
		case !known:
			shown = append(shown, tag)
		case !rated:
			d.severity, rated = s, true
		case s > d.severity && d.severity != Success:
			d.severity = s
		}
	}
	d.note(Fact{Name: "Tags", Value: strings.Join(shown, ", ")})
}

func isGotify(n *node) bool {
	return n.peek("message").isScalar() && (n.peek("extras") != nil || isWhole(n.peek("priority").scalar())) // in a form, a text
}

func isWhole(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// gotifyHigh is the priority from which Gotify's own app makes a person look.
const gotifyHigh = 8

func readGotify(n *node) draft {
	extras := n.peek("extras")
	n.drop("extras", "appid")
	priority, err := strconv.Atoi(n.takeIf(isWhole, "priority"))
	d := readMembers(n)
	if extras.peek("client::display").peek("contenttype").isText("text/markdown") {
		d.markup = markdown
	}
	d.sniffHTML()
	notification := extras.peek("client::notification")
	d.url = cmp.Or(d.url, notification.peek("click").takeURL("url"))
	if image := notification.takeURL("bigimageurl"); image != "" {
		d.image = image
	}
	if err == nil && priority >= gotifyHigh {
		d.loud = true
		d.raise(Error, d.severity == Info)
	}
	return d
}

func (n *node) isText(s string) bool { return n != nil && n.kind == '"' && n.text == s }
