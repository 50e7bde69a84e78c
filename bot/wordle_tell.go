package bot

import (
	"context"
	"fmt"
	"html"
	"slices"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// prefer turns hard mode or contrast on or off, or says which it is. A board that is begun
// keeps its mode; colours change at once.
func (w *wordleFeature) prefer(ctx context.Context, c *Call, p *wordlePlayer, what string, more []string) error {
	setting, name, when := &p.Hard, "Hard mode", ""
	if what == "contrast" {
		setting, name = &p.Contrast, "High contrast"
	}
	words := map[bool]string{false: "off", true: "on"}
	switch {
	case len(more) == 0:
		return c.Notice(ctx, fmt.Sprintf("%s is %s. Change it with %swordle %s %s.", name, words[*setting], w.Prefix, what, words[!*setting]))
	case len(more) > 1 || more[0] != "on" && more[0] != "off":
		return &UsageError{Text: fmt.Sprintf("%s can be on or off.", name), Usage: what + " on|off"}
	}
	*setting = more[0] == "on"
	if what == "hard" {
		for _, b := range []*wordleBoard{p.Daily, p.Practice} {
			if b != nil && !b.Over() && len(b.Guesses) == 0 {
				b.Hard = p.Hard
			}
		}
		if p.open() && p.board().Hard != p.Hard {
			when = " from the next board"
		}
	}
	if err := w.save(ctx, p); err != nil {
		return err
	}
	if err := c.Notice(ctx, fmt.Sprintf("%s is %s%s.", name, words[*setting], when)); err != nil {
		return err
	}
	if b := p.board(); b != nil && b.Event != "" {
		return c.Edit(ctx, p.Room, b.Event, w.draw(c, p, b))
	}
	return nil
}

// stats shows how somebody plays.
func (w *wordleFeature) stats(ctx context.Context, c *Call, p *wordlePlayer) error {
	if p.Stats.Played == 0 {
		return c.Notice(ctx, "You have not played a word of the day to its end yet.")
	}
	_, err := c.Reply(ctx, drawWordleStats(p.Name, &p.Stats, w.today(c)))
	return err
}

func drawWordleStats(name string, s *wordle.Stats, today int) Answer {
	numbers := fmt.Sprintf("%d played · %d %% solved · streak %d · longest %d", s.Played, s.Percent(), s.StreakOn(today), s.Longest)
	rows := append(slices.Clone(s.In[:]), s.Played-s.Solved)
	most := slices.Max(rows)
	var bars []string
	for i, n := range rows {
		row := fmt.Sprintf("%d │", i+1)
		if i == wordle.Tries {
			row = "X │"
		}
		length := (n*10 + most - 1) / most // 10 for the most, 1 for any at all
		bars = append(bars, strings.TrimSpace(fmt.Sprintf("%s%s %d", row, strings.Repeat("█", length), n)))
	}
	histogram := strings.Join(bars, "\n")
	return Answer{
		Text:  fmt.Sprintf("%s, Wordle: %s\n%s", name, numbers, histogram),
		HTML:  fmt.Sprintf("<p><b>%s</b>, Wordle: %s</p><pre><code>%s</code></pre>", html.EscapeString(name), numbers, histogram),
		Board: true,
	}
}

// share shows the finished board in a room, without the letters.
func (w *wordleFeature) share(ctx context.Context, c *Call, p *wordlePlayer) error {
	b := p.Daily
	if b == nil || !b.Over() {
		return &Refusal{Text: "There is nothing to share yet: finish the word of the day first, with " + w.Prefix + "wordle."}
	}
	room, err := w.shareRoom(ctx, c, p)
	if err != nil {
		return err
	}
	if slices.Contains(b.Shared, room) {
		return c.Notice(ctx, "That board is shared there already.")
	}
	a := drawWordleShare(c.Sender, c.Chat.Name(ctx, room, c.Sender), &b.Game, p.Contrast)
	if room == c.Room {
		a.ReplyTo = c.ID
	}
	if _, err := c.SayIn(ctx, room, a); err != nil {
		return err
	}
	b.Shared = append(b.Shared, room)
	if err := w.save(ctx, p); err != nil || room == c.Room {
		return err
	}
	return c.Notice(ctx, "Your board is shared.")
}

// shareRoom returns where a board is to be shown: the room that is named, or else the room
// of the call, or in a direct chat the room that the game was called from, or the
// configured one. Player and bot must both be there.
func (w *wordleFeature) shareRoom(ctx context.Context, c *Call, p *wordlePlayer) (string, error) {
	room := c.Room
	if words := strings.Fields(c.Args); len(words) > 1 {
		room = words[1]
	} else if c.Chat.IsDirect(ctx, c.Room) {
		room = p.From
		if room == "" {
			room = w.Room
		}
		if room == "" {
			return "", &UsageError{Text: "Name the room, or say it in the room that shall see your board.", Usage: "share <room>"}
		}
	}
	room, err := c.Chat.Resolve(ctx, room)
	if err != nil {
		return "", &Refusal{Text: "I do not know that room.", Cause: err}
	}
	if room == c.Room {
		return room, nil
	}
	members, err := c.Chat.Members(ctx, room)
	if err != nil || !slices.Contains(members, c.Sender) || !slices.Contains(members, c.Chat.User()) {
		return "", &Refusal{Text: "I can share it only in a room that we are both in.", Cause: err}
	}
	return room, nil
}

// drawWordleShare draws how a game went, without telling a letter.
func drawWordleShare(user, name string, g *wordle.Game, contrast bool) Answer {
	did := "solved"
	if !g.Solved() {
		did = "did not solve"
	}
	title, _ := wordleTitle(g)
	ink := inkOf(contrast)
	var rows []string
	for i := range g.Guesses {
		rows = append(rows, ink.emoji(g.Marks(i)))
	}
	return Answer{
		Text: strings.TrimSpace(fmt.Sprintf("%s %s %s %s\n%s", name, did, title, g.Count(), strings.Join(rows, "\n"))),
		HTML: fmt.Sprintf(`<p><a href="https://matrix.to/#/%s">%s</a> %s <b>%s</b> %s</p><p>%s</p>`,
			html.EscapeString(user), html.EscapeString(name), did, title, g.Count(), strings.Join(rows, "<br>")),
		Board: true,
	}
}
