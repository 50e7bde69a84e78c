package config

import (
	"reflect"
	"strings"
)

// fileSuffix behind the name of a secret makes it the path of a file that holds the secret.
const fileSuffix = "_file"

var (
	secretType = reflect.TypeFor[Secret]()
	listType   = reflect.TypeFor[Secrets]()
	exprType   = reflect.TypeFor[Expr]()
	namedType  = reflect.TypeFor[[]NamedExpr]()
)

// field is a field of a section, as its tags describe it.
type field struct {
	name     string
	goName   string
	index    int
	typ      reflect.Type
	required bool
	example  string   // of a required field, as it would be written
	fallback string   // what holds when it is not given, as it would be written; "" is the zero value
	oneof    []string // the legal values; empty when any is
	reload   bool     // a SIGHUP applies it
}

// secret says whether the field may be given as a file, too.
func (f field) secret() bool { return f.typ == secretType || f.typ == listType }

// fieldsOf lists the fields of a section that the file may give.
func fieldsOf(section reflect.Type) []field {
	var fields []field
	for i := range section.NumField() {
		f := section.Field(i)
		name := f.Tag.Get("yaml")
		if name == "" || name == "-" {
			continue
		}
		fields = append(fields, field{
			name: name, goName: f.Name, index: i, typ: f.Type,
			required: f.Tag.Get("required") == "yes",
			example:  f.Tag.Get("example"),
			fallback: f.Tag.Get("default"),
			oneof:    strings.Fields(f.Tag.Get("oneof")),
			reload:   f.Tag.Get("reload") == "yes",
		})
	}
	return fields
}

// keys are the names that the file may use: a secret has two.
func keys(fields []field) []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.name)
		if f.secret() {
			names = append(names, f.name+fileSuffix)
		}
	}
	return names
}
