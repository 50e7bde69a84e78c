package formatters

import (
	"mime"
	"strings"
)

// takeContents marks as told, at any depth, the files that are written out in a document, and
// returns what they are: kilobytes that say nothing to a reader.
func (n *node) takeContents() []string {
	var kinds []string
	for i := range n.fields {
		f := &n.fields[i]
		if kind := contentKind(f.value); kind != "" {
			f.told, kinds = true, append(kinds, kind)
		} else {
			kinds = append(kinds, f.value.takeContents()...)
		}
	}
	for _, item := range n.items {
		if kind := contentKind(item); kind != "" {
			item.kind, item.text, kinds = 'n', "", append(kinds, kind)
		} else {
			kinds = append(kinds, item.takeContents()...)
		}
	}
	return kinds
}

// minContent is how long Base64 without a media type is at least, in bytes: a shorter one may
// be a word.
const minContent = 512

// contentBeginnings are those of files in Base64.
var contentBeginnings = []struct{ begins, kind string }{
	{"/9j/", "image/jpeg"}, {"iVBORw0KGgo", "image/png"}, {"R0lGOD", "image/gif"}, {"UklGR", "image/webp"}, {"JVBERi0", "application/pdf"},
}

// contentKind returns the media type of a file that a value holds, as a data URI or in plain
// Base64; "" for any other value.
func contentKind(n *node) string {
	if n.kind != '"' {
		return ""
	}
	if uri, ok := strings.CutPrefix(n.text, "data:"); ok {
		head, _, ok := strings.Cut(firstOf(uri, minContent), ",")
		head, _, _ = strings.Cut(head, ";")
		if kind, _, err := mime.ParseMediaType(head); ok && err == nil && strings.Contains(kind, "/") {
			return kind
		}
	}
	if len(n.text) < minContent {
		return ""
	}
	for _, c := range contentBeginnings {
		if strings.HasPrefix(n.text, c.begins) && strings.IndexFunc(n.text, isNotBase64) < 0 {
			return c.kind
		}
	}
	return ""
}

func isNotBase64(r rune) bool {
	isLetter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	isDigit := r >= '0' && r <= '9'
	return !isLetter && !isDigit && !strings.ContainsRune("+/=\r\n", r)
}
