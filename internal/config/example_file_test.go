package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

const exampleFile = "../../hooks.example.yaml"

// example returns the example as a user would make it work: with ids of its own, and with
// the files that it names. With options, what is commented out is in force, too.
func example(t *testing.T, options bool) string {
	t.Helper()
	data, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	text, n := string(data), 0
	if options {
		text = withOptions(text)
	}
	text = regexp.MustCompile(`00000000-0000-4000-8000-\d{12}`).ReplaceAllStringFunc(text, func(string) string {
		n++
		return fmt.Sprintf("%x%s", n, anID[1:])
	})
	return strings.ReplaceAll(text, "/etc/matrix-synapse/lotus-hooks.yaml", "registration.yaml")
}

// withOptions takes the "#" away from options and what is indented below them.
func withOptions(text string) string {
	lines := strings.Split(text, "\n")
	option := regexp.MustCompile(`^( *)#([^ #].*)$`)
	below := regexp.MustCompile(`^( *)#(  .*)$`)
	within := false
	for i, line := range lines {
		within = option.MatchString(line) || within && below.MatchString(line)
		if within {
			lines[i] = strings.Replace(line, "#", "", 1)
		}
	}
	return strings.Join(lines, "\n")
}

func TestExample(t *testing.T) {
	t.Parallel()
	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		c := load(t, example(t, false))
		if len(c.Hooks) != 14 || len(c.Warnings) > 0 {
			t.Errorf("%d hooks, warnings %v; want 14 hooks and no warning", len(c.Hooks), c.Warnings)
		}
	})
	t.Run("OKWithOptions", func(t *testing.T) {
		t.Parallel()
		dir := directory(t, example(t, true), "sonarr-4k", "id-of-sonarr-4k-that-none-can-guess-7c0d2b9f61e3", "bot-password", "p",
			"grafana-key", "k", "grafana-key-before", "l", "rcon-password", "m")
		if err := os.Mkdir(filepath.Join(dir, "avatars"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "avatars", "scripts.png"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(filepath.Join(dir, "hooks.yaml"), environment("CREDENTIALS_DIRECTORY", dir))
		if err != nil {
			t.Fatal(err)
		}
		if c.Bot == nil || len(c.Hooks) != 15 {
			t.Errorf("bot %v, %d hooks; want a bot and 15 hooks: are the options found?", c.Bot, len(c.Hooks))
		}
		// What the options show as defaults are the defaults.
		plain := load(t, example(t, false))
		if changed := config.RestartNeeded(plain, c); strings.Join(changed, " ") != "appservice.registration gateway.trusted_proxies bot" {
			// The two directories differ, and so does the registration's path.
			t.Errorf("the options change %v", changed)
		}
	})
	t.Run("ErrIDsRefused", func(t *testing.T) {
		t.Parallel()
		data, err := os.ReadFile(exampleFile)
		if err != nil {
			t.Fatal(err)
		}
		dir := directory(t, strings.ReplaceAll(string(data), "/etc/matrix-synapse/lotus-hooks.yaml", "registration.yaml"))
		problems := problemsOf(t, dir, environment())
		for _, p := range problems {
			if !strings.HasSuffix(p, ".id: is an id from the example, which everybody knows: `lotus-hooks id` prints a fresh one") {
				t.Errorf("unexpected problem %s", p)
			}
		}
		if len(problems) != 14 {
			t.Errorf("%d ids are refused, want 14", len(problems))
		}
	})
}
