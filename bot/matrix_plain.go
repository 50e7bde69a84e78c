package bot

import (
	"context"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// plain is the device where there is no encryption: the homeserver knows none, as the demo's.
type plain struct{}

// Encrypt implements matrix.AccountDevice.
func (plain) Encrypt(context.Context, matrix.Room, event.Type, any, func() error) (*event.EncryptedEventContent, error) {
	return nil, matrix.ErrNoEncryption
}

// Rotate implements matrix.AccountDevice.
func (plain) Rotate(context.Context, id.RoomID) error { return nil }

// Untrack implements matrix.AccountDevice.
func (plain) Untrack([]id.UserID) {}

// Receive implements matrix.AccountDevice.
func (plain) Receive(context.Context, *mautrix.RespSync) (bool, error) { return false, nil }

// Decrypt implements matrix.AccountDevice.
func (plain) Decrypt(context.Context, *event.Event) (*event.Event, error) {
	return nil, matrix.ErrNoEncryption
}

// Request implements matrix.AccountDevice.
func (plain) Request(context.Context, *event.Event) error { return nil }

// Verify implements matrix.AccountDevice.
func (plain) Verify(context.Context, *event.Event) {}

// Identify implements matrix.AccountDevice.
func (plain) Identify(context.Context, matrix.IdentityOptions) (matrix.Identity, error) {
	return matrix.IdentityKept, nil
}
