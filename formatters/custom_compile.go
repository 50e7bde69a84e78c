package formatters

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

const (
	maxCustomSource = 16 << 10 // bytes of an expression's source: it bounds how deep it nests
	customMemory    = 100_000  // how many elements an expression may make while it runs
)

// customProgram is a compiled field.
type customProgram struct {
	name    string
	rank    int // in customFields
	program *vm.Program
	names   *customNames
}

func compileCustomField(f CustomField) (p customProgram, wrong *FieldError) {
	defer func() {
		if r := recover(); r != nil {
			wrong = &FieldError{f.Name, 1, 1, fmt.Sprintf("cannot be compiled (%v)", r), ""}
		}
	}()
	p = customProgram{name: f.Name, rank: rankOf(f.Name), names: &customNames{}}
	switch {
	case p.rank < 0:
		return p, &FieldError{Field: f.Name, Message: "unknown field"}
	case len(f.Source) > maxCustomSource:
		return p, &FieldError{f.Name, 1, 1, fmt.Sprintf("is longer than %d bytes", maxCustomSource), ""}
	}
	options := append(customFunctions(),
		expr.Env(customEnvironment),
		expr.DisableBuiltin("now"), // a webhook means the same whenever it is looked at: use time
		expr.Patch(p.names),
	)
	var err error
	p.program, err = expr.Compile(f.Source, options...)
	problem := p.names.check(f.Name)
	switch {
	case problem != nil: // says better what is wrong than the type checker
		bound := (&file.Error{Location: p.names.at.Location()}).Bind(file.NewSource(f.Source))
		problem.Field, problem.Line, problem.Column = f.Name, bound.Line, bound.Column+1
		return p, problem
	case err != nil:
		return p, compileErrorOf(f.Name, err)
	}
	return p, checkKind(f.Name, p.program)
}

// checkKind reports an expression whose result can never be what its field is.
func checkKind(field string, program *vm.Program) *FieldError {
	t := program.Node().Type()
	if t == nil || t.Kind() == reflect.Interface {
		return nil // it depends on the payload
	}
	kind := t.Kind()
	var message, remedy string
	switch field {
	case "loud":
		if kind != reflect.Bool {
			message, remedy = "is neither true nor false", "compare it with something"
		}
	case "items":
		if kind != reflect.Slice && kind != reflect.Array {
			message, remedy = "is no list", "make one with map(payload.list, {{subject: .name}})"
		}
	case "severity":
		if kind != reflect.Int && kind != reflect.String {
			message, remedy = "is no severity", `choose one, as in payload.ok ? success : error`
		}
	case "incident.state":
		if kind != reflect.String {
			message, remedy = "is no state", `choose one, as in payload.ok ? "resolved" : "open"`
		}
	}
	if message == "" {
		return nil
	}
	message += ", but " + strings.TrimPrefix(t.String(), "*")
	return &FieldError{field, 1, 1, message, remedy}
}
