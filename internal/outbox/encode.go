package outbox

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// encodeOptions store foreign text as it came, also where it is not valid UTF-8.
var encodeOptions = jsontext.AllowInvalidUTF8(true)

// encodeList returns a list as JSON, "" when it is empty.
func encodeList(list []string) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	data, err := json.Marshal(list, encodeOptions)
	return string(data), err
}

// decodeList is the inverse of encodeList.
func decodeList(data string) (list []string, err error) {
	if data != "" {
		err = json.Unmarshal([]byte(data), &list)
	}
	return list, err
}
