//go:build goolm

package matrix

import (
	"context"
	"fmt"
	"sync"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// keepSessions is how long a session that is not used any more can be asked for by a member
// who misses its key.
const keepSessions = 30 * 24 * time.Hour

// nothing is a filter for /sync that leaves only what is sent to the device.
const nothing = `{"room":{"rooms":[]},"presence":{"types":[]},"account_data":{"types":[]}}`

type device struct {
	store *store

	mu    sync.Mutex // the machine is not meant for two at once
	keys  *steps
	rooms *roomState
	olm   *crypto.OlmMachine
}

func (d *device) Encrypt(ctx context.Context, room Room, eventType event.Type, content any, shared func() error) (encrypted *event.EncryptedEventContent, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rooms.current = room
	err = d.keys.during(ctx, func(ctx context.Context) (err error) {
		encrypted, err = d.encrypt(ctx, room, eventType, content, shared)
		return err
	})
	return encrypted, err
}

func (d *device) encrypt(ctx context.Context, room Room, eventType event.Type, content any, shared func() error) (*event.EncryptedEventContent, error) {
	encrypted, err := d.olm.EncryptMegolmEvent(ctx, room.ID, eventType, content)
	if err == nil || !crypto.IsShareError(err) {
		return encrypted, err
	}
	if err := d.olm.ShareGroupSession(ctx, room.ID, room.Audience); err != nil {
		return nil, fmt.Errorf("share session: %w", err)
	}
	if err := shared(); err != nil {
		return nil, err
	}
	return d.olm.EncryptMegolmEvent(ctx, room.ID, eventType, content)
}

func (d *device) Drain(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.keys.during(ctx, d.drain)
}

func (d *device) drain(ctx context.Context) error {
	since := ""
	for { // a call with a position takes back what the one before returned
		resp, err := d.olm.Client.FullSyncRequest(ctx, mautrix.ReqSync{FilterID: nothing, Since: since, SetPresence: event.PresenceOffline})
		if err != nil {
			return fmt.Errorf("read what was sent to the device: %w", err)
		}
		if left := resp.DeviceOTKCount.SignedCurve25519; left < int(d.olm.GetAccount().Internal.MaxNumberOfOneTimeKeys())/2 {
			if err := d.olm.ShareKeys(ctx, left); err != nil {
				return fmt.Errorf("upload one-time keys: %w", err)
			}
		}
		if len(resp.ToDevice.Events) == 0 {
			break
		}
		for _, evt := range resp.ToDevice.Events {
			d.receive(ctx, evt)
		}
		since = resp.NextBatch
	}
	d.olm.MarkOlmHashSavePoint(ctx)
	return d.prune(ctx)
}

// receive handles what keeps sessions usable: new Olm sessions in the place of broken ones,
// and requests for keys from those who were given them before. mautrix answers requests in
// the background; here they are answered in turn.
func (d *device) receive(ctx context.Context, evt *event.Event) {
	evt.Type.Class = event.ToDeviceEventType
	if err := evt.Content.ParseRaw(evt.Type); err != nil {
		return // anybody may send anything
	}
	switch content := evt.Content.Parsed.(type) {
	case *event.EncryptedEventContent:
		d.olm.HandleEncryptedEvent(ctx, evt)
	case *event.RoomKeyRequestEventContent:
		d.olm.HandleRoomKeyRequest(ctx, evt.Sender, content)
	}
}

// prune drops the keys to what others said, which a virtual user has no use for, and its
// own after keepSessions.
func (d *device) prune(ctx context.Context) error {
	args := []any{d.keys.AccountID, d.olm.OwnIdentity().IdentityKey.String(), time.Now().Add(-keepSessions).UTC()}
	err := d.store.exec(ctx, "drop keys of others", args,
		`DELETE FROM crypto_megolm_inbound_session WHERE account_id=$1 AND (sender_key<>$2 OR received_at<$3)`)
	if err != nil {
		return err
	}
	return d.store.exec(ctx, "drop old recipients", nil,
		`DELETE FROM crypto_megolm_outbound_session_shared WHERE session_id NOT IN (SELECT session_id FROM crypto_megolm_inbound_session)`)
}

// roomState tells the machine about the room that it encrypts for.
type roomState struct{ current Room }

func (s *roomState) IsEncrypted(_ context.Context, room id.RoomID) (bool, error) {
	return s.current.ID == room, nil
}

func (s *roomState) GetEncryptionEvent(_ context.Context, room id.RoomID) (*event.EncryptionEventContent, error) {
	if s.current.ID != room {
		return nil, nil
	}
	return s.current.Encryption, nil
}

func (s *roomState) GetHistoryVisibility(_ context.Context, room id.RoomID) (*event.HistoryVisibilityEventContent, error) {
	if s.current.ID != room {
		return nil, nil
	}
	return s.current.Visibility, nil
}

// FindSharedRooms finds none: sessions are rotated by Rotate, not by the machine.
func (s *roomState) FindSharedRooms(context.Context, id.UserID) ([]id.RoomID, error) {
	return nil, nil
}
