package formatters

import (
	"regexp"
	"strings"
	"unicode"
)

// unpackMessage takes apart a message that is more than Proxmox' own: it may stand in a code
// fence, with title and severity in the lines before it.
func (r *proxmoxReport) unpackMessage() {
	s := strings.ReplaceAll(r.Message, "\r\n", "\n")
	before, inner, fenced := strings.Cut(s, "```")
	if !fenced {
		r.Message = strings.TrimRight(r.readHead(s, false), " \t\n")
		return
	}
	if info, rest, ok := strings.Cut(inner, "\n"); ok && len(info) < 20 && len(strings.Fields(info)) < 2 {
		inner = rest // "```text"
	}
	after := ""
	if end := strings.LastIndex(inner, "```"); end >= 0 {
		inner, after = inner[:end], inner[end+len("```"):]
	}
	if before = r.readHead(before, true); strings.TrimSpace(before) != "" {
		inner = before + "\n" + inner
	}
	r.Message = strings.TrimRight(inner+after, " \t\n")
}

var (
	proxmoxHeadLabel = regexp.MustCompile(`(?i)^(title|subject|severity|level|priority|host|hostname|node|type|event|job-id|message)\s*[:=]\s*(.*)$`)
	proxmoxBrand     = regexp.MustCompile(`(?i)^(proxmox|pve|pbs)( (ve|virtual environment|backup server|alert|notification))?$`)
)

// maxHead is how many lines may stand before a message.
const maxHead = 12

// readHead reads the lines that a person's template puts before the message, and returns
// what follows them. Before a code fence, the first line that is no label is the title.
func (r *proxmoxReport) readHead(s string, fenced bool) string {
	read, at := 0, 0
	for range maxHead {
		line, _, more := strings.Cut(s[at:], "\n")
		if plain := undecorated(line); plain != "" {
			m := proxmoxHeadLabel.FindStringSubmatch(plain)
			if m != nil && strings.EqualFold(m[1], "message") {
				return s[at+strings.IndexAny(line, ":=")+1:]
			}
			if len(line) > maxTitleBytes || !r.readHeadLine(line, plain, m, fenced) {
				break
			}
			read = min(at+len(line)+1, len(s))
		}
		if !more {
			break
		}
		at += len(line) + 1
	}
	return s[read:]
}

// readHeadLine reads one line before the message, and reports whether it is one.
func (r *proxmoxReport) readHeadLine(line, plain string, label []string, fenced bool) bool {
	title, severity := plain, ""
	if before, word, ok := inBrackets(plain); ok && isProxmoxSeverity(word) {
		title, severity = before, word
	}
	switch {
	case label != nil && r.setLabel(label[1], undecorated(label[2])):
	case isProxmoxSeverity(plain) && !strings.EqualFold(plain, "ok"):
		r.setLabel("severity", plain)
	case proxmoxBrand.MatchString(plain), title == oneLine(r.Title):
	case r.Title == "" && (fenced || isDecorated(line) || proxmoxTypeOf(plain) != ""):
		r.Title = title
		r.setLabel("severity", severity)
	default:
		return false
	}
	return true
}

// undecorated takes Markdown's marks, and emoji, from around a line.
func undecorated(line string) string {
	line = strings.ReplaceAll(line, "**", "")
	return strings.TrimFunc(line, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsSymbol(r) || strings.ContainsRune("*_#`>|\ufe0f\u200d", r)
	})
}

// isDecorated reports a line that is bold or a heading.
func isDecorated(line string) bool {
	line = strings.TrimSpace(line)
	_, _, rated := inBrackets(line)
	return strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "## ") || strings.HasPrefix(line, "### ") ||
		len(line) > 2 && strings.HasPrefix(line, "*") && (strings.HasSuffix(line, "*") || rated)
}

// inBrackets parts "Backup failed (error)" into what stands before and within the brackets at
// the end of a line, if that is a word.
func inBrackets(line string) (before, word string, ok bool) {
	inner := strings.TrimRight(line, ")]")
	word = inner[strings.LastIndexAny(inner, "([")+1:]
	if len(line) != len(inner)+1 || len(word) == len(inner) || word == "" || strings.IndexFunc(word, isNoLetter) >= 0 {
		return "", "", false
	}
	return strings.TrimRight(inner[:len(inner)-len(word)-1], " \t\n\f\r"), word, true
}

func isNoLetter(r rune) bool { return (r|' ') < 'a' || (r|' ') > 'z' }

// firstLine returns the first line that says something.
func firstLine(s string) string {
	for line := range strings.Lines(s) {
		if line = oneLine(line); line != "" {
			return line
		}
	}
	return ""
}

// boundedText returns as much of a message as a card may fold.
func boundedText(s string) string { return strings.Trim(firstOf(s, maxTextBytes), "\n") }
