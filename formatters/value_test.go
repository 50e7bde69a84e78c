package formatters

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPayloadValue(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		payload Payload
		want    any
	}{
		"JSON":         {Payload{Body: []byte(`{"a":{"b":[1,"x",true,null]}}`)}, map[string]any{"a": map[string]any{"b": []any{1.0, "x", true, nil}}}},
		"JSONTwice":    {Payload{Body: []byte(`{"a":1,"a":2}`)}, map[string]any{"a": 2.0}},
		"JSONWrapped":  {Payload{Body: []byte(`"{\"a\":1}"`)}, map[string]any{"a": 1.0}},
		"JSONInForm":   {Payload{ContentType: form, Body: []byte("payload=%7B%22a%22%3A1%7D")}, map[string]any{"a": 1.0}},
		"Form":         {Payload{ContentType: form, Body: []byte("a=1&b=x+y&b=z")}, map[string]any{"a": "1", "b": []any{"x y", "z"}}},
		"Query":        {Payload{Query: map[string][]string{"a": {"1"}, "b": {"2", "3"}, "c": {}}}, map[string]any{"a": "1", "b": []any{"2", "3"}}},
		"Text":         {Payload{ContentType: "text/plain", Body: []byte("disk full")}, "disk full"},
		"BrokenJSON":   {Payload{ContentType: "application/json", Body: []byte(`{"a":`)}, `{"a":`},
		"Latin1":       {Payload{ContentType: "text/plain; charset=iso-8859-1", Body: []byte("caf\xe9")}, "café"},
		"Nothing":      {Payload{}, ""},
		"QueryAndBody": {Payload{Query: map[string][]string{"a": {"1"}}, Body: []byte("text")}, "text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, c.payload.Value()); diff != "" {
				t.Errorf("Value (-want +got):\n%s", diff)
			}
		})
	}
}
