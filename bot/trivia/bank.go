package trivia

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
)

//go:embed questions/*.json
var files embed.FS

// Bank is a collection of questions.
type Bank []Question

// Shipped returns the project's own questions, a file for each category.
func Shipped() (Bank, error) {
	names, err := files.ReadDir("questions")
	if err != nil {
		return nil, fmt.Errorf("list questions: %w", err)
	}
	var bank Bank
	for _, name := range names {
		data, err := files.ReadFile(path.Join("questions", name.Name()))
		if err != nil {
			return nil, fmt.Errorf("read questions: %w", err)
		}
		var file struct {
			Category  string     `json:"category"`
			Questions []Question `json:"questions"`
		}
		if err := json.Unmarshal(data, &file); err != nil {
			return nil, fmt.Errorf("read questions of %s: %w", name.Name(), err)
		}
		for _, q := range file.Questions {
			q.Category = file.Category
			bank = append(bank, q)
		}
	}
	return bank, nil
}

// Categories returns the categories, in order.
func (b Bank) Categories() []string {
	var all []string
	for i := range b {
		all = append(all, b[i].Category)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Count returns how many questions a filter matches.
func (b Bank) Count(f Filter) int {
	n := 0
	for i := range b {
		if f.Matches(&b[i]) {
			n++
		}
	}
	return n
}

// Pick returns a question that a filter matches and that is not among those asked before, by
// their ids, and what is asked now. When all were asked, they begin anew, the last one of all
// left out. pick returns a number from 0 up to n, n left out, by chance. It returns nil when
// the filter matches nothing.
func (b Bank) Pick(f Filter, asked []string, pick func(n int) int) (*Question, []string) {
	known := make(map[string]bool, len(asked))
	for _, id := range asked {
		known[id] = true
	}
	var matching, fresh []*Question
	for i := range b {
		if q := &b[i]; f.Matches(q) {
			matching = append(matching, q)
			if !known[q.ID] {
				fresh = append(fresh, q)
			}
		}
	}
	if len(matching) == 0 {
		return nil, asked
	}
	asked = slices.Clone(asked)
	if len(fresh) == 0 {
		last := asked[len(asked)-1]
		for _, q := range matching {
			asked = slices.DeleteFunc(asked, func(id string) bool { return id == q.ID })
			if q.ID != last || len(matching) == 1 {
				fresh = append(fresh, q)
			}
		}
	}
	q := fresh[pick(len(fresh))]
	return q, append(asked, q.ID)
}
