package bot

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// allows says whether somebody may use a command in a room: the room must be one of those
// that the configuration names, if it names any, and the user be named or have the power.
func (b *Bot) allows(ctx context.Context, c *Command, room, user string) (bool, error) {
	rule := b.settings.Rules[c.Name]
	if rule.Off {
		return false, nil
	}
	if rule.Rooms != nil {
		here, err := b.isOneOf(ctx, room, rule.Rooms)
		if err != nil || !here && !b.chat.IsDirect(ctx, room) { // a direct chat disturbs nobody
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

func (b *Bot) isOneOf(ctx context.Context, room string, references []string) (bool, error) {
	for _, reference := range references {
		id, err := b.chat.Resolve(ctx, reference)
		if err != nil {
			return false, fmt.Errorf("look up room %s: %w", reference, err)
		}
		if id == room {
			return true, nil
		}
	}
	return false, nil
}

// cooldown returns how long somebody must wait between two uses of a command in a room.
func (b *Bot) cooldown(c *Command) time.Duration {
	if configured := b.settings.Rules[c.Name].Cooldown; configured != nil {
		return *configured
	}
	return c.Cooldown
}
