package ballot

import (
	"slices"
	"strings"
)

// Choice returns which of some emoji a reaction's key is, or -1. Clients differ in whether
// they write the variation selector that asks for an emoji's picture, and a person's skin
// tone may be added.
func Choice(emoji []string, key string) int {
	key = bare(key)
	return slices.IndexFunc(emoji, func(one string) bool { return bare(one) == key })
}

func bare(emoji string) string {
	return strings.Map(func(r rune) rune {
		if r == '\ufe0f' || r >= 0x1f3fb && r <= 0x1f3ff {
			return -1
		}
		return r
	}, emoji)
}
