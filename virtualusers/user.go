package virtualusers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// deviceName is what people see in a virtual user's list of devices.
const deviceName = "lotus-hooks"

// user is one virtual user. Whoever needs it first makes it ready; the others wait.
type user struct {
	id id.UserID

	mu      sync.Mutex
	client  *mautrix.Client // acts as the user and its device; nil until both exist
	stored  string          // fingerprint of the profile in the database
	profile string          // fingerprint of the profile that was set, or tried, here

	profileRetry time.Time // before which a profile that could not be set is not tried again
}

// ready makes sure that the user and its device exist, and returns the client to act as it.
func (u *Users) ready(ctx context.Context, v *user) (*mautrix.Client, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.client != nil {
		return v.client, nil
	}
	stored, found, err := u.table.user(ctx, v.id)
	if err != nil {
		return nil, err
	}
	if !found {
		if err := u.register(ctx, v.id); err != nil {
			return nil, err
		}
	}
	client, err := u.createDevice(ctx, v.id, stored.device)
	if rejected(err, "M_FORBIDDEN", "M_UNKNOWN", "M_NOT_FOUND") && found { // the homeserver was reset
		if err := u.register(ctx, v.id); err != nil {
			return nil, err
		}
		client, err = u.createDevice(ctx, v.id, stored.device)
	}
	if err != nil {
		return nil, err
	}
	if !found {
		u.deleteOthers(ctx, client)
	}
	v.client, v.stored = client, stored.profile
	return client, nil
}

// register makes the account, or finds it there.
func (u *Users) register(ctx context.Context, userID id.UserID) error {
	client, err := u.homeserver.User(userID, "")
	if err != nil {
		return err
	}
	_, _, err = client.Register(ctx, &mautrix.ReqRegister[any]{
		Username:     userID.Localpart(),
		Type:         mautrix.AuthTypeAppservice,
		InhibitLogin: true,
	})
	if err != nil && !rejected(err, "M_USER_IN_USE") {
		return fmt.Errorf("register %s: %w", userID, err)
	}
	return nil
}

// createDevice makes the device, or finds it there (MSC4190).
func (u *Users) createDevice(ctx context.Context, userID id.UserID, device id.DeviceID) (*mautrix.Client, error) {
	client, err := u.homeserver.User(userID, "")
	if err != nil {
		return nil, err
	}
	err = client.CreateDeviceMSC4190(ctx, device, deviceName)
	if rejected(err, "M_NOT_FOUND", "M_UNRECOGNIZED") {
		return nil, fmt.Errorf("create device of %s (does the registration have io.element.msc4190: true?): %w", userID, err)
	}
	if err != nil {
		return nil, fmt.Errorf("create device of %s: %w", userID, err)
	}
	return client, nil
}

// renew gives the user another device: the one that another process has made meanwhile, or a
// new one. The homeserver's memory of transaction ids goes with the old one, so this is for
// devices that are lost anyway.
func (u *Users) renew(ctx context.Context, v *user) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return u.renewLocked(ctx, v)
}

func (u *Users) renewLocked(ctx context.Context, v *user) error {
	stored, _, err := u.table.user(ctx, v.id)
	if err != nil {
		return err
	}
	device, adopted := stored.device, v.client != nil && v.client.DeviceID != stored.device
	if !adopted {
		device = id.DeviceID(newDeviceID())
		if err := u.table.setDevice(ctx, v.id, device); err != nil {
			return err
		}
	}
	if t := u.current(); t != nil {
		t.drop(v.id)
	}
	v.client = nil
	client, err := u.createDevice(ctx, v.id, device)
	if err != nil {
		return err
	}
	v.client = client
	if !adopted {
		u.log.Warn("virtual user got a new device", "user_id", v.id, "device_id", device)
		u.deleteOthers(ctx, client)
	}
	return nil
}

// deleteOthers deletes the user's devices from before, whose keys nobody has any more, so
// that clients do not encrypt for them or warn of them. That one stays does no harm.
func (u *Users) deleteOthers(ctx context.Context, client *mautrix.Client) {
	all, err := client.GetDevicesInfo(ctx)
	if err != nil {
		u.log.Warn("old devices not looked for", "user_id", client.UserID, "err", err)
		return
	}
	for _, device := range all.Devices {
		if device.DeviceID == client.DeviceID || device.DisplayName != deviceName {
			continue
		}
		if err := client.DeleteDevice(ctx, device.DeviceID, &mautrix.ReqDeleteDevice[any]{}); err != nil {
			u.log.Warn("old device not deleted", "user_id", client.UserID, "device_id", device.DeviceID, "err", err)
		}
	}
}

// encrypting returns the encryption of the user's device. It sets it up, which takes a few
// requests, the first time of a term.
func (u *Users) encrypting(ctx context.Context, t *term, v *user) (matrix.Device, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if device := t.device(v.id); device != nil {
		return device, nil
	}
	if v.client == nil { // a new device could not be made; the next call of ready tries again
		return nil, fmt.Errorf("%s has no device", v.id)
	}
	device, err := t.crypto.Device(ctx, v.client)
	if errors.Is(err, matrix.ErrDeviceLost) {
		if err := u.renewLocked(ctx, v); err != nil {
			return nil, err
		}
		device, err = t.crypto.Device(ctx, v.client)
	}
	if err != nil {
		return nil, err
	}
	t.keep(v.id, device)
	return device, nil
}
