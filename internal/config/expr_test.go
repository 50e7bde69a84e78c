package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// TestExprAt finds a mark of the source, "@@" in its line and column, where it stands in
// the file, however the YAML writes it.
func TestExprAt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, yaml string }{
		{"Plain", "filter: severity > @@"},
		{"PlainWithQuotes", "filter: event == '' || x == \"\" || @@"},
		{"PlainOfTwoLines", "filter: severity > 1 &&\n      severity < @@"},
		{"SingleQuoted", "filter: 'subject == ''it''''s'' || @@'"},
		{"DoubleQuoted", `filter: "subject == \"it\\d\" || @@"`},
		{"DoubleQuotedOfTwoLines", "filter: \"severity > 1 && \\\n      severity < @@\""},
		{"Literal", "filter: |\n      severity > 1\n\n        && severity < @@\n      && true"},
		{"LiteralStripped", "filter: |- # why\n      // @ a comment\n      @@"},
		{"Folded", "filter: >\n      severity > 1 &&\n      severity < @@\n"},
		{"BehindAnchor", "filter: &loud severity > @@"},
		{"BehindTag", "filter: !!str &a 'severity > @@'"},
		{"BehindWideCharacters", "filter: subject == 'Flüsse — 日本' && @@"},
		{"Alias", "name: &f severity > @@\n    filter: *f"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := base + "  - id: " + anID + "\n    service: generic\n    room: spam\n    " + test.yaml + "\n"
			c := load(t, text)
			filter := c.Hooks[0].Filter
			before, _, found := strings.Cut(filter.Source, "@@")
			if !found {
				t.Fatalf("the source %q has no mark", filter.Source)
			}
			line := strings.Count(before, "\n") + 1
			column := len([]rune(before[strings.LastIndex(before, "\n")+1:]))

			fileBefore, _, _ := strings.Cut(text, "@@")
			want := config.Position{
				File:   filepath.Join(filepath.Dir(c.Appservice.RegistrationFile), "hooks.yaml"),
				Line:   strings.Count(fileBefore, "\n") + 1,
				Column: len([]rune(fileBefore[strings.LastIndex(fileBefore, "\n")+1:])) + 1,
			}
			if got := filter.At(line, column); got != want {
				t.Errorf("%d:%d of %q is at %v, want %v", line, column, filter.Source, got, want)
			}
		})
	}
}

func TestExprProblem(t *testing.T) {
	t.Parallel()
	c := load(t, hook("routes: [{when: severty > info}]"))
	when := c.Hooks[0].Routes[0].When
	for _, test := range []struct {
		name         string
		line, column int
		want         string
	}{
		{"OK", 1, 10, "hooks.yaml:6:32: hooks[0].routes[0].when: unknown name: did you mean it?"},
		{"OKBehindTheEnd", 9, 99, "hooks.yaml:6:36: hooks[0].routes[0].when: unknown name: did you mean it?"},
		{"OKBeforeTheStart", 0, -1, "hooks.yaml:6:22: hooks[0].routes[0].when: unknown name: did you mean it?"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := when.Problem(test.line, test.column, "unknown name", "did you mean it?")
			if got := linesOf([]config.Problem{p}, filepath.Dir(c.Appservice.RegistrationFile))[0]; got != test.want {
				t.Errorf("problem = %s, want %s", got, test.want)
			}
		})
	}
	if p := (config.Expr{}).At(1, 0); p != (config.Position{}) {
		t.Errorf("no expression is at %v", p)
	}
}
