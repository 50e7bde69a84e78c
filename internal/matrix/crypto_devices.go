//go:build goolm

package matrix

import (
	"context"
	"maps"
	"sync"

	"maunium.net/go/mautrix/id"
)

// knownDevices is the store of an account's keys that keeps other people's devices in memory.
// What it returns is the caller's.
type knownDevices struct {
	*steps

	mu    sync.Mutex
	users map[id.UserID]map[id.DeviceID]*id.Device
}

// forget makes the users' devices be read again.
func (k *knownDevices) forget(users []id.UserID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, user := range users {
		delete(k.users, user)
	}
}

// GetDevices implements crypto.Store.
func (k *knownDevices) GetDevices(_ context.Context, user id.UserID) (map[id.DeviceID]*id.Device, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.users[user]), nil // nil, which is "unknown", stays nil
}

// GetDevice implements crypto.Store.
func (k *knownDevices) GetDevice(_ context.Context, user id.UserID, device id.DeviceID) (*id.Device, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.users[user][device], nil
}

// FindDeviceByKey implements crypto.Store.
func (k *knownDevices) FindDeviceByKey(_ context.Context, user id.UserID, key id.IdentityKey) (*id.Device, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, device := range k.users[user] {
		if device.IdentityKey == key {
			return device, nil
		}
	}
	return nil, nil
}

// PutDevice implements crypto.Store. A user of whom it knows one device only stays unknown.
func (k *knownDevices) PutDevice(_ context.Context, user id.UserID, device *id.Device) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if devices, known := k.users[user]; known {
		changed := maps.Clone(devices)
		changed[device.DeviceID] = device
		k.users[user] = changed
	}
	return nil
}

// PutDevices implements crypto.Store.
func (k *knownDevices) PutDevices(_ context.Context, user id.UserID, devices map[id.DeviceID]*id.Device) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if devices == nil {
		devices = map[id.DeviceID]*id.Device{}
	}
	k.users[user] = maps.Clone(devices)
	return nil
}

// FilterTrackedUsers implements crypto.Store.
func (k *knownDevices) FilterTrackedUsers(_ context.Context, users []id.UserID) ([]id.UserID, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var tracked []id.UserID
	for _, user := range users {
		if _, known := k.users[user]; known {
			tracked = append(tracked, user)
		}
	}
	return tracked, nil
}

// MarkTrackedUsersOutdated implements crypto.Store.
func (k *knownDevices) MarkTrackedUsersOutdated(_ context.Context, users []id.UserID) error {
	k.forget(users)
	return nil
}

// GetOutdatedTrackedUsers implements crypto.Store: there are none, for they are forgotten.
func (k *knownDevices) GetOutdatedTrackedUsers(context.Context) ([]id.UserID, error) { return nil, nil }
