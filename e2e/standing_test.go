//go:build goolm && linux

package e2e_test

import (
	"testing"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/stories"
)

// everything returns the messages of a room as read does. Those that were redacted have no
// content.
func (p *person) everything(room id.RoomID) []message {
	p.t.Helper()
	var all []message
	for _, evt := range p.timeline(room) {
		if evt.Type != event.EventMessage && evt.Type != event.EventEncrypted {
			continue
		}
		m := message{id: evt.ID.String(), sender: evt.Sender.String(), encrypted: evt.Type == event.EventEncrypted}
		switch {
		case evt.Unsigned.RedactedBecause != nil:
		case !m.encrypted:
			m.content = evt.Content.Raw
		default:
			plain := p.decrypt(evt, 20*time.Second)
			if plain == nil {
				p.t.Errorf("%s cannot read %s", p.UserID, evt.ID)
				continue
			}
			m.content = plain.Content.Raw
		}
		all = append(all, m)
	}
	return all
}

// standing returns what a member sees of a room's messages at last, oldest first: with all
// changes applied, as clients show them, and without what was redacted. What a change shows
// is its "m.new_content".
func standing(room []message) []message {
	var cards []message
	at := map[string]int{} // by id
	for _, m := range room {
		if len(m.content) == 0 { // redacted
			continue
		}
		if target, kind := m.relation(); kind == "m.replace" {
			i, stands := at[target]
			if content, ok := m.content["m.new_content"].(map[string]any); ok && stands && m.sender == cards[i].sender {
				cards[i].content = content // no reply is ever changed, so its relation is not lost
			}
			continue
		}
		at[m.id] = len(cards)
		cards = append(cards, m)
	}
	return cards
}

// view returns what a person sees of a room's messages at last.
func view(all []message) string {
	stands := map[string]message{}
	for _, m := range standing(all) {
		stands[m.id] = m
	}
	var room []stories.Message
	number := map[string]int{}
	for _, m := range all {
		target, kind := m.relation()
		if kind == "m.replace" {
			continue
		}
		seen := stories.Message{Body: stands[m.id].body(), Deleted: len(m.content) == 0}
		if kind == "reply" {
			seen.Answers = number[target]
		}
		room = append(room, seen)
		number[m.id] = len(room)
	}
	return stories.View(room)
}

// TestStanding makes sure that what a person sees is what the tests look at.
func TestStanding(t *testing.T) {
	t.Parallel()
	edit := func(sender, target, body string) message {
		return message{id: "$e" + body, sender: sender, content: map[string]any{
			"body":          "* " + body,
			"m.new_content": map[string]any{"body": body},
			"m.relates_to":  map[string]any{"rel_type": "m.replace", "event_id": target},
		}}
	}
	cards := standing([]message{
		{id: "$1", sender: "a", content: map[string]any{"body": "one"}},
		{id: "$2", sender: "a", content: map[string]any{}},
		{id: "$3", sender: "a", content: map[string]any{"body": "three"}},
		edit("a", "$1", "changed"), edit("a", "$2", "gone"), edit("b", "$3", "another's"), edit("a", "$1", "at last"),
	})
	if len(cards) != 2 || cards[0].body() != "at last" || cards[1].body() != "three" {
		t.Errorf("a person sees %v", cards)
	}
}
