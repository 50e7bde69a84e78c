package virtualusers

import "context"

// Drain looks after the devices now.
func (u *Users) Drain(ctx context.Context) { u.drain(ctx, u.current()) }

// DrainRest looks after the other devices with keys now.
func (u *Users) DrainRest(ctx context.Context) { u.drainRest(ctx, u.current()) }
