package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

type schema struct {
	Schema               string             `json:"$schema"`
	Type                 any                `json:"type"`
	Description          string             `json:"description"`
	Properties           map[string]*schema `json:"properties"`
	PatternProperties    map[string]any     `json:"patternProperties"`
	AdditionalProperties any                `json:"additionalProperties"`
	Required             []string           `json:"required"`
	Items                *schema            `json:"items"`
	Enum                 []string           `json:"enum"`
	Default              any                `json:"default"`
}

func readSchema(t *testing.T) *schema {
	t.Helper()
	var s schema
	if err := json.Unmarshal(config.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

func TestSchema(t *testing.T) {
	t.Parallel()
	root := readSchema(t)
	hooks, gateway := root.Properties["hooks"].Items, root.Properties["gateway"]
	got := fmt.Sprintln(
		root.Schema, root.Type, root.AdditionalProperties, root.Required, len(root.PatternProperties), hooks.Required,
		gateway.Properties["max_connections"].Default, gateway.Properties["wait"].Default, gateway.Properties["listen"].Default,
		root.Properties["log"].Properties["format"].Enum, root.Properties["bot"].Properties["token_file"].Type,
		hooks.Properties["routes"].Items.Properties["mention"].Items.Type,
	)
	want := "https://json-schema.org/draft/2020-12/schema object false [homeserver appservice] 1 [service room] " +
		"1024 false :9003 [text json] string string"
	if got != want+"\n" {
		t.Errorf("schema says\n%s, want\n%s", got, want)
	}
	everyKey(root, "", func(path string, s *schema) {
		if s.Description == "" {
			t.Errorf("%s has no description", path)
		}
	})
}

// everyKey visits the fields that the schema knows.
func everyKey(s *schema, path string, visit func(path string, s *schema)) {
	for name, p := range s.Properties {
		at := strings.TrimPrefix(path+"."+name, ".")
		visit(at, p)
		everyKey(p, at, visit)
	}
	if s.Items != nil {
		everyKey(s.Items, path+"[]", visit)
	}
}

// The example is the manual: with its options it shows every field, and nothing else.
func TestSchemaCoversExample(t *testing.T) {
	t.Parallel()
	var document any
	if err := yaml.Unmarshal([]byte(example(t, true)), &document); err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	conforms(t, readSchema(t), "", document, shown)

	text, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	everyKey(readSchema(t), "", func(path string, _ *schema) {
		name := path[strings.LastIndex(path, ".")+1:]
		// Secrets are shown in one of their ways, and the other is named in a comment.
		twin := shown[strings.TrimSuffix(path, "_file")] || shown[path+"_file"]
		if !shown[path] && !twin && !strings.Contains(string(text), name) {
			t.Errorf("the example does not show %s", path)
		}
	})
}

// conforms checks a value by the parts of JSON Schema that Schema uses.
func conforms(t *testing.T, s *schema, path string, v any, shown map[string]bool) {
	t.Helper()
	is := map[string]bool{}
	switch v := v.(type) {
	case map[string]any:
		is["object"] = true
		for name, field := range v {
			at := strings.TrimPrefix(path+"."+name, ".")
			shown[at] = true
			if p := s.Properties[name]; p != nil {
				conforms(t, p, at, field, shown)
			} else if s.AdditionalProperties == false {
				t.Errorf("%s is not in the schema", at)
			}
		}
		for _, name := range s.Required {
			if _, given := v[name]; !given {
				t.Errorf("%s.%s is required", path, name)
			}
		}
	case []any:
		is["array"] = true
		for _, item := range v {
			conforms(t, s.Items, path+"[]", item, shown)
		}
	case string:
		is["string"] = true
		if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
			t.Errorf("%s cannot be %q", path, v)
		}
	case bool:
		is["boolean"] = true
	case int:
		is["integer"] = true
	}
	var types []any
	if types, _ = s.Type.([]any); types == nil {
		types = []any{s.Type}
	}
	if !slices.ContainsFunc(types, func(want any) bool { return is[fmt.Sprint(want)] }) {
		t.Errorf("%s is %T, and the schema wants %v", path, v, s.Type)
	}
}
