package formatters

import (
	"cmp"
	"html"
	"regexp"
	"slices"
	"strings"
)

// user returns the present display name of whom an event is about, or "".
func (e *owncastEvent) user() string {
	if e.User == nil {
		return ""
	}
	return firstText(e.User.DisplayName)
}

func (e *owncastEvent) somebody() string { return cmp.Or(e.user(), "somebody") }

// said tells a chat message.
func (e *owncastEvent) said(n *Notification) {
	n.setEvent("CHAT", "chat", Info)
	if e.Visible.Known && !e.Visible.Value {
		n.Status = "hidden chat"
	}
	n.Subject = e.somebody()
	e.tellMessage(n)
	if e.User == nil {
		return
	}
	if e.User.IsBot.Value {
		n.Facts = append(n.Facts, Fact{Value: "bot"})
	}
	if slices.ContainsFunc(e.User.Scopes, func(s text) bool { return strings.EqualFold(string(s), "moderator") }) {
		n.Facts = append(n.Facts, Fact{Value: "moderator"})
	}
}

// owncastPicture is an emote or emoji in what was typed.
var owncastPicture = regexp.MustCompile(`(?i)<img\b[^<>]*>`)

var owncastAlt = regexp.MustCompile(`(?i)\salt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)

// withoutPictures puts what a picture stands for in its place: "🍺" or ":owncast:".
func withoutPictures(s string) string {
	return owncastPicture.ReplaceAllStringFunc(s, func(picture string) string {
		alt := owncastAlt.FindStringSubmatch(picture)
		if alt == nil {
			return ""
		}
		return html.UnescapeString(alt[1] + alt[2] + alt[3])
	})
}

// tellMessage tells what somebody wrote: its first line behind their name, the others below.
// Markdown is read, and all HTML is text, as only Owncast's own page may show it.
func (e *owncastEvent) tellMessage(n *Notification) {
	source := withoutPictures(string(e.Body))
	if raw := strings.TrimSpace(string(e.RawBody)); raw != "" {
		source = renderMarkdown(withoutPictures(raw))
	}
	head := splitHTML(source)
	n.Summary, n.Links, n.HTML = head.line, head.links, head.rest
	n.tellAfterColon()
}

// renamed tells a change of name. The user has the new one already.
func (e *owncastEvent) renamed(n *Notification) {
	n.setEvent("NAME_CHANGE", "renamed", Muted)
	now := cmp.Or(firstText(e.NewName), e.somebody())
	n.Subject = "somebody"
	if e.User != nil {
		for _, name := range slices.Backward(e.User.PreviousNames) {
			if name := firstText(name); name != "" && name != now {
				n.Subject = name
				break
			}
		}
	}
	n.Summary = "is now " + now
}

// moderated tells that messages were hidden from the chat, or are shown again. Owncast does
// not say by whom, and which only by numbers.
func (e *owncastEvent) moderated(n *Notification) {
	n.setEvent("VISIBILITY-UPDATE", "hidden", Muted)
	n.Summary = "from the chat"
	if e.Visible.Value {
		n.Status, n.Summary = "shown", "in the chat again"
	}
	n.Subject = cmp.Or(counted(len(e.IDs), "message"), "messages")
	if user := e.user(); user != "" {
		n.Summary += " by " + user
	}
}

// engaged tells what somebody did on another server of the Fediverse.
func (e *owncastEvent) engaged(n *Notification, event, status string) {
	n.setEvent(event, status, Info)
	n.Subject = cmp.Or(firstText(e.Name, e.Username), "somebody")
	if account := firstText(e.Username); account != "" && account != n.Subject {
		n.Summary = "(" + account + ")"
	}
	n.Image = webURL(e.Image)
}
