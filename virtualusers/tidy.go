package virtualusers

import (
	"context"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// tidyEvery is how often devices are looked after. Virtual users do not follow /sync
// themselves, so what is sent to them waits for this long. It is longer than the two minutes
// for which Synapse answers a first /sync from memory.
const tidyEvery = 10 * time.Minute

// tidy drains the devices of the virtual users, again and again until ctx ends.
func (u *Users) tidy(ctx context.Context) error {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			u.drain(ctx)
		}
	}
}

func (u *Users) drain(ctx context.Context) {
	for _, v := range u.withEncryption() {
		if err := v.device.Drain(ctx); err != nil && ctx.Err() == nil {
			u.log.Warn("device not looked after", "user_id", v.user.id, "err", err)
		}
	}
}

type encrypting struct {
	user   *user
	device matrix.Device
}

// withEncryption returns the users that have encrypted since the start.
func (u *Users) withEncryption() []encrypting {
	u.mu.Lock()
	users := make([]*user, 0, len(u.users))
	for _, v := range u.users {
		users = append(users, v)
	}
	u.mu.Unlock()
	var all []encrypting
	for _, v := range users {
		v.mu.Lock()
		if v.encryption != nil {
			all = append(all, encrypting{v, v.encryption})
		}
		v.mu.Unlock()
	}
	return all
}
