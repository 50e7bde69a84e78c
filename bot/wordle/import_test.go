package wordle_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

func TestImportStats(t *testing.T) {
	t.Parallel()
	full := wordle.Stats{Played: 42, Solved: 40, Streak: 7, Longest: 12, In: [6]int{0, 5, 12, 17, 5, 1}}
	dated := full
	dated.Last = 59
	for name, test := range map[string]struct {
		file  string
		want  map[string]wordle.Stats
		notes []string
	}{
		"OK": {
			`{"@ann:test": {"played": 42, "wins": 40, "streak": 7, "max_streak": 12, "distribution": {"1": 0, "2": 5, "3": 12, "4": 17, "5": 5, "6": 1}}}`,
			map[string]wordle.Stats{"@ann:test": full}, nil,
		},
		"OtherNames": {
			`{"@ann:test": {"games_played": "42", "Games-Won": 40.0, "currentStreak": 7, "maxStreak": 12, "guess_distribution": [0, 5, 12, 17, 5, 1], "last_played": "2026-02-28T10:00:00Z"}}`,
			map[string]wordle.Stats{"@ann:test": dated}, nil,
		},
		"InsideAnother": {
			`{"version": 1, "users": {"@ann:test": {"played": 1, "won": 1}, "total": 3}, "@bob:test": {"total_games": 2}}`,
			map[string]wordle.Stats{"@ann:test": {Played: 1, Solved: 1}, "@bob:test": {Played: 2}},
			[]string{"users: total: not a Matrix user id, left out", "version: not a Matrix user id, left out"},
		},
		"DistributionAlone": {
			`{"@ann:test": {"guesses": {"3": 2, "x": 1}}}`,
			map[string]wordle.Stats{"@ann:test": {Played: 3, Solved: 2, In: [6]int{0, 0, 2}}}, nil,
		},
		"Losses": {
			`{"@ann:test": {"wins": 4, "losses": 2, "last_played": null}}`,
			map[string]wordle.Stats{"@ann:test": {Played: 6, Solved: 4}}, nil,
		},
		"SeventhEntry": {
			`{"@ann:test": {"distribution": [0, 1, 0, 0, 0, 0, 2]}}`,
			map[string]wordle.Stats{"@ann:test": {Played: 3, Solved: 1, In: [6]int{0, 1}}},
			[]string{"@ann:test: distribution: has a seventh entry, taken for the words that were not found"},
		},
		"NotUnderstood": {
			`{"@ann:test": {"played": 3, "wins": -1, "streak": 1.5, "distribution": {"many": 2}, "last_date": "yesterday", "mood": "good"}}`,
			map[string]wordle.Stats{"@ann:test": {Played: 3}},
			[]string{
				"@ann:test: distribution: many is no number of guesses, left out",
				"@ann:test: last_date: not a date such as 2026-02-28, left out",
				"@ann:test: mood: not known, left out",
				"@ann:test: streak: not a whole number from 0, left out",
				"@ann:test: wins: not a whole number from 0, left out",
			},
		},
		"DistributionForms": {
			`{"@ann:test": {"played": 1, "distribution": [1], "guesses": 4, "histogram": {"1": "x"}}}`,
			map[string]wordle.Stats{"@ann:test": {Played: 1}},
			[]string{
				"@ann:test: distribution: has 1 entries, not 6, left out",
				"@ann:test: guesses: neither an object nor a list, left out",
				"@ann:test: histogram: 1 is not a whole number from 0, left out",
			},
		},
		"DoNotFit": {
			`{"@ann:test": {"played": 1, "wins": 2, "streak": 5, "max_streak": 3, "distribution": [3, 0, 0, 0, 0, 0]}}`,
			map[string]wordle.Stats{"@ann:test": {Played: 3, Solved: 3, Streak: 5, Longest: 5, In: [6]int{3}}},
			[]string{
				"@ann:test: 3 words in the distribution, but 2 found: it counts as 3",
				"@ann:test: 1 played, but 3 found: it counts as 3",
			},
		},
		"NoStats": {
			`{"@ann:test": {"mood": "good"}, "@bob:test": 4, "@cat:test": {"played": 1}}`,
			map[string]wordle.Stats{"@cat:test": {Played: 1}},
			[]string{
				"@ann:test: mood: not known, left out", "@ann:test: nothing is understood, left out",
				"@bob:test: not an object, left out",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, notes, err := wordle.ImportStats(strings.NewReader(test.file))
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if !slices.Equal(notes, test.notes) {
				t.Errorf("notes %q, want %q", notes, test.notes)
			}
		})
	}
}

func TestImportStatsErr(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"Empty": "", "NoJSON": "played: 3", "List": "[]", "NoUsers": "{}", "NothingUnderstood": `{"ann": {"played": 3}}`, "Cut": `{"@ann:test": {"played": 3`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, _, err := wordle.ImportStats(strings.NewReader(file)); err == nil {
				t.Errorf("got %v", got)
			}
		})
	}
}

func FuzzImportStats(f *testing.F) {
	f.Add(`{"@ann:test": {"played": 42, "wins": 40, "streak": 7, "distribution": {"1": 0, "X": 5}, "last": "2026-01-01"}}`)
	f.Add(`{"users": {"@ann:test": {"guesses": [1, 2, 3, 4, 5, 6, 7]}}}`)
	f.Fuzz(func(t *testing.T, file string) {
		players, _, err := wordle.ImportStats(strings.NewReader(file))
		if err != nil {
			return
		}
		for user, s := range players {
			if s.Solved > s.Played || s.Streak > s.Longest || s.Played < 0 || s.Streak < 0 {
				t.Errorf("%s: %+v", user, s)
			}
		}
	})
}
