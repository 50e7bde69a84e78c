package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// recoveryFile is the path of the file that holds the recovery key of the bot's account. It
// implements matrix.Recovery.
type recoveryFile string

// Load implements matrix.Recovery.
func (f recoveryFile) Load() (string, error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
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
