package formatters

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// errNoJSON says that a payload carries no JSON document.
var errNoJSON = errors.New("the payload carries no JSON document")

// jsonDocument returns the JSON document that a payload carries, whatever its
// Content-Type says: the body itself, a form field that holds it ("payload", "data",
// "payload_json"), or either of them once more inside a JSON string.
func jsonDocument(p Payload) ([]byte, error) {
	candidates := []string{decodeText(p)}
	for _, name := range []string{"payload", "data", "payload_json"} {
		if v := formFields(p).Get(name); v != "" {
			candidates = append(candidates, v)
		}
	}
	for _, c := range candidates {
		doc := []byte(strings.TrimSpace(c))
		if len(doc) > 1 && doc[0] == '"' {
			var inner string
			if json.Unmarshal(doc, &inner) == nil {
				doc = []byte(strings.TrimSpace(inner))
			}
		}
		if len(doc) > 0 && (doc[0] == '{' || doc[0] == '[') && json.Valid(doc) {
			return doc, nil
		}
	}
	return nil, errNoJSON
}

// formFields returns the fields of a URL-encoded or multipart form, or nil.
func formFields(p Payload) url.Values {
	mediaType, params, err := mime.ParseMediaType(p.ContentType)
	switch {
	case err != nil:
		return nil
	case mediaType == "application/x-www-form-urlencoded":
		v, err := url.ParseQuery(string(p.Body))
		if err != nil {
			return nil
		}
		return v
	case mediaType == "multipart/form-data":
		fields := url.Values{}
		r := multipart.NewReader(bytes.NewReader(p.Body), params["boundary"])
		for {
			part, err := r.NextPart()
			if err != nil {
				return fields
			}
			if part.FileName() != "" {
				continue
			}
			value, _ := io.ReadAll(part)
			fields.Add(part.FormName(), string(value))
		}
	}
	return nil
}

// decodeText returns the body as valid UTF-8 without byte order mark: by the BOM, else by
// the declared charset, else as UTF-8, else as Windows-1252, which reads any bytes.
func decodeText(p Payload) string {
	body := p.Body
	var enc encoding.Encoding
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		body = body[3:]
	case bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("\xfe\xff")):
		enc = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	default:
		if _, params, err := mime.ParseMediaType(p.ContentType); err == nil && params["charset"] != "" {
			enc, _ = htmlindex.Get(params["charset"])
		}
	}
	if utf8.Valid(body) && (enc == nil || enc == unicode.UTF8) {
		return string(body)
	}
	if enc == nil || enc == unicode.UTF8 {
		enc = charmap.Windows1252
	}
	decoded, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		decoded = body
	}
	return strings.ToValidUTF8(string(decoded), "\uFFFD")
}
