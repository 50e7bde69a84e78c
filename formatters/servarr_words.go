package formatters

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// reasonWords says why a file is gone, and a reason that is new to us in its own words.
func reasonWords(reason text) string {
	switch strings.ToLower(string(reason)) {
	case "missingfromdisk":
		return "missing from disk"
	case "manual":
		return "deleted by hand"
	case "upgrade":
		return "replaced by an upgrade"
	case "nolinkedepisodes":
		return "no longer linked to anything"
	case "manualoverride":
		return "replaced by a manual import"
	}
	return camelWords(string(reason))
}

// reasonSeverity is Warning when something that people could watch or hear is gone: lost,
// or deleted by hand. A file that was replaced, or belonged to nothing, is no loss.
func reasonSeverity(reason text) Severity {
	switch strings.ToLower(string(reason)) {
	case "upgrade", "manualoverride", "nolinkedepisodes":
		return Info
	}
	return Warning
}

// nameWords lists names, each once.
func nameWords[T ~string](names []T) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = string(name)
	}
	return joinWords(", ", all...)
}

// manyNames is how many names a fact lists; releases of streaming services have the
// subtitles of thirty languages.
const manyNames = 8

// someWords lists names as nameWords does, but counts those that are too many for a line.
func someWords[T ~string](names []T) string {
	all := strings.Split(nameWords(names), ", ")
	if len(all) <= manyNames {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s, +%d more", strings.Join(all[:manyNames-1], ", "), len(all)-manyNames+1)
}

// languageWords lists languages, each once, but not the one called "Unknown".
func languageWords(names []servarrName) string {
	return someWords(slices.DeleteFunc(slices.Clone(names), func(name servarrName) bool {
		return strings.EqualFold(string(name), "unknown")
	}))
}

// counted writes "1 file" or "132 files".
func counted(n int, thing string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// sizeWords writes a size in bytes; 0 stands for unknown.
func sizeWords(n number) string {
	if n.Value >= 1 && n.Value < 1e18 {
		return byteSize(n.Value)
	}
	return ""
}

// groupFact names who made a release, unless the release's title says so anyway.
func groupFact(name text, title string) Fact {
	if strings.Contains(title, string(name)) {
		return Fact{}
	}
	return Fact{Name: "Group", Value: string(name)}
}

// titleWithYear returns "Dune (2021)"; some titles end in their year already.
func titleWithYear(title text, year number) string {
	y, _ := year.whole(9999)
	suffix := fmt.Sprintf(" (%d)", y)
	if y == 0 || title == "" || strings.HasSuffix(string(title), suffix) {
		return string(title)
	}
	return string(title) + suffix
}

// credited returns "Maker – Title", with what is known of both.
func credited(maker, title string) string {
	if maker == "" || title == "" {
		return maker + title
	}
	return maker + " – " + title
}

// yearOf returns the year of a date such as "2025-10-03T00:00:00Z". The programs write the
// years 1 and 9999 where they do not know it.
func yearOf(date text) number {
	year, _, _ := strings.Cut(string(date), "-")
	v, err := strconv.Atoi(year)
	return number{Value: float64(v), Known: err == nil && v > 1 && v < 9999}
}

// camelWords writes a programmer's name in words: "health restored", "api key check".
func camelWords(name string) string {
	if isLowerWord(name) {
		return name
	}
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		if r == '_' || r == '-' || r == '.' {
			r = ' '
		}
		begins := i > 0 && unicode.IsUpper(r) &&
			(!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if begins {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// productVersion reads "4.0.19.2979" from "Sonarr/4.0.19.2979 (alpine 3.21)".
func productVersion(userAgent, product string) string {
	name, rest, _ := strings.Cut(userAgent, "/")
	if !strings.EqualFold(name, product) {
		return ""
	}
	version, _, _ := strings.Cut(rest, " ")
	return version
}

// leftOver writes out the members of a webhook that its notification does not tell.
func leftOver(p Payload, told ...string) string {
	tree, err := jsonTree(p)
	if err != nil {
		return ""
	}
	for _, name := range told {
		tree.drop(strings.ToLower(name))
	}
	return tree.outline()
}

// knownFacts returns those of the facts that have a value.
func knownFacts(facts ...Fact) []Fact {
	return slices.DeleteFunc(facts, func(f Fact) bool { return strings.TrimSpace(f.Value) == "" })
}

// firstText returns the first text that is not blank, or "".
func firstText(texts ...text) string {
	for _, t := range texts {
		if s := strings.TrimSpace(string(t)); s != "" {
			return s
		}
	}
	return ""
}

// joinWords joins the words that are not blank, each once.
func joinWords(separator string, words ...string) string {
	kept := make([]string, 0, len(words))
	for _, s := range words {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, separator)
}

// whole returns a number as an integer from 0 to limit; false for any other.
func (n number) whole(limit int) (int, bool) {
	if n.Known && n.Value >= 0 && n.Value <= float64(limit) {
		return int(n.Value), true
	}
	return 0, false
}

// isTrue reads a boolean that may be quoted or a number.
func (t text) isTrue() bool { return strings.EqualFold(string(t), "true") || t == "1" }
