package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ballot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia"
)

const triviaKey = "room:" // and the room id

// triviaRoom is what is stored of a room, as one value, so that the end of a round and the
// scores cannot come apart.
type triviaRoom struct {
	room string

	Players trivia.Players `json:"players,omitempty"`
	Asked   []string       `json:"asked,omitempty"` // questions of the bank that the room has had, the last one last
	Seen    []string       `json:"seen,omitempty"`  // likewise of a live source
	Round   *triviaRound   `json:"round,omitempty"` // nil: none, and no alarm
	Last    string         `json:"last,omitempty"`  // the event that asked for the last round: handled again, it begins no other
}

// triviaRound is a question that is open, or whose end is being told.
type triviaRound struct {
	trivia.Round
	Call   string    `json:"call"`            // the event that asked for it
	Event  string    `json:"event,omitempty"` // the question's message; "" before it is sent
	Ends   time.Time `json:"ends"`
	Late   time.Time `json:"late,omitzero"`   // the bot was away at the end: until then it waits for answers
	Scored bool      `json:"scored,omitzero"` // the answers are counted
}

// alarm returns when there is something to do next.
func (st *triviaRoom) alarm() time.Time {
	switch {
	case st.Round == nil:
		return time.Time{}
	case !st.Round.Late.IsZero():
		return st.Round.Late
	}
	return st.Round.Ends
}

func (t *triviaFeature) load(ctx context.Context, room string) (*triviaRoom, error) {
	st := &triviaRoom{room: room}
	_, err := t.memory.Get(ctx, triviaKey+room, st)
	if st.Players == nil {
		st.Players = trivia.Players{}
	}
	return st, err
}

func (t *triviaFeature) save(ctx context.Context, st *triviaRoom) error {
	t.know(st)
	return t.memory.Put(ctx, triviaKey+st.room, st, st.alarm())
}

// ask begins a round. It is stored before it is sent, so that no answer to it is missed.
func (t *triviaFeature) ask(ctx context.Context, c *Call, f trivia.Filter) error {
	defer t.lock(c.Room)()
	st, err := t.load(ctx, c.Room)
	if err != nil {
		return err
	}
	switch {
	case st.Round == nil && st.Last == c.ID:
		return nil
	case st.Round == nil:
		err = t.begin(ctx, c, st, f)
	case st.Round.Call != c.ID:
		return &Refusal{Text: "One question at a time: the last one is still open."}
	case st.Round.Event == "": // a process before this one came so far
		st.Round.Ends = c.Now.Add(triviaTime)
		err = t.save(ctx, st)
	}
	if err != nil {
		return err
	}
	event, err := c.Reply(ctx, t.drawQuestion(st.Round))
	if err != nil {
		st.Round = nil
		return errors.Join(err, t.save(context.WithoutCancel(ctx), st))
	}
	if st.Round.Event == "" {
		st.Round.Event = event
		if err := t.save(ctx, st); err != nil {
			return err
		}
	}
	for _, emoji := range t.emoji {
		if _, err := c.React(ctx, event, emoji); err != nil {
			return fmt.Errorf("offer an answer: %w", err)
		}
	}
	return nil
}

// begin chooses a question and stores the round.
func (t *triviaFeature) begin(ctx context.Context, c *Call, st *triviaRoom, f trivia.Filter) error {
	q := t.live(st, f)
	if q == nil {
		q, st.Asked = t.bank.Pick(f, st.Asked, t.pick)
	}
	if q == nil {
		return &Refusal{Text: "I have no question like that."}
	}
	st.Last = c.ID
	st.Round = &triviaRound{Round: *trivia.NewRound(q, t.pick), Call: c.ID, Ends: c.Now.Add(triviaTime)}
	return t.save(ctx, st)
}

// live returns a question of the live source, or nil.
func (t *triviaFeature) live(st *triviaRoom, f trivia.Filter) *trivia.Question {
	if t.Live == nil {
		return nil
	}
	q, ok := t.Live.Question(f, func(id string) bool { return slices.Contains(st.Seen, id) })
	if !ok {
		return nil
	}
	st.Seen = append(st.Seen, q.ID)
	st.Seen = st.Seen[max(0, len(st.Seen)-triviaSeen):]
	return q
}

// move takes what a room remembers to the one in its place, if that remembers nothing yet. An
// open question stays behind: nobody can answer it any more.
func (t *triviaFeature) move(ctx context.Context, c *Call) error {
	old, err := t.loadLocked(ctx, c.Room)
	if err != nil {
		return err
	}
	moved := &triviaRoom{room: c.Target, Players: old.Players, Asked: old.Asked, Seen: old.Seen}
	if err := t.settle(ctx, moved); err != nil {
		return err
	}
	defer t.lock(c.Room)()
	t.know(&triviaRoom{room: c.Room})
	return t.memory.Delete(ctx, triviaKey+c.Room)
}

func (t *triviaFeature) loadLocked(ctx context.Context, room string) (*triviaRoom, error) {
	defer t.lock(room)()
	return t.load(ctx, room)
}

// settle stores what a room remembers, unless it remembers something already.
func (t *triviaFeature) settle(ctx context.Context, st *triviaRoom) error {
	defer t.lock(st.room)()
	there, err := t.load(ctx, st.room)
	if err != nil || len(there.Players)+len(there.Asked)+len(there.Seen) > 0 || there.Round != nil {
		return err
	}
	return t.save(ctx, st)
}

// handle takes an answer, the alarm that ends a round, or an upgrade of the room.
func (t *triviaFeature) handle(ctx context.Context, c *Call) error {
	if c.Kind == KindUpgrade {
		return t.move(ctx, c)
	}
	room := c.Room
	if c.Kind == KindAlarm {
		room = strings.TrimPrefix(c.Key, triviaKey)
	}
	defer t.lock(room)()
	st, err := t.load(ctx, room)
	if err != nil || st.Round == nil {
		return err
	}
	if c.Kind == KindAlarm {
		return t.wake(ctx, c, st)
	}
	r := st.Round
	switch {
	case r.Event == "" || r.Scored || !inTime(c, r.Ends):
		return nil
	case c.Kind == KindRedaction && c.Target == r.Event: // whoever removed the question wants no answers
		st.Round = nil
	case c.Kind == KindRedaction:
		if !r.Box.Retract(c.Target) {
			return nil
		}
	default:
		choice := ballot.Choice(t.emoji, c.Key)
		if c.Target != r.Event || choice < 0 || c.Sender == c.Chat.User() || !r.Box.Cast(ballot.Vote{ID: c.ID, User: c.Sender, Choice: choice}) {
			return nil
		}
	}
	return t.save(ctx, st)
}

// wake ends the round when its time has come.
func (t *triviaFeature) wake(ctx context.Context, c *Call, st *triviaRoom) error {
	r := st.Round
	switch {
	case c.Now.Before(st.alarm()): // changed since the alarm was raised
		return nil
	case r.Event == "": // it was never sent
		st.Round = nil
		return t.save(ctx, st)
	case r.Late.IsZero() && !r.Scored && c.Now.Sub(r.Ends) > punctual:
		r.Late = c.Now.Add(catchUp)
		return t.save(ctx, st)
	}
	err := t.reveal(ctx, c, st)
	if err != nil && c.Now.Sub(st.alarm()) > futile {
		st.Round = nil
		return errors.Join(err, t.save(ctx, st))
	}
	return err
}

// reveal counts the answers, once, and then tells: what is told a second time, after a
// crash, has the keys of the first time.
func (t *triviaFeature) reveal(ctx context.Context, c *Call, st *triviaRoom) error {
	r := st.Round
	if !r.Scored {
		r.Scored = true
		st.Players.Score(&r.Round)
		if err := t.save(ctx, st); err != nil {
			return err
		}
	}
	closed := t.drawClosed(r)
	closed.Replaces = r.Event
	if _, err := c.Chat.Send(ctx, st.room, "trivia-"+r.Call+"-closed", closed); err != nil {
		return err
	}
	outcome := t.drawReveal(r, st.Players, func(user string) string { return nameIn(ctx, c, st.room, user) })
	outcome.ReplyTo = r.Event
	if _, err := c.Chat.Send(ctx, st.room, "trivia-"+r.Call+"-reveal", outcome); err != nil {
		return err
	}
	st.Round = nil
	return t.save(ctx, st)
}
