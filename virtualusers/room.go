package virtualusers

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// room is what is known about a room: what was read from the homeserver once, kept current
// by what the member sees.
type room struct {
	id id.RoomID

	// sharing is held while a session is made and used, so that none is made for the members
	// of a moment ago and kept. It guards rotated, the epoch that sessions are of.
	sharing sync.Mutex
	rotated int

	mu       sync.Mutex
	joined   map[id.UserID]bool // virtual users that are in it
	followed bool               // the member is in it
	seen     int                // counts what the member saw happen
	epoch    int                // counts what makes sessions unfit
	state    *roomState         // nil until read
}

// roomState is the part of a room's state that matters for sending.
type roomState struct {
	encryption *event.EncryptionEventContent // nil: the room is not encrypted
	visibility *event.HistoryVisibilityEventContent
	members    map[id.UserID]bool // joined or invited; only in an encrypted room
	successor  id.RoomID          // the room that took its place
	read       time.Time
}

func (r *room) has(user id.UserID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.joined[user]
}

func (r *room) add(user id.UserID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.joined[user] = true
}

// forget makes the next event find out again whether the user is in the room, and what the
// room is like.
func (r *room) forget(user id.UserID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.joined, user)
	r.state = nil
}

func (r *room) isFollowed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.followed
}

// known returns the state as it was read and kept current, and what was seen until then.
func (r *room) known() (state *roomState, seen int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == nil {
		return nil, r.seen
	}
	copied := *r.state
	copied.members = maps.Clone(r.state.members)
	return &copied, r.seen
}

// learn stores a state that was read, unless something was seen happening meanwhile: the
// state may be from before or from after.
func (r *room) learn(state roomState, seen int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen != seen {
		return false
	}
	r.state = &state
	r.epoch++
	return true
}

// maxReads bounds how often a room's state is read in a row because it changes meanwhile.
const maxReads = 5

// stateTTL is how long a room that nobody follows is taken not to be upgraded. What is sent
// to an upgraded room is usually refused, which ends it sooner.
const stateTTL = 10 * time.Minute

// look returns the state of a room that the user is in. It makes sure each time that a room is
// not encrypted, also of one that is followed: what /sync tells may be late.
func (u *Users) look(ctx context.Context, client *mautrix.Client, r *room) (roomState, error) {
	current := r.isFollowed() && u.isCurrent()
	for range maxReads {
		state, seen := r.known()
		if state != nil && state.encryption != nil && current {
			return *state, nil
		}
		if state != nil && state.encryption == nil && (current || u.now().Sub(state.read) < stateTTL) {
			encrypted, err := stateEvent(ctx, client, r.id, event.StateEncryption, &event.EncryptionEventContent{})
			if err != nil || !encrypted {
				return *state, err
			}
		}
		read, err := readState(ctx, client, r.id)
		if err != nil {
			return roomState{}, err
		}
		read.read = u.now()
		if r.learn(read, seen) {
			return read, nil
		}
	}
	return roomState{}, fmt.Errorf("read room %s: it changes too fast", r.id)
}

// readState reads the state from the homeserver.
func readState(ctx context.Context, client *mautrix.Client, roomID id.RoomID) (roomState, error) {
	var s roomState
	var tombstone event.TombstoneEventContent
	if _, err := stateEvent(ctx, client, roomID, event.StateTombstone, &tombstone); err != nil {
		return s, err
	}
	s.successor = tombstone.ReplacementRoom
	var encryption event.EncryptionEventContent
	encrypted, err := stateEvent(ctx, client, roomID, event.StateEncryption, &encryption)
	if err != nil || !encrypted {
		return s, err
	}
	s.encryption = &encryption
	var visibility event.HistoryVisibilityEventContent
	found, err := stateEvent(ctx, client, roomID, event.StateHistoryVisibility, &visibility)
	if err != nil {
		return s, err
	}
	if found {
		s.visibility = &visibility
	}
	members, err := client.Members(ctx, roomID, mautrix.ReqMembers{NotMembership: event.MembershipLeave})
	if err != nil {
		return s, fmt.Errorf("read members of %s: %w", roomID, err)
	}
	s.members = map[id.UserID]bool{}
	for _, evt := range members.Chunk {
		if mayRead(evt.Content.AsMember().Membership) {
			s.members[id.UserID(evt.GetStateKey())] = true
		}
	}
	return s, nil
}

// stateEvent reads one event of a room's state and says whether it is there.
func stateEvent(ctx context.Context, client *mautrix.Client, roomID id.RoomID, t event.Type, content any) (bool, error) {
	err := client.StateEvent(ctx, roomID, t, "", content)
	if rejected(err, "M_NOT_FOUND") {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read %s of %s: %w", t.Type, roomID, err)
	}
	return true, nil
}

// mayRead says whether someone with that membership gets the keys.
func mayRead(m event.Membership) bool {
	return m == event.MembershipJoin || m == event.MembershipInvite
}
