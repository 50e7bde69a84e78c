//go:build goolm

package matrix

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/crypto/olm"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

const (
	// keepRead is how long the keys to what was said are kept: a client may use a session for
	// as long as nobody says much.
	keepRead = 90 * 24 * time.Hour
	// pruneEvery is the time between looks for keys that are too old.
	pruneEvery = 24 * time.Hour
)

// accountDevice implements AccountDevice on a device that also reads.
type accountDevice struct {
	device
	devices  *knownDevices
	verifier *verifier
	pruned   time.Time
}

func (s *store) Account(ctx context.Context, client *mautrix.Client, o AccountOptions) (AccountDevice, error) {
	keys := s.of(client.UserID, client.DeviceID)
	stored, err := keys.FindDeviceID(ctx)
	if err != nil {
		return nil, fmt.Errorf("look up device of %s: %w", client.UserID, err)
	}
	if stored != "" && stored != client.DeviceID {
		if err := s.forget(ctx, client.UserID); err != nil {
			return nil, err
		}
	}
	rooms, steps := &roomState{}, newSteps(keys)
	known := &knownDevices{steps: steps, users: map[id.UserID]map[id.DeviceID]*id.Device{}}
	a := &accountDevice{
		device:  device{store: s, keys: steps, rooms: rooms, olm: crypto.NewOlmMachine(client, &s.log, known, rooms)},
		devices: known,
	}
	a.olm.SetBackgroundCtx(steps.life)
	a.olm.DisableRatchetTracking = true // for those who throw keys away that they have used
	err = steps.during(ctx, func(ctx context.Context) error {
		_, err := a.upload(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("set up encryption of %s: %w", client.UserID, err)
	}
	if a.verifier, err = newVerifier(ctx, a, client, o); err != nil {
		return nil, fmt.Errorf("set up verification of %s: %w", client.UserID, err)
	}
	return a, nil
}

func (a *accountDevice) Rotate(ctx context.Context, room id.RoomID) error {
	if err := a.keys.RemoveOutboundGroupSession(ctx, room); err != nil {
		return fmt.Errorf("drop session: %w", err)
	}
	return nil
}

func (a *accountDevice) Untrack(users []id.UserID) { a.devices.forget(users) }

func (a *accountDevice) Receive(ctx context.Context, resp *mautrix.RespSync) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.keys.during(ctx, func(ctx context.Context) error {
		for _, evt := range resp.ToDevice.Events {
			a.receive(ctx, evt)
		}
		a.olm.HandleOTKCounts(ctx, &resp.DeviceOTKCount)
		a.olm.MarkOlmHashSavePoint(ctx)
		return a.prune(ctx)
	})
	return len(resp.ToDevice.Events) > 0, err
}

func (a *accountDevice) receive(ctx context.Context, evt *event.Event) {
	a.device.receive(ctx, evt)
	switch content := evt.Content.Parsed.(type) {
	case *event.RoomKeyWithheldEventContent:
		a.olm.HandleRoomKeyWithheld(ctx, content)
	default:
		a.verifier.dispatch(ctx, evt)
	}
}

func (a *accountDevice) Decrypt(ctx context.Context, evt *event.Event) (decrypted *event.Event, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	err = a.keys.during(ctx, func(ctx context.Context) (err error) {
		decrypted, err = a.olm.DecryptMegolmEvent(ctx, evt)
		return err
	})
	if errors.Is(err, crypto.ErrNoSessionFound) || errors.Is(err, olm.ErrUnknownMessageIndex) {
		return nil, fmt.Errorf("%w: %w", ErrNoKey, err)
	}
	return decrypted, err
}

func (a *accountDevice) Request(ctx context.Context, evt *event.Event) error {
	content, ok := evt.Content.Parsed.(*event.EncryptedEventContent)
	if !ok {
		return nil
	}
	from := content.DeviceID //nolint:staticcheck // clients still send it; without it, all are asked
	if from == "" {
		from = "*"
	}
	err := a.olm.SendRoomKeyRequest(ctx, evt.RoomID, content.SenderKey, content.SessionID, "",
		map[id.UserID][]id.DeviceID{evt.Sender: {from}})
	if err != nil {
		return fmt.Errorf("ask for a key: %w", err)
	}
	return nil
}

func (a *accountDevice) Verify(ctx context.Context, evt *event.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.verifier.dispatch(ctx, inRoom(evt))
}

// prune drops what is older than anything that will be read.
func (a *accountDevice) prune(ctx context.Context) error {
	now := time.Now()
	if now.Sub(a.pruned) < pruneEvery {
		return nil
	}
	oldest := now.Add(-keepRead)
	err := a.store.exec(ctx, "drop old keys", []any{a.keys.AccountID, oldest.UTC()},
		`DELETE FROM crypto_megolm_inbound_session WHERE account_id=$1 AND received_at<$2`)
	if err != nil {
		return err
	}
	err = a.store.exec(ctx, "drop old indices", []any{oldest.UnixMilli()}, `DELETE FROM crypto_message_index WHERE timestamp<$1`)
	if err == nil {
		a.pruned = now
	}
	return err
}
