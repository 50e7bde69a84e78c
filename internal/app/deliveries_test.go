package app

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// command returns the environment of a command beside the house's program, and what it prints.
func (h *house) command(stdin string) (Env, *bytes.Buffer) {
	var out bytes.Buffer
	return Env{
		Config: filepath.Join(h.dir, "hooks.yaml"), Getenv: func(string) string { return "" },
		Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: io.Discard,
	}, &out
}

// TestSend posts to the running program.
func TestSend(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.reload(", rate: 2/min")
	for _, test := range []struct {
		name, body, out string
		fails           bool
	}{
		{"OK", `{"text":"hi"}`, `^200 OK \{"ok":true`, false}, // told, as the hooks wait
		{"TooLarge", strings.Repeat("x", 2<<20+1), `^413 `, true},
		{"OKAgain", `{"text":"hi"}`, `^200 OK \{"ok":true`, false},
		{"TooOften", `{"text":"hi"}`, `^429 `, true},
	} {
		env, out := h.command(test.body)
		err := Send(t.Context(), env, "generic", "-")
		if (err != nil) != test.fails || !regexp.MustCompile(test.out).MatchString(out.String()) {
			t.Errorf("%s: %v, %s", test.name, err, out)
		}
	}
}

// TestReplayRoom names rooms for a replay.
func TestReplayRoom(t *testing.T) {
	t.Parallel()
	h := open(t)
	for room, want := range map[string]string{"": `unknown room ""`, "spam": `unknown room "spam"`, "has space": `unknown room "has space"`} {
		env, _ := h.command("")
		if err := Replay(t.Context(), env, []string{"any"}, false, []string{room}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("--room %q: %v, want %s", room, err, want)
		}
	}
}

// TestListUnknownHook lists what a hook never had.
func TestListUnknownHook(t *testing.T) {
	t.Parallel()
	h := open(t)
	env, _ := h.command("")
	for name, err := range map[string]error{
		"deliveries": Deliveries(t.Context(), env, DeliveriesQuery{Hook: "sonar", Limit: 1}),
		"incidents":  Incidents(t.Context(), env, "sonar", false),
	} {
		if err == nil || !strings.Contains(err.Error(), `there is no hook "sonar": the hooks are `) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestInterruptedInput interrupts who waits for a payload that nobody types.
func TestInterruptedInput(t *testing.T) {
	t.Parallel()
	typed, keyboard := io.Pipe()
	defer keyboard.Close() //nolint:errcheck // of a pipe
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := readSample(ctx, Env{Stdin: typed}, ""); err == nil || err.Error() != "interrupted" {
		t.Errorf("got %v", err)
	}
}
