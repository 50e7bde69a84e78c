package config

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Expr is the source of an expression, and where it stands. The gateway compiles it.
type Expr struct {
	Source string
	Path   string // the field: "hooks[2].filter"
	runes  []Position
}

// IsZero says that no expression was given.
func (e Expr) IsZero() bool { return e.Source == "" }

// At turns a place in the source, as expr counts it (lines from 1, columns in characters
// from 0), into one in the file, however the YAML quotes, folds or indents the source. A
// place behind the end is the end's.
func (e Expr) At(line, column int) Position {
	if len(e.runes) == 0 {
		return Position{}
	}
	offset := 0
	for rest := e.Source; line > 1; line-- {
		before, after, found := strings.Cut(rest, "\n")
		if !found {
			break
		}
		offset, rest = offset+utf8.RuneCountInString(before)+1, after
	}
	return e.runes[min(max(offset+column, 0), len(e.runes)-1)]
}

// Problem reports what is wrong with the expression at a place of its source, see At.
func (e Expr) Problem(line, column int, message, remedy string) Problem {
	return Problem{e.At(line, column), e.Path, message, remedy}
}

// property is what may stand before a YAML value: its anchor or tag.
var property = regexp.MustCompile(`^(?:[&!]\S*\s+)*`)

// exprOf reads an expression from a scalar, given the lines of the file it is in.
func exprOf(n *yaml.Node, file string, lines [][]rune, path string) Expr {
	e := Expr{Source: strings.TrimRight(n.Value, "\n"), Path: path}
	c := cursor{file: file, lines: lines, line: n.Line, column: n.Column}
	c.column += utf8.RuneCountInString(property.FindString(string(c.rest())))
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		c.line, c.column = c.line+1, 1 // behind the line of the "|" or ">"
	case n.Style&yaml.SingleQuotedStyle != 0:
		c.column, c.escape = c.column+1, '\''
	case n.Style&yaml.DoubleQuotedStyle != 0:
		c.column, c.escape = c.column+1, '\\'
	}
	for _, r := range e.Source {
		if !unicode.IsSpace(r) { // breaks, indentation and folding are passed with what follows them
			c.find(r)
		}
		e.runes = append(e.runes, c.position())
		c.column++
	}
	e.runes = append(e.runes, c.position())
	return e
}

// cursor walks over the text of a file.
type cursor struct {
	file         string
	lines        [][]rune
	line, column int  // from 1; columns in characters
	escape       rune // what escapes a character; 0 when nothing does
}

func (c *cursor) position() Position { return Position{c.file, c.line, c.column} }

// rest returns what is left of the line.
func (c *cursor) rest() []rune {
	if c.line < 1 || c.line > len(c.lines) {
		return nil
	}
	line := c.lines[c.line-1]
	return line[min(c.column-1, len(line)):]
}

// find goes on to the next r, over white space and one character that escapes it. Where
// the YAML writes r in another way, it stays.
func (c *cursor) find(r rune) {
	next := *c
	for ; next.line <= len(next.lines); next.line, next.column = next.line+1, 1 {
		text := next.rest()
		for len(text) > 0 && unicode.IsSpace(text[0]) {
			text, next.column = text[1:], next.column+1
		}
		if len(text) == 0 || len(text) == 1 && text[0] == '\\' && c.escape == '\\' {
			continue // nothing, or an escaped line break
		}
		if len(text) > 1 && text[0] == c.escape && text[1] == r {
			text, next.column = text[1:], next.column+1
		}
		if text[0] == r {
			*c = next
		}
		return
	}
}
