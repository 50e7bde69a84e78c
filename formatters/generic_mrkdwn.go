package formatters

import "strings"

var slackEntities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// mrkdwn turns Slack's markup into Markdown: "*b*" is bold there, "<url|label>" a link,
// and "<", ">" and "&" are the only characters that are escaped. Code stays as it is.
func mrkdwn(s string) string {
	if !strings.ContainsAny(s, "*~<&`\\#") {
		return s
	}
	return fenced(s, mrkdwnProse, slackEntities.Replace)
}

// mrkdwnProse is mrkdwn for what is no block of code.
func mrkdwnProse(s string) string {
	var b strings.Builder
	for i, part := range strings.SplitAfter(s, "`") {
		if i%2 == 1 { // between two ticks, or two of the three of a line in them
			b.WriteString(slackEntities.Replace(part))
			continue
		}
		b.WriteString(doubled(doubled(references(part, withoutMarkdown), "*"), "~"))
	}
	return b.String()
}

// doubled makes Slack's marks around some words Markdown's, which are twice as long. What
// stands within a word, or behind a backslash, is no mark.
func doubled(s, mark string) string {
	if !strings.Contains(s, mark) {
		return s
	}
	var b strings.Builder
	last := byte(' ') // of what is written
	for {
		before, rest, found := strings.Cut(s, mark)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if before != "" {
			last = before[len(before)-1]
		}
		words, after, closed := strings.Cut(rest, mark)
		if closed && last != '\\' && !clasps(last, mark) && isOneLine(words) && (after == "" || !clasps(after[0], mark)) {
			b.WriteString(mark + mark + words + mark + mark)
			s = after
		} else {
			b.WriteString(mark)
			s = rest
		}
		last = mark[0]
	}
}

// clasps reports whether a byte next to a mark makes it a part of a word or of a longer mark.
func clasps(b byte, mark string) bool {
	return b == mark[0] || b == '_' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

// isOneLine reports whether a text is part of a line, without blanks at its ends.
func isOneLine(s string) bool {
	return s != "" && !strings.Contains(s, "\n") && !isBlank(s[0]) && !isBlank(s[len(s)-1])
}

// withoutMarkdown keeps a text from being read as what Slack does not know: a backslash is only
// that, and so is "#". Several of them are left to be a heading, as Mattermost's senders write.
func withoutMarkdown(s string) string {
	s = noEscapes.Replace(s)
	if strings.HasPrefix(s, "# ") {
		return `\` + s
	}
	return s
}

// noEscapes also keeps the mark behind a backslash from being one.
var noEscapes = strings.NewReplacer(`\*`, `\\\*`, `\_`, `\\\_`, `\~`, `\\\~`, `\`, `\\`, "\n# ", "\n\\# ")

// labelledLinks turns Slack's references in other Markdown into its links. Whatever stands in
// angle brackets without being an address stays.
func labelledLinks(s string) string { return references(s, verbatim) }

// references turns Slack's references into Markdown, and rewrites the prose between them.
func references(s string, prose func(string) string) string {
	if !strings.Contains(s, "<") {
		return prose(s)
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "<")
		b.WriteString(prose(before))
		if !found {
			return b.String()
		}
		end := strings.IndexAny(after, "<>\n")
		if end <= 0 || after[end] != '>' || after[0] == '|' {
			b.WriteByte('<')
			s = after
			continue
		}
		b.WriteString(reference(after[:end]))
		s = after[end+1:]
	}
}

// reference writes what Slack has in angle brackets, "target" or "target|name".
func reference(s string) string {
	target, name, _ := strings.Cut(s, "|")
	switch address := slackEntities.Replace(target); {
	case isWebURL(address) && name != "":
		return markdownLink(slackEntities.Replace(name), address)
	case isWebURL(address):
		return "<" + addressEscapes.Replace(address) + ">"
	case strings.HasPrefix(target, "mailto:") && name != "":
		return name
	case strings.HasPrefix(target, "!date^"), strings.HasPrefix(target, "!subteam^"):
		return name
	case name == "" && isSlackID(target):
		return map[byte]string{'@': "@someone", '#': "#channel"}[target[0]]
	case target == "!here", target == "!channel", target == "!everyone":
		return "@" + target[1:]
	case strings.HasPrefix(target, "@") && name != "", strings.HasPrefix(target, "#") && name != "":
		return target[:1] + strings.TrimPrefix(name, target[:1])
	}
	return "<" + s + ">"
}

// isSlackID reports whether a reference is to a person or channel by its id alone, which means
// nothing elsewhere.
func isSlackID(s string) bool {
	return len(s) >= 9 && (s[:2] == "@U" || s[:2] == "@W" || s[:2] == "#C") && strings.Trim(s[2:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// slackPlain returns the text of a string that is not mrkdwn but escaped like it.
func slackPlain(s string) string { return slackEntities.Replace(s) }

func markdownLink(text, address string) string {
	return "[" + escapeMarkdown(text) + "](<" + addressEscapes.Replace(address) + ">)"
}

var addressEscapes = strings.NewReplacer("<", "%3C", ">", "%3E")
