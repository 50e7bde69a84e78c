package config_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

const registration = `id: lotus-hooks
url: http://127.0.0.1:9002
as_token: as-token-of-the-test
hs_token: hs-token-of-the-test
sender_localpart: lotus-hooks
rate_limited: false
io.element.msc4190: true
namespaces:
  users:
    - {exclusive: true, regex: '@hookshot_.*:example\.org'}
`

// minimal is the shortest file that works.
const minimal = `homeserver: {url: "http://127.0.0.1:8008", domain: example.org}
appservice: {registration: registration.yaml}
rooms: {spam: "!spam"}
hooks:
  - {id: 5ac4f0b2-93be-4d6f-8a1e-7c0d2b9f61e3, service: generic, room: spam}
`

const anID = "5ac4f0b2-93be-4d6f-8a1e-7c0d2b9f61e3"

// directory returns a new directory with hooks.yaml, registration.yaml and other files,
// that only their owner can read.
func directory(t testing.TB, hooks string, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("hooks.yaml", hooks)
	write("registration.yaml", registration)
	for i := 0; i+1 < len(files); i += 2 {
		write(files[i], files[i+1])
	}
	return dir
}

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func load(t testing.TB, hooks string, files ...string) *config.Config {
	t.Helper()
	c, err := config.Load(filepath.Join(directory(t, hooks, files...), "hooks.yaml"), environment())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// linesOf returns problems with paths relative to dir.
func linesOf(problems []config.Problem, dir string) []string {
	var lines []string
	for _, p := range problems {
		lines = append(lines, strings.ReplaceAll(p.String(), dir+string(filepath.Separator), ""))
	}
	return lines
}

func problemsOf(t testing.TB, dir string, env func(string) string) []string {
	t.Helper()
	_, err := config.Load(filepath.Join(dir, "hooks.yaml"), env)
	var problems config.Errors
	if err != nil && !errors.As(err, &problems) {
		t.Fatalf("error is %T, want config.Errors", err)
	}
	return linesOf(problems, dir)
}

func TestLoadMinimal(t *testing.T) {
	t.Parallel()
	dir := directory(t, minimal)
	c, err := config.Load(filepath.Join(dir, "hooks.yaml"), environment())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warnings = %v, want none", c.Warnings)
	}
	got := map[string]any{
		"timezone": c.Timezone.String(), "prefix": c.Appservice.UserPrefix, "database": c.Database.Reveal(),
		"listen":          []config.Address{c.Console.Listen, c.Appservice.Listen, c.Gateway.Listen, c.Metrics.Listen},
		"max body":        int64(c.Gateway.MaxBody),
		"max connections": c.Gateway.MaxConnections,
		"retention":       time.Duration(c.Retention), "max age": time.Duration(c.MaxAge),
		"log": []any{c.Log.Level, c.Log.Format}, "bot": c.Bot == nil,
		"hook":         []any{c.Hooks[0].Name, c.Hooks[0].User, c.Hooks[0].Get, c.Hooks[0].Wait, c.Hooks[0].ID.Reveal()},
		"room":         c.RoomReference(c.Hooks[0].Room),
		"user":         c.UserID(c.Hooks[0]),
		"registration": c.Appservice.RegistrationFile,
		"token":        c.Appservice.Registration.ASToken.Reveal(),
	}
	want := map[string]any{
		"timezone": "UTC", "prefix": "hookshot_", "database": "sqlite:/var/lib/lotus-hooks/lotus-hooks.db",
		"listen":          []config.Address{"127.0.0.1:9001", "127.0.0.1:9002", ":9003", ":9004"},
		"max body":        int64(2 << 20),
		"max connections": 1024,
		"retention":       14 * 24 * time.Hour, "max age": 7 * 24 * time.Hour,
		"log": []any{slog.LevelInfo, "text"}, "bot": true,
		"hook":         []any{"generic", config.User{Localpart: "generic"}, false, false, anID},
		"room":         "!spam",
		"user":         "@hookshot_generic:example.org",
		"registration": filepath.Join(dir, "registration.yaml"),
		"token":        "as-token-of-the-test",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("loaded (-want +got):\n%s", diff)
	}
}

func TestLoadFull(t *testing.T) {
	t.Parallel()
	c := load(t, `
timezone: America/New_York
homeserver: {url: "https://matrix.example.org/", domain: "example.org"}
appservice: {registration: registration.yaml, user_prefix: hookshot_, listen: "127.0.0.1:19002"}
gateway: {listen: ":19003", public_url: https://matrix.example.org/hooks/, max_body: 1mb, max_connections: 5, wait: true}
metrics: {listen: ":19004"}
console: {listen: "[::1]:19001"}
database: sqlite:lotus-hooks.db
retention: 30d
max_age: 1d12h
rooms: {spam: "!spam", ops: "#ops:example.org"}
x-shared: &shared {service: generic, room: spam, wait: false, filter: severity > info}
hooks:
  - <<: *shared
    id: `+anID+`
    name: first
    user: {localpart: first, name: First, avatar: first.png}
    get: true
    routes:
      - {when: severity == critical, room: ops, mention: ["@room", "@kim:example.org"], continue: true}
      - {when: true}
  - id: 0f1d7be5-6a4e-4c77-9a55-93d1c1a0d2f4
    service: generic
    room: "!other"
    user: {avatar: shipped.png}
bot: {user: "@lotusbot:example.org", password: p}
log: {level: debug, format: json}
`, "first.png", "a picture")
	dir := filepath.Dir(c.Appservice.RegistrationFile)
	first, second := c.Hooks[0], c.Hooks[1]
	got := []any{
		c.Timezone.String(), c.Homeserver.URL, c.Gateway.PublicURL, int64(c.Gateway.MaxBody), c.Database.Reveal(),
		time.Duration(c.Retention), time.Duration(c.MaxAge), c.Log.Level, c.Log.Format, c.Bot.User, c.Bot.Password.Reveal(),
		first.Name, first.Service, first.Room, first.User, first.Filter.Source, first.Get, first.Wait,
		first.Routes[0].When.Source, first.Routes[0].Room, first.Routes[0].Mention, first.Routes[0].Continue,
		first.Routes[1].When.Source, first.Routes[1].Room,
		second.Name, second.Wait, second.User.Avatar, c.RoomReference(second.Room),
	}
	want := []any{
		"America/New_York", config.URL("https://matrix.example.org"), config.URL("https://matrix.example.org/hooks"), int64(1 << 20), "sqlite:" + filepath.Join(dir, "lotus-hooks.db"),
		30 * 24 * time.Hour, 36 * time.Hour, slog.LevelDebug, "json", "@lotusbot:example.org", "p",
		"first", "generic", "spam", config.User{Localpart: "first", Name: "First", Avatar: filepath.Join(dir, "first.png")}, "severity > info", true, false,
		"severity == critical", "ops", []string{"@room", "@kim:example.org"}, true,
		"true", "spam",
		"generic", true, "shipped.png", "!other",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("loaded (-want +got):\n%s", diff)
	}
}
