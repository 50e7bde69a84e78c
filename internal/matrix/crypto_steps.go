//go:build goolm

package matrix

import (
	"context"
	"sync"

	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/id"
)

// steps is the store of a device's keys that lets no step of an Olm ratchet be used that is
// not stored. mautrix would send such a message all the same, and whoever goes on from what
// is stored would encrypt another one with the same key. (With Megolm it does not send it.)
type steps struct {
	*crypto.SQLCryptoStore
	life context.Context //nolint:containedctx // of the device: ends when a step is not stored
	end  context.CancelCauseFunc

	mu     sync.Mutex
	cancel context.CancelCauseFunc // ends what is under way; nil when nothing is
}

func newSteps(keys *crypto.SQLCryptoStore) *steps {
	s := &steps{SQLCryptoStore: keys}
	s.life, s.end = context.WithCancelCause(context.Background())
	return s
}

// UpdateSession implements crypto.Store.
func (s *steps) UpdateSession(ctx context.Context, key id.SenderKey, session *crypto.OlmSession) error {
	err := s.SQLCryptoStore.UpdateSession(ctx, key, session)
	if err != nil {
		s.end(ErrNotStored)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.cancel != nil {
			s.cancel(ErrNotStored) // before mautrix can send anything
		}
	}
	return err
}

// GetDevices implements crypto.Store. mautrix asks whether the user is known, and then for the
// devices: one who is forgotten between the two seems to have none, and could not read what is
// said next. So nobody is taken to have none without a second look.
func (s *steps) GetDevices(ctx context.Context, user id.UserID) (map[id.DeviceID]*id.Device, error) {
	devices, err := s.SQLCryptoStore.GetDevices(ctx, user)
	if err == nil && devices != nil && len(devices) == 0 {
		return s.SQLCryptoStore.GetDevices(ctx, user)
	}
	return devices, err
}

// during runs an operation of the device, one at a time, with a context that ends when a step
// is not stored. That is the operation's error then.
func (s *steps) during(ctx context.Context, do func(context.Context) error) error {
	if s.life.Err() != nil {
		return context.Cause(s.life)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	s.mu.Lock()
	s.cancel = cancel
	s.mu.Unlock()
	defer cancel(nil)
	err := do(ctx)
	if s.life.Err() != nil {
		return context.Cause(s.life)
	}
	return err
}
