package formatters

import "github.com/go-json-experiment/json"

// Value returns what the payload says, for the expressions of operators: the JSON document
// that it carries, as maps, slices, strings, booleans, nil and float64; else the fields of
// a form, or without a body those of the query, as a map of strings (a slice of strings
// where a name comes twice); else the body as a string.
func (p Payload) Value() any {
	if doc, err := jsonDocument(p); err == nil {
		var v any
		if json.Unmarshal(doc, &v, decodeOptions) == nil {
			return v
		}
	}
	fields := map[string][]string(formFields(p))
	if len(p.Body) == 0 {
		fields = p.Query
	}
	if fields == nil {
		return decodeText(p)
	}
	values := make(map[string]any, len(fields))
	for name, list := range fields {
		switch len(list) {
		case 0:
		case 1:
			values[name] = list[0]
		default:
			all := make([]any, len(list))
			for i, s := range list {
				all[i] = s
			}
			values[name] = all
		}
	}
	return values
}
