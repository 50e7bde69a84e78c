package config

import (
	"embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
)

// The comments of the types are the descriptions in the schema.
//
//go:embed types.go types_bot.go
var types embed.FS

// object is a JSON object; encoding/json sorts its members.
type object map[string]any

// Schema returns the JSON Schema (draft 2020-12) of hooks.yaml, for editors.
func Schema() []byte {
	root := sectionSchema(reflect.TypeFor[Config](), comments())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "lotus-hooks: hooks.yaml"
	root["patternProperties"] = object{"^x-": true}
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("config: marshal schema: %v", err)) // only texts, numbers and maps of them
	}
	return append(out, '\n')
}

// sectionSchema describes a mapping with the keys of a struct.
func sectionSchema(t reflect.Type, docs map[string]string) object {
	properties := object{}
	var required []string
	var oneOfTwo []object
	for _, f := range fieldsOf(t) {
		p := typeSchema(f.typ, docs)
		p["description"] = docs[t.Name()+"."+f.goName]
		if len(f.oneof) > 0 {
			p["enum"] = f.oneof
		}
		if f.fallback != "" {
			p["default"] = literal(f.typ, f.fallback)
		}
		properties[f.name] = p
		switch {
		case f.secret():
			file := object{"type": "string", "minLength": 1}
			if f.typ == listType {
				file = oneOrMore()
			}
			file["description"] = fmt.Sprintf("The path of a file that holds %s, relative to this one.", f.name)
			properties[f.name+fileSuffix] = file
			both := object{"not": object{"required": []string{f.name, f.name + fileSuffix}}}
			if f.required {
				both = object{"oneOf": []object{{"required": []string{f.name}}, {"required": []string{f.name + fileSuffix}}}}
			}
			oneOfTwo = append(oneOfTwo, both)
		case f.required:
			required = append(required, f.name)
		}
	}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	if oneOfTwo != nil {
		s["allOf"] = oneOfTwo
	}
	return s
}

// typeSchema describes a value.
func typeSchema(t reflect.Type, docs map[string]string) object {
	switch t {
	case reflect.TypeFor[Size]():
		return object{"type": []string{"string", "integer"}, "examples": []string{"2MiB", "512KiB"}}
	case reflect.TypeFor[Duration]():
		return object{"type": "string", "examples": []string{"14d", "36h"}}
	case reflect.TypeFor[Address]():
		return object{"type": "string", "examples": []string{":9003", "127.0.0.1:9003"}}
	case reflect.TypeFor[URL]():
		return object{"type": "string", "examples": []string{"http://127.0.0.1:8008"}}
	case reflect.TypeFor[Network]():
		return object{"type": "string", "examples": []string{"10.0.0.0/8", "192.0.2.7"}}
	case reflect.TypeFor[Rate]():
		return object{"type": "string", "examples": []string{"10/s", "30/min"}}
	case reflect.TypeFor[Text]():
		return object{"type": "string"}
	case listType:
		return oneOrMore()
	case exprType:
		return object{"type": []string{"string", "boolean"}, "examples": []string{"severity > info"}}
	case namedType:
		return object{"type": "object", "additionalProperties": typeSchema(exprType, docs)}
	case secretType, reflect.TypeFor[Timezone](), reflect.TypeFor[slog.Level]():
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeSchema(t.Elem(), docs)
	case reflect.Struct:
		return sectionSchema(t, docs)
	case reflect.Slice:
		return object{"type": "array", "items": typeSchema(t.Elem(), docs)}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": typeSchema(t.Elem(), docs)}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer"}
	}
	return object{"type": "string", "minLength": 1}
}

// oneOrMore describes a text or a list of texts.
func oneOrMore() object {
	return object{"type": []string{"string", "array"}, "minLength": 1, "minItems": 1, "items": object{"type": "string", "minLength": 1}}
}

// literal returns a default as JSON has it.
func literal(t reflect.Type, text string) any {
	switch t {
	case reflect.TypeFor[bool]():
		return text == "true"
	case reflect.TypeFor[int]():
		n, _ := strconv.Atoi(text) // loading any file reads every default
		return n
	}
	return text
}

// comments returns the comments of the fields, by "Type.Field".
func comments() map[string]string {
	docs := map[string]string{}
	for _, name := range []string{"types.go", "types_bot.go"} {
		source, err := types.ReadFile(name)
		if err != nil {
			panic(fmt.Sprintf("config: read own types: %v", err)) // they are embedded
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments)
		if err != nil {
			panic(fmt.Sprintf("config: parse own types: %v", err)) // they have been compiled
		}
		addComments(docs, file)
	}
	return docs
}

// addComments adds the comments of a file's fields.
func addComments(docs map[string]string, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, isType := n.(*ast.TypeSpec)
		if !isType {
			return true
		}
		section, isStruct := spec.Type.(*ast.StructType)
		if !isStruct {
			return false
		}
		for _, f := range section.Fields.List {
			for _, name := range f.Names {
				docs[spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(f.Doc.Text()), " ")
			}
		}
		return false
	})
}
