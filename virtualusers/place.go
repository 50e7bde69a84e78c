package virtualusers

import (
	"context"
	"fmt"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// Place is where and as whom an event is made.
type Place struct {
	RoomID    string
	UserID    string
	DeviceID  string // whose transaction ids the homeserver remembers
	Encrypted bool   // what the room was when the place was resolved; Send looks again
}

// aliasTTL is how long an alias is taken to point to the same room.
const aliasTTL = 10 * time.Minute

// maxUpgrades bounds how many upgrades of a room are followed in a row.
const maxUpgrades = 10

type alias struct {
	room id.RoomID
	read time.Time
}

// Resolve makes the room that a reference means ready for a user. A reference is a room id
// or an alias.
func (u *Users) Resolve(ctx context.Context, roomRef string, p Profile) (Place, error) {
	place, err := u.resolve(ctx, roomRef, p)
	if err != nil {
		return Place{}, setUp(err, u.now())
	}
	return place, nil
}

func (u *Users) resolve(ctx context.Context, roomRef string, p Profile) (Place, error) {
	v := u.user(u.homeserver.UserID(p.Localpart))
	client, err := u.ready(ctx, v)
	if err != nil {
		return Place{}, err
	}
	u.present(ctx, v, p)
	roomID, err := u.lookUp(ctx, client, roomRef)
	if err != nil {
		return Place{}, err
	}
	r, state, err := u.enter(ctx, v, u.room(roomID))
	if err != nil {
		return Place{}, err
	}
	return Place{
		RoomID:    r.id.String(),
		UserID:    v.id.String(),
		DeviceID:  client.DeviceID.String(),
		Encrypted: state.encryption != nil,
	}, nil
}

// lookUp returns the room that a reference means.
func (u *Users) lookUp(ctx context.Context, client *mautrix.Client, roomRef string) (id.RoomID, error) {
	if !strings.HasPrefix(roomRef, "#") {
		return id.RoomID(roomRef), nil
	}
	u.mu.Lock()
	known, ok := u.aliases[roomRef]
	u.mu.Unlock()
	if ok && u.now().Sub(known.read) < aliasTTL {
		return known.room, nil
	}
	found, err := client.ResolveAlias(ctx, id.RoomAlias(roomRef))
	if err != nil {
		return "", fmt.Errorf("look up alias %s: %w", roomRef, err)
	}
	u.mu.Lock()
	u.aliases[roomRef] = alias{room: found.RoomID, read: u.now()}
	u.mu.Unlock()
	return found.RoomID, nil
}

// enter makes sure that the user is in the room, or in the one that took its place, that the
// room's state is known, and that the user can encrypt if it must. A user that was removed
// meanwhile joins again, once.
func (u *Users) enter(ctx context.Context, v *user, asked *room) (*room, roomState, error) {
	r, state, err := u.follow(ctx, v, asked)
	if rejected(err, "M_FORBIDDEN") && r.has(v.id) {
		r.forget(v.id)
		r, state, err = u.follow(ctx, v, asked)
	}
	return r, state, err
}

// follow enters the room and, as long as there is one, the room that took its place. The
// room it returns is the one that it came to, also with an error.
func (u *Users) follow(ctx context.Context, v *user, r *room) (*room, roomState, error) {
	client, err := u.ready(ctx, v)
	if err != nil {
		return r, roomState{}, err
	}
	for range maxUpgrades {
		if !r.has(v.id) {
			if err := u.join(ctx, client, r.id); err != nil {
				return r, roomState{}, err
			}
			r.add(v.id)
		}
		state, err := u.look(ctx, client, r)
		if err == nil && state.encryption != nil && state.successor == "" {
			if err = u.prepareEncryption(ctx, v, r); err == nil {
				state, err = u.look(ctx, client, r) // the member may have come only now
			}
		}
		if err != nil || state.successor == "" {
			return r, state, err
		}
		r = u.room(state.successor)
	}
	return r, roomState{}, roomFailure("room %s was upgraded more than %d times in a row", r.id, maxUpgrades)
}

// join makes the user a member of the room. Where it may not join by itself, another
// account invites it.
func (u *Users) join(ctx context.Context, client *mautrix.Client, roomID id.RoomID) error {
	_, err := client.JoinRoomByID(ctx, roomID)
	if !rejected(err, "M_FORBIDDEN", "M_NOT_FOUND", "M_UNKNOWN") {
		return wrap(err, "join %s as %s", roomID, client.UserID)
	}
	inviter, inviterErr := u.member.Inviter(ctx)
	if inviterErr != nil {
		return inviterErr
	}
	if _, err := inviter.JoinRoomByID(ctx, roomID); rejected(err, "M_FORBIDDEN") {
		return roomFailure("%s may not join %s: invite %s to the room once: %w", client.UserID, roomID, inviter.UserID, err)
	} else if err != nil {
		return fmt.Errorf("join %s as %s: %w", roomID, inviter.UserID, err)
	}
	_, inviteErr := inviter.InviteUser(ctx, roomID, &mautrix.ReqInviteUser{UserID: client.UserID})
	if inviteErr != nil && !rejected(inviteErr, "M_FORBIDDEN") {
		return fmt.Errorf("invite %s to %s: %w", client.UserID, roomID, inviteErr)
	}
	_, err = client.JoinRoomByID(ctx, roomID) // also without: somebody else may have been faster
	if inviteErr != nil && rejected(err, "M_FORBIDDEN") {
		return roomFailure("%s may not invite %s to %s: give it the right to, or invite the user yourself: %w", inviter.UserID, client.UserID, roomID, inviteErr)
	}
	return wrap(err, "join %s as %s", roomID, client.UserID)
}

// wrap says what could not be done, if anything.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}
