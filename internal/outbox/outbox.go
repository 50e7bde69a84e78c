package outbox

import (
	"context"
	"log/slog"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// Sender makes Matrix events. Its errors may be a *Failure.
type Sender interface {
	// Place resolves a lane's room reference and the virtual user of a hook. It is called
	// often and should remember.
	Place(ctx context.Context, room, hook string) (Place, error)
	// Send makes the event. Sends with one TransactionID make one event.
	Send(ctx context.Context, e Event) (Made, error)
	// Find looks in the room for the event that an earlier Send made; "" when there is none.
	Find(ctx context.Context, e Event) (eventID string, err error)
}

// Place is where and as whom an event is made.
type Place struct {
	RoomID    string
	UserID    string
	DeviceID  string
	Encrypted bool
}

// Event is one event to be made.
type Event struct {
	Place
	TransactionID string
	Notification  formatters.Notification
	Drawn         time.Time // "now" of the drawing, the same for every attempt
	MsgType       string    // "" leaves it to the notification's severity
	Mentions      []string  // user ids, "@room"
	Replaces      string    // the event id that this edits; or ""
	RepliesTo     string    // the event id that this replies to; or ""
	Threads       string    // the event id in whose thread this is; or ""
	ReactsTo      string    // the event id that this is a reaction to; or ""
	Dependent     bool      // without the event that it edits or reacts to, none is made
	Unanswered    bool      // an earlier attempt got no answer
}

// Made is an event that a Sender has made.
type Made struct {
	ID    string // "" when none was made, because it is not wanted
	Alone bool   // what it was to edit, or to refer to, is gone: it stands on its own
}

// Decider decides what a notification does to its room.
type Decider func(incident.Input) incident.Decision

// Metrics is told what happens.
type Metrics interface {
	Attempted(result string, took time.Duration) // ok, server, room, message, panic
	Finished(hook, result string)                // told, dead
}

// Options configures an Outbox. DB and Log must be set.
type Options struct {
	DB        *store.DB
	Log       *slog.Logger
	Decide    Decider          // incident.Decide by default
	Metrics   Metrics          // none by default
	Now       func() time.Time // time.Now by default
	MaxAge    time.Duration    // deliveries older than this are dead; 7 days by default
	Retention time.Duration    // finished webhooks are kept this long; 14 days by default
}

// Outbox is the durable queue. Its methods may be called from any goroutine.
type Outbox struct {
	db        *store.DB
	log       *slog.Logger
	decide    Decider
	metrics   Metrics
	now       func() time.Time
	maxAge    time.Duration
	retention time.Duration

	commits chan *op
	closed  chan struct{} // closed by Close
	ended   chan struct{} // closed when no more is written

	lanes   laneIDs
	wakes   wakes
	waiters waiters
}

// New returns an Outbox on an open database. Close it before the database.
func New(o Options) *Outbox {
	if o.Decide == nil {
		o.Decide = incident.Decide
	}
	if o.Metrics == nil {
		o.Metrics = noMetrics{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxAge == 0 {
		o.MaxAge = 7 * 24 * time.Hour
	}
	if o.Retention == 0 {
		o.Retention = 14 * 24 * time.Hour
	}
	box := &Outbox{
		db: o.DB, log: o.Log, decide: o.Decide, metrics: o.Metrics, now: o.Now,
		maxAge: o.MaxAge, retention: o.Retention,
		commits: make(chan *op, maxBatch),
		closed:  make(chan struct{}),
		ended:   make(chan struct{}),
		wakes:   newWakes(),
	}
	go box.commitLoop()
	return box
}

// Close waits until what was handed in is committed, and takes no more.
func (o *Outbox) Close() {
	close(o.closed)
	<-o.ended
}

type noMetrics struct{}

func (noMetrics) Attempted(string, time.Duration) {}
func (noMetrics) Finished(string, string)         {}

// millis is the time as the database holds it.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fromMillis is the inverse of millis.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
