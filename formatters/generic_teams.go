package formatters

import (
	"cmp"
	"strings"
)

// Microsoft Teams: the connectors' MessageCard, and Adaptive Cards, bare or attached to a
// message (learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors).

const adaptiveCard = "application/vnd.microsoft.card.adaptive"

func isTeams(n *node) bool {
	if n.peek("@type").isText("MessageCard") || n.peek("type").isText("AdaptiveCard") {
		return true
	}
	if attachments := n.peek("attachments"); attachments != nil && len(attachments.items) > 0 {
		return attachments.items[0].peek("contenttype").isText(adaptiveCard)
	}
	return n.has("themecolor") || n.has("potentialaction")
}

func readTeams(n *node) draft {
	d := draft{severity: Info, markup: markdown}
	body := richBody{draft: &d}
	switch {
	case n.peek("type").isText("AdaptiveCard"):
		readAdaptive(&body, n, 0)
	case n.peek("attachments") != nil:
		for _, a := range n.takeList("attachments") {
			readAdaptive(&body, a.peek("content"), 0)
		}
	default:
		readMessageCard(&body, n)
	}
	d.text = body.text()
	if summary := n.take("summary"); d.title == "" {
		d.title = summary
	} else if d.text == "" && summary != d.title {
		d.text = escapeMarkdown(summary)
	}
	return d
}

func readMessageCard(body *richBody, n *node) {
	d := body.draft
	d.raise(rateColour(n.take("themecolor")))
	d.title = textOfMarkdown(n.take("title"))
	body.add(n.takeText("text"))
	readOpenURIs(d, n)
	for _, s := range n.takeList("sections") {
		head := strings.Join(nonEmpty(s.take("title"), s.take("activitytitle"), s.take("activitysubtitle")), " · ")
		if text := nonEmpty(s.takeText("activitytext"), s.takeText("text")); len(text) > 0 && head != "" {
			body.add(head + ": " + strings.Join(text, "\n\n"))
		} else {
			body.add(head + strings.Join(text, "\n\n"))
		}
		for _, f := range s.takeList("facts") {
			name, value := f.take("name"), f.takeText("value")
			if strings.EqualFold(strings.Trim(name, ": "), "severity") {
				d.raise(rate(value))
			}
			body.fact(name, value)
		}
		readOpenURIs(d, s)
	}
}

// readOpenURIs takes the links behind a card's buttons, in both ways of writing them.
func readOpenURIs(d *draft, n *node) {
	for _, action := range n.takeList("potentialaction") {
		name := cmp.Or(action.take("name"), "Open")
		for _, target := range action.takeList("targets", "target") {
			d.addLink(name, cmp.Or(target.take("uri"), target.scalar()))
		}
	}
}

// adaptiveColours are what text colours mean.
var adaptiveColours = map[string]Severity{"attention": Error, "warning": Warning, "good": Success}

// teamsMentions takes the marks off names: nobody is pinged here.
var teamsMentions = strings.NewReplacer("<at>", "", "</at>", "")

// readAdaptive walks through an Adaptive Card's elements.
func readAdaptive(body *richBody, n *node, depth int) {
	if n == nil || depth > maxNesting {
		return
	}
	d := body.draft
	switch strings.ToLower(n.take("type")) {
	case "textblock":
		s, coloured := adaptiveColours[strings.ToLower(n.take("color"))]
		d.raise(s, coloured)
		heading := n.take("weight") == "bolder" || n.has("size")
		if text := teamsMentions.Replace(n.takeText("text")); heading && d.title == "" && len(body.lines) == 0 {
			d.title = textOfMarkdown(text)
		} else {
			body.add(text)
		}
	case "richtextblock":
		var line strings.Builder
		for _, run := range n.takeList("inlines") {
			line.WriteString(escapeMarkdown(cmp.Or(run.takeText("text"), run.scalar())))
		}
		body.add(line.String())
	case "factset":
		for _, f := range n.takeList("facts") {
			body.fact(f.take("title"), f.takeText("value"))
		}
	case "codeblock":
		body.add("```\n" + n.takeText("codesnippet") + "\n```")
	case "image":
		d.image = cmp.Or(d.image, n.takeURL("url"))
	case "action.openurl":
		d.addLink(cmp.Or(n.take("title"), "Open"), n.take("url"))
	}
	for _, key := range []string{"body", "items", "columns", "rows", "cells", "images", "actions"} {
		for _, inner := range n.takeList(key) {
			readAdaptive(body, inner, depth+1)
		}
	}
}
