package app

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

var update = flag.Bool("update", false, "rewrite what is expected of wrong configurations")

// wrongFiles holds configurations with one defect each, in the line that says "# wrong", and
// beside each what `lotus-hooks check` says of it.
const wrongFiles = "../config/testdata/wrong"

// TestCheckWrong holds what people read when their file is wrong: one line that names the
// line, the field, and the remedy.
func TestCheckWrong(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(wrongFiles, "[0-9]*.yaml"))
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			var found config.Errors
			env := Env{Config: file, Getenv: func(string) string { return "" }, Stdout: &bytes.Buffer{}, Stderr: io.Discard}
			if err := Check(t.Context(), env, false); !errors.As(err, &found) || len(found) != 1 {
				t.Fatalf("check says of one defect: %v", err)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before, _, marked := strings.Cut(string(text), "  # wrong")
			if line := strings.Count(before, "\n") + 1; !marked || found[0].Line != line {
				t.Errorf("the defect is in line %d: %s", line, found[0])
			}
			if found[0].Remedy == "" {
				t.Errorf("it has no remedy: %s", found[0])
			}
			if found[0].Path == "" && !strings.HasPrefix(found[0].Message, "is not YAML") {
				t.Errorf("it names no field: %s", found[0])
			}
			expectText(t, strings.TrimSuffix(file, ".yaml")+".txt", strings.ReplaceAll(found.Error(), wrongFiles+"/", "")+"\n")
		})
	}
}

// expectText compares with a golden file.
func expectText(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("check says\n%s\nwant\n%s", got, want)
	}
}

// TestCheckBotFiles names the field of each file of the bot's games that cannot be read.
func TestCheckBotFiles(t *testing.T) {
	t.Parallel()
	env := configure(t, "  - {id: 00000000-0000-4000-8000-000000000001, service: generic, room: spam}\n"+
		"bot:\n  user: \"@lotusbot:demo\"\n  password_file: password\n  fortune_files: [none]\n  champions_file: broken.json\n  agents_file: none.json\n")
	dir := filepath.Dir(env.Config)
	for name, text := range map[string]string{"password": "secret", "broken.json": "{bad"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := Check(t.Context(), env, false)
	found, are := errors.AsType[config.Errors](err)
	var fields []string
	for _, p := range found {
		fields = append(fields, p.Path)
		if p.Remedy == "" || p.Line == 0 {
			t.Errorf("no line or no remedy: %s", p)
		}
	}
	want := []string{"bot.fortune_files", "bot.champions_file", "bot.agents_file"}
	if !are || !slices.Equal(fields, want) {
		t.Errorf("got %v, want problems of %v", err, want)
	}
}
