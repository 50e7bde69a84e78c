package bot

import _ "embed" // the agents

//go:embed data/agents.json
var ownAgents []byte

// Agent is the command that picks an agent of Valorant. pick returns a number from 0 up to
// n, n left out, by chance. A file, if there is one, takes the place of data/agents.json and
// has its form.
func Agent(pick func(n int) int, file string) (Feature, error) {
	r, err := loadRoster(file, ownAgents)
	if err != nil {
		return Feature{}, err
	}
	return Feature{Name: "agent", Commands: []Command{{
		Name:    "agent",
		Usage:   "[<role>]",
		Summary: "picks an agent of Valorant for you",
		Details: "The roles are " + listing(r.groups, "and") + ".",
		Run:     r.run(pick, "🎯", "the"),
	}}}, nil
}
