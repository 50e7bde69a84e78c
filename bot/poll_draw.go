package bot

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/poll"
)

// pollBar is how many squares the longest bar has. Emoji squares are the same in every
// client, with and without colours, and ten of them fit beside the numbers on a phone. The
// rest of a bar is left out: the squares for it are too bright on a dark ground, or vanish
// on a light one.
const pollBar = 10

// draw shows how a poll stands.
func (p *pollFeature) draw(st *pollState) Answer {
	result := st.Count(&st.Box)
	leaders := result.Leaders()
	text, between := "📊 "+st.Question, "</p><p>"
	if result.Voters == 0 {
		between = "<br>"
	}
	var lines []string
	for i, choice := range st.Choices() {
		square, mark := "🟦", ""
		name := html.EscapeString(choice.Text)
		if slices.Contains(leaders, i) {
			name = "<b>" + name + "</b>"
			if st.ended() {
				square, mark = "🟩", " 🏆"
			}
		}
		line := choice.Emoji + " " + name + mark
		text += "\n" + choice.Emoji + " " + choice.Text + mark
		if n := result.Votes[i]; n > 0 {
			text += fmt.Sprintf(": %d (%d %%)", n, result.Percent(i))
			line += fmt.Sprintf("<br>%s %d\u00a0·\u00a0%d\u00a0%%", strings.Repeat(square, result.Bar(i, pollBar)), n, result.Percent(i))
		}
		lines = append(lines, line)
	}
	foot := p.foot(st, result)
	return Answer{
		Text:  text + "\n" + foot,
		HTML:  "<p>📊 <b>" + html.EscapeString(st.Question) + "</b></p><p>" + strings.Join(lines, between) + "</p><p>" + foot + "</p>",
		Board: true,
	}
}

// foot says below a poll who has voted and how it goes on.
func (p *pollFeature) foot(st *pollState, result poll.Result) string {
	voters := "No votes yet"
	switch {
	case result.Voters == 1:
		voters = "1 vote"
	case result.Voters > 1 && st.Several:
		voters = fmt.Sprintf("%d people", result.Voters)
	case result.Voters > 1:
		voters = fmt.Sprintf("%d votes", result.Voters)
	}
	if st.ended() {
		return strings.TrimSuffix(voters, " yet") + " · closed"
	}
	foot := voters + " · react to vote"
	if st.Several {
		foot = voters + " · react to vote, more than one if you like"
	}
	if st.Timed {
		foot += " · open until " + p.moment(st.Ends, st.Asked)
	}
	return foot
}

// moment writes when a poll ends: the time alone on the day that it was asked.
func (p *pollFeature) moment(end, asked time.Time) string {
	end, asked = end.In(p.Zone), asked.In(p.Zone)
	if end.Sub(asked) < 2*time.Minute {
		return end.Format("15:04:05")
	}
	if end.Format(time.DateOnly) == asked.Format(time.DateOnly) {
		return end.Format("15:04")
	}
	return end.Format("2 January, 15:04")
}

// drawPollEnd says how a poll came out.
func drawPollEnd(st *pollState) Answer {
	result := st.Count(&st.Box)
	leaders, choices := result.Leaders(), st.Choices()
	var names []string
	for _, i := range leaders {
		names = append(names, choices[i].Text)
	}
	var outcome string
	switch {
	case len(leaders) == 0:
		outcome = "Nobody voted"
	case len(leaders) == 1:
		outcome = fmt.Sprintf("%s, with %d of %d", names[0], result.Votes[leaders[0]], result.Voters)
	case len(leaders) == len(choices):
		outcome = fmt.Sprintf("A draw, with %d each", result.Votes[leaders[0]])
	default:
		last := len(names) - 1
		outcome = fmt.Sprintf("A draw between %s and %s, with %d each", strings.Join(names[:last], ", "), names[last], result.Votes[leaders[0]])
	}
	question := st.Question
	if !strings.HasSuffix(question, "?") {
		question += ":"
	}
	return Answer{
		Text:  "📊 " + question + " " + outcome,
		HTML:  "📊 " + html.EscapeString(question) + " <b>" + html.EscapeString(outcome) + "</b>",
		Board: true,
	}
}
