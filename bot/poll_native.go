package bot

import (
	"fmt"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/poll"
)

// The names of MSC3381 before it is in the specification, which are those that clients use.
const (
	nativePollStart = "org.matrix.msc3381.poll.start"
	nativePollOver  = "org.matrix.msc3381.poll.end"
	nativeText      = "org.matrix.msc1767.text"
	nativeDisclosed = "org.matrix.msc3381.poll.disclosed" // votes are shown while the poll is open
)

type object = map[string]any

// nativePoll returns a poll that clients draw, take votes for and count themselves.
func nativePoll(p *poll.Poll) Answer {
	text, several := p.Question, 1
	var answers []object
	for i, choice := range p.Choices() {
		text += fmt.Sprintf("\n%d. %s", i+1, choice.Text)
		answers = append(answers, object{"id": fmt.Sprint(i + 1), nativeText: choice.Text})
	}
	if p.Several {
		several = len(answers)
	}
	return Answer{Type: nativePollStart, Content: object{
		nativeText: text,
		nativePollStart: object{
			"kind":           nativeDisclosed,
			"max_selections": several,
			"question":       object{nativeText: p.Question},
			"answers":        answers,
		},
	}}
}

// nativePollEnd ends a poll that clients count.
func nativePollEnd(event string) Answer {
	return Answer{Type: nativePollOver, Content: object{
		nativeText:     "The poll is closed.",
		nativePollOver: object{},
		"m.relates_to": object{"rel_type": "m.reference", "event_id": event},
	}}
}
