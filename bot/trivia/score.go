package trivia

import (
	"cmp"
	"slices"
)

// Player is how somebody has played so far.
type Player struct {
	Points   int `json:"points"`
	Right    int `json:"right"`
	Answered int `json:"answered"`
	Streak   int `json:"streak"`  // right answers in a row; a question that was left out breaks none
	Longest  int `json:"longest"` // of the streaks
}

// Players are the players of a room, by user id.
type Players map[string]Player

// Score counts the answers of a round. It must be called once for a round.
func (p Players) Score(r *Round) {
	for user, choice := range r.Box.Last() {
		player := p[user]
		player.Answered++
		if choice == r.Right {
			player.Points += r.Question.Difficulty.Points()
			player.Right++
			player.Streak++
			player.Longest = max(player.Longest, player.Streak)
		} else {
			player.Streak = 0
		}
		p[user] = player
	}
}

// Ranked returns the user ids, the best first: most points, then fewest answers, then the
// order of the alphabet.
func (p Players) Ranked() []string {
	users := make([]string, 0, len(p))
	for user := range p {
		users = append(users, user)
	}
	slices.SortFunc(users, func(a, b string) int {
		return cmp.Or(-cmp.Compare(p[a].Points, p[b].Points), cmp.Compare(p[a].Answered, p[b].Answered), cmp.Compare(a, b))
	})
	return users
}
