package formatters

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// checkMessage fails the test where a message breaks a promise that holds for every
// notification and every option.
func checkMessage(t *testing.T, m Message, limit int) {
	t.Helper()
	if m.MsgType == "" || m.Format != FormatHTML {
		t.Errorf("msgtype %q, format %q", m.MsgType, m.Format)
	}
	if n := encodedSize(t, m.Body) + encodedSize(t, m.FormattedBody); n > limit {
		t.Errorf("the bodies take %d bytes of JSON, more than %d", n, limit)
	}
	checkText(t, "body", m.Body)
	line, _, _ := strings.Cut(m.Body, "\n")
	if !showsText(line) || strings.HasPrefix(m.Body, ">") {
		t.Errorf("the body begins with %q", line)
	}
	if first := checkHTML(t, m.FormattedBody); words(first) != words(line) {
		t.Errorf("the first lines differ: %q in the HTML, %q in the body", first, line)
	}
}

// words leaves out by which blanks words are parted.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// encodedSize returns the length of s as the strictest JSON encoder in use writes it.
func encodedSize(t *testing.T, s string) int {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return len(b) - len(`""`)
}

func checkText(t *testing.T, name, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%s is not UTF-8: %q", name, s)
	}
	if strings.Contains(strings.ToLower(s), "@room") {
		t.Errorf("%s pings the room: %q", name, s)
	}
	for _, r := range s {
		if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			t.Errorf("%s has %U: %q", name, r, s)
			return
		}
	}
}

// allowed are the elements and attributes that a card may have, a part of Matrix's list.
var allowed = map[string][]string{
	"p": nil, "br": nil, "b": nil, "strong": nil, "i": nil, "em": nil, "u": nil, "s": nil, "del": nil,
	"sup": nil, "sub": nil, "ul": nil, "li": nil, "pre": nil, "blockquote": nil, "details": nil, "summary": nil,
	"ol":   {"start"},
	"code": {"class"},
	"a":    {"href"},
	"span": {"data-mx-bg-color", "data-mx-color"},
	"img":  {"src", "alt", "height"},
}

// checkHTML also returns the text of the first line.
func checkHTML(t *testing.T, s string) string {
	t.Helper()
	var open []string
	var firstLine, all strings.Builder
	inFirstLine := true
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch kind {
		case html.TextToken:
			all.WriteString(token.Data)
			checkText(t, "a text of the HTML", token.Data)
			if inFirstLine {
				firstLine.WriteString(token.Data)
			}
		case html.StartTagToken:
			checkTag(t, token)
			if token.Data != "br" && token.Data != "img" {
				open = append(open, token.Data)
			}
			if len(open) > 50 {
				t.Fatalf("elements are nested too deep: %v", open)
			}
			inFirstLine = inFirstLine && token.Data != "br"
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("</%s> closes %v in %q", token.Data, open, s)
			}
			open = open[:len(open)-1]
			inFirstLine = inFirstLine && token.Data != "p"
		default:
			t.Errorf("unexpected %v %q", kind, token)
		}
	}
	if len(open) > 0 {
		t.Errorf("elements stay open: %v in %q", open, s)
	}
	if !showsText(firstLine.String()) {
		t.Errorf("the HTML begins with %q: %q", firstLine.String(), s)
	}
	checkText(t, "the HTML's text", all.String())
	checkText(t, "the HTML", s)
	return firstLine.String()
}

func checkTag(t *testing.T, token html.Token) {
	t.Helper()
	attributes, ok := allowed[token.Data]
	if !ok {
		t.Errorf("<%s> is not allowed", token.Data)
	}
	for _, a := range token.Attr {
		if !slices.Contains(attributes, a.Key) {
			t.Errorf("<%s %s> is not allowed", token.Data, a.Key)
		}
		if a.Key == "href" && cleanURL(a.Val) != a.Val {
			t.Errorf("a link leads to %q", a.Val)
		}
		if a.Key == "src" && !strings.HasPrefix(a.Val, "mxc://") {
			t.Errorf("a picture comes from %q", a.Val)
		}
	}
}

func showsText(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
