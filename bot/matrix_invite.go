package bot

import (
	"context"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

const (
	invitePrefix = "invitation/"   // of invitations in the memory
	invitePause  = time.Minute     // between attempts to accept one
	inviteTime   = 24 * time.Hour  // for which it is tried
	joinTime     = 2 * time.Minute // for one attempt: another homeserver may be slow
)

// invitation is one that is to be accepted, or a room that is to be joined without one. It is
// told by /sync once.
type invitation struct {
	From   id.UserID `json:"from"`
	Direct bool      `json:"direct"`
	Came   time.Time `json:"came"`

	// Upgrade says that the room has taken the place of one that the bot is in.
	Upgrade bool `json:"upgrade,omitzero"`
}

// noteInvitations stores the invitations of a response that are to be accepted.
func (m *Matrix) noteInvitations(ctx context.Context, resp *mautrix.RespSync) error {
	for roomID, invited := range resp.Rooms.Invite {
		for _, evt := range invited.State.Events {
			if evt.Type.Type != event.StateMember.Type || evt.GetStateKey() != m.user.String() {
				continue
			}
			parse(evt)
			content, ok := evt.Content.Parsed.(*event.MemberEventContent)
			if !ok || content.Membership != event.MembershipInvite {
				continue
			}
			if !m.welcomes(evt.Sender.String()) {
				m.log.Info("an invitation is not accepted: bot.invited_by does not name who sent it", "room_id", roomID, "user_id", evt.Sender)
				continue
			}
			if err := m.awaitJoin(ctx, roomID, invitation{From: evt.Sender, Direct: content.IsDirect, Came: m.now()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// awaitJoin has Run join a room.
func (m *Matrix) awaitJoin(ctx context.Context, room id.RoomID, i invitation) error {
	m.inviting.Lock()
	defer m.inviting.Unlock()
	if err := m.memory.Put(ctx, invitePrefix+room.String(), i, time.Time{}); err != nil {
		return err
	}
	select {
	case m.invited <- struct{}{}:
	default:
	}
	return nil
}

// welcomes says whether a user's invitations are accepted.
func (m *Matrix) welcomes(user string) bool {
	for _, pattern := range m.invitedBy {
		domain, anybody := strings.CutPrefix(pattern, "@*")
		if pattern == "*" || pattern == user || anybody && strings.HasSuffix(user, domain) {
			return true
		}
	}
	return false
}

// Run accepts invitations until ctx ends.
func (m *Matrix) Run(ctx context.Context) error {
	tick := time.NewTicker(invitePause)
	defer tick.Stop()
	for {
		if err := m.acceptAll(ctx); err != nil && ctx.Err() == nil {
			m.log.Warn("invitations were not looked for", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-m.invited:
		case <-tick.C:
		}
	}
}

func (m *Matrix) acceptAll(ctx context.Context) error {
	keys, err := m.memory.Keys(ctx, invitePrefix)
	if err != nil {
		return err
	}
	for _, key := range keys {
		var i invitation
		if found, err := m.memory.Get(ctx, key, &i); err != nil || !found {
			return err
		}
		if !m.accept(ctx, id.RoomID(strings.TrimPrefix(key, invitePrefix)), i) {
			continue
		}
		if err := m.settle(ctx, key, i); err != nil {
			return err
		}
	}
	return nil
}

// settle forgets an invitation, unless another one has come to that room meanwhile.
func (m *Matrix) settle(ctx context.Context, key string, i invitation) error {
	m.inviting.Lock()
	defer m.inviting.Unlock()
	var now invitation
	if _, err := m.memory.Get(ctx, key, &now); err != nil || !now.Came.Equal(i.Came) {
		return err
	}
	return m.memory.Delete(ctx, key)
}

// accept joins a room, and says whether that is settled.
func (m *Matrix) accept(ctx context.Context, room id.RoomID, i invitation) bool {
	ctx, cancel := context.WithTimeout(ctx, joinTime)
	defer cancel()
	err := m.as(ctx, func(s *session) error {
		var err error
		if i.Upgrade { // the homeserver may not know yet where the room is
			_, err = s.client.JoinRoom(ctx, room.String(), &mautrix.ReqJoinRoom{Via: []string{i.From.Homeserver()}})
		} else {
			_, err = s.client.JoinRoomByID(ctx, room)
		}
		return err
	})
	refused := m.refused(err)
	switch {
	case err == nil && i.Upgrade:
		m.log.Info("a room was upgraded, and the bot follows", "room_id", room, "user_id", i.From)
	case refused && i.Upgrade:
		m.log.Warn("a room was upgraded, and the bot may not follow: invite it to the new one", "room_id", room, "user_id", i.From, "err", err)
		return true
	case err == nil:
		m.log.Info("an invitation was accepted", "room_id", room, "user_id", i.From)
	case refused, m.now().Sub(i.Came) > inviteTime: // it was taken back, or nobody is there any more
		m.log.Warn("an invitation could not be accepted", "room_id", room, "user_id", i.From, "err", err)
		return true
	default:
		m.log.Warn("an invitation could not be accepted, and is tried again", "room_id", room, "user_id", i.From, "err", err)
		return false
	}
	if i.Direct {
		m.direct.Lock()
		defer m.direct.Unlock()
		if err := m.addDirect(ctx, i.From, room); err != nil {
			m.log.Warn("a direct room is not in the account's list", "room_id", room, "err", err)
		}
	}
	return true
}
