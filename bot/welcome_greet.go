package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/welcome"
)

// next greets the next guest.
func (w *welcomeFeature) next(ctx context.Context, c *Call) error {
	user, err := w.take(ctx, c)
	if err != nil || user == "" {
		return err
	}
	if _, err := w.greet(ctx, c, user); err != nil {
		return fmt.Errorf("greet %s: %w", user, err) // and again when the queue says so
	}
	return nil
}

// take returns whose turn it is, or "".
func (w *welcomeFeature) take(ctx context.Context, c *Call) (string, error) {
	w.changing.Lock()
	defer w.changing.Unlock()
	q, err := w.queue(ctx)
	if err != nil {
		return "", err
	}
	for _, user := range q.GiveUp(c.Now) {
		if err := w.leaveOut(ctx, user); err != nil {
			return "", err
		}
	}
	user := q.Next(w.Limit, c.Now)
	if user != "" {
		w.mu.Lock()
		w.tried[user] = true
		w.mu.Unlock()
	}
	return user, w.putQueue(ctx, q)
}

// greet greets a guest who waits, and returns what is known of the guest then. Begun a second
// time, it makes no second message.
func (w *welcomeFeature) greet(ctx context.Context, c *Call, user string) (g welcomeGuestState, err error) {
	w.greeting.Lock()
	defer w.greeting.Unlock()
	known, err := w.memory.Get(ctx, welcomeGuest+user, &g)
	if err != nil {
		return g, err
	}
	if !known {
		member, err := w.isMember(ctx, c, user)
		if err != nil {
			return g, err
		}
		if member { // else gone again, and greeted when they come back
			if g, err = w.send(ctx, c, user); err != nil {
				return g, err
			}
			if err := w.memory.Put(ctx, welcomeGuest+user, g, time.Time{}); err != nil {
				return g, err
			}
		}
	}
	w.know(user, g)
	w.changing.Lock()
	defer w.changing.Unlock()
	q, err := w.queue(ctx)
	if err != nil {
		return g, err
	}
	q.Remove(user)
	return g, w.putQueue(ctx, q)
}

// send writes a greeting.
func (w *welcomeFeature) send(ctx context.Context, c *Call, user string) (g welcomeGuestState, err error) {
	space, err := w.spaceID(ctx, c)
	if err != nil {
		return g, err
	}
	if g.Room, err = c.Chat.Direct(ctx, user); err != nil {
		return g, err
	}
	text, markup := welcome.Text(w.Text, c.Chat.Name(ctx, space, user))
	g.Event, err = c.Chat.Send(ctx, g.Room, "welcome-"+user, Answer{Text: text, HTML: markup, Board: true})
	if err != nil {
		return g, err
	}
	_, err = c.Chat.React(ctx, g.Room, "welcome-yes-"+user, g.Event, welcome.Yes)
	return g, err
}

func (w *welcomeFeature) isMember(ctx context.Context, c *Call, user string) (bool, error) {
	space, err := w.spaceID(ctx, c)
	if err != nil {
		return false, err
	}
	members, err := c.Chat.Members(ctx, space)
	return slices.Contains(members, user), err
}

// accepted invites a guest who has reacted to the greeting.
func (w *welcomeFeature) accepted(ctx context.Context, c *Call) error {
	var g welcomeGuestState
	known, err := w.memory.Get(ctx, welcomeGuest+c.Sender, &g)
	if err == nil && !known { // the greeting is on its way, or was when the process before this one ended
		g, err = w.finish(ctx, c)
	}
	if err != nil || g.Event == "" || g.Event != c.Target {
		return err
	}
	member, err := w.isMember(ctx, c, c.Sender)
	if err != nil {
		return err
	}
	text := "Please join our space first, and then react again."
	if member {
		text = "🎉 The doors are open: you are invited. See you there!"
		if failed := w.invite(ctx, c, c.Sender); failed != nil {
			w.Log.Error("a new member was not invited everywhere; it is tried again", "user_id", c.Sender, "err", failed)
			g.Since = c.Now
			if err := w.memory.Put(ctx, welcomeGuest+c.Sender, g, c.Now.Add(invitesPause)); err != nil {
				return err
			}
			text = "Some of the invitations did not work. I keep trying."
		}
	}
	return c.Notice(ctx, text)
}

// finish greets a guest whose greeting was begun.
func (w *welcomeFeature) finish(ctx context.Context, c *Call) (welcomeGuestState, error) {
	q, err := w.queue(ctx)
	if err != nil || !q.Tried(c.Sender) {
		return welcomeGuestState{}, err
	}
	return w.greet(ctx, c, c.Sender)
}

// invite invites to all rooms, and returns what failed.
func (w *welcomeFeature) invite(ctx context.Context, c *Call, user string) error {
	var failed []error
	for _, reference := range w.Rooms {
		room, err := c.Chat.Resolve(ctx, reference)
		if err == nil {
			err = c.Chat.Invite(ctx, room, user)
		}
		if err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// inviteAgain tries invitations that failed, for a day.
func (w *welcomeFeature) inviteAgain(ctx context.Context, c *Call, user string) error {
	var g welcomeGuestState
	if known, err := w.memory.Get(ctx, welcomeGuest+user, &g); err != nil || !known {
		return err
	}
	member, err := w.isMember(ctx, c, user)
	if err == nil && member {
		err = w.invite(ctx, c, user)
	}
	again := c.Now.Add(invitesPause)
	if err == nil || c.Now.Sub(g.Since) > futile {
		g.Since, again = time.Time{}, time.Time{}
	}
	if err != nil && again.IsZero() {
		w.Log.Error("a new member cannot be invited everywhere", "user_id", user, "err", err)
	}
	return w.memory.Put(ctx, welcomeGuest+user, g, again)
}

// ImportWelcome notes whom an earlier bot greeted, as welcome.ImportState read it, and returns
// how many are new: they are not greeted again, and their ✅ on that greeting still counts.
func ImportWelcome(ctx context.Context, m Memory, guests map[string]welcome.Old) (added int, err error) {
	for user, old := range guests {
		var g welcomeGuestState
		known, err := m.Get(ctx, welcomeGuest+user, &g)
		if err != nil {
			return added, err
		}
		if known {
			continue
		}
		if err := m.Put(ctx, welcomeGuest+user, welcomeGuestState{Room: old.Room, Event: old.Event}, time.Time{}); err != nil {
			return added, err
		}
		added++
	}
	return added, nil
}
