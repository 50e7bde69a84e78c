package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"
)

// handle handles one event: a command, or what features want.
func (b *Bot) handle(e Event) {
	if name, args, ok := b.called(e); ok {
		b.command(e, name, args)
		return
	}
	for _, f := range b.wanting(e) {
		if f.Handle == nil {
			continue
		}
		call := &Call{Event: e, Now: b.now(), Chat: b.chat, feature: f.Name}
		err := b.protect(handlerTime, call, func(ctx context.Context) error { return f.Handle(ctx, call) })
		b.complain("handling an event failed", f.Name, e, err)
	}
	b.finish(e)
}

// command runs a command, or says why not.
func (b *Bot) command(e Event, name, args string) {
	call := &Call{Event: e, Args: args, Now: b.now(), Chat: b.chat}
	c := b.commands[name]
	if c == nil || b.settings.Rules[c.Name].Off {
		b.suggest(call, name)
		b.finish(e)
		return
	}
	if b.now().Sub(e.Sent) > commandAge { // left by a process that was down for long
		b.finish(e)
		return
	}
	if denial := b.admit(c, call); denial != "" {
		b.finish(e)
		return
	}
	run := func() {
		b.run(c, call)
		b.finish(e)
	}
	if c.Background {
		b.handlers.Go(run)
		return
	}
	run()
}

// admit says why somebody may not use a command now, after telling them, or "".
func (b *Bot) admit(c *Command, call *Call) string {
	ctx, cancel := context.WithTimeout(b.work, handlerTime)
	defer cancel()
	allowed, err := b.allows(ctx, c, call.Room, call.Sender)
	if err != nil {
		b.metrics.Command(c.Name, "failed", 0)
		b.complain("looking up who may failed", c.Name, call.Event, err)
		b.answer(call, c, Answer{Text: failure})
		return "failed"
	}
	denial, emoji := "", ""
	switch {
	case !allowed:
		denial, emoji = "denied", "🚫"
	default:
		if left := b.cooldowns.take(c.Name, call.Room, call.Sender, b.cooldown(c), call.Now); left > 0 {
			denial, emoji = "cooldown", "⏳"
			if left > 10*time.Second {
				err = call.Notice(ctx, fmt.Sprintf("Again in %s.", untilThen(left)))
				emoji = ""
			}
		}
	}
	if emoji != "" {
		_, err = call.React(ctx, call.ID, emoji)
	}
	if denial != "" {
		b.metrics.Command(c.Name, denial, 0)
		b.complain("saying no failed", c.Name, call.Event, err)
	}
	return denial
}

// failure is what people are told when the log knows more.
const failure = "That did not work. It is noted in the log."

// run runs a command and answers what comes of it.
func (b *Bot) run(c *Command, call *Call) {
	start := time.Now()
	deadline := c.Deadline
	if deadline == 0 {
		deadline = handlerTime
	}
	err := b.protect(deadline, call, func(ctx context.Context) error { return c.Run(ctx, call) })
	result := "ok"
	var usage *UsageError
	var refusal *Refusal
	var panicked *panicError
	if err != nil {
		b.cooldowns.giveBack(c.Name, call.Room, call.Sender)
	}
	switch {
	case err == nil:
	case errors.As(err, &usage):
		result = "usage"
		b.answer(call, c, b.usage(c, usage))
	case errors.As(err, &refusal):
		result = "refused"
		if refusal.Text != "" {
			b.answer(call, c, Answer{Text: refusal.Text})
		}
		b.complain("a command was refused", c.Name, call.Event, refusal.Cause)
	case errors.As(err, &panicked):
		result = "panic"
	default:
		result = "failed"
		b.answer(call, c, Answer{Text: failure})
		b.complain("a command failed", c.Name, call.Event, err)
	}
	b.metrics.Command(c.Name, result, time.Since(start))
}

// answer says how a command ended.
func (b *Bot) answer(call *Call, c *Command, a Answer) {
	ctx, cancel := context.WithTimeout(b.work, handlerTime)
	defer cancel()
	_, err := call.Reply(ctx, a)
	b.complain("answering failed", c.Name, call.Event, err)
}

// panicError is a panic of a handler.
type panicError struct{ value any }

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// protect runs a handler with its deadline. A panic is logged, and shown as a 💥.
func (b *Bot) protect(deadline time.Duration, call *Call, do func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(b.work, deadline)
	defer cancel()
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		err = &panicError{r}
		b.log.Error("a handler panicked", "room_id", call.Room, "event_id", call.ID, "panic", r, "stack", string(debug.Stack()))
		if call.Room == "" || call.Kind != KindMessage {
			return
		}
		ctx, cancel := context.WithTimeout(b.work, handlerTime) // the handler's may be over
		defer cancel()
		if _, reactErr := b.chat.React(ctx, call.Room, "boom-"+call.ID, call.ID, "💥"); reactErr != nil {
			b.log.Warn("showing a panic failed", "err", reactErr)
		}
	}()
	return do(ctx)
}

// finish notes that an event is handled. If that cannot be stored, it is handled once more
// by the next process, which finds its work done.
func (b *Bot) finish(e Event) {
	if e.Kind == KindAlarm {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.work), stopTime)
	defer cancel()
	if err := b.inbox.done(ctx, e.ID, b.now()); err != nil {
		b.log.Warn("storing the end of an event failed", "event_id", e.ID, "err", err)
	}
}

func (b *Bot) complain(msg, name string, e Event, err error) {
	if err != nil {
		b.log.Warn(msg, "command", name, "room_id", e.Room, "event_id", e.ID, "err", err)
	}
}

// called returns the name and the arguments of the command that an event calls.
func (b *Bot) called(e Event) (name, args string, ok bool) {
	if e.Kind != KindMessage {
		return "", "", false
	}
	if name, args, ok = b.parse(e.Text); ok {
		return name, args, true
	}
	for _, f := range b.features {
		for i := range f.Commands {
			if c := &f.Commands[i]; c.Continues != nil && b.safely(c.Continues, e) {
				return c.Name, strings.TrimSpace(e.Text), true
			}
		}
	}
	return "", "", false
}

// safely asks a feature about an event. One that panics says no: it is asked in the way of
// all others.
func (b *Bot) safely(ask func(Event) bool, e Event) (yes bool) {
	defer func() {
		if r := recover(); r != nil {
			b.log.Error("a handler panicked", "room_id", e.Room, "event_id", e.ID, "panic", r, "stack", string(debug.Stack()))
			yes = false
		}
	}()
	return ask(e)
}

// parse splits a command into its name, in lower case, and its arguments.
func (b *Bot) parse(text string) (name, args string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), b.settings.Prefix)
	if !ok || rest == "" {
		return "", "", false
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' })
	if end < 0 {
		end = len(rest)
	}
	name = strings.ToLower(rest[:end])
	if name == "" || strings.HasPrefix(name, b.settings.Prefix) { // "! " and "!!!" are no commands
		return "", "", false
	}
	return name, strings.TrimSpace(rest[end:]), true
}
