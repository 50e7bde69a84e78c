package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

// lotusHooks runs the program as the shell would.
func lotusHooks(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), app.Env{
		Args: args, Getenv: func(string) string { return "" }, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs,
	})
	return status, out.String(), errs.String()
}

func TestRun(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "none.yaml")
	example := filepath.Join("..", "..", "hooks.example.yaml")
	for _, test := range []struct {
		name   string
		stdin  string
		args   []string
		status int
		stdout string // a regular expression
		stderr string
	}{
		{name: "Help", args: []string{"--help"}, stdout: `(?s)Usage:.*serve.*render`},
		{name: "NoCommand", stdout: `Usage:`},
		{name: "Version", args: []string{"version"}, stdout: `^devel\n$`},
		{name: "ID", args: []string{"id"}, stdout: `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n$`},
		{name: "Schema", args: []string{"schema"}, stdout: `"\$schema": "https://json-schema.org/draft/2020-12/schema"`},
		{name: "Completion", args: []string{"completion", "bash"}, stdout: `complete`},
		{name: "Render", stdin: `{"text":"hello <b>"}`, args: []string{"render", "generic"}, stdout: `^MESSAGE hello <b>\n$`},
		{name: "RenderHTML", stdin: `{"text":"hello"}`, args: []string{"render", "generic", "--html"}, stdout: `^<p><span data-mx-bg-color=`},
		{name: "RenderFallback", stdin: `not a sonarr payload`, args: []string{"render", "sonarr"}, stdout: `not a sonarr payload`, stderr: `told by the generic one`},
		{name: "RenderRequestFile", args: []string{"render", "grafana", filepath.Join("..", "..", "testdata", "payloads", "grafana", "transport-basic-auth.http")}, stdout: `^FIRING `},
		{name: "ErrUnknownCommand", args: []string{"sreve"}, status: 2, stderr: `unknown command "sreve"`},
		{name: "ErrUnknownFlag", args: []string{"serve", "--nope"}, status: 2, stderr: `unknown flag: --nope`},
		{name: "ErrTooFewArguments", args: []string{"render"}, status: 2, stderr: `accepts between 1 and 2 arg`},
		{name: "ErrTooManyWithHook", args: []string{"render", "--hook", "a", "b", "c"}, status: 2, stderr: `accepts at most 1 arg`},
		{name: "ErrRenderCustom", args: []string{"render", "custom"}, status: 1, stderr: `name the hook with --hook`},
		{name: "ErrReplayNothing", args: []string{"replay"}, status: 2, stderr: `name the webhooks, or --dead`},
		{name: "ErrUnknownService", args: []string{"render", "sonar"}, status: 1, stderr: `unknown service "sonar": use one of .*generic, grafana`},
		{name: "ErrUnknownShell", args: []string{"completion", "tcsh"}, status: 2, stderr: `unknown command "tcsh"`},
		{name: "ErrUnknownHelp", args: []string{"help", "import", "sreve"}, status: 2, stderr: `there is no command "sreve" below lotus-hooks import`},
		{name: "HelpOfCommand", args: []string{"help", "import", "matrixbot"}, stdout: `Usage:\s+lotus-hooks import matrixbot`},
		{name: "ErrTwoFormats", args: []string{"render", "grafana", "--json", "--html"}, status: 2, stderr: `--html and --json exclude each other`},
		{name: "ErrUnknownState", args: []string{"deliveries", "--state", "tld"}, status: 2, stderr: `unknown state "tld": use one of pending, held, planned, told, dead, replayed, filtered`},
		{name: "ErrLimit", args: []string{"dead", "-n", "0"}, status: 2, stderr: `--limit 0 lists nothing: use at least 1`},
		{name: "CompleteService", args: []string{"__complete", "render", ""}, stdout: `(?s)\bgrafana\n.*\buptime-kuma\n.*:4\n$`, stderr: `NoFileComp`},
		{name: "CompleteFile", args: []string{"__complete", "render", "grafana", ""}, stdout: `^:0\n$`, stderr: `Default`},
		{name: "CompleteState", args: []string{"__complete", "deliveries", "--state", ""}, stdout: `^pending\nheld\nplanned\ntold\ndead\nreplayed\nfiltered\n:4\n$`, stderr: `NoFileComp`},
		{name: "CompleteNoHooks", args: []string{"__complete", "-c", missing, "send", ""}, stdout: `^:4\n$`, stderr: `NoFileComp`},
		{name: "ErrNoConfig", args: []string{"-c", missing, "check"}, status: 1, stderr: `none\.yaml`},
		{name: "ErrExampleIDs", args: []string{"-c", example, "check"}, status: 1, stderr: `hooks\.example\.yaml:\d+:\d+: hooks\[0\]\.id: .*lotus-hooks id`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := lotusHooks(t, test.stdin, test.args...)
			if status != test.status {
				t.Errorf("exit status %d, want %d", status, test.status)
			}
			for _, stream := range []struct{ name, got, want string }{{"stdout", stdout, test.stdout}, {"stderr", stderr, test.stderr}} {
				if stream.want == "" && stream.got != "" || !regexp.MustCompile(stream.want).MatchString(stream.got) {
					t.Errorf("%s is %q, want %s", stream.name, stream.got, stream.want)
				}
			}
		})
	}
}

func TestRenderJSON(t *testing.T) {
	t.Parallel()
	status, stdout, _ := lotusHooks(t, `{"eventType":"Test"}`, "render", "sonarr", "--json")
	var got struct {
		Service, Formatter string
		Fallback           *bool
		Notification       map[string]any
		Event              map[string]any
	}
	if err := json.Unmarshal([]byte(stdout), &got); status != 0 || err != nil {
		t.Fatalf("status %d, %v:\n%s", status, err, stdout)
	}
	if got.Service != "sonarr" || got.Formatter != "sonarr" || got.Fallback == nil || *got.Fallback ||
		got.Notification["status"] != "test" || got.Event["msgtype"] != "m.notice" || got.Event["m.mentions"] == nil {
		t.Errorf("got %s", stdout)
	}
}

// TestRegistrationAndCheck sets a configuration up as a newcomer does.
func TestRegistrationAndCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config, registration := filepath.Join(dir, "hooks.yaml"), filepath.Join(dir, "registration.yaml")
	write := func(filter string) {
		_, id, _ := lotusHooks(t, "", "id")
		text := `homeserver: {url: http://127.0.0.1:8008, domain: example.org}
appservice: {registration: registration.yaml}
database: sqlite:lotus-hooks.db
hooks:
  - id: ` + strings.TrimSpace(id) + `
    service: grafana
    room: "!room"
    filter: '` + filter + `'
`
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("severity > info")
	if status, _, stderr := lotusHooks(t, "", "-c", config, "registration", "-o", registration); status != 0 {
		t.Fatal(stderr)
	}
	info, err := os.Stat(registration)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the registration has mode %v (%v), want 600", info.Mode(), err)
	}
	if status, stdout, stderr := lotusHooks(t, "", "-c", config, "check"); status != 0 || !strings.Contains(stdout, "is good: 1 hook") {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
	for _, args := range [][]string{{"send"}, {"render", "--hook"}, {"dead", "--hook"}, {"incidents", "--hook"}} {
		args = append(append([]string{"__complete", "-c", config}, args...), "")
		if _, stdout, stderr := lotusHooks(t, "", args...); stdout != "grafana\n:4\n" {
			t.Errorf("%v completes %q: %s", args, stdout, stderr)
		}
	}
	if status, stdout, stderr := lotusHooks(t, "", "-c", config, "deliveries"); status != 1 || !strings.Contains(stderr, "there is no database yet") {
		t.Errorf("deliveries: status %d: %s%s", status, stdout, stderr)
	}
	write("severty > info'\n    unknown_key: '")
	status, _, stderr := lotusHooks(t, "", "-c", config, "check")
	for _, want := range []string{"hooks.yaml:8:14: hooks[0].filter: unknown name severty", "hooks.yaml:9:5: hooks[0].unknown_key: unknown key"} {
		if status != 1 || !strings.Contains(stderr, want) {
			t.Errorf("status %d, want 1 and, with all else, %q:\n%s", status, want, stderr)
		}
	}
}
