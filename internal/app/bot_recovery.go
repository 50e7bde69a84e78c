package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// recoveryFile is the path of the file that holds the recovery key of the bot's account. It
// implements matrix.Recovery. Lines that begin with # are no part of the key.
type recoveryFile string

// shownMark begins the line that says when the key was shown.
const shownMark = "# shown on "

// Load implements matrix.Recovery.
func (f recoveryFile) Load() (string, error) {
	key, _, err := f.read()
	return key, err
}

// read returns the key, and when it was shown: "" for never.
func (f recoveryFile) read() (key, shown string, err error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if day, marked := strings.CutPrefix(line, shownMark); marked {
			shown = day
		}
		if line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " "), shown, err
}

// show prints the key, once: from then on the file alone tells it.
func (f recoveryFile) show(w io.Writer, now time.Time) error {
	key, shown, err := f.read()
	switch {
	case err != nil:
		return err
	case key == "":
		return fmt.Errorf("there is no recovery key yet: %s is written when the bot first logs in", f)
	case shown != "":
		return fmt.Errorf("the recovery key was shown on %s, and is shown once; %s holds it, for its owner alone", shown, f)
	}
	if _, err := fmt.Fprintln(w, key); err != nil {
		return err
	}
	file, err := os.OpenFile(string(f), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "\n%s%s\n", shownMark, now.Format(time.DateOnly))
	return errors.Join(err, file.Close())
}

// toldRecovery is a recovery file that says so in the log, without the key, when it is written.
type toldRecovery struct {
	recoveryFile
	log *slog.Logger
}

// Store implements matrix.Recovery.
func (r toldRecovery) Store(key string) error {
	if err := r.recoveryFile.Store(key); err != nil {
		return err
	}
	r.log.Warn("the bot's account has a new recovery key: keep a copy of it where you keep passwords; lotus-hooks bot recovery-key shows it, once",
		"file", string(r.recoveryFile))
	return nil
}

// Store implements matrix.Recovery. It is on disk when it returns; a key of before stays in a
// file with ".old" behind its name.
func (f recoveryFile) Store(key string) error {
	dir, name := filepath.Split(string(f))
	fresh, err := os.CreateTemp(filepath.Clean(dir), name+".") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(fresh.Name()) //nolint:errcheck // it has another name by then
	_, err = fmt.Fprintln(fresh, key)
	if err = errors.Join(err, fresh.Sync(), fresh.Close()); err != nil {
		return err
	}
	if err := os.Rename(string(f), string(f)+".old"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh.Name(), string(f)); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
