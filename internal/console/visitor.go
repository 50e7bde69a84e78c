package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Visitor is the user of Matrix as whom a visitor of the page writes. Its errors are logged;
// a Refusal is shown instead. It is only called for rooms that are chats.
type Visitor interface {
	User() string
	// Say sends a text.
	Say(ctx context.Context, room, text string) error
	// React adds a reaction to an event that the room shows.
	React(ctx context.Context, room, event, key string) error
	// TakeBack redacts a reaction of the visitor's own.
	TakeBack(ctx context.Context, room, event string) error
}

const (
	// maxText is the longest message that a visitor may write, in bytes, and maxKey the longest
	// reaction: the longest emoji has some 40.
	maxText = 4 << 10
	maxKey  = 64
	// A visitor may do maxBurst things at once, and then one every sayEvery.
	maxBurst = 20
	sayEvery = 400 * time.Millisecond
)

type (
	wireSay struct {
		Room string `json:"room"`
		Text string `json:"text"`
	}
	wireReaction struct {
		Room  string `json:"room"`
		Event string `json:"event"`
		Key   string `json:"key"`
	}
)

// postMessage says what a visitor has written: 202 when the homeserver took it.
func (c *console) postMessage(w http.ResponseWriter, r *http.Request) {
	var want wireSay
	if !readJSON(w, r, &want) || !c.isChat(w, want.Room) {
		return
	}
	switch {
	case strings.TrimSpace(want.Text) == "":
		writeError(w, http.StatusUnprocessableEntity, "There is nothing to say.")
	case len(want.Text) > maxText:
		writeError(w, http.StatusRequestEntityTooLarge, "That is too long for a message.")
	default:
		c.act(w, r, func(ctx context.Context) error { return c.Visitor.Say(ctx, want.Room, want.Text) }, "message not sent", want.Room)
	}
}

// postReaction reacts to a message as the visitor.
func (c *console) postReaction(w http.ResponseWriter, r *http.Request) {
	var want wireReaction
	if !readJSON(w, r, &want) || !c.isChat(w, want.Room) {
		return
	}
	if want.Key == "" || len(want.Key) > maxKey {
		writeError(w, http.StatusUnprocessableEntity, "That is no reaction.")
		return
	}
	if !c.shows(func(e Event) bool { return e.Room == want.Room && e.ID == want.Event && e.Type == "m.room.message" }) {
		writeError(w, http.StatusNotFound, "There is no such message.")
		return
	}
	c.act(w, r, func(ctx context.Context) error { return c.Visitor.React(ctx, want.Room, want.Event, want.Key) }, "reaction not sent", want.Room)
}

// postRedaction takes back a reaction of the visitor's, and nothing else.
func (c *console) postRedaction(w http.ResponseWriter, r *http.Request) {
	var want wireReaction
	if !readJSON(w, r, &want) || !c.isChat(w, want.Room) {
		return
	}
	if !c.shows(func(e Event) bool {
		return e.Room == want.Room && e.ID == want.Event && e.Type == "m.reaction" && e.Sender == c.Visitor.User()
	}) {
		writeError(w, http.StatusNotFound, "There is no such reaction of yours.")
		return
	}
	c.act(w, r, func(ctx context.Context) error { return c.Visitor.TakeBack(ctx, want.Room, want.Event) }, "reaction not taken back", want.Room)
}

// act does something as the visitor, unless there is too much of it.
func (c *console) act(w http.ResponseWriter, r *http.Request, do func(context.Context) error, failed, room string) {
	if !c.pace.allows(time.Now()) {
		writeError(w, http.StatusTooManyRequests, "That was a lot at once: wait a moment.")
		return
	}
	c.post(w, r, do, failed, "room", room)
}

// isChat reports whether a visitor may write in a room, and answers where not.
func (c *console) isChat(w http.ResponseWriter, name string) bool {
	chat := c.Visitor != nil && slices.ContainsFunc(c.Rooms, func(r Room) bool { return r.Name == name && r.Chat != nil })
	if !chat {
		writeError(w, http.StatusNotFound, "There is no such room to write in.")
	}
	return chat
}

func (c *console) shows(is func(Event) bool) bool { return slices.ContainsFunc(c.History(), is) }

// pace lets things happen so many at once, and then one in a time.
type pace struct {
	burst int
	every time.Duration

	mu   sync.Mutex
	left int
	last time.Time // when left was so much
}

func newPace(burst int, every time.Duration) *pace {
	return &pace{burst: burst, every: every, left: burst}
}

// allows reports whether one more may happen now, and counts it.
func (p *pace) allows(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if more := int(now.Sub(p.last) / p.every); p.left+more >= p.burst {
		p.left, p.last = p.burst, now
	} else {
		p.left, p.last = p.left+more, p.last.Add(time.Duration(more)*p.every)
	}
	if p.left == 0 {
		return false
	}
	p.left--
	return true
}
