package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// sit finds the direct chat with a player: the room of the call, if it is one. Boards of
// another room are sent anew.
func (w *wordleFeature) sit(ctx context.Context, c *Call, p *wordlePlayer) error {
	room := c.Room
	if !c.Chat.IsDirect(ctx, room) {
		p.From = room
		var err error
		if room, err = c.Chat.Direct(ctx, c.Sender); err != nil {
			return &Refusal{Text: "I could not open a direct chat with you. Invite me to one and ask there.", Cause: err}
		}
	}
	if room == p.Room {
		return nil
	}
	w.mu.Lock()
	delete(w.seats, p.Room)
	w.mu.Unlock()
	p.Room = room
	for _, b := range []*wordleBoard{p.Daily, p.Practice} {
		if b != nil {
			b.Event = ""
		}
	}
	return nil
}

// show brings the player's board up to date: in its message, or anew at the end of the
// chat, where the message before then says so. The sends and their order must not depend on
// whether an earlier run of the same call came only so far.
func (w *wordleFeature) show(ctx context.Context, c *Call, p *wordlePlayer, anew bool) error {
	b := p.board()
	before := b.Event
	if err := w.send(ctx, c, p, b, anew || before == ""); err != nil {
		return err
	}
	if b.Over() {
		if _, err := c.SayIn(ctx, p.Room, Answer{Text: w.verdict(c, p, b)}); err != nil {
			return err
		}
	}
	if c.Room != p.Room {
		if err := c.Notice(ctx, "Your board is in our direct chat."); err != nil {
			return err
		}
	}
	if before != "" && before != b.Event {
		title, rest := wordleTitle(&b.Game)
		return c.Edit(ctx, p.Room, before, Answer{Text: title + rest + ": the board is further down.", Board: true})
	}
	return nil
}

// send makes or edits a board's message, and stores which it is.
func (w *wordleFeature) send(ctx context.Context, c *Call, p *wordlePlayer, b *wordleBoard, anew bool) error {
	a := w.draw(c, p, b)
	if !anew {
		return c.Edit(ctx, p.Room, b.Event, a)
	}
	if err := w.save(ctx, p); err != nil { // a game that is told must be known
		return err
	}
	if c.Room == p.Room {
		a.ReplyTo = c.ID
	}
	id, err := c.SayIn(ctx, p.Room, a)
	if err != nil {
		return err
	}
	b.Event = id
	return w.save(ctx, p)
}

// aside tells a player something that is not for others, in the direct chat.
func (w *wordleFeature) aside(ctx context.Context, c *Call, p *wordlePlayer, text string) error {
	if c.Room == p.Room {
		return c.Notice(ctx, text)
	}
	if _, err := c.SayIn(ctx, p.Room, Answer{Text: text}); err != nil {
		return err
	}
	return c.Notice(ctx, "I have answered in our direct chat.")
}

// finished says that today's board is done: in the direct chat with the board.
func (w *wordleFeature) finished(ctx context.Context, c *Call, p *wordlePlayer) error {
	if !c.Chat.IsDirect(ctx, c.Room) {
		return c.Notice(ctx, "You have played today's word. "+w.nextWord(c)+" "+w.Prefix+"wordle share shows your board here, without the letters.")
	}
	a := w.draw(c, p, p.Daily)
	next := w.nextWord(c)
	a.Text, a.HTML = a.Text+"\n"+next, a.HTML+"<p>"+next+"</p>"
	_, err := c.Reply(ctx, a)
	return err
}

func (w *wordleFeature) draw(c *Call, p *wordlePlayer, b *wordleBoard) Answer {
	return drawWordle(&b.Game, p.Contrast, w.hint(c, b))
}

// hint says below a board how it goes on.
func (w *wordleFeature) hint(c *Call, b *wordleBoard) string {
	command := "`" + w.Prefix + "wordle"
	if b.Over() {
		result := fmt.Sprintf("🎉 Solved in %d.", len(b.Guesses))
		if !b.Solved() {
			result = fmt.Sprintf("The word was %s.", strings.ToUpper(b.Answer))
		}
		if b.Day == 0 {
			return result + " " + command + " practice` brings another."
		}
		return result + " " + command + " share` shows it in a room, without the letters."
	}
	var hint string
	switch left := wordle.Tries - len(b.Guesses); left {
	case wordle.Tries:
		hint = "Send me a word of five letters."
	case 1:
		hint = "One guess left."
	default:
		hint = fmt.Sprintf("%d guesses left.", left)
	}
	if b.Day != 0 && b.Day < w.today(c) {
		hint += " Midnight has passed: when this is done, " + command + "` brings today's word."
	}
	return hint
}

// verdict ends a game where the player has just written: the board may be out of sight.
func (w *wordleFeature) verdict(c *Call, p *wordlePlayer, b *wordleBoard) string {
	said := "The word was " + strings.ToUpper(b.Answer) + "."
	if b.Solved() {
		said = [wordle.Tries]string{
			"In one! Can you read my mind?", "Two guesses, splendid!", "Three guesses, very well done!",
			"Four guesses, nicely solved.", "Five guesses, there it is.", "Six guesses, that was close!",
		}[len(b.Guesses)-1]
		if b.Day != 0 && p.Stats.Streak > 1 {
			said += fmt.Sprintf(" Your streak is %d days.", p.Stats.Streak)
		}
	}
	switch {
	case b.Day == 0:
	case b.Day < w.today(c):
		said += " Today's word waits: " + w.Prefix + "wordle."
	default:
		said += " " + w.nextWord(c)
	}
	return said
}

// nextWord says when the next word comes: "The next word comes in 5 h 12 min."
func (w *wordleFeature) nextWord(c *Call) string {
	left := int((wordle.Next(c.Now, w.Zone).Sub(c.Now) + time.Minute - 1) / time.Minute)
	var in []string
	if left >= 60 {
		in = append(in, fmt.Sprintf("%d h", left/60))
	}
	if left%60 > 0 {
		in = append(in, fmt.Sprintf("%d min", left%60))
	}
	return "The next word comes in " + strings.Join(in, " ") + "."
}
