package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// knownRoom is what the bot knows about a room: what it read once, kept current by /sync.
type knownRoom struct {
	// sharing is held while the bot encrypts. It guards rotated, the epoch of its session.
	sharing sync.Mutex
	rotated int

	mu    sync.Mutex
	seen  int // counts what /sync told
	epoch int // counts what makes the session unfit
	state *roomState
}

// roomState is the part of a room's state that the bot looks at. It is replaced, not changed.
type roomState struct {
	encryption *event.EncryptionEventContent // nil: the room is not encrypted
	visibility *event.HistoryVisibilityEventContent
	power      *event.PowerLevelsEventContent
	successor  id.RoomID
	members    map[id.UserID]member
}

type member struct {
	membership event.Membership
	name       string
}

// here says that somebody has joined, or may at any time.
func (m member) here() bool {
	return m.membership == event.MembershipJoin || m.membership == event.MembershipInvite
}

func (m *Matrix) room(room id.RoomID) *knownRoom {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rooms[room] == nil {
		m.rooms[room] = &knownRoom{}
	}
	return m.rooms[room]
}

// maxReads bounds how often a room is read in a row because it changes meanwhile.
const maxReads = 5

// state returns a room's state. It waits for /sync, which keeps it current.
func (m *Matrix) state(ctx context.Context, s *session, room id.RoomID) (*roomState, error) {
	select {
	case <-m.following:
	case <-ctx.Done():
		return nil, fmt.Errorf("read room %s: the rooms are not followed yet: %w", room, ctx.Err())
	}
	state, _, err := m.read(ctx, s, room)
	return state, err
}

func (m *Matrix) read(ctx context.Context, s *session, room id.RoomID) (*roomState, int, error) {
	r := m.room(room)
	for range maxReads {
		state, epoch, seen := r.known()
		if state != nil {
			return state, epoch, nil
		}
		all, err := s.client.State(ctx, room)
		if err != nil {
			return nil, 0, fmt.Errorf("read room %s: %w", room, err)
		}
		r.learn(stateOf(all), seen)
	}
	return nil, 0, fmt.Errorf("read room %s: it changes too fast", room)
}

func (r *knownRoom) known() (state *roomState, epoch, seen int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state, r.epoch, r.seen
}

// learn stores what was read, unless something happened meanwhile.
func (r *knownRoom) learn(state *roomState, seen int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == seen {
		r.state = state
		r.epoch++
	}
}

// forget makes the room be read again.
func (r *knownRoom) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = nil
	r.seen++
}

func (r *knownRoom) isOf(epoch int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.epoch == epoch
}

func stateOf(all mautrix.RoomStateMap) *roomState {
	state := &roomState{members: map[id.UserID]member{}}
	if evt := all[event.StateEncryption][""]; evt != nil {
		state.encryption = evt.Content.AsEncryption()
	}
	if evt := all[event.StateHistoryVisibility][""]; evt != nil {
		state.visibility = evt.Content.AsHistoryVisibility()
	}
	if evt := all[event.StateTombstone][""]; evt != nil {
		state.successor = evt.Content.AsTombstone().ReplacementRoom
	}
	state.power = &event.PowerLevelsEventContent{}
	if evt := all[event.StatePowerLevels][""]; evt != nil {
		state.power = evt.Content.AsPowerLevels()
	}
	state.power.CreateEvent = all[event.StateCreate][""] // creators are above all since version 12
	for user, evt := range all[event.StateMember] {
		content := evt.Content.AsMember()
		state.members[id.UserID(user)] = member{content.Membership, content.Displayname}
	}
	return state
}

// see takes in one event of the state, parsed.
func (r *knownRoom) see(evt *event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen++
	if r.state == nil {
		return
	}
	if evt.Type != event.StateMember {
		r.state = nil // rare, and best read anew
		return
	}
	content, user := evt.Content.AsMember(), id.UserID(evt.GetStateKey())
	before, after := r.state.members[user], member{content.Membership, content.Displayname}
	changed := *r.state
	changed.members = maps.Clone(changed.members)
	changed.members[user] = after
	r.state = &changed
	if before.here() != after.here() {
		r.epoch++
	}
}

// devicesChanged makes the session unfit if one of the users was given it.
func (r *knownRoom) devicesChanged(users []id.UserID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state != nil && slices.ContainsFunc(users, func(user id.UserID) bool { return r.state.members[user].here() }) {
		r.epoch++
	}
}

// errUnfit says that members or devices changed while a session was shared.
var errUnfit = errors.New("members or devices changed while a session was shared")

// encrypt encrypts for a room's members as they are now.
func (m *Matrix) encrypt(ctx context.Context, s *session, roomID id.RoomID, eventType event.Type, content any) (*event.EncryptedEventContent, error) {
	r := m.room(roomID)
	r.sharing.Lock()
	defer r.sharing.Unlock()
	for range maxReads {
		state, epoch, err := m.read(ctx, s, roomID)
		if err != nil {
			return nil, err
		}
		room := m.audience(roomID, state)
		if room.Encryption == nil || room.Encryption.Algorithm != id.AlgorithmMegolmV1 {
			return nil, fmt.Errorf("room %s is encrypted in a way that is not known", roomID)
		}
		if r.rotated != epoch {
			if err := s.device.Rotate(ctx, roomID); err != nil {
				return nil, err
			}
			r.rotated = epoch
		}
		encrypted, err := s.device.Encrypt(ctx, room, eventType, content, func() error {
			if !r.isOf(epoch) {
				return errUnfit
			}
			return nil
		})
		if err == nil {
			return encrypted, nil
		}
		if !errors.Is(err, errUnfit) {
			return nil, fmt.Errorf("encrypt for %s: %w", roomID, err)
		}
		s.device.Untrack(room.Audience) // they may have been read before the change
	}
	return nil, errUnfit
}

// audience returns what encrypting for a room takes.
func (m *Matrix) audience(roomID id.RoomID, state *roomState) matrix.Room {
	room := matrix.Room{ID: roomID, Encryption: state.encryption, Visibility: state.visibility, Audience: []id.UserID{}}
	for user, member := range state.members {
		if member.here() && user != m.user && !m.deaf(user.String()) {
			room.Audience = append(room.Audience, user)
		}
	}
	return room
}

// cryptoRoom is audience for verifications, which are handled while /sync is.
func (m *Matrix) cryptoRoom(ctx context.Context, roomID id.RoomID) (matrix.Room, error) {
	var room matrix.Room
	err := m.account.As(ctx, func(client *mautrix.Client) error {
		state, _, err := m.read(ctx, &session{client: client}, roomID)
		if err == nil {
			room = m.audience(roomID, state)
		}
		return err
	})
	return room, err
}

// look reads a room and gives its state to do.
func (m *Matrix) look(ctx context.Context, room string, do func(*session, *roomState) error) error {
	return m.attempt(ctx, func(s *session) error {
		state, err := m.state(ctx, s, id.RoomID(room))
		if err != nil {
			return err
		}
		return do(s, state)
	})
}
