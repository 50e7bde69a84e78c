package bot

import (
	"context"
	"fmt"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// makingPrefix is what the keys of notes begin with that a direct room with a user is being
// made, in the memory. Making one has no transaction id, so that it is looked for before a
// second attempt.
const makingPrefix = "making/"

// Direct implements Chat.
func (m *Matrix) Direct(ctx context.Context, user string) (string, error) {
	m.direct.Lock()
	defer m.direct.Unlock()
	direct, err := m.directRooms(ctx)
	if err != nil {
		return "", err
	}
	for i := len(direct[id.UserID(user)]) - 1; i >= 0; i-- { // the latest one first
		room := direct[id.UserID(user)][i]
		if m.isFor(ctx, room, id.UserID(user)) {
			return room.String(), nil
		}
	}
	made, err := m.makeDirect(ctx, id.UserID(user))
	if err != nil {
		return "", fmt.Errorf("make a room with %s: %w", user, err)
	}
	err = m.addDirect(ctx, id.UserID(user), made)
	if err == nil {
		err = m.memory.Delete(ctx, makingPrefix+user)
	}
	if err != nil {
		m.log.Warn("a direct room is not in the account's list, and is looked for when it is needed again", "room_id", made, "err", err)
	}
	return made.String(), nil
}

// makeDirect returns a new room with the user, or one that an attempt before has made without
// coming to its end.
func (m *Matrix) makeDirect(ctx context.Context, user id.UserID) (made id.RoomID, err error) {
	var began time.Time
	tried, err := m.memory.Get(ctx, makingPrefix+user.String(), &began)
	if err == nil && !tried {
		err = m.memory.Put(ctx, makingPrefix+user.String(), m.now(), time.Time{})
	}
	if err != nil {
		return "", err
	}
	err = m.attempt(ctx, func(s *session) error {
		if tried {
			found, err := m.madeBefore(ctx, s, user)
			if err != nil || found != "" {
				made = found
				return err
			}
		}
		tried = true
		req := &mautrix.ReqCreateRoom{Preset: "trusted_private_chat", IsDirect: true, Invite: []id.UserID{user}}
		if s.device != matrix.AccountDevice(plain{}) {
			req.InitialState = []*event.Event{{
				Type:    event.StateEncryption,
				Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}},
			}}
		}
		resp, err := s.client.CreateRoom(ctx, req)
		if err == nil {
			made = resp.RoomID
		}
		return err
	})
	return made, err
}

// madeBefore returns a room that the bot has made to talk to a user alone, or "".
func (m *Matrix) madeBefore(ctx context.Context, s *session, user id.UserID) (id.RoomID, error) {
	joined, err := s.client.JoinedRooms(ctx)
	if err != nil {
		return "", fmt.Errorf("list own rooms: %w", err)
	}
	for _, room := range joined.JoinedRooms {
		state, err := m.state(ctx, s, room)
		if m.refused(err) { // left meanwhile
			continue
		}
		if err != nil {
			return "", err
		}
		if create := state.power.CreateEvent; create != nil && create.Sender == m.user && state.isFor(m.user, user) {
			return room, nil
		}
	}
	return "", nil
}

// isFor says whether a room serves to talk to a user alone.
func (m *Matrix) isFor(ctx context.Context, room id.RoomID, user id.UserID) (serves bool) {
	err := m.look(ctx, room.String(), func(_ *session, state *roomState) error {
		serves = state.isFor(m.user, user)
		return nil
	})
	return serves && err == nil
}

func (s *roomState) isFor(own, user id.UserID) bool {
	return s.successor == "" && s.people() == 2 && s.members[user].here() && s.members[own].membership == event.MembershipJoin
}

// people returns how many have joined or are invited.
func (s *roomState) people() int {
	n := 0
	for _, member := range s.members {
		if member.here() {
			n++
		}
	}
	return n
}

// IsDirect implements Chat.
func (m *Matrix) IsDirect(ctx context.Context, room string) bool {
	people := 0
	err := m.look(ctx, room, func(_ *session, state *roomState) error {
		people = state.people()
		return nil
	})
	return err == nil && people == 2
}

// directRooms returns the account's list of direct rooms.
func (m *Matrix) directRooms(ctx context.Context) (direct event.DirectChatsEventContent, err error) {
	err = m.attempt(ctx, func(s *session) error {
		direct = event.DirectChatsEventContent{}
		err := s.client.GetAccountData(ctx, event.AccountDataDirectChats.Type, &direct)
		if m.has(err, "M_NOT_FOUND") {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read list of direct rooms: %w", err)
	}
	return direct, nil
}

// addDirect adds a room to the list. m.direct must be held.
func (m *Matrix) addDirect(ctx context.Context, user id.UserID, room id.RoomID) error {
	direct, err := m.directRooms(ctx)
	if err != nil {
		return err
	}
	for _, known := range direct[user] {
		if known == room {
			return nil
		}
	}
	direct[user] = append(direct[user], room)
	err = m.attempt(ctx, func(s *session) error {
		return s.client.SetAccountData(ctx, event.AccountDataDirectChats.Type, &direct)
	})
	if err != nil {
		return fmt.Errorf("write list of direct rooms: %w", err)
	}
	return nil
}
