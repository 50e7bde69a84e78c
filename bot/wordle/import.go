package wordle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// ImportStats reads the statistics that an earlier bot kept: a JSON object of players by
// Matrix user id, bare or inside one member of another object. Fields may have any of the
// names that such bots commonly use, in any case and with or without underscores, and numbers may
// be strings. What is not understood, or does not fit together, is in notes, a line each;
// of a player of whom nothing is understood there is a note and no entry.
//
// Stats.Last is the day of the last game where the file has its date, and else 0.
func ImportStats(r io.Reader) (players map[string]Stats, notes []string, err error) {
	var file map[string]json.RawMessage
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return nil, nil, fmt.Errorf("read statistics: %w", err)
	}
	players = map[string]Stats{}
	for _, key := range slices.Sorted(maps.Keys(file)) {
		if isUser(key) {
			notes = append(notes, importPlayer(players, key, file[key])...)
			continue
		}
		inner := map[string]json.RawMessage{}
		if json.Unmarshal(file[key], &inner) != nil || !slices.ContainsFunc(slices.Collect(maps.Keys(inner)), isUser) {
			notes = append(notes, fmt.Sprintf("%s: not a Matrix user id, left out", key))
			continue
		}
		for _, user := range slices.Sorted(maps.Keys(inner)) {
			if isUser(user) {
				notes = append(notes, importPlayer(players, user, inner[user])...)
			} else {
				notes = append(notes, fmt.Sprintf("%s: %s: not a Matrix user id, left out", key, user))
			}
		}
	}
	if len(players) == 0 {
		return nil, notes, errors.New("read statistics: there are none by Matrix user id")
	}
	return players, notes, nil
}

func isUser(key string) bool { return strings.HasPrefix(key, "@") && strings.Contains(key, ":") }

// importPlayer adds what is understood of one player to all, and returns notes on the rest.
func importPlayer(players map[string]Stats, user string, data json.RawMessage) (notes []string) {
	note := func(format string, args ...any) {
		notes = append(notes, user+": "+fmt.Sprintf(format, args...))
	}
	var fields map[string]any
	if json.Unmarshal(data, &fields) != nil {
		note("not an object, left out")
		return notes
	}
	var old oldStats
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if problem := old.set(name, fields[name]); problem != "" {
			note("%s: %s", name, problem)
		}
	}
	if !old.understood {
		note("nothing is understood, left out")
		return notes
	}
	stats, problems := old.stats()
	for _, problem := range problems {
		note("%s", problem)
	}
	players[user] = stats
	return notes
}
