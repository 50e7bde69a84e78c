package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// Power implements Chat.
func (m *Matrix) Power(ctx context.Context, room, user string) (power int, err error) {
	err = m.look(ctx, room, func(_ *session, state *roomState) error {
		power = state.power.GetUserLevel(id.UserID(user))
		return nil
	})
	return power, err
}

// Name implements Chat.
func (m *Matrix) Name(ctx context.Context, room, user string) string {
	name := user
	err := m.look(ctx, room, func(_ *session, state *roomState) error {
		if shown := strings.TrimSpace(state.members[id.UserID(user)].name); shown != "" {
			name = shown
		}
		return nil
	})
	if err != nil {
		return user
	}
	return name
}

// Members implements Chat.
func (m *Matrix) Members(ctx context.Context, room string) (members []string, err error) {
	err = m.look(ctx, room, func(_ *session, state *roomState) error {
		members = nil
		for user, member := range state.members {
			if member.membership == event.MembershipJoin {
				members = append(members, user.String())
			}
		}
		slices.Sort(members)
		return nil
	})
	return members, err
}

// Invite implements Chat.
func (m *Matrix) Invite(ctx context.Context, room, user string) error {
	err := m.look(ctx, room, func(s *session, state *roomState) error {
		if state.members[id.UserID(user)].here() {
			return nil
		}
		_, err := s.client.InviteUser(ctx, id.RoomID(room), &mautrix.ReqInviteUser{UserID: id.UserID(user)})
		if err == nil || !m.has(err, "M_FORBIDDEN") {
			return err
		}
		// What we know may be a moment old, and being there already is forbidden, too.
		var now event.MemberEventContent
		if s.client.StateEvent(ctx, id.RoomID(room), event.StateMember, user, &now) == nil && (member{membership: now.Membership}).here() {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("invite %s to %s: %w", user, room, err)
	}
	return nil
}

// MayInvite implements Chat.
func (m *Matrix) MayInvite(ctx context.Context, room string) error {
	var membership event.Membership
	var own, needed int
	err := m.look(ctx, room, func(_ *session, state *roomState) error {
		membership = state.members[m.user].membership
		own, needed = state.power.GetUserLevel(m.user), state.power.Invite()
		return nil // what it may not do, it may not do at the next attempt either
	})
	if m.has(err, "M_FORBIDDEN") {
		return fmt.Errorf("the bot is not in it: invite it: %w", err)
	}
	switch {
	case err != nil:
		return err
	case membership != event.MembershipJoin:
		return errors.New("the bot is not in it: invite it")
	case own < needed:
		return fmt.Errorf("the bot has power level %d there, and inviting takes %d: give it that in the room's settings", own, needed)
	}
	return nil
}
