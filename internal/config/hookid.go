package config

import (
	"math"
	"regexp"
	"strings"
)

// exampleID is what the ids of the example and of the documentation begin with. They are
// published passwords.
const exampleID = "00000000-0000-4000-8000-"

var (
	idPattern   = regexp.MustCompile(`^[A-Za-z0-9\-._~]{1,128}$`)
	uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-([0-9a-fA-F])[0-9a-fA-F]{3}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
)

// validateID reports an id that cannot be one, and warns of one that can be guessed. The
// id is never shown.
func (c *Config) validateID(h Hook, path string) {
	const remedy = "`lotus-hooks id` prints a fresh one; its service must then be told the new address"
	path += ".id"
	switch id := h.ID.Reveal(); {
	case id == "":
	case strings.HasPrefix(strings.ToLower(id), exampleID):
		c.report.problem(path, "is an id from the example, which everybody knows", "`lotus-hooks id` prints a fresh one")
	case !idPattern.MatchString(id), id == ".", id == "..":
		c.report.problem(path, "is no id", `use 1 to 128 letters, digits and "-._~"`)
	case guessable(id):
		c.report.warn(path, "can be guessed, and whoever knows it can post", remedy)
	}
}

// leastBits is how much a guesser must not know of an id.
const leastBits = 80

// guessable says whether an id is too short or too regular to be a password. A random UUID
// is not; one made from a clock, a name or an address is.
func guessable(id string) bool {
	if m := uuidPattern.FindStringSubmatch(id); m != nil && m[1] != "4" {
		return true
	}
	counts := map[rune]int{}
	for _, r := range strings.ReplaceAll(id, "-", "") {
		counts[r]++
	}
	bits := 0.0 // by how often each character comes: words and repetitions score low
	n := float64(len(id) - strings.Count(id, "-"))
	for _, k := range counts {
		bits -= float64(k) * math.Log2(float64(k)/n)
	}
	return bits < leastBits
}
