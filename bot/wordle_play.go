package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// daily shows today's board at the end of the direct chat, a new one if need be. A board
// of yesterday that is begun comes first; an older one counts as not solved.
func (w *wordleFeature) daily(ctx context.Context, c *Call, p *wordlePlayer) error {
	if w.doneToday(c, p) {
		return w.finished(ctx, c, p)
	}
	if err := w.sit(ctx, c, p); err != nil {
		return err
	}
	left := w.abandon(c, p)
	w.renew(c, p)
	p.Practising = false
	if err := w.show(ctx, c, p, true); err != nil || left == nil {
		return err
	}
	if left.Event != "" {
		if err := c.Edit(ctx, p.Room, left.Event, w.draw(c, p, left)); err != nil {
			return err
		}
	}
	_, err := c.SayIn(ctx, p.Room, Answer{Text: fmt.Sprintf(
		"Wordle #%d had waited too long and counts as not solved. Its word was %s.", left.Day, strings.ToUpper(left.Answer))})
	return err
}

// practice shows the practice board, a new one if none is open.
func (w *wordleFeature) practice(ctx context.Context, c *Call, p *wordlePlayer) error {
	if err := w.sit(ctx, c, p); err != nil {
		return err
	}
	if p.Practice == nil || p.Practice.Over() {
		n := wordle.Answers()
		i := w.pick(n)
		if wordle.Answer(i) == wordle.AnswerOf(w.today(c)) {
			i = (i + 1) % n // today's would be told too early
		}
		p.Practice = &wordleBoard{Game: wordle.Game{Answer: wordle.Answer(i), Hard: p.Hard}}
	}
	p.Practising = true
	return w.show(ctx, c, p, true)
}

// guessAnywhere takes a guess by the command, which opens today's board if none is open.
func (w *wordleFeature) guessAnywhere(ctx context.Context, c *Call, p *wordlePlayer, text string) error {
	if len(wordle.Clean(text)) != wordle.Letters {
		return &UsageError{Text: "That is no word of five letters.", Usage: "<guess>"}
	}
	if p.did(c.ID) {
		return w.guess(ctx, c, p, text)
	}
	if !p.open() && w.doneToday(c, p) {
		return w.finished(ctx, c, p)
	}
	if err := w.sit(ctx, c, p); err != nil {
		return err
	}
	if !p.open() {
		p.Practising = false
		if p.Daily != nil {
			p.Daily.Event = "" // far up in the chat, before the practice
		}
	}
	return w.guess(ctx, c, p, text)
}

// guess takes a guess on the board that is open, or was before the guess.
func (w *wordleFeature) guess(ctx context.Context, c *Call, p *wordlePlayer, text string) error {
	if !p.did(c.ID) {
		if !p.Practising {
			w.renew(c, p)
		}
		b := p.board()
		if err := b.Guess(text); err != nil {
			return w.aside(ctx, c, p, wordleProblem(err, wordle.Clean(text)))
		}
		if err := w.change(ctx, c, p, b); err != nil {
			return err
		}
	}
	return w.show(ctx, c, p, false)
}

// giveUp ends the board that is open.
func (w *wordleFeature) giveUp(ctx context.Context, c *Call, p *wordlePlayer) error {
	if !p.did(c.ID) {
		if !p.open() {
			return &Refusal{Text: "You have no board open."}
		}
		b := p.board()
		b.GivenUp = true
		if err := w.change(ctx, c, p, b); err != nil {
			return err
		}
	}
	return w.show(ctx, c, p, false)
}

// change stores what an event did to a board, once, with what comes of it.
func (w *wordleFeature) change(ctx context.Context, c *Call, p *wordlePlayer, b *wordleBoard) error {
	b.Last = c.ID
	if b.Over() && b.Day != 0 {
		p.Stats.Add(&b.Game)
	}
	return w.save(ctx, p)
}

// wordleProblem says what is wrong with a guess, to its player alone.
func wordleProblem(err error, word string) string {
	var breach *wordle.Breach
	switch {
	case errors.As(err, &breach):
		return "Hard mode: " + breach.Error() + "."
	case errors.Is(err, wordle.ErrForm):
		return "A guess has five letters, A to Z."
	case errors.Is(err, wordle.ErrUnknown):
		return strings.ToUpper(word) + " is not in my list of words. That guess does not count."
	case errors.Is(err, wordle.ErrAgain):
		return "You have guessed " + strings.ToUpper(word) + " already. This time it does not count."
	}
	return "That guess does not count: " + err.Error() + "."
}

func (w *wordleFeature) today(c *Call) int { return wordle.Day(c.Now, w.Zone) }

func (w *wordleFeature) doneToday(c *Call, p *wordlePlayer) bool {
	return p.Daily != nil && p.Daily.Day >= w.today(c) && p.Daily.Over()
}

// abandon ends a board that was begun before yesterday, and returns it, or nil.
func (w *wordleFeature) abandon(c *Call, p *wordlePlayer) *wordleBoard {
	b := p.Daily
	if b == nil || b.Over() || len(b.Guesses) == 0 || b.Day >= w.today(c)-1 {
		return nil
	}
	b.GivenUp = true
	p.Stats.Add(&b.Game)
	return b
}

// renew makes the daily board today's, unless a guess was made on it that still counts.
func (w *wordleFeature) renew(c *Call, p *wordlePlayer) {
	today, b := w.today(c), p.Daily
	switch {
	case b == nil || b.Over() && b.Day < today:
		b = &wordleBoard{}
		p.Daily = b
	case len(b.Guesses) > 0 || b.Day >= today:
		return
	}
	b.Game = wordle.Game{Day: today, Answer: wordle.AnswerOf(today), Hard: p.Hard}
}
