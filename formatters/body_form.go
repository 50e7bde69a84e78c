package formatters

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"
)

// formField is one field of a form, in the order of the form.
type formField struct {
	name, value string
	file        bool // value is a file's name
}

// formFields returns the fields of a URL-encoded or multipart form without its files, or
// nil when the body is none.
func formFields(p Payload) url.Values {
	var values url.Values
	for _, f := range readForm(p) {
		if values == nil {
			values = url.Values{}
		}
		if !f.file {
			values.Add(f.name, f.value)
		}
	}
	return values
}

// readForm returns the fields of a form, or nil when the body is none. What the
// Content-Type says is a hint only: "curl -d" calls everything a form, and some senders
// call their forms JSON.
func readForm(p Payload) []formField {
	mediaType, params, _ := mime.ParseMediaType(p.ContentType)
	body := inflated(p.Body)
	if boundary := findBoundary(body, params["boundary"]); boundary != "" {
		return readMultipart(body, boundary)
	}
	if strings.HasPrefix(mediaType, "text/") {
		return nil
	}
	text := strings.TrimSpace(decodeText(p))
	if !looksLikeForm(text, mediaType == "application/x-www-form-urlencoded") {
		return nil
	}
	enc := declaredEncoding(p.ContentType)
	var fields []formField
	for pair := range strings.SplitSeq(text, "&") {
		if name, value, _ := strings.Cut(pair, "="); name != "" {
			fields = append(fields, formField{
				name:  cleanText([]byte(unescapeForm(name)), enc),
				value: cleanText([]byte(unescapeForm(value)), enc),
			})
		}
	}
	return fields
}

// unescapeForm decodes what is percent-encoded and leaves alone what only looks like it. A plus
// is one in a value with blanks: those would be pluses, too, had anybody encoded it.
func unescapeForm(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	b := make([]byte, 0, len(s))
	blanks := strings.Contains(s, " ")
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+' && !blanks:
			b = append(b, ' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			v, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			b = append(b, byte(v))
			i += 2
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

// looksLikeForm tells name=value pairs from prose. Where the sender says that it is a form,
// it may be one whose values nobody encoded: then the first name decides.
func looksLikeForm(s string, declared bool) bool {
	pairs := 0
	for pair := range strings.SplitSeq(s, "&") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" || len(name) > 100 || strings.ContainsFunc(name, func(r rune) bool { return !isFormName(r) }) {
			return false
		}
		if declared {
			return true
		}
		if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"<>{}=`, r) }) {
			return false
		}
		pairs++
	}
	// A single pair with nothing behind the sign may as well be padded base64.
	return pairs > 1 || pairs == 1 && !strings.HasSuffix(s, "=")
}

func isFormName(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._:[]%+", r)
}

// findBoundary returns what parts a multipart body: the declared boundary when the body has
// it, else the one that the body begins with, else "".
func findBoundary(body []byte, declared string) string {
	if declared != "" && bytes.Contains(body, []byte("--"+declared)) {
		return declared
	}
	line, rest, _ := bytes.Cut(bytes.TrimLeft(body, "\r\n"), []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	head := rest[:min(len(rest), 1024)]
	if len(line) > 2 && len(line) <= 72 && bytes.HasPrefix(line, []byte("--")) &&
		bytes.Contains(bytes.ToLower(head), []byte("content-disposition:")) {
		return string(line[2:])
	}
	return ""
}

// readMultipart reads the parts of a multipart body up to where it is damaged or cut off.
func readMultipart(body []byte, boundary string) []formField {
	var fields []formField
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := r.NextPart()
		if err != nil {
			return fields
		}
		if name := part.FileName(); name != "" {
			fields = append(fields, formField{name: part.FormName(), value: name, file: true})
			continue
		}
		value, _ := io.ReadAll(part) // of a part that is cut off, what there is
		fields = append(fields, formField{
			name:  part.FormName(),
			value: cleanText(value, declaredEncoding(part.Header.Get("Content-Type"))),
		})
	}
}
