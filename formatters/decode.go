package formatters

import (
	stdjson "encoding/json"
	"errors"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

var decodeOptions = json.JoinOptions(
	json.MatchCaseInsensitiveNames(true),
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
)

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
		return nil
	case '"':
		return stdjson.Unmarshal(data, (*string)(t))
	}
	*t = text(data)
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
	if s[0] == '"' {
		if err := stdjson.Unmarshal(data, &s); err != nil {
			return err
		}
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		*n = number{Value: f, Known: true}
	}
	return nil
}
