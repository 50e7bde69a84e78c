package outbox

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// jsonOptions keep foreign text also where it is not valid UTF-8. Whether a name stands twice
// is not looked at, as what is written here has none.
var jsonOptions = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))

// encode returns v as JSON for a column.
func encode(v any) ([]byte, error) { return json.Marshal(v, jsonOptions) }

// decode is the inverse of encode.
func decode(data []byte, v any) error { return json.Unmarshal(data, v, jsonOptions) }

// encodeList returns a list as JSON, "" when it is empty.
func encodeList(list []string) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	data, err := encode(list)
	return string(data), err
}

// decodeList is the inverse of encodeList.
func decodeList(data string) (list []string, err error) {
	if data != "" {
		err = decode([]byte(data), &list)
	}
	return list, err
}
