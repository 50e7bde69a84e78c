package config

import (
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Load reads the configuration at path, the files that it refers to and, by env, the
// environment (os.Getenv). The error is of type Errors and says all that is wrong, including
// what check, where it is given, finds in a configuration that may be wrong elsewhere.
func Load(path string, env func(string) string, check ...func(*Config) Errors) (*Config, error) {
	d := newDecoder(path, env)
	c := &Config{report: d.report}
	if d.read(reflect.ValueOf(c).Elem()) {
		d.registration(c)
		c.resolve(d)
		c.validate()
		c.warnOf(d)
		for _, find := range check {
			for _, p := range find(c) {
				if !slices.ContainsFunc(d.problems, func(have Problem) bool { return have.Path == p.Path }) {
					d.problems = append(d.problems, p)
				}
			}
		}
	}
	if len(d.problems) > 0 {
		return nil, Errors(sorted(d.problems))
	}
	c.Warnings = sorted(d.warnings)
	return c, nil
}

// LoadRegistrationParams reads from the configuration at path what a registration is made
// of. Unlike Load it works before the registration, or anything else but the sections
// homeserver and appservice, is there. The error is of type Errors.
func LoadRegistrationParams(path string, env func(string) string) (RegistrationParams, error) {
	d := newDecoder(path, env)
	c := &Config{report: d.report}
	if d.read(reflect.ValueOf(c).Elem()) {
		c.validateHomeserver()
		c.validateUserPrefix()
	}
	var problems Errors
	for _, p := range sorted(d.problems) {
		section, _, _ := strings.Cut(p.Path, ".")
		if section == "" || section == "homeserver" || section == "appservice" && p.Path != "appservice.registration" {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return RegistrationParams{}, problems
	}
	return RegistrationParams{
		URL:        "http://" + c.Appservice.Listen.local(),
		UserPrefix: c.Appservice.UserPrefix,
		Domain:     c.Homeserver.Domain,
	}, nil
}

func newDecoder(path string, env func(string) string) *decoder {
	return &decoder{
		report: &report{file: path, positions: map[string]Position{}},
		dir:    filepath.Dir(path),
		env:    env,
	}
}

// read reads the decoder's file into a section; false when there is nothing to go on with.
func (d *decoder) read(v reflect.Value) bool {
	data, mode, err := readFile(d.file)
	if err != nil {
		d.problem("", cause(err), "")
		return false
	}
	d.exposed = readableByAll(mode)
	for line := range strings.Lines(string(data)) {
		d.lines = append(d.lines, []rune(strings.TrimRight(line, "\r\n")))
	}
	var document yaml.Node
	if err := yaml.Load(data, &document); err != nil {
		d.problems = append(d.problems, d.syntaxProblem(err))
		return false
	}
	root := follow(document.Content[0])
	d.positions[""] = d.position(root)
	d.section(root, v, "")
	if d.nodes >= maxNodes {
		d.problems = nil // what follows from reading only a part
		d.problem("", "is too large with its aliases followed", "use fewer aliases")
		return false
	}
	return true
}

// syntaxProblem words what the YAML parser says, without text of the file: what stands in
// the wrong place may be a secret.
func (d *decoder) syntaxProblem(err error) Problem {
	p := Problem{Position: Position{File: d.file}, Message: "is not YAML"}
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return p
	}
	p.Line, p.Column = load.Mark.Line, load.Mark.Column
	switch m := load.Message; {
	case strings.Contains(m, "no documents"):
		p.Message, p.Remedy = "is empty", "hooks.example.yaml shows how to begin"
	case strings.Contains(m, "found multiple"):
		p.Message, p.Remedy = "holds more than one document", "take out the lines ---"
	case strings.HasPrefix(m, "unknown anchor"):
		p.Message, p.Remedy = "is not YAML: unknown anchor behind a *", "put text that begins with * in quotes"
	case strings.Contains(m, "cannot start any token"):
		at := cursor{lines: d.lines, line: p.Line, column: p.Column}
		if sign := at.rest(); len(sign) > 0 && sign[0] == '\t' {
			p.Message, p.Remedy = "is not YAML: begins with a tab", "indent with spaces"
			break
		}
		p.Message, p.Remedy = "is not YAML: text cannot begin with this sign", "put it in quotes"
	case strings.Contains(m, "mapping values are not allowed"):
		p.Message, p.Remedy = "is not YAML: a second key or colon in one place", "check the indentation, and put text with a colon in quotes"
	case !strings.ContainsAny(m, "'`\""), strings.HasPrefix(m, "did not find expected"):
		p.Message += ": " + m
	}
	return p
}
