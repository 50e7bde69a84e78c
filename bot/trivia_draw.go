package bot

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia"
)

const (
	triviaLeaders = 10 // shown on a leaderboard
	triviaNames   = 12 // named at a reveal, of each kind
)

// drawQuestion shows an open question. Nothing in it may depend on what is right.
func (t *triviaFeature) drawQuestion(r *triviaRound) Answer {
	return t.drawRound(r, -1, fmt.Sprintf("%d s to react", int(triviaTime.Seconds())))
}

// drawClosed shows a question with its answer, in the place of the open one.
func (t *triviaFeature) drawClosed(r *triviaRound) Answer {
	return t.drawRound(r, r.Right, "closed")
}

// drawRound shows a question. right is the answer to mark, or -1.
func (t *triviaFeature) drawRound(r *triviaRound, right int, foot string) Answer {
	q := &r.Question
	text, markup := "❓ "+q.Text, "<p>❓ <b>"+html.EscapeString(q.Text)+"</b></p>"
	var lines []string
	for i, choice := range r.Choices {
		line := html.EscapeString(choice)
		if i == right {
			text += fmt.Sprintf("\n%s %s ✅", t.emoji[i], choice)
			line = "<b>" + line + "</b> ✅"
		} else {
			text += fmt.Sprintf("\n%s %s", t.emoji[i], choice)
		}
		lines = append(lines, t.emoji[i]+" "+line)
	}
	about := fmt.Sprintf("%s · %s, %s · %s", title(q.Category), q.Difficulty, points(q.Difficulty.Points()), foot)
	if q.Credit != "" {
		about += " · " + q.Credit
	}
	return Answer{
		Text:  text + "\n" + about,
		HTML:  markup + "<p>" + strings.Join(lines, "<br>") + "</p><p>" + html.EscapeString(about) + "</p>",
		Board: true,
	}
}

// drawReveal tells what was right, and who knew it.
func (t *triviaFeature) drawReveal(r *triviaRound, players trivia.Players, name func(user string) string) Answer {
	q := &r.Question
	var right, wrong []string
	for user, choice := range r.Box.Last() {
		if choice != r.Right {
			wrong = append(wrong, name(user))
			continue
		}
		line := fmt.Sprintf("%s +%d", name(user), q.Difficulty.Points())
		if streak := players[user].Streak; streak > 1 {
			line += fmt.Sprintf(" (%d in a row)", streak)
		}
		right = append(right, line)
	}
	answer := t.emoji[r.Right] + " " + q.Right
	lines := []string{"⏰ It was " + answer}
	switch {
	case len(right)+len(wrong) == 0:
		lines = append(lines, "Nobody dared to answer.")
	case len(right) == 0:
		lines = append(lines, "Nobody knew it this time.")
	default:
		lines = append(lines, "✅ "+someNames(right))
	}
	if len(wrong) > 0 {
		lines = append(lines, "❌ "+someNames(wrong))
	}
	text := strings.Join(lines, "\n")
	for i := range lines {
		lines[i] = html.EscapeString(lines[i])
	}
	lines[0] = "⏰ It was <b>" + html.EscapeString(answer) + "</b>"
	markup := "<p>" + strings.Join(lines, "<br>") + "</p>"
	if q.Source != "" {
		text += "\nSource: " + q.Source
		markup += "<p>Source: " + sourceMarkup(q.Source) + "</p>"
	}
	if q.Credit != "" {
		text += "\n" + q.Credit
		markup += "<p>" + html.EscapeString(q.Credit) + "</p>"
	}
	return Answer{Text: text, HTML: markup, Board: true}
}

// nameIn returns what to call a player, also one who has left.
func nameIn(ctx context.Context, c *Call, room, user string) string {
	if name := c.Chat.Name(ctx, room, user); name != user {
		return name
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(user, "@"), ":")
	return name
}

// someNames lists names in the order of the alphabet, and counts those that are too many.
func someNames(names []string) string {
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	})
	more := ""
	if n := len(names) - triviaNames; n > 0 {
		names, more = names[:triviaNames], fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(names, ", ") + more
}

// sourceMarkup links what has an address of its own.
func sourceMarkup(source string) string {
	if article, ok := strings.CutPrefix(source, "Wikipedia: "); ok {
		address := "https://en.wikipedia.org/wiki/" + url.PathEscape(strings.ReplaceAll(article, " ", "_"))
		return fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(address), html.EscapeString(source))
	}
	return html.EscapeString(source)
}

// scores shows who in a room knows most.
func (t *triviaFeature) scores(ctx context.Context, c *Call) error {
	st, err := t.load(ctx, c.Room)
	if err != nil {
		return err
	}
	if len(st.Players) == 0 {
		return c.Notice(ctx, "Nobody has answered a question here yet. Ask one with "+t.Prefix+"trivia.")
	}
	_, err = c.Reply(ctx, drawTriviaScores(st.Players, c.Sender, func(user string) string { return nameIn(ctx, c, c.Room, user) }))
	return err
}

// drawTriviaScores draws a leaderboard. Who asks is on it, wherever that is.
func drawTriviaScores(players trivia.Players, asker string, name func(user string) string) Answer {
	text, markup := "🏆 Trivia in this room", "<p>🏆 <b>Trivia in this room</b></p><p>"
	medals := []string{"🥇", "🥈", "🥉"}
	for i, user := range players.Ranked() {
		if i >= triviaLeaders && user != asker {
			continue
		}
		p := players[user]
		place := fmt.Sprintf("%d.", i+1)
		if i < len(medals) {
			place = medals[i]
		}
		numbers := fmt.Sprintf("%s · %d of %d right", points(p.Points), p.Right, p.Answered)
		if p.Streak > 1 {
			numbers += fmt.Sprintf(" · %d in a row", p.Streak)
		}
		text += fmt.Sprintf("\n%s %s: %s", place, name(user), numbers)
		if i > 0 {
			markup += "<br>"
		}
		markup += fmt.Sprintf("%s <b>%s</b> %s", place, html.EscapeString(name(user)), numbers)
	}
	return Answer{Text: text, HTML: markup + "</p>", Board: true}
}

// drawTriviaCategories lists what can be asked about.
func drawTriviaCategories(bank trivia.Bank) Answer {
	var all []string
	for _, c := range bank.Categories() {
		all = append(all, fmt.Sprintf("%s (%d)", c, bank.Count(trivia.Filter{Category: c})))
	}
	return Answer{Text: fmt.Sprintf("%d questions: %s.", len(bank), strings.Join(all, ", "))}
}

func points(n int) string {
	if n == 1 {
		return "1 point"
	}
	return fmt.Sprintf("%d points", n)
}

// title writes a word with a capital letter.
func title(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}
