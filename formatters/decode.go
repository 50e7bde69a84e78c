package formatters

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

var decodeOptions = json.JoinOptions(
	json.MatchCaseInsensitiveNames(true),
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
)

// decodePayload reads the JSON document that a payload carries into v, as decodeJSON does.
func decodePayload(p Payload, v any) error {
	// Nearly every body is the document. Whether all of it is JSON shows in decoding it.
	body := bytes.TrimSpace(decodedBytes(p))
	if bytes.HasPrefix(body, []byte("{")) && json.Unmarshal(body, v, decodeOptions) == nil {
		return nil
	}
	doc, err := jsonDocument(p)
	if err != nil {
		return err
	}
	return decodeJSON(doc, v)
}

// decodeJSON reads a JSON document into v, as much of it as fits: names match without
// case, and a member of an unexpected type is left out rather than refused. Only a
// document that is not JSON, or that is of another kind than v, is an error.
func decodeJSON(data []byte, v any) error {
	err := json.Unmarshal(data, v, decodeOptions)
	if err == nil {
		return nil
	}
	// encoding/json is slower, but goes on behind a member that does not fit.
	err = stdjson.Unmarshal(data, v)
	var mismatch *stdjson.UnmarshalTypeError
	if errors.As(err, &mismatch) && mismatch.Field != "" {
		return nil
	}
	return err
}

// text is a string that senders also write as a number, a boolean or null.
type text string

// UnmarshalJSON reads any scalar; objects and arrays leave the text empty.
func (t *text) UnmarshalJSON(data []byte) error {
	*t = ""
	switch data[0] {
	case 'n', '{', '[':
	case '"':
		*t = text(stringOf(data))
	default:
		*t = text(data)
	}
	return nil
}

// number is a number that senders also write as a string or null.
type number struct {
	Value float64
	Known bool
}

// UnmarshalJSON reads a number, quoted or not; anything else leaves it unknown.
func (n *number) UnmarshalJSON(data []byte) error {
	*n = number{}
	s := string(data)
	if data[0] == '"' {
		s = stringOf(data)
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		*n = number{Value: f, Known: true}
	}
	return nil
}

// stringOf returns what a JSON string says; what is no UTF-8 in it is replaced.
func stringOf(data []byte) string {
	if bytes.IndexByte(data, '\\') < 0 && utf8.Valid(data) { // as nearly all are
		return string(data[1 : len(data)-1])
	}
	s, _ := jsontext.AppendUnquote(nil, data) // a decoder has found it to be a string
	return string(s)
}
