package virtualusers

import "context"

// Drain looks after the devices now.
func (u *Users) Drain(ctx context.Context) { u.drain(ctx) }
