package formatters

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Discord's webhooks (docs.discord.com/developers/resources/webhook): content and up to
// ten embeds, either of which may be missing.

func isDiscord(n *node) bool {
	if embeds := n.peek("embeds"); embeds != nil && embeds.kind == '[' && len(embeds.items) > 0 {
		return embeds.items[0].kind == '{'
	}
	for _, f := range n.fields {
		switch f.key {
		case "content", "username", "avatar_url", "tts", "embeds", "allowed_mentions", "flags", "thread_name", "components":
		default:
			return false
		}
	}
	return n.peek("content") != nil && n.peek("content").kind == '"'
}

func readDiscord(n *node) draft {
	d := draft{severity: Info, markup: markdown}
	d.from = n.take("username")
	d.text = discordMarkdown(n.takeText("content"))
	embeds := n.takeList("embeds")
	entries := make([]draft, 0, len(embeds))
	for _, e := range embeds {
		entries = append(entries, readDiscordEmbed(e))
	}
	d.merge(entries)
	return d
}

func readDiscordEmbed(n *node) draft {
	d := draft{severity: Info, markup: markdown}
	if rgb, err := strconv.Atoi(n.take("color")); err == nil && rgb >= 0 {
		d.raise(rateColour(strconv.FormatInt(int64(rgb), 16)))
	}
	author := n.peek("author")
	d.title = textOfMarkdown(discordMarkdown(n.take("title")))
	d.url = n.takeURL("url")
	d.text = discordMarkdown(n.takeText("description"))
	body := richBody{draft: &d, lines: nonEmpty(d.text)}
	for _, f := range n.takeList("fields") {
		body.fact(discordMarkdown(f.take("name")), discordMarkdown(f.takeText("value")))
	}
	d.text = body.text()
	if name := author.take("name"); d.title == "" {
		d.title, d.url = name, cmp.Or(d.url, author.takeURL("url"))
	} else {
		d.note(Fact{Name: "By", Value: name, URL: author.takeURL("url")})
	}
	d.note(Fact{Value: n.peek("footer").take("text")})
	d.image = cmp.Or(n.peek("image").takeURL("url"), n.peek("thumbnail").takeURL("url"))
	d.time = parseStamp(n.take("timestamp"))
	return d
}

var (
	discordMention = regexp.MustCompile(`<(a?:\w+:|@[!&]?|#)\d+>`)
	discordTime    = regexp.MustCompile(`<t:(-?\d{1,11})(?::[tTdDfFR])?>`)
	discordSubtext = regexp.MustCompile(`(?m)^-# `)
	discordSpoiler = regexp.MustCompile(`\|\|([^|\n]+)\|\|`)
)

// discordMarkdown turns what only Discord knows into Markdown that everybody does. Ids of
// people, channels and emoji mean nothing elsewhere. Code stays as it is.
func discordMarkdown(s string) string { return fenced(s, discordProse, verbatim) }

// discordProse is discordMarkdown for what is no block of code.
func discordProse(s string) string {
	if strings.Contains(s, "<") {
		s = discordMention.ReplaceAllStringFunc(s, func(m string) string {
			kind := strings.TrimRight(strings.TrimPrefix(m[1:len(m)-1], "a"), "0123456789")
			if strings.HasPrefix(kind, ":") {
				return kind
			}
			return map[byte]string{'@': "@someone", '#': "#channel"}[kind[0]]
		})
		s = discordTime.ReplaceAllStringFunc(s, func(m string) string {
			seconds, err := strconv.ParseInt(discordTime.FindStringSubmatch(m)[1], 10, 64)
			if err != nil {
				return m
			}
			return time.Unix(seconds, 0).UTC().Format("2 Jan 2006 15:04 UTC")
		})
	}
	if strings.Contains(s, "-# ") {
		s = discordSubtext.ReplaceAllString(s, "")
	}
	if strings.Contains(s, "||") {
		s = discordSpoiler.ReplaceAllString(s, "$1")
	}
	return s
}
