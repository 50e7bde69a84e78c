package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// allows says whether somebody may use a command in a room: the room must be one of those
// that the configuration names, if it names any, or the direct chat with a member of one, and
// the user be named or have the power.
func (b *Bot) allows(ctx context.Context, c *Command, room, user string) (bool, error) {
	rule := b.settings.Rules[c.Name]
	if rule.Off {
		return false, nil
	}
	if rule.Rooms != nil {
		here, err := b.belongs(ctx, room, user, rule.Rooms)
		if err != nil || !here {
			return false, err
		}
	}
	if slices.Contains(rule.Users, user) {
		return true, nil
	}
	power := c.Power
	switch {
	case rule.Power != nil:
		power = *rule.Power
	case rule.Users != nil:
		return false, nil
	}
	if power <= 0 {
		return true, nil
	}
	if b.settings.Rooms == nil {
		has, err := b.chat.Power(ctx, room, user)
		return err == nil && has >= power, err
	}
	return Staff{Power: power, Rooms: b.settings.Rooms}.includes(ctx, &Call{Event: Event{Room: room, Sender: user}, Chat: b.chat})
}

// belongs says whether a room is one of some, or a direct chat with a member of one. A room
// that cannot be looked up is no reason against the others.
func (b *Bot) belongs(ctx context.Context, room, user string, references []string) (bool, error) {
	var ids []string
	var failed error
	for _, reference := range references {
		id, err := b.chat.Resolve(ctx, reference)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("look up room %s: %w", reference, err))
			continue
		}
		ids = append(ids, id)
	}
	if slices.Contains(ids, room) {
		return true, nil
	}
	if !b.chat.IsDirect(ctx, room) {
		return false, failed
	}
	for _, id := range ids {
		members, err := b.chat.Members(ctx, id)
		if slices.Contains(members, user) {
			return true, nil
		}
		if err != nil { // such as when the bot is not in it
			failed = errors.Join(failed, err)
		}
	}
	return false, failed
}

// cooldown returns how long somebody must wait between two uses of a command in a room.
func (b *Bot) cooldown(c *Command) time.Duration {
	if configured := b.settings.Rules[c.Name].Cooldown; configured != nil {
		return *configured
	}
	return c.Cooldown
}
