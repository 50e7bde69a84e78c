package virtualusers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// watched are the types of state that change how a room is told.
var watched = []event.Type{event.StateMember, event.StateEncryption, event.StateTombstone, event.StateHistoryVisibility}

// currentFor is how long after an answer of /sync what it told is taken to be current. It is
// longer than a poll.
const currentFor = 90 * time.Second

// observe takes in one response of the member's /sync; since is the position it was asked
// for. After an error the response must be given again.
func (u *Users) observe(ctx context.Context, crypto matrix.Crypto, resp *mautrix.RespSync, since string) error {
	// Before rooms learn that sessions are unfit, so that the next ones are made for the
	// devices as they are.
	outdated := slices.Concat(resp.DeviceLists.Changed, resp.DeviceLists.Left)
	if since == "" {
		outdated = nil // whatever changed before is not told: read everybody again
	}
	if since == "" || len(outdated) > 0 {
		if err := crypto.Untrack(ctx, outdated); err != nil {
			return fmt.Errorf("handle changed devices: %w", err)
		}
	}
	for roomID, joined := range resp.Rooms.Join {
		u.room(roomID).see(true, joined.State.Events, joined.Timeline.Events)
	}
	for roomID := range resp.Rooms.Leave {
		u.room(roomID).see(false)
	}
	if len(resp.DeviceLists.Changed) > 0 {
		for _, r := range u.allRooms() {
			r.devicesChanged(resp.DeviceLists.Changed)
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.synced = u.now()
	close(u.tick)
	u.tick = make(chan struct{})
	return nil
}

// see takes in what happened in the room, in order.
func (r *room) see(followed bool, happened ...[]*event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.followed != followed {
		r.followed = followed
		r.seen++
		r.state = nil // what happened before is not told
	}
	for _, evt := range slices.Concat(happened...) {
		if evt.StateKey != nil {
			r.apply(evt)
		}
	}
}

// apply takes in one event of the state.
func (r *room) apply(evt *event.Event) {
	evt.Type.Class = event.StateEventType
	if !slices.Contains(watched, evt.Type) {
		return
	}
	r.seen++
	if err := evt.Content.ParseRaw(evt.Type); err != nil || evt.Type != event.StateMember {
		r.state = nil // rare, and what it means is best read anew
		return
	}
	user, membership := id.UserID(evt.GetStateKey()), evt.Content.AsMember().Membership
	if membership != event.MembershipJoin {
		delete(r.joined, user)
	}
	if r.state == nil || r.state.members == nil || r.state.members[user] == mayRead(membership) {
		return
	}
	r.epoch++
	if mayRead(membership) {
		r.state.members[user] = true
	} else {
		delete(r.state.members, user)
	}
}

// devicesChanged makes sessions unfit that the users were given.
func (r *room) devicesChanged(users []id.UserID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == nil {
		return // reading the state begins a new epoch
	}
	for _, user := range users {
		if r.state.members[user] {
			r.epoch++
			return
		}
	}
}

// isCurrent says whether the member is up to date.
func (u *Users) isCurrent() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return !u.synced.IsZero() && u.now().Sub(u.synced) < currentFor
}

// waitUntilCurrent waits for the member, for as long as it pays.
func (u *Users) waitUntilCurrent(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, memberPatience)
	defer cancel()
	for {
		u.mu.Lock()
		tick := u.tick
		u.mu.Unlock()
		if u.isCurrent() {
			return true
		}
		select {
		case <-tick:
		case <-ctx.Done():
			return false
		}
	}
}
