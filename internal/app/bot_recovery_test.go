package app

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRecoveryFile stores a key, shows it once, and reads it all the same.
func TestRecoveryFile(t *testing.T) {
	t.Parallel()
	const key, other = "EsTa bcde 1234", "EsTb bcde 5678"
	day := time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC)
	f := recoveryFile(filepath.Join(t.TempDir(), "recovery-key"))
	var out strings.Builder
	if err := f.show(&out, day); err == nil || !strings.Contains(err.Error(), "there is no recovery key yet") {
		t.Errorf("without a file: %v", err)
	}
	var log strings.Builder
	r := toldRecovery{f, slog.New(slog.NewTextHandler(&log, nil))}
	if err := r.Store(key); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), key) || !strings.Contains(log.String(), string(f)) {
		t.Errorf("the log: %s", log.String())
	}
	if info, err := os.Stat(string(f)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	if err := f.show(broken{}, day); err == nil {
		t.Error("a key that nobody saw counts as shown")
	}
	if err := f.show(&out, day); err != nil || out.String() != key+"\n" {
		t.Errorf("shown %q, %v", out.String(), err)
	}
	err := f.show(&out, day)
	if err == nil || !strings.Contains(err.Error(), "shown on 2026-11-22") || !strings.Contains(err.Error(), string(f)) || out.String() != key+"\n" {
		t.Errorf("shown again: %q, %v", out.String(), err)
	}
	if got, err := f.Load(); err != nil || got != key {
		t.Errorf("loaded %q, %v", got, err)
	}

	if err := f.Store(other); err != nil {
		t.Fatal(err)
	}
	if err := f.show(&out, day); err != nil || out.String() != key+"\n"+other+"\n" {
		t.Errorf("of a new key, shown %q, %v", out.String(), err)
	}
	if old, err := recoveryFile(string(f) + ".old").Load(); err != nil || old != key {
		t.Errorf("the old key: %q, %v", old, err)
	}
}

// broken is where nothing can be written.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// TestRecoveryFileGiven reads a key as people write one.
func TestRecoveryFileGiven(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "EsTa bcde": "EsTa bcde", " EsTa bcde\r\n\n": "EsTa bcde", "# of the old bot\nEsTa\nbcde\n": "EsTa bcde",
	} {
		name := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := recoveryFile(name).Load(); err != nil || got != want {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
}
