package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// FuzzLoad: any file loads or is refused with problems that say where and what. Shrinking
// what it finds takes long; -fuzzminimizetime=20x does not.
func FuzzLoad(f *testing.F) {
	example, err := os.ReadFile(exampleFile)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))
	f.Add(minimal)
	f.Add(base + "  - &a {id: x, routes: [&r {when: \"a\\\"\\u0041\", mention: [&m '@room', *m]}, {<<: [*r, *r]}]}\n  - <<: *a\n")
	f.Add("a: &a [*a]\nhooks: &h [*h]\nrooms: &r {<<: *r}\n")
	f.Add("hooks: [{filter: &f |2-\n    a\n\n b, when: >+\n c}]\n? {}\n: !x\n")
	f.Add(base + "  - {rate: 30/min, answer: {body: ''}, auth: {bearer: [a, *x], hmac_file: [[], {}], allow_from: [::/0, 1/2]}}\n")
	f.Add("\xff\xfeh\x00")
	f.Fuzz(func(t *testing.T, hooks string) {
		dir := directory(t, hooks)
		path := filepath.Join(dir, "hooks.yaml")
		c, err := config.Load(path, environment("HOME", "/root"))
		if err == nil {
			for _, h := range c.Hooks {
				for line := range 3 {
					h.Filter.At(line, len(h.Filter.Source))
				}
			}
			return
		}
		var problems config.Errors
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("error is %T %v, want problems", err, err)
		}
		for _, p := range problems {
			if p.File == "" || p.Message == "" || p.Line < 0 || (p.Line > 0) != (p.Column > 0) || p.Line == 0 && p.Path != "" {
				t.Errorf("problem without a place or a message: %+v", p)
			}
		}
		if _, err := config.LoadRegistrationParams(path, environment()); err != nil && !errors.As(err, &problems) {
			t.Errorf("registration: error is %T, want problems", err)
		}
	})
}
