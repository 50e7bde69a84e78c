package formatters

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// errNoJSON says that a payload carries no JSON document.
var errNoJSON = errors.New("the payload carries no JSON document")

// maxInflated bounds what a body that is itself a gzip stream may become, in bytes.
const maxInflated = 2 << 20

// jsonDocument returns the JSON object or array that a payload carries, whatever its
// Content-Type says: the body itself, a form field or query parameter that holds it
// ("payload", "data", "payload_json"), or any of them wrapped in JSON strings once or twice.
func jsonDocument(p Payload) ([]byte, error) {
	if doc := unwrapJSON(decodeText(p)); doc != nil {
		return doc, nil
	}
	form := formFields(p)
	for _, name := range []string{"payload", "data", "payload_json"} {
		candidates := form[name]
		if len(p.Body) == 0 {
			candidates = p.Query[name]
		}
		for _, c := range candidates {
			if doc := unwrapJSON(c); doc != nil {
				return doc, nil
			}
		}
	}
	return nil, errNoJSON
}

// unwrapJSON returns the JSON object or array that s is, or that the JSON string s holds;
// nil when there is none.
func unwrapJSON(s string) []byte {
	doc := []byte(strings.TrimSpace(s))
	for range 2 {
		if len(doc) < 2 || doc[0] != '"' {
			break
		}
		var inner string
		if json.Unmarshal(doc, &inner, decodeOptions) != nil {
			return nil
		}
		doc = bytes.TrimSpace([]byte(inner))
	}
	if len(doc) == 0 || (doc[0] != '{' && doc[0] != '[') || !jsontext.Value(doc).IsValid(decodeOptions) {
		return nil
	}
	return doc
}

// inflated returns the body, decompressed when it is a gzip stream whose sender forgot to
// say so in Content-Encoding; of a damaged or an overlong stream as much as there is.
func inflated(body []byte) []byte {
	if !bytes.HasPrefix(body, []byte("\x1f\x8b\x08")) {
		return body
	}
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return body
	}
	plain, _ := io.ReadAll(io.LimitReader(r, maxInflated)) // what arrived before the damage is worth telling
	if len(plain) == 0 {
		return body
	}
	return plain
}
