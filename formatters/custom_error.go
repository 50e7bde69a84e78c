package formatters

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/file"
)

// FieldError says what is wrong with a field of a custom format: at start, that it does not
// compile; later, that it failed on a payload.
type FieldError struct {
	Field        string // as in CustomField.Name
	Line, Column int    // in the source, both from 1, in characters; 0 for the field as a whole
	Message      string // "unknown name paylod"
	Remedy       string // what to do about it; may be ""
}

func (e *FieldError) Error() string {
	text := e.Field + ": "
	if e.Line > 0 {
		text += fmt.Sprintf("%d:%d: ", e.Line, e.Column)
	}
	text += e.Message
	if e.Remedy != "" {
		text += ": " + e.Remedy
	}
	return text
}

// FieldErrors are the errors of one format, or of one webhook.
type FieldErrors []*FieldError

func (e FieldErrors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// fieldErrorOf tells where an expression failed, without its source, which may quote a
// secret.
func fieldErrorOf(field string, err error) *FieldError {
	e := &FieldError{Field: field, Message: err.Error()}
	var located *file.Error
	if errors.As(err, &located) {
		e.Line, e.Column, e.Message = max(located.Line, 1), located.Column+1, plainMessage(located.Message)
	}
	return e
}

var (
	fetched   = regexp.MustCompile(`^cannot fetch (.*) from (.*)$`)
	condition = regexp.MustCompile(`^interface conversion: interface {} is (.*), not bool$`)
)

// plainMessage says what expr says in terms of Go.
func plainMessage(message string) string {
	if m := fetched.FindStringSubmatch(message); m != nil {
		return "cannot take " + m[1] + " of " + plainType(m[2])
	}
	if m := condition.FindStringSubmatch(message); m != nil {
		return "a condition is " + plainType(m[1]) + ", neither true nor false"
	}
	if message == "invalid operation: int(string)" {
		return "text and lists have no members by name"
	}
	return message
}

func plainType(name string) string {
	switch name {
	case "nil", "<nil>":
		return "what is missing"
	case "string":
		return "text"
	case "float64", "int":
		return "a number"
	case "bool":
		return "a truth value"
	case "[]interface {}":
		return "a list"
	case "map[string]interface {}":
		return "a map"
	}
	return name
}

// compileErrorOf says in our words what expr reports.
func compileErrorOf(field string, err error) *FieldError {
	e := fieldErrorOf(field, err)
	e.Line, e.Column = max(e.Line, 1), max(e.Column, 1)
	const quotes = `text stands in quotes of its own, as in '"backed up"'`
	switch {
	case e.Message == "unexpected token EOF":
		e.Message, e.Remedy = "ends too early", "write the rest of it, as in payload.host"
	case e.Message == "unknown name now":
		e.Remedy = "use time, when the webhook was received"
	case strings.HasPrefix(e.Message, "unknown name "):
		e.Remedy = "use payload, headers, query, time, a severity such as warning, or a function; " + quotes
	case strings.Contains(e.Message, "arguments to call "), strings.HasPrefix(e.Message, "cannot use "), strings.HasPrefix(e.Message, "invalid argument for "):
		e.Message = strings.TrimRight(e.Message, " ")
		e.Remedy = "docs/services/custom.md says what each function takes"
	case strings.Contains(e.Message, "(mismatched types "):
		e.Remedy = "both sides have to be of one kind: int() makes a number, string() text"
	case strings.HasPrefix(e.Message, "unexpected token Identifier"):
		e.Remedy = quotes
	case e.Message == `unexpected token Operator(":")`:
		e.Remedy = "a map within map() stands in two pairs of braces, as in map(payload.list, {{subject: .name}})"
	}
	return e
}
