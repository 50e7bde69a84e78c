package virtualusers

import (
	"context"
	"errors"
	"time"

	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// tidyEvery is how often the devices are looked after that have encrypted. Virtual users do
// not follow /sync themselves, so what is sent to them waits for this long. It is longer than
// the two minutes for which Synapse answers a first /sync from memory.
const tidyEvery = 10 * time.Minute

// tidyRest is how often, in these, the other devices with keys are looked after: clients send
// them the keys of every room that they are in, whether they speak there or not.
const tidyRest = 36 // each six hours

// tidy drains the devices of the virtual users, again and again until ctx ends.
func (u *Users) tidy(ctx context.Context, t *term) error {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		u.drain(ctx, t)
		if n%tidyRest == 0 {
			u.drainRest(ctx, t)
		}
	}
}

// drain drains the devices that have encrypted in this term.
func (u *Users) drain(ctx context.Context, t *term) {
	for user, device := range t.loaded() {
		err := device.Drain(ctx)
		if errors.Is(err, matrix.ErrNotStored) {
			t.drop(user)
		}
		u.complain(ctx, user, err)
	}
}

// drainRest drains the devices with keys that have not encrypted in this term.
func (u *Users) drainRest(ctx context.Context, t *term) {
	users, err := t.crypto.Users(ctx)
	if err != nil && ctx.Err() == nil {
		u.log.Warn("devices not looked after", "err", err)
	}
	for _, user := range users {
		if u.isVirtual(user) { // a bot's account looks after itself
			u.complain(ctx, user, u.drainOnce(ctx, t, u.user(user)))
		}
	}
}

// drainOnce loads a device for as long as it is drained.
func (u *Users) drainOnce(ctx context.Context, t *term, v *user) error {
	if t.device(v.id) != nil {
		return nil // drain sees to it
	}
	if _, err := u.ready(ctx, v); err != nil {
		return err
	}
	v.mu.Lock() // that nobody loads it a second time
	defer v.mu.Unlock()
	if t.device(v.id) != nil || v.client == nil {
		return nil
	}
	device, err := t.crypto.Device(ctx, v.client)
	if err != nil {
		return err
	}
	return device.Drain(ctx)
}

func (u *Users) complain(ctx context.Context, user id.UserID, err error) {
	if err != nil && ctx.Err() == nil {
		u.log.Warn("device not looked after", "user_id", user, "err", err)
	}
}
