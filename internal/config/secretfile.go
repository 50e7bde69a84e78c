package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxFile bounds what is read of a file: one may name a device by mistake.
const maxFile = 4 << 20

// secretFiles reads a secret, or several, from the files that n names.
func (d *decoder) secretFiles(n *yaml.Node, v reflect.Value, path string) {
	if v.Type() == listType {
		d.oneOrMore(n, v, path, d.secretFile)
		return
	}
	d.secretFile(n, v, path)
}

// oneOrMore reads secrets from a list, or from what could be an item of it.
func (d *decoder) oneOrMore(n *yaml.Node, v reflect.Value, path string, read func(*yaml.Node, reflect.Value, string)) {
	if n = follow(n); n.Kind != yaml.SequenceNode {
		v.Set(reflect.MakeSlice(listType, 1, 1))
		read(n, v.Index(0), path)
		return
	}
	if len(n.Content) == 0 {
		d.problem(path, "is an empty list", "give it a value, or leave the key out")
	}
	for i, item := range n.Content {
		if !d.spend() {
			return
		}
		at := fmt.Sprintf("%s[%d]", path, i)
		d.positions[at] = d.position(item)
		v.Set(reflect.Append(v, reflect.Zero(secretType)))
		read(follow(item), v.Index(i), at)
	}
}

// secretFile reads the secret that the file named by n holds.
func (d *decoder) secretFile(n *yaml.Node, v reflect.Value, path string) {
	var name string
	d.text(n, reflect.ValueOf(&name).Elem(), path, nil)
	if name == "" {
		return
	}
	data, mode, err := readFile(d.resolve(name))
	if err != nil {
		d.problem(path, cause(err), "create the file, or correct the path")
		return
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if text == "" {
		d.problem(path, "is the path of an empty file", "write the secret into it")
		return
	}
	if readableByAll(mode) {
		d.warn(path, "is the path of a file that every user can read", "chmod 600 "+d.resolve(name))
	}
	v.Set(reflect.ValueOf(NewSecret(text)))
}

// resolve returns a path as the process sees it.
func (d *decoder) resolve(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(d.dir, name)
}

func readFile(name string) ([]byte, fs.FileMode, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = &fs.PathError{Op: "read", Path: name, Err: errors.New("file too large")}
	}
	return data, info.Mode(), err
}

// readableByAll says that every user of the machine can read the file.
func readableByAll(mode fs.FileMode) bool { return mode.IsRegular() && mode.Perm()&0o004 != 0 }

// cause words an error of readFile for a problem.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Sprintf("cannot be read: %s: %v", p.Path, p.Err)
	}
	return "cannot be read: " + err.Error()
}
