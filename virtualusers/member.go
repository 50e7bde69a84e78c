package virtualusers

import (
	"context"
	"sync"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// Member is the syncing member: the account that sits in encrypted rooms beside the virtual
// users and follows them by /sync. It may be the account of a bot, whose keys are then in a
// database of their own; without one, it is a virtual user that never speaks.
type Member interface {
	// Inviter returns the client of the account that invites virtual users, which a person
	// has to invite to rooms that are not public.
	Inviter(ctx context.Context) (*mautrix.Client, error)
	// Join makes the following account a member of the room.
	Join(ctx context.Context, room id.RoomID) error
	// Follow gives every response of /sync to handle, in order, until ctx ends, from the
	// stored position on. A response whose handling fails is given again. since is the position that the response was asked
	// for, "" for the first of all. Responses must hold the watched state of joined rooms
	// (m.room.member, m.room.encryption, m.room.tombstone, m.room.history_visibility),
	// without lazy loading, and the device lists.
	Follow(ctx context.Context, at positions, handle handler) error
}

// handler takes in a response of /sync that was asked for from the position since.
type handler = func(ctx context.Context, resp *mautrix.RespSync, since string) error

// ownMember is the member where there is no bot. It takes two users, because Synapse refuses
// /sync to the user that an appservice's registration names as its sender, which is the one
// that people invite. The follower exists only where there is an encrypted room. Its device
// has no keys, so nobody encrypts for it.
type ownMember struct {
	users    *Users
	sender   id.UserID
	follower *user

	mu      sync.Mutex
	inviter *mautrix.Client // acts as the sender; nil until it is registered

	once   sync.Once
	wanted chan struct{} // closed when there is a room to follow
}

// Inviter returns the sender's client. The sender makes no events, so it needs no device.
func (m *ownMember) Inviter(ctx context.Context) (*mautrix.Client, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.inviter != nil {
		return m.inviter, nil
	}
	if err := m.users.register(ctx, m.sender); err != nil {
		return nil, err
	}
	client, err := m.users.homeserver.User(m.sender, "")
	if err != nil {
		return nil, err
	}
	m.inviter = client
	return client, nil
}

func (m *ownMember) Join(ctx context.Context, room id.RoomID) error {
	m.once.Do(func() { close(m.wanted) })
	return m.asFollower(ctx, func(client *mautrix.Client) error { return m.users.join(ctx, client, room) })
}

// asFollower does something as the follower, a second time with a new device if its device
// is gone.
func (m *ownMember) asFollower(ctx context.Context, do func(*mautrix.Client) error) error {
	for renewed := false; ; renewed = true {
		client, err := m.users.ready(ctx, m.follower)
		if err != nil {
			return err
		}
		if err = do(client); renewed || !rejected(err, unknownDevice...) {
			return err
		}
		if err := m.users.renew(ctx, m.follower); err != nil {
			return err
		}
	}
}

// Follow follows the rooms from when there is one.
func (m *ownMember) Follow(ctx context.Context, at positions, handle handler) error {
	select {
	case <-m.wanted:
	case <-ctx.Done():
		return nil
	}
	return follow(ctx, m.users.log, at, m.asFollower, syncFilter(), handle)
}
