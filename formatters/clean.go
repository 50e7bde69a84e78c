package formatters

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanLine makes foreign text fit for one line: valid UTF-8 without control characters,
// without what reorders or hides text, with every run of blanks as one space, and without
// a "@room" that old clients would take for a ping. It looks no further
// than a line can be drawn.
func cleanLine(s string) string {
	s, _ = firstBytes(s, maxLine)
	return withoutRoomPing(strings.TrimRight(clean(s, false), " "))
}

// maxLine is more than the longest line of a card, in bytes.
const maxLine = 4 << 10

// firstBytes returns the first n bytes of s, without half a rune, and whether that is all.
func firstBytes(s string, n int) (string, bool) {
	if len(s) <= n {
		return s, true
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n], false
}

// cleanLines is cleanLine for preformatted text: line breaks and runs of spaces stay.
func cleanLines(s string) string {
	s = strings.TrimRight(clean(s, true), " \n")
	return withoutRoomPing(strings.TrimLeft(s, "\n"))
}

// isClean reports whether s is plain ASCII with nothing to do, as most text is.
func isClean(s string, lines bool) bool {
	blank := true
	for i := range len(s) {
		switch b := s[i]; {
		case lines && (b == ' ' || b == '\n'):
		case b == ' ':
			if blank {
				return false
			}
			blank = true
		case b < ' ', b > '~', b == '@':
			return false
		default:
			blank = false
		}
	}
	return lines || !blank || s == ""
}

// clean is what cleanLine and cleanLines have in common.
func clean(s string, lines bool) string {
	if isClean(s, lines) {
		return s
	}
	b := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r > ' ' && r <= '~':
			b = append(b, byte(r))
		case r == '\x1b':
			i += escapeSequence(s[i:])
		case lines && (r == '\n' || r == '\u2028' || r == '\u2029' || r == '\u0085'),
			lines && r == '\r' && !strings.HasPrefix(s[i:], "\n"):
			b = append(b, '\n')
		case lines && r == '\t':
			b = append(b, "    "...)
		case unicode.IsSpace(r) && (!lines || r != '\r'):
			if lines || len(b) > 0 && b[len(b)-1] != ' ' {
				b = append(b, ' ')
			}
		case !isHidden(r):
			b = utf8.AppendRune(b, r)
		}
	}
	return withoutUserinfo(string(b)) // at last: what is hidden may have parted an address
}

// isHidden reports whether a rune is a control or shows nothing: bidirectional controls
// and invisible letters let text look like something else. The zero-width joiners stay:
// emoji and several scripts are written with them.
func isHidden(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0, r == 0xad,
		r == 0x61c, r == 0x115f, r == 0x1160, r == 0x180e, r == 0x3164, r == 0xffa0,
		r == 0x200b, r == 0x200e, r == 0x200f,
		r >= 0x202a && r <= 0x202e,
		r >= 0x2060 && r <= 0x206f,
		r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, r&0xfffe == 0xfffe:
		return true
	}
	return false
}

// escapeSequence returns the length of a terminal's colour or cursor command behind its
// ESC: programs that log to a terminal leave them in what they report.
func escapeSequence(s string) int {
	if s == "" || s[0] != '[' {
		return 0
	}
	for i := 1; i < len(s) && i < 32; i++ {
		if s[i] >= '@' && s[i] <= '~' {
			return i + 1
		}
	}
	return 0
}

// withoutRoomPing puts a zero-width space behind the "@" of every "@room". A text that
// ends within the word counts too, since more may be written behind it.
func withoutRoomPing(s string) string {
	if strings.IndexByte(s, '@') < 0 {
		return s
	}
	var b strings.Builder
	from := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '@' {
			continue
		}
		word := s[i+1 : min(i+5, len(s))]
		if strings.EqualFold(word, "room"[:len(word)]) {
			b.WriteString(s[from : i+1])
			b.WriteString("\u200b")
			from = i + 1
		}
	}
	if from == 0 {
		return s
	}
	b.WriteString(s[from:])
	return b.String()
}

// withoutUserinfo takes "user:password@" out of every address in a text.
func withoutUserinfo(s string) string {
	if !strings.Contains(s, "://") || !strings.Contains(s, "@") {
		return s
	}
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, "://")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteString("://")
		end := strings.IndexAny(after, "/?#\\\"'<> \t\r\n")
		if end < 0 {
			end = len(after)
		}
		s = after[strings.LastIndexByte(after[:end], '@')+1:]
	}
}
