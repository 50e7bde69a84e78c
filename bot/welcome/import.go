package welcome

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Old is what an earlier bot knew of somebody whom it greeted; both are "" where it is not
// known.
type Old struct{ Room, Event string }

// ImportState reads whom an earlier bot greeted. No contract says what that bot's file looks
// like, so it is read by what its texts are: Matrix user ids (@), event ids ($) and room ids
// (!), each alone, as a key, or as a value of an object, however deep they stand. What stands
// together belongs together: {"@kim:example.org": "$event"}, {"$event": {"user":
// "@kim:example.org", "room": "!dm"}} and ["@kim:example.org"] are all understood. What is not
// is in notes, a line each.
func ImportState(r io.Reader) (guests map[string]Old, notes []string, err error) {
	var file any
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return nil, nil, fmt.Errorf("read welcome state: %w", err)
	}
	i := importer{guests: map[string]Old{}}
	i.read("", file, found{})
	if len(i.guests) == 0 {
		return nil, i.notes, errors.New("read welcome state: nobody in it is named by a Matrix user id")
	}
	return i.guests, i.notes, nil
}

type importer struct {
	guests map[string]Old
	notes  []string
}

// found is what stands together.
type found struct {
	user string
	Old
}

// take adds an id to what was found, and says whether it is one that has its place there.
func (f *found) take(text string) bool {
	place := &f.Room
	switch {
	case strings.HasPrefix(text, "@") && strings.Contains(text, ":"):
		place = &f.user
	case strings.HasPrefix(text, "$") && len(text) > 1:
		place = &f.Event
	case strings.HasPrefix(text, "!") && len(text) > 1:
	default:
		return false
	}
	if *place != "" && *place != text {
		return false
	}
	*place = text
	return true
}

// read reads a value at a path; f is what its keys have said.
func (i *importer) read(path string, value any, f found) {
	switch value := value.(type) {
	case string:
		if value != "" && !f.take(value) && f.user == "" {
			i.note(path, "not understood, left out")
			return
		}
	case []any:
		for n, item := range value {
			i.read(fmt.Sprintf("%s[%d]", path, n), item, f)
		}
		return
	case map[string]any:
		i.object(path, value, f)
		return
	}
	i.store(path, f)
}

// object reads an object: its own texts belong together, and each value below a key that is
// an id has that id.
func (i *importer) object(path string, fields map[string]any, f found) {
	own := f
	var below []string
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		keyed := f
		text, isText := fields[key].(string)
		switch {
		case keyed.take(key):
			i.read(join(path, key), fields[key], keyed)
		case isText && own.take(text):
		case isText && strings.HasPrefix(text, "@"):
			i.note(join(path, key), "another member, left out")
		case isPlain(fields[key]): // a time, a number of tries: nothing of it is needed
		default:
			below = append(below, key)
		}
	}
	if own != f || f.user != "" || len(below) == 0 {
		i.store(path, own)
	}
	for _, key := range below {
		i.read(join(path, key), fields[key], f)
	}
}

// isPlain says whether a value holds no others.
func isPlain(value any) bool {
	switch value.(type) {
	case []any, map[string]any:
		return false
	}
	return true
}

// store notes what was found of a person. What was known before stays.
func (i *importer) store(path string, f found) {
	switch {
	case f == (found{}):
		return
	case f.user == "":
		i.note(path, "a message or a room without its member, left out")
		return
	}
	old := i.guests[f.user]
	if old.Event == "" {
		old.Event = f.Event
	}
	if old.Room == "" {
		old.Room = f.Room
	}
	i.guests[f.user] = old
}

func (i *importer) note(path, what string) {
	if path == "" {
		path = "the file"
	}
	i.notes = append(i.notes, path+": "+what)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
