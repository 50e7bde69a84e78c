package formatters

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

var decodeOptions = json.JoinOptions(
	json.MatchCaseInsensitiveNames(true),
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
)

// tolerantOptions read a text whatever it is, and go on behind a member that does not fit.
var tolerantOptions = json.JoinOptions(
	decodeOptions,
	jsonv1.ReportErrorsWithLegacySemantics(true),
	json.WithUnmarshalers(json.UnmarshalFunc(func(data []byte, t *text) error {
		t.set(data)
		return nil
	})),
)

// decodePayload reads the JSON document that a payload carries into v, as decodeJSON does.
func decodePayload(p Payload, v any) error {
	// Nearly every body is the document. Whether all of it is JSON shows in decoding it.
	body := bytes.TrimSpace(decodedBytes(p))
	if bytes.HasPrefix(body, []byte("{")) && decodeJSON(body, v) == nil {
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
	if _, mismatch := errors.AsType[*json.SemanticError](err); !mismatch {
		return err
	}
	err = json.Unmarshal(data, v, tolerantOptions)
	if mismatch, is := errors.AsType[*jsonv1.UnmarshalTypeError](err); is && mismatch.Field != "" {
		return nil
	}
	return err
}

// text is a string that senders also write as a number, a boolean or null. As those are rare, it
// is decoded as any string; a method of its own makes decoding a webhook a fifth slower.
type text string

// set reads any scalar; objects and arrays leave the text empty.
func (t *text) set(data []byte) {
	*t = ""
	switch data[0] {
	case 'n', '{', '[':
	case '"':
		*t = text(stringOf(data))
	default:
		*t = text(data)
	}
}

// scalar is a text that senders usually write as a number or a boolean.
type scalar text

// UnmarshalJSON reads any scalar; objects and arrays leave it empty.
func (s *scalar) UnmarshalJSON(data []byte) error {
	(*text)(s).set(data)
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

// boolean is a truth that senders also write as a string, a number or null.
type boolean struct {
	Value bool
	Known bool
}

// UnmarshalJSON reads true or 1 and false or 0, quoted or not; anything else leaves it unknown.
func (b *boolean) UnmarshalJSON(data []byte) error {
	var t text
	t.set(data)
	value, err := strconv.ParseBool(strings.ToLower(string(t)))
	*b = boolean{Value: value, Known: err == nil}
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
