package formatters

import (
	"cmp"
	"regexp"
	"strings"
)

// Slack's incoming webhooks (api.slack.com/messaging/webhooks), as Mattermost, Rocket.Chat
// and many senders speak them too: text, attachments and blocks.

func isSlack(n *node) bool {
	if attachments := n.peek("attachments"); attachments != nil && attachments.kind == '[' && len(attachments.items) > 0 {
		return attachments.items[0].has("fallback", "text", "pretext", "color", "title", "fields", "blocks")
	}
	if blocks := n.peek("blocks"); blocks != nil && blocks.kind == '[' && len(blocks.items) > 0 {
		return blocks.items[0].has("type")
	}
	return n.has("text") && (n.has("icon_emoji", "icon_url", "channel", "mrkdwn", "unfurl_links") || n.peek("type").isText("mrkdwn"))
}

func readSlack(n *node) draft {
	d := draft{severity: Info, markup: markdown, from: n.take("username")}
	text := n.takeText("text")
	if n.peek("mrkdwn").scalar() == "false" {
		text = escapeMarkdown(slackPlain(text))
	} else {
		text = mrkdwn(text)
	}
	body := richBody{draft: &d}
	body.readBlocks(n.takeList("blocks"), 0)
	d.text = body.text()
	attachments := n.takeList("attachments")
	entries := make([]draft, 0, len(attachments))
	for _, a := range attachments {
		entries = append(entries, readSlackAttachment(a))
	}
	if d.text == "" && d.title == "" { // else the text is for clients without blocks
		d.text = text
	}
	d.merge(entries)
	return d
}

func readSlackAttachment(n *node) draft {
	d := draft{severity: Info, markup: markdown}
	d.raise(rateColour(n.take("color")))
	d.title, d.url = textOfMarkdown(mrkdwn(n.take("title"))), n.takeURL("title_link", "author_link", "from_url")
	body := richBody{draft: &d}
	body.lines = nonEmpty(mrkdwn(n.takeText("pretext")), mrkdwn(n.takeText("text")))
	body.readBlocks(n.takeList("blocks"), 0)
	for _, f := range n.takeList("fields") {
		body.fact(mrkdwn(f.take("title")), mrkdwn(f.takeText("value")))
	}
	d.text = body.text()
	if d.text == "" && d.title == "" {
		d.text = mrkdwn(n.takeText("fallback"))
	}
	for _, action := range n.takeList("actions") {
		d.addLink(cmp.Or(action.take("text", "name"), "Open"), action.take("url"))
	}
	d.image = n.takeURL("image_url", "thumb_url")
	d.note(Fact{Name: "By", Value: n.take("author_name")})
	d.note(Fact{Value: textOfMarkdown(mrkdwn(n.take("footer")))})
	d.time = parseTime(strings.Split(n.take("ts")+".", ".")[0])
	return d
}

// readBlocks walks through blocks and their elements. See docs.slack.dev/reference/block-kit.
func (b *richBody) readBlocks(blocks []*node, depth int) {
	if depth > maxNesting {
		return
	}
	for _, block := range blocks {
		switch kind := block.take("type"); kind {
		case "header":
			if title := block.peek("text").take("text"); b.draft.title == "" {
				b.draft.title = slackPlain(title)
			} else {
				b.headed(oneLine(slackPlain(title)), "")
			}
		case "section", "markdown", "plain_text", "mrkdwn":
			b.add(slackText(block))
			for _, f := range block.takeList("fields") {
				b.field(slackText(f))
			}
			if accessory := block.peek("accessory"); accessory != nil {
				b.readBlocks([]*node{accessory}, depth+1)
			}
		case "context", "actions":
			b.readBlocks(block.takeList("elements"), depth+1)
		case "button":
			b.draft.addLink(cmp.Or(block.peek("text").take("text"), "Open"), block.take("url"))
		case "image":
			if image := block.takeURL("image_url"); b.draft.image == "" {
				b.draft.image = image
			}
			b.add(escapeMarkdown(slackPlain(cmp.Or(block.peek("title").take("text"), block.take("title")))))
		case "rich_text", "rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote":
			b.richText(block, kind, depth)
		case "divider":
		default: // such as a table or a video
			block.drop("block_id")
			b.draft.details = append(b.draft.details, block.outline(), "\n")
		}
	}
}

// boldName is a name in bold that begins a field, in Markdown. Its colon may be bold too.
var boldName = regexp.MustCompile(`^\*\*[^*\n]+(:\*\*|\*\*:)\s`)

// field adds a section's field: a name that is in bold or on a line of its own, and its value.
func (b *richBody) field(s string) {
	name, value, _ := strings.Cut(s, "\n")
	if bold := boldName.FindString(s); bold != "" {
		name, value = bold, s[len(bold):]
	}
	switch {
	case strings.TrimSpace(value) == "", strings.HasPrefix(name, "```"):
		b.add(s)
	case strings.Contains(value, "```"):
		b.fact(name, value)
	default:
		b.fact(name, strings.ReplaceAll(strings.Trim(value, "\n"), "\n", " "))
	}
}

// richText writes what Slack's own editor makes.
func (b *richBody) richText(block *node, kind string, depth int) {
	var line strings.Builder
	for _, e := range block.takeList("elements") {
		switch e.take("type") {
		case "text":
			line.WriteString(escapeMarkdown(e.takeText("text")))
		case "link":
			address := e.take("url")
			line.WriteString(markdownLink(cmp.Or(e.take("text"), address), address))
		case "emoji":
			line.WriteString(":" + e.take("name") + ":")
		case "user", "usergroup":
			line.WriteString("@someone")
		case "broadcast":
			line.WriteString("@" + e.take("range"))
		case "channel":
			line.WriteString("#channel")
		case "date":
			line.WriteString(escapeMarkdown(e.takeText("fallback")))
		default:
			e.set("type", textNode("rich_text_section"))
			nested := richBody{draft: b.draft}
			if depth < maxNesting {
				nested.richText(e, "rich_text_section", depth+1)
			}
			if text := nested.text(); text != "" && kind == "rich_text_list" {
				line.WriteString("- " + text + "\n")
			} else if text != "" {
				line.WriteString(text + "\n\n")
			}
		}
	}
	b.add(strings.TrimSpace(line.String()))
}

// slackText returns the text of a block or text object as Markdown.
func slackText(n *node) string {
	kind := n.peek("type").scalar()
	if inner := n.peek("text"); inner != nil && inner.kind == '{' {
		n, kind = inner, inner.peek("type").scalar()
	}
	text := n.takeText("text")
	switch kind {
	case "plain_text":
		return escapeMarkdown(slackPlain(text))
	case "markdown":
		return text
	}
	return mrkdwn(text)
}
