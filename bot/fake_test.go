package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

const (
	botUser = "@bot:test"
	ann     = "@ann:test"
	bob     = "@bob:test"
	lobby   = "!lobby"
	den     = "!den"
)

// said is a message of the bot, as it was sent.
type said struct {
	id, room, key string
	bot.Answer
}

// reacted is a reaction of the bot.
type reacted struct{ id, room, target, emoji string }

// chat is a homeserver with clients, as far as the bot sees one. Its fields may be set
// before the bot runs, or under mu.
type chat struct {
	mu       sync.Mutex
	keys     map[string]string // event ids by room and key
	said     []said
	reacted  []reacted
	redacted []string            // event ids
	invited  []string            // "room user"
	typing   []string            // "room true" or "room false"
	members  map[string][]string // who has joined, by room
	power    map[string]int      // by user, in every room
	names    map[string]string   // by user
	aliases  map[string]string   // room ids, by aliases and by rooms that were upgraded
	mayNot   map[string]error    // why the bot may not invite to a room
	fail     func(what string) error
}

func newChat() *chat {
	return &chat{
		keys:    map[string]string{},
		members: map[string][]string{lobby: {botUser, ann, bob}, den: {botUser, ann, bob}},
		power:   map[string]int{}, names: map[string]string{ann: "Ann", bob: "Bob"}, aliases: map[string]string{},
	}
}

func (c *chat) User() string { return botUser }

// event returns the id of the event with a key, and whether it is made only now. Ids are as
// they were given out: $1, $2, and so on.
func (c *chat) event(what, room, key string) (id string, fresh bool, err error) {
	if c.fail != nil {
		if err := c.fail(what); err != nil {
			return "", false, err
		}
	}
	if id, known := c.keys[room+" "+key]; known {
		return id, false, nil
	}
	id = fmt.Sprintf("$%d", len(c.keys)+1)
	c.keys[room+" "+key] = id
	return id, true, nil
}

func (c *chat) Send(_ context.Context, room, key string, a bot.Answer) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, fresh, err := c.event("send", room, key)
	if fresh {
		c.said = append(c.said, said{id, room, key, a})
	}
	return id, err
}

func (c *chat) React(_ context.Context, room, key, target, emoji string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, fresh, err := c.event("react", room, key)
	if fresh {
		c.reacted = append(c.reacted, reacted{id, room, target, emoji})
	}
	return id, err
}

func (c *chat) Redact(_ context.Context, room, key, target string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, fresh, err := c.event("redact", room, key)
	if fresh {
		c.redacted = append(c.redacted, target)
	}
	return err
}

func (c *chat) Typing(_ context.Context, room string, typing bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.typing = append(c.typing, fmt.Sprint(room, " ", typing))
	return nil
}

func (c *chat) Power(_ context.Context, _, user string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.power[user], nil
}

func (c *chat) Name(_ context.Context, _, user string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if name := c.names[user]; name != "" {
		return name
	}
	return user
}

func (c *chat) Resolve(_ context.Context, room string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id := c.aliases[room]; id != "" {
		return id, nil
	}
	if !strings.HasPrefix(room, "#") {
		return room, nil
	}
	return "", fmt.Errorf("no room is called %s", room)
}

// direct is the room in which the bot talks to a user alone.
func direct(user string) string { return "!direct-" + user }

func (c *chat) Direct(_ context.Context, user string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		if err := c.fail("direct"); err != nil {
			return "", err
		}
	}
	return direct(user), nil
}

func (c *chat) IsDirect(_ context.Context, room string) bool {
	return strings.HasPrefix(room, "!direct-")
}

func (c *chat) Invite(_ context.Context, room, user string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		if err := c.fail("invite"); err != nil {
			return err
		}
	}
	if invite := room + " " + user; !slices.Contains(c.invited, invite) {
		c.invited = append(c.invited, invite)
	}
	return nil
}

func (c *chat) Members(_ context.Context, room string) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.members[room]), nil
}

func (c *chat) MayInvite(_ context.Context, room string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mayNot[room]
}

// house is a bot with a database and people to talk to.
type house struct {
	t        *testing.T
	chat     *chat
	db       *store.DB
	bot      *bot.Bot
	settings bot.Settings
	counted  counted
	log      slog.Handler
	ready    chan struct{} // see bot.Options; nil is now

	mu      sync.Mutex
	now     time.Time
	events  int
	stopped func() // stops the bot that runs
}

// newHouse starts a bot with some features, on a SQLite database and a clock that stands
// still. Features that need a Memory are made by a function of the database: see restart.
func newHouse(t *testing.T, features ...func(*house) bot.Feature) *house {
	t.Helper()
	return newHouseOn(t, storetest.SQLite(t), bot.Settings{}, features...)
}

// newHouseOn starts a bot on a database, with settings.
func newHouseOn(t *testing.T, url string, s bot.Settings, features ...func(*house) bot.Feature) *house {
	t.Helper()
	if s.Prefix == "" {
		s.Prefix = "!"
	}
	h := &house{
		t: t, chat: newChat(), db: storetest.Open(t, url), settings: s, counted: counted{results: map[string]int{}},
		log: slog.NewTextHandler(t.Output(), nil), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
	t.Cleanup(h.stop)
	h.start(features...)
	return h
}

// feature is a feature that needs nothing of the house.
func feature(f bot.Feature) func(*house) bot.Feature {
	return func(*house) bot.Feature { return f }
}

// memory returns the memory of a feature.
func (h *house) memory(name string) bot.Memory { return bot.MemoryOf(h.db, name) }

// start runs a bot. What people say meanwhile is said to it.
func (h *house) start(features ...func(*house) bot.Feature) {
	h.t.Helper()
	var all []bot.Feature
	for _, f := range features {
		all = append(all, f(h))
	}
	b, err := bot.New(bot.Options{
		Chat: h.chat, DB: h.db, Log: slog.New(h.log), Now: h.time, Metrics: &h.counted, Settings: h.settings, Ready: h.ready,
	}, all...)
	if err != nil {
		h.t.Fatal(err)
	}
	h.bot = b
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := b.Run(ctx); err != nil {
			h.t.Errorf("the bot ended: %v", err)
		}
	}()
	h.stopped = func() { cancel(); <-ended }
	h.wait()
}

// stop ends the bot that runs, if one does.
func (h *house) stop() {
	if h.stopped != nil {
		h.stopped()
		h.stopped = nil
	}
}

// restart ends the bot and starts one with new features on the same database.
func (h *house) restart(features ...func(*house) bot.Feature) {
	h.t.Helper()
	h.stop()
	h.start(features...)
}

// forget makes the bot not know that it has received an event.
func (h *house) forget(id string) {
	h.t.Helper()
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(`DELETE FROM bot_inbox WHERE id = $1`, id)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) time() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// pass lets time pass, and the bot do what is due by then.
func (h *house) pass(d time.Duration) {
	h.t.Helper()
	h.mu.Lock()
	h.now = h.now.Add(d)
	h.mu.Unlock()
	h.bot.RaiseAlarms(h.t.Context())
	h.wait()
}

// wait waits until the bot has nothing to do.
func (h *house) wait() {
	h.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		idle, err := h.bot.Idle(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		if idle {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatal("the bot does not come to an end")
		}
	}
}

// event lets something happen, without waiting for what the bot does. It fills in an id and
// the time where there is none, and returns the id.
func (h *house) event(e bot.Event) string {
	h.t.Helper()
	h.mu.Lock()
	h.events++
	if e.ID == "" {
		e.ID = fmt.Sprintf("$event-%d", h.events)
	}
	if e.Sent.IsZero() {
		e.Sent = h.now
	}
	h.mu.Unlock()
	if err := h.bot.Receive(h.t.Context(), []bot.Event{e}); err != nil {
		h.t.Fatal(err)
	}
	return e.ID
}

// do lets something happen, and returns what the bot says to it.
func (h *house) do(e bot.Event) []said {
	h.t.Helper()
	before := len(h.all())
	h.event(e)
	h.wait()
	return h.all()[before:]
}

// says lets somebody write a message, and returns what the bot says to it.
func (h *house) says(user, room, text string) []said {
	h.t.Helper()
	return h.do(bot.Event{Kind: bot.KindMessage, Room: room, Sender: user, Text: text})
}

// replies lets somebody answer a message.
func (h *house) replies(user, room, to, text string) []said {
	h.t.Helper()
	return h.do(bot.Event{Kind: bot.KindMessage, Room: room, Sender: user, Text: text, ReplyTo: to})
}

// reacts lets somebody react, and returns the reaction's id.
func (h *house) reacts(user, room, target, emoji string) string {
	h.t.Helper()
	id := h.event(bot.Event{Kind: bot.KindReaction, Room: room, Sender: user, Target: target, Key: emoji})
	h.wait()
	return id
}

// redacts lets somebody take an event back.
func (h *house) redacts(user, room, target string) []said {
	h.t.Helper()
	return h.do(bot.Event{Kind: bot.KindRedaction, Room: room, Sender: user, Target: target})
}

// joins lets somebody become a member of a room.
func (h *house) joins(user, room string) []said {
	h.t.Helper()
	h.chat.mu.Lock()
	h.chat.members[room] = append(h.chat.members[room], user)
	h.chat.mu.Unlock()
	return h.do(bot.Event{Kind: bot.KindJoin, Room: room, Sender: user})
}

// all returns everything that the bot has said.
func (h *house) all() []said {
	h.chat.mu.Lock()
	defer h.chat.mu.Unlock()
	return slices.Clone(h.chat.said)
}

// repliesTo returns what the bot has said in reply to an event. Rooms, polls and questions have
// their turns each, so the order of all that is said may differ.
func (h *house) repliesTo(id string) []said {
	return slices.DeleteFunc(h.all(), func(s said) bool { return s.ReplyTo != id })
}

// reactions returns the bot's reactions to an event, those that it took back left out.
func (h *house) reactions(target string) []string {
	h.chat.mu.Lock()
	defer h.chat.mu.Unlock()
	var emoji []string
	for _, r := range h.chat.reacted {
		if r.target == target && !slices.Contains(h.chat.redacted, r.id) {
			emoji = append(emoji, r.emoji)
		}
	}
	return emoji
}

// shown returns a message of the bot as people see it: its last edit.
func (h *house) shown(id string) bot.Answer {
	h.t.Helper()
	h.chat.mu.Lock()
	defer h.chat.mu.Unlock()
	for _, s := range slices.Backward(h.chat.said) {
		if s.id == id || s.Replaces == id {
			return s.Answer
		}
	}
	h.t.Fatalf("the bot has not said %s", id)
	return bot.Answer{}
}

// one returns the only message among some, and fails the test when there is another number.
func one(t *testing.T, all []said) said {
	t.Helper()
	if len(all) != 1 {
		t.Fatalf("the bot said %d things: %+v", len(all), all)
	}
	return all[0]
}

// counted are the metrics of a bot.
type counted struct {
	mu      sync.Mutex
	results map[string]int // by "name result"
}

func (c *counted) Command(name, result string, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.results[name+" "+result]++
}

func (c *counted) of(name, result string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.results[name+" "+result]
}
