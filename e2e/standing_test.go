//go:build goolm && linux

package e2e_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
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

// howLong is at the end of a first line. How long something took depends on how late the
// test is, where the sender does not say.
var howLong = regexp.MustCompile(` after \d.*`)

// view returns what a person sees of a room at last: its messages, numbered, each with its
// first line, with what it replies to, and with how often it was changed.
func view(all []message) string {
	number, changed := map[string]int{}, map[string]int{}
	for _, m := range all {
		if target, kind := m.relation(); kind == "m.replace" {
			changed[target]++
		} else {
			number[m.id] = len(number) + 1
		}
	}
	stands := map[string]message{}
	for _, m := range standing(all) {
		stands[m.id] = m
	}
	var b strings.Builder
	for _, m := range all {
		target, kind := m.relation()
		if kind == "m.replace" {
			continue
		}
		fmt.Fprintf(&b, "%d", number[m.id])
		if kind == "reply" {
			fmt.Fprintf(&b, " to %d", number[target])
		}
		first, _, _ := strings.Cut(stands[m.id].body(), "\n")
		if len(m.content) == 0 {
			first = "(deleted)"
		}
		fmt.Fprintf(&b, ": %s", howLong.ReplaceAllString(first, ""))
		if n := changed[m.id]; n > 0 {
			fmt.Fprintf(&b, " (changed %d×)", n)
		}
		b.WriteByte('\n')
	}
	return b.String()
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
