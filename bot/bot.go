package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

const (
	commandAge  = 5 * time.Minute  // a command older than this is not answered any more
	handlerTime = 60 * time.Second // for one handler, unless its command says otherwise
	stopTime    = 10 * time.Second // for handlers that run when the bot stops
	alarmPoll   = time.Second      // between looks at the alarms
	alarmPause  = 30 * time.Second // before an alarm is handled again that failed
	backlogTime = 30 * time.Second // that alarms wait for what was said while the bot was down
	startTime   = 10 * time.Second // that what happens waits for the features to start
	maxWaiting  = 100              // events of one room that wait; more are not taken
)

// Options are what a Bot needs.
type Options struct {
	Chat     Chat
	DB       *store.DB
	Log      *slog.Logger
	Now      func() time.Time
	Metrics  Metrics // nil counts nothing
	Settings Settings
	Ready    <-chan struct{} // nothing is said before it is closed; nil is now
}

// Settings are what the configuration says.
type Settings struct {
	Prefix string          // "!"
	Rooms  []string        // the room references whose power levels count, see Staff; nil: all rooms'
	Rules  map[string]Rule // by the name of a command
}

// Rule is what the configuration says of one command; nil leaves it as the command has it.
type Rule struct {
	Off      bool
	Rooms    []string // the room references where it may be used; nil is everywhere
	Power    *int
	Users    []string // who may whatever their power level is; with Power nil, nobody else may
	Cooldown *time.Duration
}

// Metrics is told what became of commands.
type Metrics interface {
	// Command counts a call. result is one of Results; took is 0 for a call that was not run.
	Command(name, result string, took time.Duration)
}

// Results are what may become of a call.
var Results = []string{"ok", "usage", "refused", "denied", "cooldown", "failed", "panic"}

type noMetrics struct{}

func (noMetrics) Command(string, string, time.Duration) {}

// Bot answers commands. Its methods may be called from any goroutine.
type Bot struct {
	chat     Chat
	db       *store.DB
	inbox    inbox
	log      *slog.Logger
	now      func() time.Time
	metrics  Metrics
	settings Settings
	ready    <-chan struct{}

	features  []Feature
	commands  map[string]*Command // by name and alias
	cooldowns cooldowns

	started  chan struct{} // closed when features know what they care about
	starting sync.Once     // closes it

	intake sync.Mutex // from storing events to queueing them: Run takes over what is stored, once

	mu       sync.Mutex
	rooms    map[string]*room    // those with events that wait or are handled
	alarms   map[alarm]time.Time // those that are handled, or failed: not again before then
	handlers sync.WaitGroup
	stopping bool
	work     context.Context //nolint:containedctx // of all handlers; outlives Run's by stopTime
}

// New returns a bot with the given features. The two names of one command may not meet
// those of another.
func New(o Options, features ...Feature) (*Bot, error) {
	if o.Metrics == nil {
		o.Metrics = noMetrics{}
	}
	b := &Bot{
		chat: o.Chat, db: o.DB, inbox: inbox{o.DB}, log: o.Log, now: o.Now, metrics: o.Metrics, settings: o.Settings, ready: o.Ready,
		commands: map[string]*Command{}, cooldowns: newCooldowns(), started: make(chan struct{}),
		rooms: map[string]*room{}, alarms: map[alarm]time.Time{},
	}
	b.features = append(slices.Clone(features), b.helpFeature())
	for _, f := range b.features {
		for i := range f.Commands {
			c := &f.Commands[i]
			for _, name := range append([]string{c.Name}, c.Aliases...) {
				if b.commands[name] != nil {
					return nil, fmt.Errorf("two commands are called %q", name)
				}
				b.commands[name] = c
			}
		}
	}
	return b, nil
}

// Commands returns the names of all commands, without their aliases.
func (b *Bot) Commands() []string {
	var names []string
	for _, f := range b.features {
		for _, c := range f.Commands {
			names = append(names, c.Name)
		}
	}
	return names
}

// MemoryOf returns the memory of a feature.
func MemoryOf(db *store.DB, feature string) Memory { return Memory{db: db, feature: feature} }

// Run starts the features, waits until the bot can talk, and then handles events until ctx
// ends. What the process before this one left is handled first. What is being handled when
// ctx ends has stopTime to come to its end.
func (b *Bot) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	if err := b.start(ctx); err != nil {
		return err
	}
	if b.ready != nil {
		select {
		case <-b.ready:
		case <-ctx.Done():
			return nil
		}
	}
	if err := b.begin(ctx, work); err != nil {
		return err
	}
	b.watchAlarms(ctx)
	b.mu.Lock()
	b.stopping = true
	b.mu.Unlock()
	stop := time.AfterFunc(stopTime, cancel)
	defer stop.Stop()
	b.handlers.Wait()
	return nil
}

// start has all features read what they remember. Receive waits for it, so it must not wait
// for anything that Receive brings.
func (b *Bot) start(ctx context.Context) error {
	for _, f := range b.features {
		if f.Start == nil {
			continue
		}
		if err := f.Start(ctx); err != nil {
			return fmt.Errorf("start %s: %w", f.Name, err)
		}
	}
	b.starting.Do(func() { close(b.started) })
	return nil
}

// begin makes events be handled, first those that were stored before.
func (b *Bot) begin(ctx, work context.Context) error {
	b.intake.Lock()
	defer b.intake.Unlock()
	left, err := b.inbox.open(ctx)
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.work = work
	b.mu.Unlock()
	b.queue(left)
	return nil
}

// errNotStarted says that features do not know yet what they care about.
var errNotStarted = errors.New("the bot has not read its memory yet")

// Receive takes in what happened, in order. When it returns nil, what the bot cares about is
// stored and will be handled; after an error, it must be given again.
func (b *Bot) Receive(ctx context.Context, events []Event) error {
	patience := time.NewTimer(startTime)
	defer patience.Stop()
	select {
	case <-b.started:
	case <-patience.C:
		return errNotStarted
	case <-ctx.Done():
		return ctx.Err()
	}
	var wanted []Event
	for _, e := range events {
		if e.Sender != b.chat.User() && b.wants(e) {
			wanted = append(wanted, e)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	b.intake.Lock()
	defer b.intake.Unlock()
	fresh, err := b.inbox.add(ctx, wanted, b.now())
	if err != nil {
		return err
	}
	b.queue(fresh)
	return nil
}

// wants says whether a command or a feature cares about an event.
func (b *Bot) wants(e Event) bool {
	if _, _, ok := b.called(e); ok {
		return b.now().Sub(e.Sent) < commandAge
	}
	return len(b.wanting(e)) > 0
}

// wanting returns the features that want an event that is no command. There may be several:
// a reaction that is taken back may concern any.
func (b *Bot) wanting(e Event) []*Feature {
	var all []*Feature
	for i := range b.features {
		if f := &b.features[i]; f.Wants != nil && b.safely(f.Wants, e) {
			all = append(all, f)
		}
	}
	return all
}
