package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a file. Line and Column count from 1; Line 0 is the whole file.
type Position struct {
	File         string
	Line, Column int
}

// String returns "hooks.yaml:12:5", or the file alone.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problem is one thing that is wrong with the configuration. It never holds a secret.
type Problem struct {
	Position
	Path    string // the field: "hooks[2].filter"; "" for the file
	Message string // what is wrong
	Remedy  string // what to do about it; may be empty
}

// String returns the problem as one line: position, path, message and remedy.
func (p Problem) String() string {
	parts := []string{p.Position.String()}
	for _, s := range []string{p.Path, p.Message, p.Remedy} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ": ")
}

// Errors is everything that is wrong with a configuration, in the order of the file.
type Errors []Problem

// Error returns the problems, one a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// report collects problems and warnings, and knows where each field stands.
type report struct {
	file      string
	positions map[string]Position // by path
	problems  []Problem
	warnings  []Problem
}

// at returns where a field stands, or, when it was not written, where its parent does.
func (r *report) at(path string) Position {
	at, known := r.positions[path]
	for !known && path != "" {
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
		at, known = r.positions[path]
	}
	if !known {
		return Position{File: r.file}
	}
	return at
}

// given says whether a field was written in the file.
func (r *report) given(path string) bool {
	_, ok := r.positions[path]
	return ok
}

// usable says whether a field was written in the file, and could be read.
func (r *report) usable(path string) bool { return r.given(path) && !r.wrong(path) }

// wrong says whether a problem of a field, or of one below it, is known already.
func (r *report) wrong(path string) bool {
	return slices.ContainsFunc(r.problems, func(p Problem) bool { return p.Path == path || strings.HasPrefix(p.Path, path+".") })
}

func (r *report) problem(path, message, remedy string) {
	r.problems = append(r.problems, Problem{r.at(path), path, message, remedy})
}

func (r *report) warn(path, message, remedy string) {
	r.warnings = append(r.warnings, Problem{r.at(path), path, message, remedy})
}

// sorted orders problems by place and leaves out what an alias made the decoder see twice.
func sorted(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	type mistake struct {
		Position
		field, message string
	}
	seen := map[mistake]bool{}
	return slices.DeleteFunc(problems, func(p Problem) bool {
		m := mistake{p.Position, p.Path[strings.LastIndex(p.Path, ".")+1:], p.Message}
		again := seen[m] && p.Line > 0
		seen[m] = true
		return again
	})
}
