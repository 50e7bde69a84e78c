package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// text reads a scalar into a text, a secret, or what a type makes of a text.
func (d *decoder) text(n *yaml.Node, v reflect.Value, path string, oneof []string) {
	want := "text"
	switch v.Type() {
	case reflect.TypeFor[Address]():
		want = `an address such as ":9003"`
	case reflect.TypeFor[Rate]():
		want = "a rate"
	case reflect.TypeFor[Duration]():
		want = "a span of time"
	case reflect.TypeFor[Size](): // may be a number of bytes
		if n.Tag == "!!int" {
			n = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: n.Value}
		}
	}
	if d.lenient && n.Tag == "!!null" || !d.expect(n, yaml.ScalarNode, "!!str", path, want) {
		return
	}
	s, ok := d.expand(n.Value, path)
	if !ok {
		return
	}
	if len(oneof) > 0 && !slices.Contains(oneof, s) {
		d.problem(path, "is unknown", suggest(s, oneof)) // the value may be a secret in the wrong place
		return
	}
	if s == "" && v.Type() != reflect.TypeFor[Text]() {
		d.problem(path, "is empty", "give it a value, or leave the key out")
		return
	}
	switch target := v.Addr().Interface().(type) {
	case *Secret:
		*target = NewSecret(s)
		if s == n.Value {
			d.inline = append(d.inline, path)
		}
	case *string:
		*target = s
	case encoding.TextUnmarshaler:
		err := target.UnmarshalText([]byte(s))
		var m mistake
		if errors.As(err, &m) {
			d.problem(path, m.message, m.remedy)
		} else if err != nil {
			d.problem(path, err.Error(), "")
		}
	default:
		panic(fmt.Sprintf("config: %s is of a type that the file cannot give: %s", path, v.Type()))
	}
}

// expr reads an expression. Nothing in it is expanded.
func (d *decoder) expr(n *yaml.Node, v reflect.Value, path string) {
	if n.Tag == "!!bool" && n.Kind == yaml.ScalarNode { // true and false are expressions, too
		n = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: n.Value, Line: n.Line, Column: n.Column}
	}
	if !d.expect(n, yaml.ScalarNode, "!!str", path, "text") {
		return
	}
	if strings.TrimSpace(n.Value) == "" {
		d.problem(path, "is empty", "write an expression, or leave the key out")
		return
	}
	v.Set(reflect.ValueOf(exprOf(n, d.file, d.lines, path)))
}

func (d *decoder) number(n *yaml.Node, v reflect.Value, path string) {
	if !d.expect(n, yaml.ScalarNode, "!!int", path, "a whole number") {
		return
	}
	i, err := strconv.Atoi(n.Value)
	if err != nil {
		d.problem(path, "is no usual whole number", "write it in decimal digits")
		return
	}
	v.SetInt(int64(i))
}

// expect reports a value of another kind than its field's. The value itself is not shown:
// it may be a secret in the wrong place.
func (d *decoder) expect(n *yaml.Node, kind yaml.Kind, tag, path, want string) bool {
	if n.Kind == kind && (tag == "" || n.Tag == tag) {
		return true
	}
	message, remedy := "is "+kindOf(n)+", not "+want, ""
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null" && strings.HasPrefix(d.rest(n), "#"):
		message, remedy = "is empty: a # begins a comment", "put the value in quotes"
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		message, remedy = "is empty", "give it a value, or leave the key out"
	case strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!"):
		message, remedy = "is read as a YAML tag, because it begins with !", "put the value in quotes"
	case want == "text" && n.Kind == yaml.ScalarNode:
		remedy = "put it in quotes"
	case want == "text" && n.Kind == yaml.MappingNode:
		remedy = "put it in quotes, if it is text with a colon or braces"
	case want == "a list" && n.Kind == yaml.ScalarNode:
		remedy = "put it in brackets, as in [a, b]"
	case want == "a mapping":
		remedy = "write it as lines of key: value below it"
	case want == "true or false":
		remedy = "write true or false, without quotes"
	case want == "a whole number":
		remedy = "write it in digits, without quotes"
	case want == "a rate":
		remedy = `write it as "10/s", "30/min" or "100/h"`
	case want == "a span of time":
		remedy = `write it with its unit, as "14d", "36h" or "90s"`
	}
	d.problem(path, message, remedy)
	return false
}

// rest returns what stands in the line of a value from its start.
func (d *decoder) rest(n *yaml.Node) string {
	c := cursor{lines: d.lines, line: n.Line, column: n.Column}
	return strings.TrimSpace(string(c.rest()))
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		return "empty"
	case "!!bool":
		return "a truth value"
	case "!!int", "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	}
	return "text"
}
