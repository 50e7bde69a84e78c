package config

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxNodes bounds the work that aliases of aliases can make of a small file.
const maxNodes = 100_000

// decoder reads a YAML tree into the types of this package, and goes on behind mistakes.
type decoder struct {
	*report
	dir     string // relative paths start here
	env     func(string) string
	lines   [][]rune // the text of the file
	lenient bool     // leaves unknown keys alone: the file is not ours
	nodes   int

	exposed bool     // every user of the machine can read the file
	inline  []string // the fields whose secrets are written in the file
}

// spend counts a node, and says whether there may be more.
func (d *decoder) spend() bool {
	d.nodes++
	return d.nodes < maxNodes
}

func (d *decoder) position(n *yaml.Node) Position { return Position{d.file, n.Line, n.Column} }

func (d *decoder) problemAt(at Position, path, message, remedy string) {
	d.problems = append(d.problems, Problem{at, path, message, remedy})
}

// value reads any value but a secret's file.
func (d *decoder) value(n *yaml.Node, v reflect.Value, path string, oneof []string) {
	if !d.spend() {
		return
	}
	n = follow(n)
	if v.Kind() == reflect.Pointer {
		if n.Tag == "!!null" {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	_, readsText := v.Addr().Interface().(encoding.TextUnmarshaler)
	switch {
	case v.Type() == exprType:
		d.expr(n, v, path)
	case v.Type() == namedType:
		d.namedExprs(n, v, path)
	case v.Type() == listType:
		d.oneOrMore(n, v, path, func(n *yaml.Node, v reflect.Value, path string) { d.text(n, v, path, nil) })
	case v.Type() == secretType || readsText:
		d.text(n, v, path, oneof)
	case v.Kind() == reflect.Struct:
		d.section(n, v, path)
	case v.Kind() == reflect.Slice:
		d.list(n, v, path, oneof)
	case v.Kind() == reflect.Map:
		d.names(n, v, path)
	case v.Kind() == reflect.Bool:
		if d.expect(n, yaml.ScalarNode, "!!bool", path, "true or false") {
			v.SetBool(strings.EqualFold(n.Value, "true"))
		}
	case v.Kind() == reflect.Int:
		d.number(n, v, path)
	default:
		d.text(n, v, path, oneof)
	}
}

// section reads a mapping into a struct, with its defaults.
func (d *decoder) section(n *yaml.Node, v reflect.Value, path string) {
	fields := fieldsOf(v.Type())
	d.defaults(v, fields)
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		n = &yaml.Node{Kind: yaml.MappingNode, Line: n.Line, Column: n.Column} // every key below it is commented out
	}
	if !d.expect(n, yaml.MappingNode, "", path, "a mapping") {
		return
	}
	given := map[string]bool{}
	for _, e := range d.entries(n, path, 0) {
		i := slices.IndexFunc(fields, func(f field) bool {
			return e.key == f.name || f.secret() && e.key == f.name+fileSuffix
		})
		at := join(path, e.key)
		switch {
		case i < 0 && (d.lenient || path == "" && strings.HasPrefix(e.key, "x-")):
			continue
		case i < 0:
			d.problemAt(e.at, at, "unknown key", suggest(e.key, keys(fields)))
			continue
		case given[fields[i].name]:
			d.problemAt(e.at, at, fmt.Sprintf("is given together with %s", other(e.key)), "keep one of the two")
			continue
		}
		f := fields[i]
		given[f.name] = true
		d.positions[at] = d.position(e.value)
		if e.key != f.name {
			d.positions[join(path, f.name)] = d.position(e.value)
			d.secretFiles(e.value, v.Field(f.index), at)
			continue
		}
		d.value(e.value, v.Field(f.index), at, f.oneof)
	}
	for _, f := range fields {
		if f.required && !given[f.name] {
			remedy := ""
			switch {
			case f.secret() && !d.lenient:
				remedy = fmt.Sprintf("give %s or %s%s", f.name, f.name, fileSuffix)
			case f.example != "":
				remedy = fmt.Sprintf("add it, as in %s: %s", f.name, f.example)
			}
			d.problemAt(d.position(n), join(path, f.name), "is missing", remedy)
		}
	}
}

// other returns the other key of a secret.
func other(key string) string {
	if name, isFile := strings.CutSuffix(key, fileSuffix); isFile {
		return name
	}
	return key + fileSuffix
}

// defaults sets what holds when the file gives nothing.
func (d *decoder) defaults(v reflect.Value, fields []field) {
	for _, f := range fields {
		target := v.Field(f.index)
		if target.Kind() == reflect.Struct && f.fallback == "" {
			d.defaults(target, fieldsOf(f.typ))
		}
		if f.fallback == "" {
			continue
		}
		n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: f.fallback}
		switch target.Interface().(type) {
		case bool:
			n.Tag = "!!bool"
		case int:
			n.Tag = "!!int"
		}
		d.value(n, target, f.name, nil)
	}
}

// list reads a sequence into a slice.
func (d *decoder) list(n *yaml.Node, v reflect.Value, path string, oneof []string) {
	if n.Tag == "!!null" || !d.expect(n, yaml.SequenceNode, "", path, "a list") {
		return
	}
	for i, item := range n.Content {
		if !d.spend() {
			return
		}
		at := fmt.Sprintf("%s[%d]", path, i)
		d.positions[at] = d.position(item)
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		d.value(item, v.Index(i), at, oneof)
	}
}

// names reads a mapping with names of the user's own.
func (d *decoder) names(n *yaml.Node, v reflect.Value, path string) {
	if n.Tag == "!!null" || !d.expect(n, yaml.MappingNode, "", path, "a mapping") {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, e := range d.entries(n, path, 0) {
		at := join(path, e.key)
		d.positions[at] = d.position(e.value)
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(e.value, item, at, nil)
		v.SetMapIndex(reflect.ValueOf(e.key), item)
	}
}
