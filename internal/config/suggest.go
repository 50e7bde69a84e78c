package config

import (
	"fmt"
	"slices"
	"strings"
)

// suggest returns the remedy for a wrong name: the known name that is meant, or all of them.
func suggest(wrong string, known []string) string {
	best, distance := "", max(len(wrong)/3, 1)+1
	for _, name := range known {
		if len(wrong)-len(name) >= distance {
			continue // too far off, and a file may hold names of any length
		}
		if d := editDistance(strings.ToLower(wrong), strings.ToLower(name)); d < distance {
			best, distance = name, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("did you mean %q?", best)
	case len(known) == 0:
		return ""
	}
	known = slices.Sorted(slices.Values(known))
	return "use one of " + strings.Join(known, ", ")
}

// editDistance counts the insertions, deletions, replacements and swaps of neighbours that
// turn a into b.
func editDistance(a, b string) int {
	previous, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], previous[j-2]+1)
			}
		}
		previous, row = row, next
	}
	return row[len(b)]
}
