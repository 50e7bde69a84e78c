package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// gate is a command that says when it is called, and waits to be let through.
type gate struct {
	reached chan string   // the arguments
	open    chan struct{} // closed to let all through
}

func newGate() *gate { return &gate{make(chan string, 200), make(chan struct{})} }

func (g *gate) feature(background bool) func(*house) bot.Feature {
	return feature(bot.Feature{Name: "gate", Commands: []bot.Command{{
		Name: "gate", Summary: "waits", Background: background,
		Run: func(ctx context.Context, c *bot.Call) error {
			g.reached <- c.Args
			select {
			case <-g.open:
			case <-ctx.Done():
				return ctx.Err()
			}
			return c.Notice(ctx, c.Args)
		},
	}}})
}

func (g *gate) await(t *testing.T) string {
	t.Helper()
	select {
	case args := <-g.reached:
		return args
	case <-time.After(10 * time.Second):
		t.Fatal("the command is not run")
		return ""
	}
}

func texts(all []said) []string {
	var list []string
	for _, s := range all {
		list = append(list, s.Text)
	}
	return list
}

// TestRooms has a room's commands wait for each other, but not those of another room.
func TestRooms(t *testing.T) {
	t.Parallel()
	g := newGate()
	h := newHouse(t, g.feature(false), parrot)
	command := func(room, text string) {
		h.event(bot.Event{Kind: bot.KindMessage, Room: room, Sender: ann, Text: text})
	}
	command(lobby, "!gate 1")
	g.await(t)
	command(lobby, "!say 2")
	command(lobby, "!say 3")
	command(den, "!gate 4")
	if got := g.await(t); got != "4" {
		t.Errorf("the other room runs %q", got)
	}
	time.Sleep(20 * time.Millisecond)
	if all := h.all(); len(all) > 0 {
		t.Errorf("a room's commands overtake each other: %v", texts(all))
	}
	close(g.open)
	h.wait()
	in := slices.DeleteFunc(h.all(), func(s said) bool { return s.room != lobby })
	if got := texts(in); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("the room's answers: %v", got)
	}
}

func TestBackground(t *testing.T) {
	t.Parallel()
	g := newGate()
	h := newHouse(t, g.feature(true), parrot)
	h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!gate slow"})
	g.await(t)
	h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!say quick"})
	for deadline := time.Now().Add(10 * time.Second); len(h.all()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the room waits for a command in the background")
		}
	}
	close(g.open)
	h.wait()
	if got := texts(h.all()); !slices.Equal(got, []string{"quick", "slow"}) {
		t.Errorf("answers: %v", got)
	}
}

// TestStop ends the bot while a command runs and others wait.
func TestStop(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		g := newGate()
		h := newHouseOn(t, url, bot.Settings{}, g.feature(false), parrot)
		h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!gate running"})
		g.await(t)
		h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!say waiting"})
		h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!say old", Sent: h.time().Add(-4 * time.Minute)})
		var stopped sync.WaitGroup
		stopped.Go(h.stop)
		time.Sleep(20 * time.Millisecond) // so that it is stopping
		close(g.open)
		stopped.Wait()
		if got := texts(h.all()); !slices.Equal(got, []string{"running"}) {
			t.Errorf("before the end: %v", got)
		}
		h.mu.Lock()
		h.now = h.now.Add(2 * time.Minute) // one of the commands is too old by now
		h.mu.Unlock()
		h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!say meanwhile"})
		h.start(g.feature(false), parrot)
		h.wait()
		if got := texts(h.all()); !slices.Equal(got, []string{"running", "waiting", "meanwhile"}) {
			t.Errorf("after a restart: %v", got)
		}
	})
}

// TestCrash ends the process after a command was answered and before that is stored: the
// second time makes nothing new.
func TestCrash(t *testing.T) {
	t.Parallel()
	h := newHouse(t, parrot)
	hello := bot.Event{Kind: bot.KindMessage, ID: "$hello", Room: lobby, Sender: ann, Text: "!say hello"}
	one(t, h.do(hello))
	h.stop()
	h.forget(hello.ID)
	h.start(parrot)
	if got := h.do(hello); len(got) > 0 || len(h.all()) != 1 {
		t.Errorf("the bot said %v", texts(h.all()))
	}
}

func TestFlood(t *testing.T) {
	t.Parallel()
	g := newGate()
	h := newHouse(t, g.feature(false), parrot)
	h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!gate a"})
	g.await(t)
	for n := range bot.MaxWaiting + 50 {
		h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: bob, Text: fmt.Sprintf("!say %d", n)})
	}
	close(g.open)
	h.wait()
	if got := len(h.all()); got != 1+bot.MaxWaiting {
		t.Errorf("%d answers to a flood", got)
	}
	h.restart(g.feature(false), parrot)
	if got := len(h.all()); got != 1+bot.MaxWaiting {
		t.Errorf("%d answers after a restart", got)
	}
}

// TestDeadline ends a command that takes too long.
func TestDeadline(t *testing.T) {
	t.Parallel()
	h := newHouse(t, feature(bot.Feature{Name: "slow", Commands: []bot.Command{{
		Name: "slow", Deadline: 10 * time.Millisecond,
		Run: func(ctx context.Context, _ *bot.Call) error { <-ctx.Done(); return ctx.Err() },
	}}}))
	if got := one(t, h.says(ann, lobby, "!slow")); !strings.HasPrefix(got.Text, "That did not work.") {
		t.Errorf("the bot said %q", got.Text)
	}
}

// clock is a feature that says so when its alarms ring.
func clock(fail *error) func(*house) bot.Feature {
	return func(h *house) bot.Feature {
		m := h.memory("clock")
		return bot.Feature{
			Name: "clock",
			Commands: []bot.Command{{Name: "wake", Usage: "<span>", Summary: "rings", Run: func(ctx context.Context, c *bot.Call) error {
				span, err := time.ParseDuration(c.Args)
				if err != nil {
					return &bot.UsageError{Text: err.Error()}
				}
				return m.Put(ctx, c.ID, c.Room, c.Now.Add(span))
			}}},
			Wants: func(e bot.Event) bool { return e.Kind == bot.KindReaction && e.Key == "⏰" },
			Handle: func(ctx context.Context, c *bot.Call) error {
				if c.Kind == bot.KindReaction {
					return c.Notice(ctx, "tick")
				}
				if *fail != nil {
					return *fail
				}
				var room string
				if found, err := m.Get(ctx, c.Key, &room); err != nil || !found {
					return err
				}
				if _, err := c.SayIn(ctx, room, bot.Answer{Text: "ring"}); err != nil {
					return err
				}
				return m.Delete(ctx, c.Key)
			},
		}
	}
}

func TestAlarm(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		var fail error
		h := newHouseOn(t, url, bot.Settings{}, clock(&fail))
		h.says(ann, lobby, "!wake 1m")
		h.says(ann, den, "!wake 2m")
		h.pass(59 * time.Second)
		if got := h.all(); len(got) > 0 {
			t.Errorf("too early: %v", texts(got))
		}
		h.pass(time.Second)
		if got := one(t, h.all()); got.Text != "ring" || got.room != lobby {
			t.Errorf("the first alarm: %+v", got)
		}
		h.stop()
		h.mu.Lock()
		h.now = h.now.Add(time.Hour)
		h.mu.Unlock()
		h.start(clock(&fail))
		h.pass(0)
		if got := h.all(); len(got) != 2 || got[1].room != den {
			t.Errorf("an alarm while the bot was down: %+v", got)
		}

		fail = errors.New("out of order")
		h.says(ann, lobby, "!wake 1s")
		h.pass(time.Second)
		fail = nil
		h.pass(time.Second)
		if n := len(h.all()); n != 2 {
			t.Errorf("%d rings; an alarm that failed is raised again at once", n)
		}
		h.pass(time.Minute)
		if n := len(h.all()); n != 3 {
			t.Errorf("%d rings; an alarm that failed is not raised again", n)
		}
		id := h.reacts(ann, lobby, "$x", "⏰")
		if got := h.all()[len(h.all())-1]; got.Text != "tick" || got.ReplyTo != id {
			t.Errorf("a reaction: %+v", got)
		}
	})
}

// TestAlarmWaits restarts the bot when an alarm is due, and what was said before that is not
// handled yet.
func TestAlarmWaits(t *testing.T) {
	t.Parallel()
	var fine error
	g := newGate()
	h := newHouse(t, clock(&fine), g.feature(false))
	h.says(ann, den, "!wake 1m")
	h.stop()
	h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!gate said before"})
	h.mu.Lock()
	h.now = h.now.Add(2 * time.Minute)
	h.mu.Unlock()
	go func() {
		<-g.reached
		time.Sleep(3 * bot.AlarmPoll)
		close(g.open)
	}()
	h.start(clock(&fine), g.feature(false))
	if got := texts(h.all()); !slices.Equal(got, []string{"said before", "ring"}) {
		t.Errorf("the bot said %v", got)
	}
}

// TestAlarmsInTheWay has one alarm be due behind many that nobody handles any more, or that
// fail again and again.
func TestAlarmsInTheWay(t *testing.T) {
	t.Parallel()
	var fine error
	failing := feature(bot.Feature{Name: "failing", Handle: func(context.Context, *bot.Call) error { return errors.New("out of order") }})
	h := newHouse(t, clock(&fine), failing)
	for n := range 2 * bot.MaxAlarms {
		for _, name := range []string{"failing", "removed"} {
			if err := h.memory(name).Put(t.Context(), fmt.Sprint(n), n, h.time()); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.says(ann, lobby, "!wake 1m")
	for range 3 {
		h.pass(time.Minute)
	}
	if got := one(t, h.all()); got.Text != "ring" {
		t.Errorf("the bot said %q", got.Text)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		m, other := bot.MemoryOf(db, "a"), bot.MemoryOf(db, "b")
		ctx := t.Context()
		for _, key := range []string{"x/1", "x/2", "y/1", "X/1", "x%", "x_"} {
			if err := m.Put(ctx, key, "value of "+key, time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := other.Put(ctx, "x/3", 3, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if keys, err := m.Keys(ctx, "x/"); err != nil || !slices.Equal(keys, []string{"x/1", "x/2"}) {
			t.Errorf("keys %v, %v", keys, err)
		}
		if keys, err := m.Keys(ctx, ""); err != nil || len(keys) != 6 {
			t.Errorf("all keys %v, %v", keys, err)
		}
		var value string
		if found, err := m.Get(ctx, "x/1", &value); !found || err != nil || value != "value of x/1" {
			t.Errorf("got %q, %v, %v", value, found, err)
		}
		if err := m.Put(ctx, "x/1", "another", time.Time{}); err != nil {
			t.Fatal(err)
		}
		if found, err := m.Get(ctx, "x/1", &value); !found || err != nil || value != "another" {
			t.Errorf("got %q, %v, %v", value, found, err)
		}
		if err := m.Delete(ctx, "x/1"); err != nil {
			t.Fatal(err)
		}
		if found, err := m.Get(ctx, "x/1", &value); found || err != nil {
			t.Errorf("after it was deleted: %v, %v", found, err)
		}
		if found, err := other.Get(ctx, "x/2", &value); found || err != nil {
			t.Errorf("another feature sees it: %v, %v", found, err)
		}
		if _, err := other.Get(ctx, "x/3", &value); err == nil {
			t.Error("a number is read as a text")
		}
	})
}
