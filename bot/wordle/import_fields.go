package wordle

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// oldStats are one player's statistics as an earlier bot named them.
type oldStats struct {
	played, solved, lost, streak, longest int
	in                                    [Tries]int
	missed                                int // words not found, as the distribution has them
	last                                  int
	understood                            bool
}

// set takes over a field and says what is wrong with it, or "".
func (o *oldStats) set(name string, value any) string {
	switch plain := strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name)); plain {
	case "played", "gamesplayed", "games", "total", "totalgames", "totalplayed", "plays":
		return o.count(&o.played, value)
	case "wins", "won", "gameswon", "totalwins", "solved":
		return o.count(&o.solved, value)
	case "losses", "lost", "gameslost", "failed", "fails":
		return o.count(&o.lost, value)
	case "streak", "currentstreak", "winstreak":
		return o.count(&o.streak, value)
	case "maxstreak", "longeststreak", "beststreak", "longest":
		return o.count(&o.longest, value)
	case "distribution", "guessdistribution", "guesses", "guesscounts", "histogram":
		return o.distribution(value)
	case "lastplayed", "lastdate", "lastplayeddate", "lastday", "lastwin", "lastwon", "lastsolved", "lastdaily", "lastcompleted":
		return o.date(value)
	default:
		return "not known, left out"
	}
}

func (o *oldStats) count(into *int, value any) string {
	n, ok := number(value)
	if !ok {
		return "not a whole number from 0, left out"
	}
	*into, o.understood = n, true
	return ""
}

// distribution reads {"1": 0, …, "6": 2, "X": 1} or [0, …, 2], with a seventh for words that
// were not found.
func (o *oldStats) distribution(value any) string {
	entries := map[string]any{}
	switch value := value.(type) {
	case map[string]any:
		entries = value
	case []any:
		if len(value) != Tries && len(value) != Tries+1 {
			return fmt.Sprintf("has %d entries, not %d, left out", len(value), Tries)
		}
		for i, n := range value {
			entries[strconv.Itoa(i+1)] = n
		}
	default:
		return "neither an object nor a list, left out"
	}
	var in [Tries]int
	missed := 0
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		n, ok := number(entries[key])
		if !ok {
			return fmt.Sprintf("%s is not a whole number from 0, left out", key)
		}
		switch tries, err := strconv.Atoi(key); {
		case err == nil && tries >= 1 && tries <= Tries:
			in[tries-1] = n
		case err == nil || slices.Contains([]string{"x", "fail", "failed", "fails", "loss", "lost"}, strings.ToLower(key)):
			missed += n // 0, 7 or -1 say so too
		default:
			return key + " is no number of guesses, left out"
		}
	}
	o.in, o.missed, o.understood = in, missed, true
	if list, ok := value.([]any); ok && len(list) > Tries {
		return "has a seventh entry, taken for the words that were not found"
	}
	return ""
}

// date reads 2026-02-28, with or without a time behind it.
func (o *oldStats) date(value any) string {
	text, ok := value.(string)
	if value == nil || ok && text == "" {
		return ""
	}
	if len(text) > len(time.DateOnly) {
		text = text[:len(time.DateOnly)]
	}
	date, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return "not a date such as 2026-02-28, left out"
	}
	o.last = Day(date, time.UTC)
	return ""
}

// number reads a whole number from 0 up, also one in a string.
func number(value any) (int, bool) {
	if text, ok := value.(string); ok {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		return n, err == nil && n >= 0
	}
	n, ok := value.(float64)
	return int(n), ok && n >= 0 && n == math.Trunc(n) && n < math.MaxInt32
}

// stats fits the numbers together, and says where they did not.
func (o *oldStats) stats() (s Stats, problems []string) {
	found := 0
	for _, n := range o.in {
		found += n
	}
	s = Stats{Played: o.played, Solved: o.solved, Streak: o.streak, Longest: o.longest, Last: o.last, In: o.in}
	if s.Solved == 0 {
		s.Solved = found
	}
	if found > s.Solved {
		problems = append(problems, fmt.Sprintf("%d words in the distribution, but %d found: it counts as %d", found, s.Solved, found))
		s.Solved = found
	}
	if s.Played == 0 {
		s.Played = s.Solved + max(o.lost, o.missed)
	}
	if s.Played < s.Solved {
		problems = append(problems, fmt.Sprintf("%d played, but %d found: it counts as %d", s.Played, s.Solved, s.Solved))
		s.Played = s.Solved
	}
	s.Longest = max(s.Longest, s.Streak)
	return s, problems
}
