package formatters

import (
	"regexp"
	"strings"
)

var (
	slackReference = regexp.MustCompile(`<([^<>\n|]+)(?:\|([^<>\n]*))?>`)
	slackBold      = regexp.MustCompile(`(^|[^*\w\\])\*([^*\s](?:[^*\n]*[^*\s])?)\*($|[^*\w])`)
	slackStrike    = regexp.MustCompile(`(^|[^~\w])~([^~\s](?:[^~\n]*[^~\s])?)~($|[^~\w])`)
	slackEntities  = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// mrkdwn turns Slack's markup into Markdown: "*b*" is bold there, "<url|label>" a link,
// and "<", ">" and "&" are the only characters that are escaped. Code stays as it is.
func mrkdwn(s string) string {
	if !strings.ContainsAny(s, "*~<&`") {
		return s
	}
	var b strings.Builder
	for i, part := range strings.SplitAfter(s, "`") {
		if i%2 == 1 { // between two ticks, or two of the three of a block
			b.WriteString(slackEntities.Replace(part))
			continue
		}
		part = labelledLinks(part)
		part = remark(part, "*", slackBold, "$1**$2**$3")
		part = remark(part, "~", slackStrike, "$1~~$2~~$3")
		b.WriteString(part)
	}
	return b.String()
}

// remark replaces one of Slack's marks by Markdown's.
func remark(s, mark string, pattern *regexp.Regexp, replacement string) string {
	if strings.Contains(s, mark) {
		for range 2 { // neighbours share the blank between them
			s = pattern.ReplaceAllString(s, replacement)
		}
	}
	return s
}

// labelledLinks turns Slack's references into Markdown. In other Markdown, whatever stands
// in angle brackets without being an address stays.
func labelledLinks(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	return slackReference.ReplaceAllStringFunc(s, func(ref string) string {
		m := slackReference.FindStringSubmatch(ref)
		target, name := m[1], m[2]
		switch {
		case isWebURL(slackEntities.Replace(target)):
			if name == "" {
				return ref
			}
			return markdownLink(slackEntities.Replace(name), slackEntities.Replace(target))
		case strings.HasPrefix(target, "mailto:") && name != "":
			return name
		case strings.HasPrefix(target, "!date^"), strings.HasPrefix(target, "!subteam^"):
			return name
		case target == "!here", target == "!channel", target == "!everyone":
			return "@" + target[1:]
		case strings.HasPrefix(target, "@") && name != "", strings.HasPrefix(target, "#") && name != "":
			return target[:1] + strings.TrimPrefix(name, target[:1])
		}
		return ref
	})
}

// slackPlain returns the text of a string that is not mrkdwn but escaped like it.
func slackPlain(s string) string { return slackEntities.Replace(s) }

func markdownLink(text, address string) string {
	return "[" + escapeMarkdown(text) + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E").Replace(address) + ">)"
}
