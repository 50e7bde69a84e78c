// Package trivia holds questions with four answers each, picks them, and keeps score.
package trivia

import (
	"slices"
	"strings"
)

// Difficulty is how many people know an answer.
type Difficulty string

// The difficulties. Any asks for no certain one.
const (
	Any    Difficulty = ""
	Easy   Difficulty = "easy"
	Medium Difficulty = "medium"
	Hard   Difficulty = "hard"
)

// Points is what a right answer brings.
func (d Difficulty) Points() int {
	switch d {
	case Hard:
		return 3
	case Medium:
		return 2
	default:
		return 1
	}
}

// Question is a question with one right answer.
type Question struct {
	ID         string     `json:"id"` // never used for another question
	Category   string     `json:"category"`
	Difficulty Difficulty `json:"difficulty"`
	Text       string     `json:"question"`
	Right      string     `json:"right"`
	Wrong      []string   `json:"wrong"`            // three
	Source     string     `json:"source,omitempty"` // where it can be looked up
	Credit     string     `json:"credit,omitempty"` // whose words these are, if the licence wants that told
}

// Filter says which questions are wanted; its zero value wants all.
type Filter struct {
	Category   string // "" is any
	Difficulty Difficulty
}

// Matches says whether a question is wanted.
func (f Filter) Matches(q *Question) bool {
	return (f.Category == "" || f.Category == q.Category) && (f.Difficulty == Any || f.Difficulty == q.Difficulty)
}

// aliases are other names of categories that people may think of.
var aliases = map[string]string{
	"game": "games", "gaming": "games", "videogames": "games",
	"physics": "science", "chemistry": "science", "maths": "science", "math": "science",
	"countries": "geography", "capitals": "geography",
	"movies": "film", "movie": "film", "films": "film", "cinema": "film",
	"computers": "computing", "computer": "computing", "tech": "computing", "technology": "computing", "it": "computing",
	"sports": "sport", "drink": "food", "drinks": "food", "cooking": "food",
	"languages": "language", "words": "language",
	"animals": "nature", "animal": "nature", "plants": "nature", "biology": "nature",
	"astronomy": "space", "planets": "space",
	"book": "books", "literature": "books", "novels": "books",
}

// ParseFilter reads a category and a difficulty, in any order, each of which may be missing.
// It returns the first word that is neither. A category's first letters are enough when no
// other begins with them.
func ParseFilter(words, categories []string) (f Filter, unknown string) {
	for _, word := range words {
		name := strings.ToLower(word)
		switch d := Difficulty(name); {
		case name == "any" || name == "random":
		case f.Difficulty == Any && (d == Easy || d == Medium || d == Hard):
			f.Difficulty = d
		case f.Category == "" && category(name, categories) != "":
			f.Category = category(name, categories)
		default:
			return Filter{}, word
		}
	}
	return f, ""
}

func category(name string, categories []string) string {
	if known, ok := aliases[name]; ok {
		name = known
	}
	if slices.Contains(categories, name) {
		return name
	}
	found := ""
	for _, c := range categories {
		if len(name) >= 3 && strings.HasPrefix(c, name) {
			if found != "" {
				return ""
			}
			found = c
		}
	}
	return found
}
