package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// secrets are those of loadSecrets.
var secrets = []string{
	anID, "as-token-of-the-test", "hs-token-of-the-test", "hunter2", "dsn-password",
	"bearer-of-the-test", "basic-of-the-test", "value-of-the-test", "key-of-the-test",
}

func loadSecrets(t *testing.T) *config.Config {
	t.Helper()
	return load(t, strings.Replace(minimal, "room: spam}", `room: spam, auth: {bearer: [bearer-of-the-test],
      header: {name: X-Token, value: value-of-the-test}, hmac: key-of-the-test, scheme: github}}
  - {id: 6ac4f0b2-93be-4d6f-8a1e-7c0d2b9f61e3, name: b, service: generic, room: spam, auth: {basic: {user: u, password: basic-of-the-test}}}`, 1)+"bot: {user: '@bot:example.org', password: hunter2}\ndatabase: postgres://u:dsn-password@db/x\n")
}

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	c := loadSecrets(t)
	kept := struct{ hidden config.Secret }{c.Hooks[0].ID} // where fmt calls no methods
	var out bytes.Buffer
	for _, v := range []any{c, *c, c.Hooks, c.Hooks[0].Auth, *c.Hooks[0].Auth, *c.Hooks[0].Auth.Header, c.Hooks[1].Auth.Basic, c.Hooks[0].ID, &c.Hooks[0].ID, c.Bot, c.Database, c.Appservice.Registration, kept} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			t.Fatal(err)
		}
		marshalled, err := yaml.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(marshalled)
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "v", v)
	}
	for _, s := range secrets {
		for _, shown := range []string{s, fmt.Sprintf("%x", s)} {
			if i := strings.Index(out.String(), shown); i >= 0 {
				t.Errorf("%s is printed: …%s", s, out.String()[max(i-80, 0):i+len(shown)])
			}
		}
	}
	if !strings.Contains(out.String(), "[secret]") {
		t.Error("nothing shows that there are secrets")
	}
}

func TestSecretIsNeverInProblems(t *testing.T) {
	t.Parallel()
	// Each secret is wrong in a way that the check of its value finds.
	dir := directory(t, base+
		"  - {id: not/hunter2, service: generic, room: spam}\n"+
		"  - {id: [hunter2], name: b, service: generic, room: spam}\n"+
		"  - {id: hunter2, name: c, service: generic, room: spam, id_file: hunter2}\n"+
		"database: hunter2://x\n"+
		"bot: {user: '@b:example.org', password: {hunter2: hunter2}, token: '${hunter2'}\n")
	lines := strings.Join(problemsOf(t, dir, environment()), "\n")
	if n := strings.Count(lines, "\n") + 1; n < 5 {
		t.Errorf("only %d problems are found:\n%s", n, lines)
	}
	if strings.Contains(lines, "hunter2") {
		t.Errorf("a secret is shown:\n%s", lines)
	}
}

func TestSecretSources(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, field, file string
		want              string
	}{
		{"OKInline", "password: 'a b'", "", "a b"},
		{"OKFile", "password_file: secret", "from a file\n", "from a file"},
		{"OKFileWithCRLF", "password_file: secret", "from a file\r\n", "from a file"},
		{"OKFileKeepsOtherSpace", "password_file: secret", " two lines\n\n", " two lines\n"},
		{"OKFileIsNotExpanded", "password_file: secret", "${PASSWORD}", "${PASSWORD}"},
		{"OKCredential", "password_file: '${CREDENTIALS_DIRECTORY}/secret'", "from systemd", "from systemd"},
		{"OKEnvironment", "password: '${PASSWORD}'", "", "from the environment"},
		{"OKEnvironmentWithin", "password: 'a-${PASSWORD}-${NOWHERE:-b}-${NOWHERE:-}$'", "", "a-from the environment-b-$"},
		{"OKLiteral", "password: '$${PASSWORD}'", "", "${PASSWORD}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, minimal+"bot: {user: '@bot:example.org', "+test.field+"}\n", "secret", test.file)
			c, err := config.Load(filepath.Join(dir, "hooks.yaml"), environment("PASSWORD", "from the environment", "CREDENTIALS_DIRECTORY", dir))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Bot.Password.Reveal(); got != test.want {
				t.Errorf("password = %q, want %q", got, test.want)
			}
		})
	}
}

// A hook's own secret takes the place of a merged one, even when one of them is a file.
func TestSecretMerged(t *testing.T) {
	t.Parallel()
	c := load(t, base+"  - &a {id: "+anID+", service: generic, room: spam}\n  - {<<: *a, id_file: id, name: b}\n", "id", "another-id-0f1d7be5-6a4e-4c77-9a55-93d1c1a0d2f4\n")
	if got := c.Hooks[1].ID.Reveal(); !strings.HasPrefix(got, "another-id") {
		t.Errorf("id = %q, want the one of the file", got)
	}
	if c.Hooks[0].ID.Reveal() != anID || c.Hooks[1].Service != "generic" {
		t.Errorf("hooks = %+v", c.Hooks)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		hooks string
		open  string // a file that every user may read
		want  []string
	}{
		{"OK", minimal, "", nil},
		{"OKNotGuessable", strings.Replace(minimal, anID, "r4nDomChar5ofBase62XyQwEz", 1), "", nil},
		{"OKSecretElsewhere", strings.Replace(minimal, "id: "+anID, "id_file: id", 1), "hooks.yaml", nil},
		{"GuessableWord", strings.Replace(minimal, anID, "grafana-alerts", 1), "", []string{
			"hooks.yaml:5:10: hooks[0].id: can be guessed, and whoever knows it can post: `lotus-hooks id` prints a fresh one; its service must then be told the new address"}},
		{"GuessableUUIDOfAClock", strings.Replace(minimal, "-4d6f-", "-1d6f-", 1), "", []string{
			"hooks.yaml:5:10: hooks[0].id: can be guessed, and whoever knows it can post: `lotus-hooks id` prints a fresh one; its service must then be told the new address"}},
		{"GuessableUUIDOfOnes", strings.Replace(minimal, anID, "11111111-1111-4111-8111-111111111111", 1), "", []string{
			"hooks.yaml:5:10: hooks[0].id: can be guessed, and whoever knows it can post: `lotus-hooks id` prints a fresh one; its service must then be told the new address"}},
		{"OpenConfig", minimal, "hooks.yaml", []string{
			"hooks.yaml:5:10: hooks[0].id: is a secret in a file that every user can read: chmod 600 hooks.yaml"}},
		{"OpenSecret", strings.Replace(minimal, "id: "+anID, "id_file: id", 1), "id", []string{
			"hooks.yaml:5:15: hooks[0].id_file: is the path of a file that every user can read: chmod 600 id"}},
		{"OpenRegistration", minimal, "registration.yaml", []string{
			"hooks.yaml:2:28: appservice.registration: is the path of a file that every user can read: chmod o-r registration.yaml"}},
		{"NoHooks", "homeserver: {url: 'http://h', domain: example.org}\nappservice: {registration: registration.yaml}\n", "", []string{
			"hooks.yaml:1:1: hooks: there are none, so nothing is told"}},
		{"Rooms", strings.Replace(minimal, `{spam: "!spam"}`, `{spam: "!spam", unused: "!u", zwin: "!spam"}`, 1), "", []string{
			"hooks.yaml:3:32: rooms.unused: no hook uses this room",
			"hooks.yaml:3:44: rooms.zwin: no hook uses this room",
			"hooks.yaml:3:44: rooms.zwin: is the same room as rooms.spam: use one name, or the order of the two may differ"}},
		{"Profiles", base + "  - {id: " + anID + ", service: generic, room: spam, user: {name: A}}\n  - {id: x" + anID + ", name: b, service: generic, room: ops, user: {name: B}}\n", "", []string{
			"hooks.yaml:6:100: hooks[1].user.name: is another name for the virtual user of hooks[0]: give one of them a localpart of its own"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, test.hooks, "id", anID)
			if test.open != "" {
				if err := os.Chmod(filepath.Join(dir, test.open), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			c, err := config.Load(filepath.Join(dir, "hooks.yaml"), environment())
			if err != nil {
				t.Fatal(err)
			}
			if got, want := strings.Join(linesOf(c.Warnings, dir), "\n"), strings.Join(test.want, "\n"); got != want {
				t.Errorf("warnings:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
