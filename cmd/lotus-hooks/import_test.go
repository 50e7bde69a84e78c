package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestImportMatrixbot takes over the Python bot's files, twice, and says what it does not know.
func TestImportMatrixbot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	config := write("hooks.yaml", `homeserver: {url: http://127.0.0.1:8008, domain: example.org}
appservice: {registration: registration.yaml}
database: sqlite:lotus-hooks.db
bot: {user: "@bot:example.org", token: t}
`)
	if status, _, stderr := lotusHooks(t, "", "-c", config, "registration", "-o", filepath.Join(dir, "registration.yaml")); status != 0 {
		t.Fatal(stderr)
	}
	stats := write("wordle_stats.json", `{"@ann:example.org": {"played": 3, "wins": 2, "mood": "good"}, "@bob:example.org": {"played": 1}}`)
	state := write("welcome_state.json", `{"dm_welcome_messages": {"$e": {"user": "@ann:example.org", "room": "!dm"}}, "welcomed": ["@bob:example.org", 7, "all"]}`)
	broken := write("broken.json", "{")

	run := func(args ...string) (int, string, string) {
		return lotusHooks(t, "", append([]string{"-c", config, "import"}, args...)...)
	}
	if status, _, stderr := run("matrixbot", "--wordle", stats); status != 1 || !strings.Contains(stderr, "there is no database yet") {
		t.Errorf("without a database: %d %s", status, stderr)
	}
	if err := storetest.Open(t, "sqlite:"+filepath.Join(dir, "lotus-hooks.db")).Close(); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`^\S+stats.json: @ann:example.org: mood: not known, left out
\S+stats.json: the statistics of 2 players taken over
\S+state.json: welcomed\[2\]: not understood, left out
\S+state.json: 2 members who were greeted taken over
\S+state.json: of 1 of them the greeting is known, and a ✅ on it still invites them
$`,
		`the statistics of 0 players taken over; 2 were before\n(?s).* 0 members who were greeted taken over; 2 were before`,
	} {
		status, stdout, stderr := run("matrixbot", "--wordle", stats, "--welcome", state)
		if status != 0 || !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("run %d: %d %s\n%s", i+1, status, stderr, stdout)
		}
	}
	for name, test := range map[string]struct {
		args   []string
		status int
		stderr string
	}{
		"Nothing":  {[]string{"matrixbot"}, 2, "name the files"},
		"Argument": {[]string{"matrixbot", stats}, 2, "unknown command"},
		"NoFile":   {[]string{"matrixbot", "--welcome", filepath.Join(dir, "none")}, 1, "no such file"},
		"Broken":   {[]string{"matrixbot", "--wordle", broken, "--welcome", broken}, 1, "broken.json: read welcome state"},
	} {
		if status, _, stderr := run(test.args...); status != test.status || !strings.Contains(stderr, test.stderr) {
			t.Errorf("%s: status %d, %s", name, status, stderr)
		}
	}
}
