package virtualusers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// memberPatience is how long an encrypted event waits for the member to be up to date,
// before it is tried again later.
const memberPatience = 10 * time.Second

// prepareEncryption makes sure that the member follows the room and that the user's device
// can encrypt.
func (u *Users) prepareEncryption(ctx context.Context, v *user, r *room) error {
	t, err := u.leading(r.id)
	if err != nil {
		return err
	}
	if !r.isFollowed() {
		if err := u.member.Join(ctx, r.id); err != nil {
			return fmt.Errorf("follow encrypted room: %w", err)
		}
		r.see(true) // from here on, /sync tells what happens
	}
	if !u.waitUntilCurrent(ctx) {
		return fmt.Errorf("room %s is encrypted, and the account that follows it is not up to date", r.id)
	}
	_, err = u.encrypting(ctx, t, v)
	return err
}

// errUnfit says that something happened while a session was shared.
var errUnfit = errors.New("members or devices changed while a session was shared")

// encrypt encrypts a message for the room's members as they are now.
func (u *Users) encrypt(ctx context.Context, v *user, r *room, message *formatters.Message) (*event.EncryptedEventContent, error) {
	t, err := u.leading(r.id)
	if err != nil {
		return nil, err
	}
	device, err := u.encrypting(ctx, t, v)
	if err != nil {
		return nil, err
	}
	r.sharing.Lock()
	defer r.sharing.Unlock()
	for range maxReads {
		target, epoch, err := u.audience(r)
		if err != nil {
			return nil, err
		}
		if r.rotated != epoch {
			// For all virtual users: each learns of the change only here.
			if err := t.crypto.Rotate(ctx, r.id); err != nil {
				return nil, err
			}
			r.rotated = epoch
		}
		encrypted, err := device.Encrypt(ctx, target, event.EventMessage, message, func() error {
			if r.currentEpoch() != epoch {
				return errUnfit
			}
			return nil
		})
		if errors.Is(err, matrix.ErrNotStored) {
			t.drop(v.id)
		}
		if !errors.Is(err, errUnfit) {
			return encrypted, wrap(err, "encrypt for %s", r.id)
		}
		// The devices may have been read before the change, and stored after it was handled.
		if err := t.crypto.Untrack(ctx, target.Audience); err != nil {
			return nil, err
		}
	}
	return nil, errUnfit
}

// audience returns the room with who gets the keys: everybody but the virtual users, who
// have no use for them. Where the state is being read anew, the caller tries again later.
func (u *Users) audience(r *room) (matrix.Room, int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.followed || r.state == nil || r.state.encryption == nil {
		return matrix.Room{}, 0, fmt.Errorf("room %s changes while it is told", r.id)
	}
	if algorithm := r.state.encryption.Algorithm; algorithm != id.AlgorithmMegolmV1 {
		return matrix.Room{}, 0, roomFailure("room %s is encrypted with an unknown algorithm, %s", r.id, algorithm)
	}
	target := matrix.Room{ID: r.id, Encryption: r.state.encryption, Visibility: r.state.visibility, Audience: []id.UserID{}}
	for user := range r.state.members {
		if !u.isVirtual(user) {
			target.Audience = append(target.Audience, user)
		}
	}
	return target, r.epoch, nil
}

func (u *Users) isVirtual(user id.UserID) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.virtual[user]
}

func (r *room) currentEpoch() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.epoch
}
