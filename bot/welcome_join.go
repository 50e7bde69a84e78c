package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/welcome"
)

// spaceID returns the room id of the space.
func (w *welcomeFeature) spaceID(ctx context.Context, c *Call) (string, error) {
	id, err := c.Chat.Resolve(ctx, w.Space)
	if err != nil {
		return "", fmt.Errorf("look up the space: %w", err)
	}
	w.mu.Lock()
	known := w.space == id
	w.mu.Unlock()
	if known {
		return id, nil
	}
	if err := w.follow(ctx, id); err != nil {
		return "", err
	}
	w.mu.Lock()
	w.space = id
	w.mu.Unlock()
	return id, nil
}

// follow has the space's members of old be those of the room that has taken its place: an
// upgrade makes everybody join anew.
func (w *welcomeFeature) follow(ctx context.Context, id string) error {
	w.changing.Lock()
	defer w.changing.Unlock()
	var before welcomeSpaceState
	if _, err := w.memory.Get(ctx, welcomeSpace, &before); err != nil {
		return err
	}
	if before.Reference == w.Space && before.Room != id {
		var members, there []string
		old, err := w.memory.Get(ctx, welcomeMembers+before.Room, &members)
		if err != nil {
			return err
		}
		known, err := w.memory.Get(ctx, welcomeMembers+id, &there)
		if err != nil {
			return err
		}
		if old && !known {
			if err := w.memory.Put(ctx, welcomeMembers+id, members, time.Time{}); err != nil {
				return err
			}
		}
	}
	return w.memory.Put(ctx, welcomeSpace, welcomeSpaceState{w.Space, id}, time.Time{})
}

// joined lets a new member wait to be greeted. What goes wrong is made up for by a look at all
// members.
func (w *welcomeFeature) joined(ctx context.Context, c *Call) error {
	err := w.noteJoin(ctx, c)
	if err != nil {
		err = errors.Join(err, w.memory.Put(ctx, welcomeCompare, struct{}{}, c.Now.Add(comparePause)))
	}
	return err
}

func (w *welcomeFeature) noteJoin(ctx context.Context, c *Call) error {
	space, err := w.spaceID(ctx, c)
	if err != nil || space != c.Room {
		return err
	}
	var members []string
	if _, err := w.memory.Get(ctx, welcomeMembers+space, &members); err != nil {
		return err
	}
	if slices.Contains(members, c.Sender) {
		return nil
	}
	return w.await(ctx, c, []string{c.Sender})
}

// compare finds who has joined while the bot was away. The first time, it only notes who is
// there.
func (w *welcomeFeature) compare(ctx context.Context, c *Call) error {
	err := w.compareMembers(ctx, c)
	if err != nil {
		w.Log.Error("the members of bot.welcome.space cannot be read: is the bot invited to it?", "err", err)
		return w.memory.Put(ctx, welcomeCompare, struct{}{}, c.Now.Add(comparePause))
	}
	w.checkRooms(ctx, c)
	return w.memory.Delete(ctx, welcomeCompare)
}

func (w *welcomeFeature) compareMembers(ctx context.Context, c *Call) error {
	space, err := w.spaceID(ctx, c)
	if err != nil {
		return err
	}
	now, err := c.Chat.Members(ctx, space)
	if err != nil {
		return err
	}
	if !slices.Contains(now, c.Chat.User()) {
		return errors.New("the bot is not in the space")
	}
	var before []string
	known, err := w.memory.Get(ctx, welcomeMembers+space, &before)
	if err != nil {
		return err
	}
	if !known {
		q, err := w.queue(ctx)
		if err != nil {
			return err
		}
		before = slices.DeleteFunc(now, func(user string) bool { return q.Has(user) }) // who joined just now is no member of old
		return w.memory.Put(ctx, welcomeMembers+space, before, time.Time{})
	}
	old := map[string]bool{c.Chat.User(): true}
	for _, user := range before {
		old[user] = true
	}
	return w.await(ctx, c, slices.DeleteFunc(now, func(user string) bool { return old[user] || w.Ignore(user) }))
}

// checkRooms says early where invitations would fail.
func (w *welcomeFeature) checkRooms(ctx context.Context, c *Call) {
	for _, reference := range w.Rooms {
		room, err := c.Chat.Resolve(ctx, reference)
		if err == nil {
			err = c.Chat.MayInvite(ctx, room)
		}
		if err != nil {
			w.Log.Error("nobody can be welcomed to a room of bot.welcome.rooms", "room", reference, "err", err)
		}
	}
}

// await lets new members wait. Who was greeted before, or waits already, is passed over.
func (w *welcomeFeature) await(ctx context.Context, c *Call, users []string) error {
	w.changing.Lock()
	defer w.changing.Unlock()
	q, err := w.queue(ctx)
	if err != nil {
		return err
	}
	for _, user := range users {
		var g welcomeGuestState
		greeted, err := w.memory.Get(ctx, welcomeGuest+user, &g)
		if err != nil {
			return err
		}
		if greeted || q.Add(user, c.Now) {
			continue
		}
		if err := w.leaveOut(ctx, user); err != nil {
			return err
		}
	}
	return w.putQueue(ctx, q)
}

// leaveOut notes that somebody is not greeted, now or later.
func (w *welcomeFeature) leaveOut(ctx context.Context, user string) error {
	w.Log.Warn("a new member is not greeted: too many joined, or it failed too often", "user_id", user)
	w.know(user, welcomeGuestState{})
	return w.memory.Put(ctx, welcomeGuest+user, welcomeGuestState{}, time.Time{})
}

func (w *welcomeFeature) queue(ctx context.Context) (*welcome.Queue, error) {
	q := &welcome.Queue{}
	_, err := w.memory.Get(ctx, welcomeQueue, q)
	return q, err
}

func (w *welcomeFeature) putQueue(ctx context.Context, q *welcome.Queue) error {
	return w.memory.Put(ctx, welcomeQueue, q, q.Wake(w.Limit))
}
