package virtualusers

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// Keys lends the store of keys to one process at a time.
type Keys interface {
	// Hold calls use while this process may use the store, again and again until ctx ends.
	// The context of use ends with the permission. From then on the store takes in nothing,
	// so that what is still under way cannot end.
	Hold(ctx context.Context, use func(ctx context.Context, crypto matrix.Crypto) error) error
}

// term is a time for which this process has the keys. What it has loaded of them ends with
// it: another process may go on from there.
type term struct {
	crypto matrix.Crypto

	mu      sync.Mutex
	devices map[id.UserID]matrix.Device // of the users that have encrypted
}

// Run follows the rooms and keeps devices supplied while this process has the keys, until ctx
// ends. Without it, encrypted rooms cannot be told.
func (u *Users) Run(ctx context.Context) error {
	if u.keys == nil {
		<-ctx.Done()
		return nil
	}
	return u.keys.Hold(ctx, u.lead)
}

// lead is one term.
func (u *Users) lead(ctx context.Context, crypto matrix.Crypto) error {
	t := &term{crypto: crypto, devices: map[id.UserID]matrix.Device{}}
	u.begin(t)
	defer u.end()
	u.onLead(true)
	defer u.onLead(false)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return u.member.Follow(ctx, crypto, func(ctx context.Context, resp *mautrix.RespSync, since string) error {
			return u.observe(ctx, crypto, resp, since)
		})
	})
	g.Go(func() error { return u.tidy(ctx, t) })
	return g.Wait()
}

func (u *Users) begin(t *term) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.term = t
}

// end forgets all that was known by following: the next term begins like a new process.
func (u *Users) end() {
	u.mu.Lock()
	u.term, u.synced = nil, time.Time{}
	u.mu.Unlock()
	for _, r := range u.allRooms() {
		r.see(false)
	}
}

// leading returns the term, or why the room cannot be told without one.
func (u *Users) leading(roomID id.RoomID) (*term, error) {
	if u.keys == nil {
		return nil, roomFailure("room %s is encrypted, and this program runs without encryption", roomID)
	}
	t := u.current()
	if t == nil {
		return nil, &Failure{Class: Elsewhere, Err: fmt.Errorf("room %s is encrypted, and this process does not lead", roomID)}
	}
	return t, nil
}

// current returns the term, nil where there is none.
func (u *Users) current() *term {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.term
}

// device returns a user's device, nil when it is not loaded.
func (t *term) device(user id.UserID) matrix.Device {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.devices[user]
}

func (t *term) keep(user id.UserID, device matrix.Device) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.devices[user] = device
}

// drop makes a user's device be loaded anew.
func (t *term) drop(user id.UserID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.devices, user)
}

// loaded returns the devices that have encrypted.
func (t *term) loaded() map[id.UserID]matrix.Device {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.devices)
}
