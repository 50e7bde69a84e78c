package bot

import (
	"html"
	"regexp"
	"strings"
	"unicode"
)

// Markdown as language models write it in a chat.
var (
	boldPattern    = regexp.MustCompile(`\*\*([^\s*](?:[^*]*[^\s*])?)\*\*`)
	headingPattern = regexp.MustCompile(`^#{1,6}\s+(.*)$`)
	bulletPattern  = regexp.MustCompile(`^(\s*)[*-]\s+`)
)

// chatMarkup draws a text with code, bold words, headings and lists. Everything else, HTML
// and links above all, is text.
func chatMarkup(text string) string {
	var b strings.Builder
	code, begun := false, false // within code; within a paragraph
	for line := range strings.SplitSeq(text, "\n") {
		switch fence := strings.HasPrefix(strings.TrimSpace(line), "```"); {
		case fence && code:
			b.WriteString("</code></pre>")
			code, begun = false, false
		case fence:
			b.WriteString("<pre><code>")
			code = true
		case code:
			b.WriteString(html.EscapeString(line) + "\n")
		default:
			if begun {
				b.WriteString("<br>")
			}
			b.WriteString(lineMarkup(line))
			begun = true
		}
	}
	if code {
		b.WriteString("</code></pre>")
	}
	return b.String()
}

// lineMarkup draws a line.
func lineMarkup(line string) string {
	if m := headingPattern.FindStringSubmatch(line); m != nil {
		return "<b>" + html.EscapeString(strings.ReplaceAll(m[1], "**", "")) + "</b>"
	}
	line = bulletPattern.ReplaceAllString(line, "$1• ")
	var b strings.Builder
	parts := strings.Split(line, "`")
	for i, part := range parts {
		part = html.EscapeString(part)
		switch {
		case i%2 == 0:
			b.WriteString(boldPattern.ReplaceAllString(part, "<b>$1</b>"))
		case i == len(parts)-1: // no second one
			b.WriteString("`" + part)
		default:
			b.WriteString("<code>" + part + "</code>")
		}
	}
	return b.String()
}

var pingPattern = regexp.MustCompile(`(?i)(@)(room)|(matrix\.)(to)`)

// harmless removes from foreign text what clients hide, and what some take for a ping: the
// name of the room, and links that they draw as a person.
func harmless(text string) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, text)
	return pingPattern.ReplaceAllString(text, "$1$3\u200b$2$4")
}
