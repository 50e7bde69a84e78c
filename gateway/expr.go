package gateway

import (
	"errors"
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

const (
	maxSource = 16 << 10 // bytes of an expression's source: it bounds how deep it nests
	memory    = 100_000  // how many elements an expression may make while it runs
)

// Condition is a compiled expression that is true or false of a webhook: a hook's filter,
// or when a route matches. It may be used by any number of requests at once.
type Condition struct {
	program *vm.Program
	uses    []string // names of the environment
}

// CompileError says what is wrong with an expression.
type CompileError struct {
	Line, Column int    // in the source, both from 1, in characters
	Message      string // "unknown name severty"
	Remedy       string // what to do about it; may be ""
}

func (e *CompileError) Error() string {
	text := fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message)
	if e.Remedy != "" {
		text += ": " + e.Remedy
	}
	return text
}

// Compile compiles a condition; env.go lists the names it may use. An error is a
// *CompileError. A result of nil, such as of payload.ok where there is none, is false.
func Compile(source string) (c *Condition, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = nil, &CompileError{Line: 1, Column: 1, Message: fmt.Sprintf("cannot be compiled (%v)", p)}
		}
	}()
	if len(source) > maxSource {
		return nil, &CompileError{Line: 1, Column: 1, Message: fmt.Sprintf("is longer than %d bytes", maxSource)}
	}
	names := &nameVisitor{}
	program, err := expr.Compile(source,
		expr.Env(environment),
		expr.AsBool(),
		expr.DisableBuiltin("now"), // a webhook means the same whenever it is looked at: use time
		expr.Patch(names),
	)
	if names.problem != nil { // says better what is wrong than the type checker
		names.problem.locate(names.at, source)
		return nil, names.problem
	}
	if err != nil {
		return nil, compileError(err)
	}
	return &Condition{program: program, uses: names.used}, nil
}

// locate sets line and column of a place in the source.
func (e *CompileError) locate(at file.Location, source string) {
	bound := (&file.Error{Location: at}).Bind(file.NewSource(source))
	e.Line, e.Column = bound.Line, bound.Column+1
}

// compileError says in our words what expr reports.
func compileError(err error) *CompileError {
	e := &CompileError{Line: 1, Column: 1, Message: err.Error()}
	var located *file.Error
	if errors.As(err, &located) {
		e.Line, e.Column, e.Message = max(located.Line, 1), located.Column+1, located.Message
	}
	switch {
	case e.Message == "unexpected token EOF":
		e.Message, e.Remedy = "ends too early", "write the rest of it, as in severity >= error"
	case strings.HasPrefix(e.Message, "unexpected token "):
		e.Remedy = "compare with == or >=, and join conditions with and, or; text stands in quotes"
	case e.Message == "unknown name now":
		e.Remedy = "use time, when it happened"
	case strings.HasPrefix(e.Message, "unknown name "):
		e.Remedy = "use one of " + strings.Join(environmentNames(), ", ")
	case strings.Contains(e.Message, "(mismatched types "):
		e.Remedy = "compare like with like: text stands in quotes, a list in brackets, and int(labels.n) makes a number of text"
	case strings.Contains(e.Message, "arguments to call "), strings.HasPrefix(e.Message, "cannot use "), strings.HasPrefix(e.Message, "invalid argument for "):
		e.Remedy = "https://expr-lang.org says what each function takes"
	case strings.HasPrefix(e.Message, "expected bool, but got "):
		e.Message = "is neither true nor false, but " + strings.TrimPrefix(e.Message, "expected bool, but got ")
		e.Remedy = "compare it with something"
	}
	return e
}

// holds runs the condition on a webhook.
func (c *Condition) holds(in *input) (held bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("expression panicked: %v", p)
		}
	}()
	machine := vm.VM{MemoryBudget: memory}
	result, err := machine.Run(c.program, in.environment(c.uses))
	if err != nil {
		var located *file.Error
		if errors.As(err, &located) { // without the source, which may quote a secret
			return false, fmt.Errorf("%d:%d: %s", located.Line, located.Column+1, located.Message)
		}
		return false, err
	}
	return result == true, nil // AsBool makes nil false, and an error of all else
}
