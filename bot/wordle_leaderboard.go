package bot

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"slices"
	"strings"
)

const wordleLeaders = 10 // shown on a leaderboard

// leaderboard shows who plays best: in a room among its members, in a direct chat among all.
func (w *wordleFeature) leaderboard(ctx context.Context, c *Call) error {
	users, err := w.users(ctx)
	if err != nil {
		return err
	}
	if !c.Chat.IsDirect(ctx, c.Room) {
		members, err := c.Chat.Members(ctx, c.Room)
		if err != nil {
			return err
		}
		users = slices.DeleteFunc(users, func(user string) bool { return !slices.Contains(members, user) })
	}
	var players []*wordlePlayer
	for _, user := range users {
		p, err := w.load(ctx, user)
		if err != nil {
			return err
		}
		if p.Stats.Played == 0 {
			continue
		}
		if name := c.Chat.Name(ctx, c.Room, user); name != user {
			p.Name = name
		} else if p.Name == "" { // known to an earlier bot alone
			p.Name, _, _ = strings.Cut(strings.TrimPrefix(user, "@"), ":")
		}
		players = append(players, p)
	}
	if len(players) == 0 {
		return c.Notice(ctx, "Nobody here has played a word of the day to its end yet.")
	}
	_, err = c.Reply(ctx, drawWordleLeaders(players, w.today(c)))
	return err
}

// drawWordleLeaders draws a leaderboard: most words found first, then fewest guesses.
func drawWordleLeaders(players []*wordlePlayer, today int) Answer {
	slices.SortStableFunc(players, func(a, b *wordlePlayer) int {
		return cmp.Or(-cmp.Compare(a.Stats.Solved, b.Stats.Solved), cmp.Compare(a.Stats.Average(), b.Stats.Average()), cmp.Compare(a.user, b.user))
	})
	var done []string
	for _, p := range players {
		if p.Daily != nil && p.Daily.Day == today && p.Daily.Over() {
			done = append(done, p.Name+" "+p.Daily.Count())
		}
	}
	heading := "Nobody has finished today's word yet."
	if len(done) > 0 {
		heading = "Today: " + strings.Join(done, ", ")
	}
	text := "Wordle leaderboard · " + heading
	markup := "<p><b>Wordle leaderboard</b> · " + html.EscapeString(heading) + "</p><ol>"
	for i, p := range players[:min(len(players), wordleLeaders)] {
		numbers := fmt.Sprintf("%d of %d solved", p.Stats.Solved, p.Stats.Played)
		if average := p.Stats.Average(); average > 0 {
			numbers += fmt.Sprintf(", in %.1f guesses on average", average)
		}
		if streak := p.Stats.StreakOn(today); streak > 1 {
			numbers += fmt.Sprintf(" · streak %d", streak)
		}
		text += fmt.Sprintf("\n%d. %s: %s", i+1, p.Name, numbers)
		markup += fmt.Sprintf("<li><b>%s</b>: %s</li>", html.EscapeString(p.Name), numbers)
	}
	return Answer{Text: text, HTML: markup + "</ol>", Board: true}
}
