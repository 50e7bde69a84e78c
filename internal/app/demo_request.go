package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// requestLine begins the text of a whole HTTP request.
var requestLine = regexp.MustCompile(`^[A-Z]{3,7} \S+ HTTP/1\.[01]\r?\n`)

// unsaid are the headers that a text has no use for: they say how a body is on the wire.
var unsaid = append([]string{"Content-Encoding", "Expect"}, hopHeaders...)

// readRequest reads what a visitor has written: a whole request, or a body, which is JSON or
// else plain text.
func readRequest(text string) (payloads.Sample, error) {
	if !requestLine.MatchString(text) {
		name := "body.json"
		if !json.Valid([]byte(text)) {
			name = "body.txt"
		}
		return payloads.Parse(name, []byte(text))
	}
	head, body := splitRequest(text)
	s, err := payloads.Parse("request.http", []byte(strings.Join(head, "\r\n")+"\r\n\r\n"+body))
	if err != nil {
		return s, console.Refusal("This begins like an HTTP request, but its headers cannot be read: a request line, lines like \"Name: value\", an empty line, then the body.")
	}
	if !slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodGet}, s.Method) {
		return s, console.Refusal("A hook takes POST, PUT and GET, not " + s.Method + ".")
	}
	return s, nil
}

// splitRequest returns the lines of a request's head that say something, and its body.
func splitRequest(text string) (head []string, body string) {
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if line = strings.TrimSuffix(line, "\r"); line == "" {
			break
		}
		name, _, _ := strings.Cut(line, ":")
		if !slices.Contains(unsaid, http.CanonicalHeaderKey(name)) {
			head = append(head, line)
		}
	}
	return head, text
}

// requestText writes a sample as a visitor would: the body alone where that says all.
func requestText(s payloads.Sample) string {
	body := s.Body
	var indented bytes.Buffer
	if json.Indent(&indented, body, "", "  ") == nil {
		body = indented.Bytes()
	}
	text := strings.ToValidUTF8(string(body), "\uFFFD")
	header := http.Header{}
	for name, values := range s.Header {
		if !slices.Contains(unsaid, name) {
			header[name] = values
		}
	}
	if bare, err := readRequest(text); err == nil && bare.Method == s.Method && bare.Query == s.Query && reflect.DeepEqual(bare.Header, header) {
		return text
	}
	var b strings.Builder
	query := ""
	if s.Query != "" {
		query = "?" + s.Query
	}
	fmt.Fprintf(&b, "%s /webhook/demo%s HTTP/1.1\r\n", s.Method, query)
	_ = header.Write(&b) // to memory
	return strings.ReplaceAll(b.String(), "\r\n", "\n") + "\n" + text
}
