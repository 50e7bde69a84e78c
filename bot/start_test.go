package bot_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// lazy is a feature that knows what it cares about when it has started, which takes until
// open is closed. reached is closed when it begins.
type lazy struct {
	reached, open chan struct{}
	knows         atomic.Bool
}

func newLazy() *lazy { return &lazy{reached: make(chan struct{}), open: make(chan struct{})} }

func (l *lazy) feature(*house) bot.Feature {
	return bot.Feature{
		Name: "lazy",
		Start: func(context.Context) error {
			close(l.reached)
			<-l.open
			l.knows.Store(true)
			return nil
		},
		Wants:  func(e bot.Event) bool { return e.Kind == bot.KindReaction && l.knows.Load() },
		Handle: func(ctx context.Context, c *bot.Call) error { return c.Notice(ctx, "seen "+c.Key) },
	}
}

// TestStart has reactions come while the feature that wants them reads its memory: they are
// not taken in before it knows.
func TestStart(t *testing.T) {
	t.Parallel()
	h, l := newHouse(t), newLazy()
	h.stop()
	started := make(chan struct{})
	go func() {
		defer close(started)
		h.start(l.feature)
	}()
	<-l.reached
	early := bot.Event{Kind: bot.KindReaction, ID: "$early", Room: lobby, Sender: ann, Target: "$x", Key: "✅", Sent: h.time()}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := h.bot.Receive(ctx, []bot.Event{early}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a reaction is taken in before anybody knows whether it is wanted: %v", err)
	}
	waits := make(chan error, 1)
	go func() { waits <- h.bot.Receive(t.Context(), []bot.Event{early}) }()
	close(l.open)
	if err := <-waits; err != nil {
		t.Fatal(err)
	}
	<-started
	h.wait()
	if got := one(t, h.all()); got.Text != "seen ✅" || got.ReplyTo != "$early" {
		t.Errorf("the bot said %+v", got)
	}
}

// TestReady has a bot take in what happens, but say nothing before it can.
func TestReady(t *testing.T) {
	t.Parallel()
	h := newHouseOn(t, storetest.SQLite(t), bot.Settings{})
	h.stop()
	ready := make(chan struct{})
	h.ready = ready
	started := make(chan struct{})
	l := newLazy()
	close(l.open)
	go func() {
		defer close(started)
		h.start(parrot, l.feature)
	}()
	<-l.reached
	h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!say hello"})
	h.event(bot.Event{Kind: bot.KindReaction, Room: lobby, Sender: ann, Target: "$x", Key: "✅"})
	if all := h.all(); len(all) > 0 {
		t.Errorf("the bot talks before it can: %v", texts(all))
	}
	close(ready)
	<-started
	h.wait()
	if got := texts(h.all()); len(got) != 2 || got[0] != "hello" {
		t.Errorf("the bot said %v", got)
	}
}
