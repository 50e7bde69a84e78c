package bot

import (
	"context"
	"errors"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ballot"
)

// handle takes a vote, or the alarm of a poll.
func (p *pollFeature) handle(ctx context.Context, c *Call) error {
	if c.Kind == KindAlarm {
		return p.wake(ctx, c)
	}
	for _, key := range p.in(c.Room) {
		if err := p.take(ctx, c, key); err != nil {
			return err
		}
	}
	return nil
}

// take changes a poll by a reaction to it, or by what was taken back in its room or happened
// to it. Handled
// again, an event changes nothing.
func (p *pollFeature) take(ctx context.Context, c *Call, key string) error {
	defer p.lock(key)()
	if c.Kind == KindUpgrade { // nobody can vote there any more, nor can it be edited
		return p.forget(ctx, key)
	}
	st, err := p.load(ctx, key)
	if err != nil || st == nil || st.Native || st.ended() || st.Event == "" {
		return err
	}
	if c.Kind == KindRedaction {
		if c.Target == st.Event { // whoever removed the message wants no poll
			return p.forget(ctx, key)
		}
		if !inTime(c, st.Ends) || !st.Box.Retract(c.Target) {
			return nil
		}
		return p.changed(ctx, st)
	}
	choice := ballot.Choice(st.Emoji(), c.Key)
	if c.Target != st.Event || choice < 0 || c.Sender == c.Chat.User() || !inTime(c, st.Ends) ||
		!st.Box.Cast(ballot.Vote{ID: c.ID, User: c.Sender, Choice: choice}) {
		return nil
	}
	return p.changed(ctx, st)
}

// changed stores a change of the votes. The message follows by the alarm, so that many votes
// make one edit.
func (p *pollFeature) changed(ctx context.Context, st *pollState) error {
	st.Changes++
	return p.save(ctx, st)
}

// wake does what is due.
func (p *pollFeature) wake(ctx context.Context, c *Call) error {
	defer p.lock(c.Key)()
	st, err := p.load(ctx, c.Key)
	if err != nil || st == nil {
		return err
	}
	if c.Now.Before(st.alarm()) { // changed since the alarm was raised
		return nil
	}
	switch {
	case st.Told, st.Event == "":
		return p.forget(ctx, st.key)
	case st.ended():
		err = p.tell(ctx, c, st)
	case c.Now.Before(st.Ends):
		err = p.show(ctx, c, st)
	case st.Late.IsZero() && c.Now.Sub(st.Ends) > punctual && !st.Native:
		st.Late = c.Now.Add(catchUp)
		err = p.save(ctx, st)
	default:
		err = p.end(ctx, c, st, "")
	}
	if err != nil && c.Now.Sub(st.alarm()) > futile {
		return errors.Join(err, p.forget(ctx, st.key))
	}
	return err
}

// show brings the poll's message up to date. The key comes from the count of changes, not
// from the event: what is sent under one key must always be the same.
func (p *pollFeature) show(ctx context.Context, c *Call, st *pollState) error {
	a := p.draw(st)
	a.Replaces = st.Event
	if _, err := c.Chat.Send(ctx, st.Room, st.sendKey(st.Changes), a); err != nil {
		return err
	}
	st.Shown, st.ShownAt = st.Changes, c.Now
	return p.save(ctx, st)
}

// end ends a poll. From then on no vote counts.
func (p *pollFeature) end(ctx context.Context, c *Call, st *pollState, by string) error {
	st.Ended, st.EndedBy = c.Now, by
	st.Changes++
	if err := p.save(ctx, st); err != nil {
		return err
	}
	return p.tell(ctx, c, st)
}

// tell shows how an ended poll came out: in its message, and in a new one.
func (p *pollFeature) tell(ctx context.Context, c *Call, st *pollState) error {
	if st.Native {
		if _, err := c.Chat.Send(ctx, st.Room, st.sendKey("end"), nativePollEnd(st.Event)); err != nil {
			return err
		}
	} else {
		a := p.draw(st)
		a.Replaces = st.Event
		if _, err := c.Chat.Send(ctx, st.Room, st.sendKey(st.Changes), a); err != nil {
			return err
		}
		outcome := drawPollEnd(st)
		outcome.ReplyTo = st.Event
		if _, err := c.Chat.Send(ctx, st.Room, st.sendKey("end"), outcome); err != nil {
			return err
		}
	}
	st.Told, st.Shown, st.ShownAt = true, st.Changes, c.Now
	return p.save(ctx, st)
}

// closeOne closes the poll that the command answers, or the newest of its sender, or for a
// moderator the newest of all.
func (p *pollFeature) closeOne(ctx context.Context, c *Call) error {
	key, err := p.find(ctx, c)
	if err != nil {
		return err
	}
	defer p.lock(key)()
	st, err := p.load(ctx, key)
	switch {
	case err != nil:
		return err
	case st == nil || st.ended() && st.EndedBy != c.ID:
		return &Refusal{Text: "That poll is closed already."}
	case st.Told:
		return nil
	case st.ended():
		return p.tell(ctx, c, st)
	}
	return p.end(ctx, c, st, c.ID)
}

// find returns the key of the poll that a command is to close.
func (p *pollFeature) find(ctx context.Context, c *Call) (string, error) {
	var meant, own, other *pollState
	for _, key := range p.in(c.Room) {
		st, err := p.load(ctx, key)
		switch {
		case err != nil:
			return "", err
		case st == nil || st.Event == "":
		case st.EndedBy == c.ID: // the command is handled again
			return key, nil
		case st.Event == c.ReplyTo:
			meant = st
		case st.ended():
		case st.Author == c.Sender:
			own = newer(own, st)
		default:
			other = newer(other, st)
		}
	}
	if meant == nil {
		meant = own
	}
	if meant == nil {
		meant = other
	}
	if meant == nil {
		return "", &Refusal{Text: "There is no open poll here."}
	}
	if meant.Author == c.Sender {
		return meant.key, nil
	}
	power, err := c.Chat.Power(ctx, c.Room, c.Sender)
	if err == nil && power < pollPower {
		err = &Refusal{Text: "Only a moderator, or whoever asked, can close that poll."}
	}
	return meant.key, err
}

func newer(a, b *pollState) *pollState {
	if a == nil || b.Asked.After(a.Asked) {
		return b
	}
	return a
}
