package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ballot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/poll"
)

const pollKey = "poll:" // and the id of the event that asked for it

// pollState is what is stored of a poll.
type pollState struct {
	key string
	poll.Poll

	Room   string     `json:"room"`
	Author string     `json:"author"`          // who asked
	Event  string     `json:"event,omitempty"` // the poll's message; "" before it is sent
	Box    ballot.Box `json:"box,omitzero"`
	Native bool       `json:"native,omitzero"`
	Asked  time.Time  `json:"asked"`
	Ends   time.Time  `json:"ends"`
	Timed  bool       `json:"timed,omitzero"` // Ends was asked for

	Changes int       `json:"changes,omitzero"` // counts changes of what is to be shown
	Shown   int       `json:"shown,omitzero"`   // the change that the message shows
	ShownAt time.Time `json:"shown_at,omitzero"`

	Late    time.Time `json:"late,omitzero"`      // the bot was away at the end: until then it waits for votes
	Ended   time.Time `json:"ended,omitzero"`     // zero while votes count
	EndedBy string    `json:"ended_by,omitempty"` // the event that closed it; "" for time
	Told    bool      `json:"told,omitzero"`      // the end was told
}

func (st *pollState) ended() bool { return !st.Ended.IsZero() }

// alarm returns when there is something to do next.
func (st *pollState) alarm() time.Time {
	switch {
	case st.Told:
		return st.Ended.Add(pollMemory)
	case st.ended():
		return st.Ended
	case st.Event == "":
		return st.Asked.Add(pollAbandon)
	case !st.Late.IsZero():
		return st.Late
	}
	if show := st.ShownAt.Add(pollPause); st.Changes > st.Shown && show.Before(st.Ends) {
		return show
	}
	return st.Ends
}

// load returns a poll, or nil.
func (p *pollFeature) load(ctx context.Context, key string) (*pollState, error) {
	st := &pollState{key: key}
	ok, err := p.memory.Get(ctx, key, st)
	if err != nil || !ok {
		return nil, err
	}
	return st, nil
}

// save stores a poll and sets its alarm.
func (p *pollFeature) save(ctx context.Context, st *pollState) error {
	p.know(st)
	return p.memory.Put(ctx, st.key, st, st.alarm())
}

// openIn returns the open polls of a room, the newest first.
func (p *pollFeature) openIn(ctx context.Context, room string) ([]*pollState, error) {
	var open []*pollState
	for _, key := range p.in(room) {
		st, err := p.load(ctx, key)
		if err != nil {
			return nil, err
		}
		if st != nil && !st.ended() {
			open = append(open, st)
		}
	}
	slices.SortStableFunc(open, func(a, b *pollState) int { return b.Asked.Compare(a.Asked) })
	return open, nil
}

// sendKey returns the key of a send that shows the poll as it was after some change.
func (st *pollState) sendKey(what any) string { return fmt.Sprintf("%s-%v", st.key, what) }
