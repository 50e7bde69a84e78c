package config_test

import (
	"path/filepath"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	err := config.Errors{
		{Position: config.Position{File: "hooks.yaml", Line: 12, Column: 5}, Path: "hooks[2].filter", Message: "is wrong", Remedy: "correct it"},
		{Position: config.Position{File: "hooks.yaml"}, Message: "is empty"},
	}
	if got, want := err.Error(), "hooks.yaml:12:5: hooks[2].filter: is wrong: correct it\nhooks.yaml: is empty"; got != want {
		t.Errorf("error:\n%s\nwant:\n%s", got, want)
	}
}

// Those who find out later than Load say it in the same way.
func TestConfigProblem(t *testing.T) {
	t.Parallel()
	c := load(t, hook("user: {name: A}"))
	dir := filepath.Dir(c.Appservice.RegistrationFile)
	for path, want := range map[string]string{
		"hooks[0].user.name":   "hooks.yaml:6:19: hooks[0].user.name: m: r",
		"hooks[0].user.avatar": "hooks.yaml:6:12: hooks[0].user.avatar: m: r", // not written: its parent's place
		"metrics.listen":       "hooks.yaml:1:1: metrics.listen: m: r",
	} {
		if got := linesOf([]config.Problem{c.Problem(path, "m", "r")}, dir)[0]; got != want {
			t.Errorf("problem = %s, want %s", got, want)
		}
	}
}
