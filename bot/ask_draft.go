package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ollama"
)

const (
	drawPause = 2 * time.Second  // at least, between two looks of an answer
	drawTime  = 10 * time.Second // for one of them; the next one shows more
	typePause = 20 * time.Second // typing notices last 30 s
	maxAnswer = 6000             // bytes that are shown
	maxRaw    = 64 << 10         // bytes that are read, thoughts included
)

var (
	errEnough = errors.New("the answer is long enough")
	errSilent = errors.New("the answer is empty")
)

// draft is an answer that is being written: one message, redrawn as it grows.
type draft struct {
	call  *Call
	now   func() time.Time
	run   time.Time // when it was begun: after a crash, its keys are others
	raw   strings.Builder
	last  time.Time // when it was drawn
	draws int
	event string // the message; "" before it is known
	again bool   // there may be a message already, with other words
	shown string
}

// write takes a piece of the answer, and draws what there is when it is time. That nobody
// sees it growing is no reason to end it.
func (d *draft) write(ctx context.Context, piece string) error {
	d.raw.WriteString(piece)
	if d.last.IsZero() {
		d.last = d.now()
	}
	if d.raw.Len() > maxRaw {
		return errEnough
	}
	if d.now().Sub(d.last) < drawPause {
		return nil
	}
	text := d.text()
	if text == "" {
		return nil
	}
	if len(text) >= maxAnswer {
		return errEnough
	}
	look, cancel := context.WithTimeout(ctx, drawTime)
	defer cancel()
	_ = d.draw(look, text+" …") // the next one shows more, and finish looks at its own
	d.last = d.now()
	return ctx.Err()
}

// text returns what can be shown of the answer.
func (d *draft) text() string {
	return shorten(harmless(ollama.Spoken(d.raw.String())), maxAnswer)
}

// finish draws the whole answer and returns it.
func (d *draft) finish(ctx context.Context, cut bool) (string, error) {
	text := d.text()
	shown := text
	if cut && !strings.HasSuffix(text, "…") {
		shown += " …"
	}
	if d.event != "" && d.shown == shown {
		return text, nil
	}
	return text, d.draw(ctx, shown)
}

// breakOff draws what there is of the answer, and why there is no more.
func (d *draft) breakOff(ctx context.Context, why string) error {
	text := d.text()
	if text != "" {
		why = text + " …\n\n(" + why + ")"
	}
	return d.draw(ctx, why)
}

// takeBack removes what there is of the answer.
func (d *draft) takeBack(ctx context.Context) error {
	if d.event == "" {
		return nil
	}
	return d.call.Chat.Redact(ctx, d.call.Room, "ask-gone-"+d.call.ID, d.event)
}

// draw shows a text as the answer. The first one makes the message, the others change it:
// each has a key of its own, because an answer that is begun anew has other words.
func (d *draft) draw(ctx context.Context, text string) error {
	a := Answer{Text: text, HTML: chatMarkup(text), Board: true, ReplyTo: d.call.ID}
	change := d.event != ""
	if !change {
		event, err := d.call.Chat.Send(ctx, d.call.Room, "ask-"+d.call.ID, a)
		if err != nil {
			d.again = true
			return err
		}
		d.event, change = event, d.again
	}
	if change {
		d.draws++
		a.ReplyTo, a.Replaces = "", d.event
		key := fmt.Sprintf("ask-%s-%d-%d", d.call.ID, d.run.UnixNano(), d.draws)
		if _, err := d.call.Chat.Send(ctx, d.call.Room, key, a); err != nil {
			return err
		}
	}
	d.shown = text
	return nil
}

// showTyping shows that the bot types until the returned function is called.
func showTyping(ctx context.Context, c *Call) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var shown sync.WaitGroup
	shown.Go(func() {
		again := time.NewTicker(typePause)
		defer again.Stop()
		for ctx.Err() == nil {
			_ = c.Chat.Typing(ctx, c.Room, true) // a courtesy
			select {
			case <-again.C:
			case <-ctx.Done():
			}
		}
	})
	return func() {
		cancel()
		shown.Wait()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), drawTime/2)
		defer cancel()
		_ = c.Chat.Typing(last, c.Room, false) // a courtesy
	}
}
