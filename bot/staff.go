package bot

import (
	"context"
	"fmt"
	"slices"
)

// Staff are those who may look behind the scenes: whose power level in one of some rooms is
// high enough. It counts nowhere else, because everybody has all power in a room of their own,
// and may invite the bot there.
type Staff struct {
	Power int
	Rooms []string // room references
	Users []string // who may in any room
}

// includes says whether somebody belongs to the staff in the room where they speak.
func (s Staff) includes(ctx context.Context, c *Call) (bool, error) {
	if slices.Contains(s.Users, c.Sender) {
		return true, nil
	}
	for _, reference := range s.Rooms {
		room, err := c.Chat.Resolve(ctx, reference)
		if err != nil || room != c.Room { // an alias that leads nowhere is no reason against the others
			continue
		}
		power, err := c.Chat.Power(ctx, c.Room, c.Sender)
		if err != nil {
			return false, fmt.Errorf("look up power level: %w", err)
		}
		return power >= s.Power, nil
	}
	return false, nil
}
