//go:build goolm && linux

package e2e_test

import (
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// asks asks the language model in all ways that it may fail, and then with success.
func (p *parlour) asks(t *testing.T, room id.RoomID) {
	for _, e := range []exchange{ // each gives the cooldown back
		{"!ask", `Ask me something\. Usage: !ask <question>`},
		{"!ask " + strings.Repeat("very ", 801) + "long?", `That is too long for me\. .*`},
		{"!ask lost?", `The language model "small" is not installed on its server\. Whoever runs me can change that\.`},
		{"!ask busy?", `The language model is busy with other questions\. Try again in a few minutes\.`},
		{"!ask away?", `The language model is not there at the moment\. Try again later\.`},
		{"!ask silence", `The language model had nothing to say\.`},
		{"!ask break", `The language model broke off\. Try again\.`},
	} {
		p.converse(t, room, []exchange{e})
	}
	late := p.growing(t, room, "!ask break late")
	p.check(t, exchange{"!ask break late", `board: As I was going to say before I lost …\n\n\(The language model broke off\. Try again\.\)`}, late[len(late)-1])

	looks := p.growing(t, room, "!ask story")
	p.check(t, exchange{"!ask story", `board: Once upon a time there was a bot that told no more\.`}, looks[len(looks)-1])
	if len(looks) < 2 || !strings.HasSuffix(looks[0].text(), " …") {
		t.Errorf("the story was told in %d looks, the first %q", len(looks), looks[0].text())
	}
	p.converse(t, room, []exchange{{"!ask another story", `Again in (?:2 min|1 min \d+ s|1 min|\d\d s)\.`}})

	said := p.bob.reply(t, room, looks[0].id, "and then?")
	next := p.ann.await(t, "the conversation to go on", func(h heard) bool { return h.answers(said) })
	p.check(t, exchange{"and then?", `board: I have read: user story; assistant Once upon a time there was a bot that told no more\.; user and then\?\.`}, next)
}

// growing asks and returns the looks of the answer: the message, and its edits until one does
// not end in an ellipsis.
func (p *parlour) growing(t *testing.T, room id.RoomID, question string) []heard {
	t.Helper()
	asked := p.ann.say(t, room, question)
	first := p.ann.await(t, "the answer to "+question, func(h heard) bool { return h.answers(asked) })
	look := func(h heard) bool { return h.id == first.id || h.edits(first.id) }
	p.ann.await(t, "the end of the answer to "+question, func(h heard) bool { return look(h) && !strings.HasSuffix(h.text(), "…") })
	return p.ann.events(look)
}

// takesBack asks for what never ends, and deletes the question.
func (p *parlour) takesBack(t *testing.T) {
	asked := p.ann.say(t, p.elsewhere, "!ask forever")
	answer := p.ann.await(t, "the answer to grow", func(h heard) bool { return h.answers(asked) })
	p.ann.redact(t, p.elsewhere, asked)
	select {
	case <-p.model.stopped:
	case <-time.After(time.Minute):
		t.Error("the model goes on after the question was taken back")
	}
	p.ann.await(t, "the answer to be taken back", func(h heard) bool { return h.sender == botUser && h.target == answer.id })

	thought := p.bob.say(t, p.elsewhere, "!ask think")
	got := p.ann.await(t, "the answer of who thinks", func(h heard) bool { return h.answers(thought) })
	p.check(t, exchange{"!ask think", `board: \*\*Forty-two\*\* <@.?room> .* & .code.\.\n- one\n- two`}, got)
	if markup, _ := got.said()["formatted_body"].(string); strings.Contains(markup, "href") || strings.Contains(markup, "secret") {
		t.Errorf("the model's answer is drawn as %s", markup)
	}
}
