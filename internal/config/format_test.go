package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// customHook returns a file with one custom hook, which has these fields besides; they
// begin in line 6.
func customHook(fields string) string {
	return strings.Replace(hook(fields), "service: generic", "service: custom", 1)
}

func TestFormat(t *testing.T) {
	t.Parallel()
	c := load(t, base+`
  - id: `+anID+`
    name: Back Ups!
    service: custom
    room: spam
    format:
      loud: true
      facts: {Size (GB): payload.size, "2": 'payload.n', A.b: '"x"'}
      incident: {state: '"open"', key: payload.host}
      subject: |
        // why
        payload.host
      status: '"it''s"'
      links: {Open: payload.url}
      labels:
        team: payload.team
`)
	h := c.Hooks[0]
	if got := c.UserID(h); got != "@hookshot_backups:example.org" {
		t.Errorf("it is told by %s", got)
	}
	var got []string
	for _, e := range h.Format.Exprs() {
		got = append(got, e.Name+" = "+e.Source+" at "+e.Path)
	}
	want := []string{ // in the order of the type, and below that of the file
		`status = "it's" at hooks[0].format.status`,
		"subject = // why\npayload.host at hooks[0].format.subject",
		"facts.Size (GB) = payload.size at hooks[0].format.facts.Size (GB)",
		"facts.2 = payload.n at hooks[0].format.facts.2",
		`facts.A.b = "x" at hooks[0].format.facts.A.b`,
		"links.Open = payload.url at hooks[0].format.links.Open",
		"incident.key = payload.host at hooks[0].format.incident.key",
		`incident.state = "open" at hooks[0].format.incident.state`,
		"labels.team = payload.team at hooks[0].format.labels.team",
		"loud = true at hooks[0].format.loud",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("expressions (-want +got):\n%s", diff)
	}
	if all := (*config.Format)(nil).Exprs(); all != nil {
		t.Errorf("no format has %v", all)
	}
}

func TestLoadWrongFormat(t *testing.T) {
	t.Parallel()
	const write = "say what its messages show, as in format: {subject: payload.host}"
	for _, test := range []struct {
		name, hooks string
		want        []string
	}{
		{"ErrMissing", customHook("name: a"), []string{"hooks.yaml:5:5: hooks[0].format: is missing: " + write}},
		{"ErrEmpty", customHook("format: {}"), []string{"hooks.yaml:6:14: hooks[0].format: is empty: " + write}},
		{"ErrNull", customHook("format: "), []string{"hooks.yaml:6:14: hooks[0].format: is empty: " + write}},
		{"ErrOfOtherService", hook("format: {status: payload.x}"), []string{
			"hooks.yaml:6:14: hooks[0].format: is for hooks of service: custom only: leave it out, or change the service"}},
		{"ErrUnknownField", customHook("format: {statsu: payload.x}"), []string{
			`hooks.yaml:6:15: hooks[0].format.statsu: unknown key: did you mean "status"?`}},
		{"ErrTwice", customHook("format: {facts: {A: x, A: y}}"), []string{
			"hooks.yaml:6:29: hooks[0].format.facts.A: is given twice, first in line 6: keep one"}},
		{"ErrNumber", customHook("format: {status: 5}"), []string{
			"hooks.yaml:6:23: hooks[0].format.status: is a number, not text: put it in quotes"}},
		{"ErrMap", customHook("format: {facts: {A: {value: x}}}"), []string{
			"hooks.yaml:6:26: hooks[0].format.facts.A: is a mapping, not text: put it in quotes, if it is text with a colon or braces"}},
		{"ErrFactsNoMapping", customHook("format: {facts: payload}"), []string{
			"hooks.yaml:6:22: hooks[0].format.facts: is text, not a mapping: write it as lines of key: value below it"}},
		{"ErrFactWithoutName", customHook("format: {facts: {'': x}, status: y}"), []string{
			"hooks.yaml:6:23: hooks[0].format.facts.: has an empty name: give it one"}},
		{"ErrNoKey", customHook("format: {incident: {state: x}}"), []string{
			"hooks.yaml:6:25: hooks[0].format.incident.key: is missing: add it, as in key: payload.host"}},
		{"ErrUnknownService", strings.Replace(customHook("format: {status: x}"), "custom", "custm", 1), []string{
			`hooks.yaml:5:57: hooks[0].service: unknown service "custm": did you mean "custom"?`}},
		{"ErrLongName", customHook("format: {status: x}, name: " + strings.Repeat("a", 240)), []string{
			"hooks.yaml:6:33: hooks[0].name: makes a user id of more than 255 bytes: shorten it, or give it a user.localpart"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, problemsOf(t, directory(t, test.hooks), environment())); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
