package bot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// roster is who can be played in a game, and in which groups: lanes or roles.
type roster struct {
	groups  []string // in the order in which they are told
	aliases map[string]string
	members []rosterMember
}

type rosterMember struct {
	name   string
	groups []string
}

// rosterFile is the form of champions.json and of agents.json. Other fields are for people.
type rosterFile struct {
	Lanes     []string          `json:"lanes"`
	Roles     []string          `json:"roles"`
	Aliases   map[string]string `json:"aliases"`
	Champions []struct {
		Name  string   `json:"name"`
		Lanes []string `json:"lanes"`
	} `json:"champions"`
	Agents []struct {
		Name string `json:"name"`
		Role string `json:"role"`
	} `json:"agents"`
}

// loadRoster reads a file, or what comes with the program if there is no name.
func loadRoster(name string, own []byte) (*roster, error) {
	data := own
	if name != "" {
		var err error
		if data, err = os.ReadFile(name); err != nil {
			return nil, fmt.Errorf("read who can be played: %w", err)
		}
	}
	r, err := readRoster(data)
	if err != nil {
		return nil, fmt.Errorf("read who can be played from %s: %w", name, err)
	}
	return r, nil
}

func readRoster(data []byte) (*roster, error) {
	var file rosterFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	r := &roster{groups: slices.Concat(file.Lanes, file.Roles), aliases: map[string]string{}}
	for _, c := range file.Champions {
		r.members = append(r.members, rosterMember{c.Name, c.Lanes})
	}
	for _, a := range file.Agents {
		r.members = append(r.members, rosterMember{a.Name, []string{a.Role}})
	}
	for alias, group := range file.Aliases {
		r.aliases[strings.ToLower(alias)] = group
	}
	return r, r.check()
}

// check says what makes a roster unfit to be asked.
func (r *roster) check() error {
	if len(r.members) == 0 {
		return errors.New("nobody is in it")
	}
	for _, m := range r.members {
		if strings.TrimSpace(m.name) == "" {
			return errors.New("somebody has no name")
		}
		for _, g := range m.groups {
			if !slices.Contains(r.groups, g) {
				return fmt.Errorf("%s is in %q, which is not listed", m.name, g)
			}
		}
	}
	for alias, group := range r.aliases {
		if !slices.Contains(r.groups, group) {
			return fmt.Errorf("%q stands for %q, which is not listed", alias, group)
		}
	}
	for _, g := range r.groups {
		if len(r.in(g)) == 0 {
			return fmt.Errorf("nobody is in %q", g)
		}
	}
	return nil
}

// in returns who is in a group, or all for "".
func (r *roster) in(group string) []rosterMember {
	var found []rosterMember
	for _, m := range r.members {
		if group == "" || slices.Contains(m.groups, group) {
			found = append(found, m)
		}
	}
	return found
}

// group returns the group that somebody means, without regard to case.
func (r *roster) group(word string) (string, bool) {
	for _, g := range r.groups {
		if strings.EqualFold(g, word) {
			return g, true
		}
	}
	g, ok := r.aliases[strings.ToLower(word)]
	return g, ok
}

// run answers with somebody to play, in the group that the call asks for; as stands before
// the group.
func (r *roster) run(pick func(n int) int, emoji, as string) func(context.Context, *Call) error {
	return func(ctx context.Context, c *Call) error {
		group := ""
		if c.Args != "" {
			var ok bool
			if group, ok = r.group(c.Args); !ok {
				return &UsageError{Text: fmt.Sprintf("I do not know %q. There are %s.", shorten(c.Args, 24), listing(r.groups, "and"))}
			}
		}
		candidates := r.in(group)
		m := candidates[pick(len(candidates))]
		if group == "" {
			group = listing(m.groups, "or")
		}
		suggestion := emoji + " How about " + m.name
		if group != "" {
			suggestion += ", " + as + " " + group
		}
		return c.Notice(ctx, suggestion+"?")
	}
}

// listing writes words as people do: "top, mid and bot".
func listing(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
