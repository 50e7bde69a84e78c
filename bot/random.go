package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxRandom is the largest number, above and below zero, that may be asked for.
const maxRandom = 1_000_000_000_000

// Random is the command that picks a number. pick returns a number from 0 up to n, n left
// out, by chance.
func Random(pick func(n int) int) Feature {
	return Feature{Name: "random", Commands: []Command{{
		Name:    "random",
		Aliases: []string{"rand"},
		Usage:   "<min> <max>",
		Summary: "picks a whole number, both ends included",
		Run: func(ctx context.Context, c *Call) error {
			words := c.Words()
			if len(words) != 2 {
				return &UsageError{Text: "From which number to which?"}
			}
			low, err := wholeNumber(words[0])
			if err != nil {
				return err
			}
			high, err := wholeNumber(words[1])
			if err != nil {
				return err
			}
			low, high = min(low, high), max(low, high)
			return c.Notice(ctx, fmt.Sprintf("🎯 %d, between %d and %d.", low+pick(high-low+1), low, high))
		},
	}}}
}

// wholeNumber reads a number; its error is for who wrote it.
func wholeNumber(word string) (int, error) {
	n, err := strconv.Atoi(strings.ReplaceAll(word, "−", "-"))
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return 0, &UsageError{Text: fmt.Sprintf("%q is no whole number.", shorten(word, 24))}
	case err != nil || n > maxRandom || n < -maxRandom:
		return 0, &UsageError{Text: fmt.Sprintf("I count from -%d to %d.", maxRandom, maxRandom)}
	}
	return n, nil
}
