package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/poll"
)

// PollOptions are what the configuration says of polls.
type PollOptions struct {
	Prefix string         // of commands, for hints
	Zone   *time.Location // in which the end of a poll is told
	Native bool           // use the clients' own polls, which Cinny does not show
}

const (
	pollPause    = 3 * time.Second // between two edits of one poll
	pollAbandon  = 10 * time.Minute
	pollMemory   = 24 * time.Hour // an ended poll is known for, so that a repeated command finds it
	pollsPerRoom = 10             // may be open
	pollPower    = 50             // the power level that may close the polls of others: a moderator's
)

// pollFeature asks questions in rooms. A poll is one message of the bot, which shows how it
// stands; the votes are people's reactions to it.
type pollFeature struct {
	memory Memory
	PollOptions

	mu    sync.Mutex
	polls map[string]*pollPlace // by key
}

// pollPlace is what Wants knows of a poll, and a lock: alarms and reactions come at once.
type pollPlace struct {
	work sync.Mutex // held while the poll is changed or shown

	room, event string // event is "" until the message is known
	open        bool
}

// Poll is the command that lets people vote.
func Poll(m Memory, o PollOptions) Feature {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	p := &pollFeature{memory: m, PollOptions: o, polls: map[string]*pollPlace{}}
	return Feature{
		Name: "poll", Start: p.start, Wants: p.wants, Handle: p.handle,
		Commands: []Command{{
			Name:    "poll",
			Usage:   `[multi] [<time>] "<question>" [<option> | <option> …] | close`,
			Summary: "asks the room; people vote by reactions",
			Details: strings.Join([]string{
				"A question alone is answered with yes or no; it may have up to 10 options.",
				"10m before the question closes the poll after ten minutes; 2h and 3d do as well.",
				"multi before the question lets people choose more than one option. Else the last choice counts, and taking a reaction away takes it back.",
				"close: ends your poll here; answer a poll with it to say which. Moderators may close any.",
			}, "\n"),
			Run: p.run,
		}},
	}
}

// start learns which polls are open.
func (p *pollFeature) start(ctx context.Context) error {
	keys, err := p.memory.Keys(ctx, pollKey)
	if err != nil {
		return err
	}
	for _, key := range keys {
		st, err := p.load(ctx, key)
		if err != nil {
			return err
		}
		if st != nil {
			p.know(st)
		}
	}
	return nil
}

// know keeps what Wants knows up to date.
func (p *pollFeature) know(st *pollState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	place := p.polls[st.key]
	if place == nil {
		place = &pollPlace{}
		p.polls[st.key] = place
	}
	place.room, place.event, place.open = st.Room, st.Event, !st.ended() && !st.Native
}

// forget removes a poll.
func (p *pollFeature) forget(ctx context.Context, key string) error {
	p.mu.Lock()
	delete(p.polls, key)
	p.mu.Unlock()
	return p.memory.Delete(ctx, key)
}

// lock waits for its turn with a poll. Unlock it with what it returns.
func (p *pollFeature) lock(key string) func() {
	p.mu.Lock()
	place := p.polls[key]
	if place == nil {
		place = &pollPlace{}
		p.polls[key] = place
	}
	p.mu.Unlock()
	place.work.Lock()
	return place.work.Unlock
}

// wants says yes to reactions to open polls, and to everything that is taken back in their
// rooms. A poll whose message is on its way may be any. An upgrade ends a room's polls.
func (p *pollFeature) wants(e Event) bool {
	if e.Kind == KindUpgrade {
		return len(p.in(e.Room)) > 0
	}
	if e.Kind != KindReaction && e.Kind != KindRedaction {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, place := range p.polls {
		if place.room == e.Room && place.open && (e.Kind == KindRedaction || place.event == e.Target || place.event == "") {
			return true
		}
	}
	return false
}

// in returns the keys of a room's polls.
func (p *pollFeature) in(room string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var keys []string
	for key, place := range p.polls {
		if place.room == room {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// run asks a question, or closes a poll.
func (p *pollFeature) run(ctx context.Context, c *Call) error {
	switch strings.ToLower(c.Args) {
	case "close", "end", "stop":
		return p.closeOne(ctx, c)
	case "":
		return &UsageError{Text: "What is the question?"}
	}
	parsed, err := poll.Parse(c.Args)
	var mistake poll.Mistake
	if errors.As(err, &mistake) {
		return &UsageError{Text: string(mistake)}
	}
	if err != nil {
		return err
	}
	return p.ask(ctx, c, parsed)
}

// ask makes a poll. It is stored before it is sent, so that no reaction to it is missed.
func (p *pollFeature) ask(ctx context.Context, c *Call, asked *poll.Poll) error {
	key := pollKey + c.ID
	defer p.lock(key)()
	st, err := p.load(ctx, key)
	if err != nil {
		return err
	}
	if st == nil {
		if err := p.room(ctx, c); err != nil {
			return errors.Join(err, p.forget(ctx, key))
		}
		st = &pollState{key: key, Poll: *asked, Room: c.Room, Author: c.Sender, Native: p.Native, Asked: c.Now, Timed: asked.Open > 0}
		st.Ends = c.Now.Add(poll.MaxTime)
		if st.Timed {
			st.Ends = c.Now.Add(asked.Open)
		}
		if err := p.save(ctx, st); err != nil {
			return err
		}
	}
	a := p.draw(st)
	if st.Native {
		a = nativePoll(&st.Poll)
	}
	// The number of sends must not depend on what an earlier run of this call has done.
	event, err := c.Reply(ctx, a)
	if err != nil {
		return errors.Join(err, p.forget(context.WithoutCancel(ctx), key))
	}
	if st.Event == "" {
		st.Event, st.ShownAt = event, c.Now
		if err := p.save(ctx, st); err != nil {
			return err
		}
	}
	if st.Native || st.ended() {
		return nil
	}
	for _, emoji := range st.Emoji() {
		if _, err := c.React(ctx, event, emoji); err != nil {
			return fmt.Errorf("offer a choice: %w", err)
		}
	}
	return nil
}

// room says whether there is place for one more poll.
func (p *pollFeature) room(ctx context.Context, c *Call) error {
	open, err := p.openIn(ctx, c.Room)
	if err == nil && len(open) >= pollsPerRoom {
		return &Refusal{Text: fmt.Sprintf("There are %d open polls in this room. Close one first with %spoll close.", len(open), p.Prefix)}
	}
	return err
}
