package bot

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ballot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/welcome"
)

// WelcomeOptions are what the configuration says of the welcome.
type WelcomeOptions struct {
	Space  string   // a room reference: whose new members are greeted
	Text   string   // what they are told, with {name} for their name
	Rooms  []string // room references: where a ✅ invites to
	Limit  welcome.Limit
	Ignore func(user string) bool // members that are no people; nil is nobody
	Log    *slog.Logger
	Now    func() time.Time
}

// welcomeFeature greets new members in a direct chat, and invites those who react.
type welcomeFeature struct {
	memory Memory
	WelcomeOptions

	changing sync.Mutex // held while the queue is read and written
	greeting sync.Mutex // held while somebody is greeted

	mu     sync.Mutex // for what Wants knows
	space  string     // the room id; "" until it is known
	began  time.Time  // who joined before is no new member
	events map[string]string
	tried  map[string]bool // users whose greeting was begun: its event is not known yet
}

// The keys of the memory.
const (
	welcomeBegan   = "began"   // when the first start was
	welcomeQueue   = "queue"   // a welcome.Queue
	welcomeCompare = "compare" // its alarm has the members looked at
	welcomeSpace   = "space"   // a welcomeSpaceState
	welcomeMembers = "members/"
	welcomeGuest   = "guest/"
)

// welcomeGuestState is what is kept of somebody who was greeted, or never will be.
type welcomeGuestState struct {
	Room  string    `json:"room,omitempty"`
	Event string    `json:"event,omitempty"` // the greeting; "" when there was none
	Since time.Time `json:"since,omitzero"`  // when they reacted, while invitations fail
}

// welcomeSpaceState is which room the space was when it was last looked up.
type welcomeSpaceState struct {
	Reference string `json:"reference"`
	Room      string `json:"room"`
}

const (
	upgradePause = 10 * time.Second // for the bot to follow to a new space
	comparePause = 5 * time.Minute  // before the members are looked at again, if that failed
	invitesPause = 5 * time.Minute  // before invitations are tried again
)

// Welcome greets who joins a space, also those who did while the bot was away. Who was a
// member before the first start is not greeted.
func Welcome(m Memory, o WelcomeOptions) Feature {
	if o.Ignore == nil {
		o.Ignore = func(string) bool { return false }
	}
	w := &welcomeFeature{memory: m, WelcomeOptions: o, events: map[string]string{}, tried: map[string]bool{}}
	return Feature{Name: "welcome", Start: w.start, Wants: w.wants, Handle: w.handle}
}

func (w *welcomeFeature) start(ctx context.Context) error {
	var began time.Time
	found, err := w.memory.Get(ctx, welcomeBegan, &began)
	if err == nil && !found {
		began = w.Now()
		err = w.memory.Put(ctx, welcomeBegan, began, time.Time{})
	}
	if err != nil {
		return err
	}
	keys, err := w.memory.Keys(ctx, welcomeGuest)
	if err != nil {
		return err
	}
	for _, key := range keys {
		var g welcomeGuestState
		if _, err := w.memory.Get(ctx, key, &g); err != nil {
			return err
		}
		w.know(strings.TrimPrefix(key, welcomeGuest), g)
	}
	var q welcome.Queue
	if _, err := w.memory.Get(ctx, welcomeQueue, &q); err != nil {
		return err
	}
	w.mu.Lock()
	w.began = began
	for _, g := range q.Guests {
		if g.Tries > 0 {
			w.tried[g.User] = true
		}
	}
	w.mu.Unlock()
	return w.memory.Put(ctx, welcomeCompare, struct{}{}, w.Now()) // the homeserver may be away now
}

// know keeps what Wants knows up to date.
func (w *welcomeFeature) know(user string, g welcomeGuestState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if g.Event != "" {
		w.events[g.Event] = user
	}
	delete(w.tried, user)
}

// wants says yes to joins of the space and to its upgrade, and to a guest's ✅ on the guest's greeting.
func (w *welcomeFeature) wants(e Event) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e.Kind {
	case KindJoin:
		return (w.space == "" || w.space == e.Room) && !e.Sent.Before(w.began) && !w.Ignore(e.Sender)
	case KindReaction:
		return (w.events[e.Target] == e.Sender || w.tried[e.Sender]) && ballot.Choice([]string{welcome.Yes}, e.Key) == 0
	case KindUpgrade:
		return w.space == "" || w.space == e.Room
	case KindMessage, KindRedaction, KindAlarm:
	}
	return false
}

func (w *welcomeFeature) handle(ctx context.Context, c *Call) error {
	switch {
	case c.Kind == KindJoin:
		return w.joined(ctx, c)
	case c.Kind == KindReaction:
		return w.accepted(ctx, c)
	case c.Kind == KindUpgrade:
		return w.memory.Put(ctx, welcomeCompare, struct{}{}, c.Now.Add(upgradePause))
	case c.Key == welcomeCompare:
		return w.compare(ctx, c)
	case c.Key == welcomeQueue:
		return w.next(ctx, c)
	}
	return w.inviteAgain(ctx, c, strings.TrimPrefix(c.Key, welcomeGuest))
}
