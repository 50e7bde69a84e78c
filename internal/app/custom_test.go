package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// codeBlock is a block of code in a page, with its language.
var codeBlock = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```\n")

// pageExample is a hook in docs/services/custom.md, a webhook, and its card.
type pageExample struct{ hook, webhook, card string }

// pageExamples reads the page: each example ends with its card.
func pageExamples(t *testing.T) []pageExample {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "services", "custom.md"))
	if err != nil {
		t.Fatal(err)
	}
	var all []pageExample
	var next pageExample
	for _, block := range codeBlock.FindAllStringSubmatch(string(text), -1) {
		switch block[1] {
		case "yaml":
			next.hook = block[2]
		case "json":
			next.webhook = block[2]
		case "":
			next.card = strings.TrimSpace(block[2])
			all = append(all, next)
			next = pageExample{}
		}
	}
	return all
}

// configure writes a configuration with these hooks, with ids that are not published.
func configure(t *testing.T, hooks string) Env {
	t.Helper()
	dir := t.TempDir()
	registration, err := config.NewRegistration(config.RegistrationParams{UserPrefix: "hookshot_", Domain: "demo"}, strings.NewReader(strings.Repeat("0123456789abcdef-", 20)))
	if err != nil {
		t.Fatal(err)
	}
	if err := registration.WriteFile(filepath.Join(dir, "registration.yaml")); err != nil {
		t.Fatal(err)
	}
	n := 0
	hooks = regexp.MustCompile(`00000000-0000-4000-8000-\d{12}`).ReplaceAllStringFunc(hooks, func(string) string {
		n++
		return fmt.Sprintf("%05dac4-93be-4d6f-8a1e-7c0d2b9f61e3-own", n)
	})
	path := filepath.Join(dir, "hooks.yaml")
	text := "homeserver: {url: \"http://127.0.0.1:8008\", domain: demo}\nappservice: {registration: registration.yaml}\n" +
		"rooms: {spam: \"!spam\", ops: \"!ops\"}\nhooks:\n" + hooks
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Env{Config: path, Getenv: func(string) string { return "" }, Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}
}

// TestCustomPage holds the page to the program: every hook on it compiles, and tells its
// webhook as shown.
func TestCustomPage(t *testing.T) {
	t.Parallel()
	examples := pageExamples(t)
	if len(examples) < 4 {
		t.Fatalf("%d examples found", len(examples))
	}
	for _, e := range examples {
		name := regexp.MustCompile(`name: (\S+)`).FindStringSubmatch(e.hook)[1]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := configure(t, e.hook)
			env.Stdin = strings.NewReader(e.webhook)
			if err := RenderHook(t.Context(), env, name, "", RenderText); err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSpace(env.Stdout.(*bytes.Buffer).String()); got != e.card {
				t.Errorf("the card is\n%s\nthe page says\n%s", got, e.card)
			}
			if notes := env.Stderr.(*bytes.Buffer).String(); notes != "" {
				t.Error(notes)
			}
		})
	}
}

// customHook is a custom hook with these fields in its format, which begins in line 9.
func customHook(format string) string {
	return "  - id: 00000000-0000-4000-8000-000000000001\n    name: Back Ups\n    service: custom\n    room: spam\n    format:\n" + format
}

func TestCustomHook(t *testing.T) {
	t.Parallel()
	env := configure(t, customHook("      subject: payload.host\n"))
	cfg, err := env.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	h, err := compileHooks(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p := h.profiles["Back Ups"]
	if p.Localpart != "hookshot_backups" || p.DefaultName != "Back Ups" || p.DefaultPicture.IsZero() {
		t.Errorf("it is told by %+v", p)
	}
	if s := h.gateway[0].Service; s.Name != formatters.Custom || s.Formatter == nil {
		t.Errorf("its service is %+v", s)
	}
}

// TestCheckFormat holds what people read when a format is wrong.
func TestCheckFormat(t *testing.T) {
	t.Parallel()
	const names = `use payload, headers, query, time, a severity such as warning, or a function; text stands in quotes of its own, as in '"backed up"'`
	for _, test := range []struct {
		name, format string
		want         []string
	}{
		{"OK", "      status: '\"x\"'\n", nil},
		{"ErrUnknownName", "      subject: paylod.host\n", []string{"hooks.yaml:10:16: hooks[0].format.subject: unknown name paylod: " + names}},
		{"ErrUnknownFunction", "      facts:\n        Size: 'byte(payload.size)'\n", []string{"hooks.yaml:11:16: hooks[0].format.facts.Size: unknown name byte: " + names}},
		{"ErrBlock", "      items: |\n        map(payload.list, {{\n          subject: .name,\n          titel: .x}})\n", []string{
			"hooks.yaml:13:11: hooks[0].format.items: unknown key titel: use one of key, status, subject, text, url, severity, since"}},
		{"ErrOnePairOfBraces", "      items: 'map(payload.list, {subject: .name})'\n", []string{
			`hooks.yaml:10:41: hooks[0].format.items: unexpected token Operator(":"): a map within map() stands in two pairs of braces, as in map(payload.list, {{subject: .name}})`}},
		{"ErrFlowMapping", "      incident: {key: 'payload.host', state: 'payload.ok == true'}\n", []string{
			`hooks.yaml:10:47: hooks[0].format.incident.state: is no state, but bool: choose one, as in payload.ok ? "resolved" : "open"`}},
		{"ErrAllAtOnce", "      status: Backup\n      summary: headers\n    filter: severty > 1\n", []string{
			"hooks.yaml:10:15: hooks[0].format.status: unknown name Backup: " + names,
			`hooks.yaml:11:16: hooks[0].format.summary: headers without a name: name the one that is meant, as in headers["name"]: no other is kept`,
			"hooks.yaml:12:13: hooks[0].filter: unknown name severty: "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := configure(t, customHook(test.format))
			err := Check(t.Context(), env, false)
			var got []string
			if err != nil {
				got = strings.Split(strings.ReplaceAll(err.Error(), filepath.Dir(env.Config)+"/", ""), "\n")
			}
			if !slices.EqualFunc(got, test.want, strings.HasPrefix) {
				t.Errorf("check says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestRenderHook(t *testing.T) {
	t.Parallel()
	t.Run("FieldFails", func(t *testing.T) {
		t.Parallel()
		env := configure(t, customHook("      status: '\"x\"'\n      subject: payload.a.b\n"))
		env.Stdin = strings.NewReader(`{"host":"nas-1","text":"hello"}`)
		if err := RenderHook(t.Context(), env, "Back Ups", "-", RenderText); err != nil {
			t.Fatal(err)
		}
		if got := env.Stdout.(*bytes.Buffer).String(); got != "X nas-1\n" {
			t.Errorf("card %q", got)
		}
		const note = "note: a field failed and was told by the generic formatter: subject: 1:11: cannot take b of what is missing\n"
		if got := env.Stderr.(*bytes.Buffer).String(); got != note {
			t.Errorf("says %q, want %q", got, note)
		}
	})
	t.Run("ErrUnknownHook", func(t *testing.T) {
		t.Parallel()
		env := configure(t, customHook("      status: '\"x\"'\n"))
		if err := RenderHook(t.Context(), env, "nope", "", RenderText); err == nil || !strings.Contains(err.Error(), `no hook "nope"`) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("ErrServiceCustom", func(t *testing.T) {
		t.Parallel()
		if err := Render(t.Context(), Env{}, formatters.Custom, "", RenderText); err == nil || !strings.Contains(err.Error(), "--hook") {
			t.Errorf("error %v", err)
		}
	})
}

// TestExampleFormat compiles the custom hook of hooks.example.yaml, with all its options,
// and tells a webhook with it.
func TestExampleFormat(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "hooks.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	hook := regexp.MustCompile(`(?s)  - id: \S+\n    name: backups .*?\n\n`).FindString(string(text))
	env := configure(t, regexp.MustCompile(`(?m)^( +)#(\S)`).ReplaceAllString(hook, "$1$2"))
	env.Stdin = strings.NewReader(`{"host":"nas-1","ok":true,"target":"tape","size":13000000000,"seconds":3900,"log_url":"https://nas-1.example.org/log",
		"disks":[{"name":"sda","free":1024}],"notes":"**all** well","severity":"page","team":"storage","log":["a","b"]}`)
	if err := RenderHook(t.Context(), env, "backups", "", RenderText); err != nil {
		t.Fatal(err)
	}
	const want = `BACKED UP nas-1 to tape
Size 12.1 GiB · Took 1 h 5 min
Log: https://nas-1.example.org/log
- sda 1.0 KiB left
all well
a
b
`
	if got := env.Stdout.(*bytes.Buffer).String(); got != want {
		t.Errorf("the card is\n%s\nwant\n%s", got, want)
	}
	if notes := env.Stderr.(*bytes.Buffer).String(); notes != "" {
		t.Error(notes)
	}
}
