package config

import (
	"reflect"

	"go.yaml.in/yaml/v4"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// NamedExpr is an expression with a name of the user's own.
type NamedExpr struct {
	Name string
	Expr
}

// namedExprs reads a mapping of names to expressions, in the order of the file.
func (d *decoder) namedExprs(n *yaml.Node, v reflect.Value, path string) {
	if n.Tag == "!!null" || !d.expect(n, yaml.MappingNode, "", path, "a mapping") {
		return
	}
	var all []NamedExpr
	for _, e := range d.entries(n, path, 0) {
		at := join(path, e.key)
		d.positions[at] = d.position(e.value)
		if e.key == "" {
			d.problemAt(e.at, at, "has an empty name", "give it one")
			continue
		}
		named := NamedExpr{Name: e.key}
		d.value(e.value, reflect.ValueOf(&named.Expr).Elem(), at, nil)
		if !named.IsZero() {
			all = append(all, named)
		}
	}
	v.Set(reflect.ValueOf(all))
}

// Exprs returns all expressions of a format by their names in it: "status", "facts.Size",
// "incident.key".
func (f *Format) Exprs() []NamedExpr {
	if f == nil {
		return nil
	}
	return exprsOf(reflect.ValueOf(f).Elem(), "")
}

func exprsOf(section reflect.Value, path string) []NamedExpr {
	var all []NamedExpr
	for _, f := range fieldsOf(section.Type()) {
		at := join(path, f.name)
		switch v := section.Field(f.index).Interface().(type) {
		case Expr:
			if !v.IsZero() {
				all = append(all, NamedExpr{at, v})
			}
		case []NamedExpr:
			for _, named := range v {
				all = append(all, NamedExpr{join(at, named.Name), named.Expr})
			}
		default:
			all = append(all, exprsOf(section.Field(f.index), at)...)
		}
	}
	return all
}

// validateFormat wants a format of custom hooks, and of no others.
func (c *Config) validateFormat(h Hook, path string) {
	path += ".format"
	_, other := formatters.Lookup(h.Service)
	switch custom := h.Service == formatters.Custom; {
	case custom && !c.report.given(path):
		c.report.problem(path, "is missing", "say what its messages show, as in format: {subject: payload.host}")
	case custom && len(h.Format.Exprs()) == 0 && !c.report.wrong(path):
		c.report.problem(path, "is empty", "say what its messages show, as in format: {subject: payload.host}")
	case other && c.report.given(path):
		c.report.problem(path, "is for hooks of service: custom only", "leave it out, or change the service")
	}
}
