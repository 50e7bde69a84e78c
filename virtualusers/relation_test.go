package virtualusers

import (
	"encoding/json"
	"fmt"
	"testing"

	"maunium.net/go/mautrix/id"
)

// relation returns what the newest event of the room is, and what it is about.
func (h *harness) relation(t *testing.T) string {
	t.Helper()
	timeline := h.server.Timeline(h.room.String())
	last := timeline[len(timeline)-1]
	var content struct {
		RelatesTo struct {
			Type    string `json:"rel_type"`
			EventID string `json:"event_id"`
			Key     string `json:"key"`
			ReplyTo struct {
				EventID string `json:"event_id"`
			} `json:"m.in_reply_to"`
		} `json:"m.relates_to"`
	}
	if err := json.Unmarshal(last.Content, &content); err != nil {
		t.Fatal(err)
	}
	r := content.RelatesTo
	return fmt.Sprintf("%s %s %s %s %s", last.Type, r.Type, r.EventID, r.Key, r.ReplyTo.EventID)
}

func TestRelations(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	card, err := h.Send(t.Context(), h.event(t, "card"))
	if err != nil || card.Alone {
		t.Fatalf("made %+v, %v", card, err)
	}
	send := func(name string, about func(*Event)) Made {
		t.Helper()
		e := h.event(t, name)
		about(&e)
		made, err := h.Send(t.Context(), e)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return made
	}
	for _, c := range []struct {
		name  string
		about func(*Event)
		want  string
	}{
		{"edit", func(e *Event) { e.Replace = card.ID }, "m.room.message m.replace %[1]s  "},
		{"reply", func(e *Event) { e.ReplyTo = card.ID }, "m.room.message    %[1]s"},
		{"thread", func(e *Event) { e.Thread = card.ID }, "m.room.message m.thread %[1]s  %[1]s"},
		{"react", func(e *Event) { e.React = card.ID }, "m.reaction m.annotation %[1]s 💤 "},
	} {
		if made := send(c.name, c.about); made.Alone || made.ID == "" {
			t.Errorf("%s: made %+v", c.name, made)
		}
		if got, want := h.relation(t), fmt.Sprintf(c.want, card.ID); got != want {
			t.Errorf("%s: the event is %q, want %q", c.name, got, want)
		}
	}
	if made := send("the same reaction", func(e *Event) { e.React = card.ID }); made != (Made{}) {
		t.Errorf("a reaction that stands there made %+v", made)
	}

	if _, err := h.person.RedactEvent(t.Context(), h.room, id.EventID(card.ID)); err != nil {
		t.Fatal(err)
	}
	for name, about := range map[string]func(*Event){
		"edit of nothing":  func(e *Event) { e.Replace = card.ID },
		"reply to nothing": func(e *Event) { e.ReplyTo = card.ID },
		"reply to unknown": func(e *Event) { e.ReplyTo = "$unknown" },
	} {
		if made := send(name, about); !made.Alone || made.ID == "" {
			t.Errorf("%s: made %+v", name, made)
		}
		if got := h.relation(t); got != "m.room.message    " {
			t.Errorf("%s: the event is %q, want one that stands alone", name, got)
		}
	}
	for name, about := range map[string]func(*Event){
		"edit":     func(e *Event) { e.Replace = card.ID },
		"reaction": func(e *Event) { e.React = card.ID },
	} {
		made := send("dependent "+name, func(e *Event) { about(e); e.Dependent = true })
		if made.ID != "" {
			t.Errorf("%s that depends on what is gone made %+v", name, made)
		}
	}
}
