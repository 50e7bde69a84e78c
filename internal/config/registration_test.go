package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// counting yields the bytes 0, 1, 2 …
type counting struct{ next byte }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = c.next
		c.next++
	}
	return len(p), nil
}

func TestRegistrationRoundTrip(t *testing.T) {
	t.Parallel()
	dir := directory(t, minimal)
	hooks := filepath.Join(dir, "hooks.yaml")
	file := filepath.Join(dir, "registration.yaml")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}

	params, err := config.LoadRegistrationParams(hooks, environment())
	if err != nil {
		t.Fatal(err)
	}
	want := config.RegistrationParams{URL: "http://127.0.0.1:9002", UserPrefix: "hookshot_", Domain: "example.org"}
	if diff := cmp.Diff(want, params); diff != "" {
		t.Errorf("params (-want +got):\n%s", diff)
	}
	made, err := config.NewRegistration(params, &counting{})
	if err != nil {
		t.Fatal(err)
	}
	if got := made.HSToken.Reveal(); !strings.HasPrefix(got, "202122") || len(got) != 64 {
		t.Errorf("hs_token = %s, want the second 32 random bytes in hexadecimal digits", got)
	}
	if err := made.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, want 0600", info.Mode())
	}

	c, err := config.Load(hooks, environment())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made, c.Appservice.Registration); diff != "" {
		t.Errorf("written and read again (-want +got):\n%s", diff)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warnings = %v, want none", c.Warnings)
	}
	if err := made.WriteFile(file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("writing again = %v, want fs.ErrExist", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".registration-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

func TestRegistrationYAML(t *testing.T) {
	t.Parallel()
	r, err := config.NewRegistration(config.RegistrationParams{ID: "it's", SenderLocalpart: "hooks", UserPrefix: "_w.", Domain: "matrix.example.org:8448"}, &counting{})
	if err != nil {
		t.Fatal(err)
	}
	text := string(r.YAML())
	for _, line := range []string{
		"id: 'it''s'", "url: null", "rate_limited: false", "io.element.msc4190: true",
		`      regex: '@_w\..*:matrix\.example\.org:8448'`, `      regex: '@hooks:matrix\.example\.org:8448'`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("the file has no line %s:\n%s", line, text)
		}
	}
}

func TestNewRegistrationErrNoRandomness(t *testing.T) {
	t.Parallel()
	cause := errors.New("no randomness")
	if _, err := config.NewRegistration(config.RegistrationParams{}, iotest.ErrReader(cause)); !errors.Is(err, cause) {
		t.Errorf("error = %v, want %v", err, cause)
	}
}

func TestLoadRegistrationParams(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, hooks, want string }{
		{"OKWhateverElseIsWrong", "homeserver: {url: 'http://h', domain: example.org}\nappservice: {listen: ':1'}\nhooks: [{id: 1}]\nx: y\n", ""},
		{"ErrDomainMissing", "homeserver: {url: 'http://h'}\n", "hooks.yaml:1:1: appservice: is missing: add it, as in appservice: {registration: /etc/matrix-synapse/lotus-hooks.yaml}\nhooks.yaml:1:13: homeserver.domain: is missing: add it, as in domain: example.org"},
		{"ErrSyntax", "{", "hooks.yaml:2:1: is not YAML: did not find expected node content"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, test.hooks)
			_, err := config.LoadRegistrationParams(filepath.Join(dir, "hooks.yaml"), environment())
			var problems config.Errors
			errors.As(err, &problems)
			if got := strings.Join(linesOf(problems, dir), "\n"); got != test.want {
				t.Errorf("error:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}
