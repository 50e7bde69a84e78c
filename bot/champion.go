package bot

import _ "embed" // the champions

//go:embed data/champions.json
var ownChampions []byte

// Champion is the command that picks a champion of League of Legends. pick returns a number
// from 0 up to n, n left out, by chance. A file, if there is one, takes the place of
// data/champions.json and has its form.
func Champion(pick func(n int) int, file string) (Feature, error) {
	r, err := loadRoster(file, ownChampions)
	if err != nil {
		return Feature{}, err
	}
	return Feature{Name: "champion", Commands: []Command{{
		Name:    "champion",
		Aliases: []string{"champ"},
		Usage:   "[<lane>]",
		Summary: "picks a champion of League of Legends for you",
		Details: "The lanes are " + listing(r.groups, "and") + ".",
		Run:     r.run(pick, "⚔️", "for"),
	}}}, nil
}
