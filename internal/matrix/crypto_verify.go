//go:build goolm

package matrix

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto/verificationhelper"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// verifier accepts verifications by emoji (SAS) from everybody and confirms them: the person
// at the other end compares with a bot's word, which is all that there is to be had.
type verifier struct {
	account *accountDevice
	helper  *verificationhelper.VerificationHelper
	syncer  *mautrix.DefaultSyncer // hands events to the helper
	room    func(context.Context, id.RoomID) (Room, error)
	log     *slog.Logger
	shown   []id.VerificationTransactionID // to be confirmed; guarded by the device's mutex
}

// withinKey marks contexts of calls that hold the device's mutex.
type withinKey struct{}

func newVerifier(ctx context.Context, a *accountDevice, client *mautrix.Client, o AccountOptions) (*verifier, error) {
	v := &verifier{account: a, syncer: mautrix.NewDefaultSyncer(), room: o.Room, log: o.Log}
	// The helper sends by a client of its own, which encrypts by itself.
	own, err := mautrix.NewClient(client.HomeserverURL.String(), client.UserID, client.AccessToken)
	if err != nil {
		return nil, err
	}
	own.DeviceID, own.Client, own.Syncer = client.DeviceID, client.Client, v.syncer
	own.StateStore, own.Crypto = verifierRooms{mautrix.NewMemoryStateStore(), v}, verifierCrypto{v}
	v.helper = verificationhelper.NewVerificationHelper(own, a.olm, nil, v, false, false, true)
	return v, v.helper.Init(ctx)
}

// dispatch handles an event. The device's mutex must be held. Anybody may send anything: an
// event that makes the helper panic ends a verification, not the program.
func (v *verifier) dispatch(ctx context.Context, evt *event.Event) {
	defer func() {
		if r := recover(); r != nil {
			v.log.Error("an event of a verification was not understood", "user_id", evt.Sender, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	ctx = context.WithValue(ctx, withinKey{}, true)
	v.syncer.Dispatch(ctx, evt)
	for _, transaction := range v.shown {
		if err := v.helper.ConfirmSAS(ctx, transaction); err != nil {
			v.log.Warn("a verification was not confirmed", "err", err)
		}
	}
	v.shown = nil
}

// inRoom returns an event of a verification in a room as the helper knows it: by the id of
// the event that asked for the verification.
func inRoom(evt *event.Event) *event.Event {
	relatable, ok := evt.Content.Parsed.(event.Relatable)
	if !ok || evt.Type == event.EventMessage {
		return evt
	}
	if request := relatable.OptionalGetRelatesTo().GetReferenceID(); request != "" {
		copied := *evt
		copied.ID = request
		return &copied
	}
	return evt
}

// VerificationRequested implements verificationhelper.RequiredCallbacks.
func (v *verifier) VerificationRequested(ctx context.Context, transaction id.VerificationTransactionID, from id.UserID, device id.DeviceID) {
	v.log.Info("a verification is accepted", "user_id", from, "device_id", device)
	if err := v.helper.AcceptVerification(ctx, transaction); err != nil {
		v.log.Warn("a verification was not accepted", "user_id", from, "err", err)
	}
}

// VerificationReady implements verificationhelper.RequiredCallbacks. The other side goes on.
func (v *verifier) VerificationReady(context.Context, id.VerificationTransactionID, id.DeviceID, bool, bool, *verificationhelper.QRCode) {
}

// ShowSAS implements verificationhelper.ShowSASCallbacks. The helper must have ended what it
// does before it is confirmed.
func (v *verifier) ShowSAS(_ context.Context, transaction id.VerificationTransactionID, _ []rune, _ []string, _ []int) {
	v.shown = append(v.shown, transaction)
}

// VerificationCancelled implements verificationhelper.RequiredCallbacks.
func (v *verifier) VerificationCancelled(_ context.Context, _ id.VerificationTransactionID, code event.VerificationCancelCode, reason string) {
	v.log.Info("a verification was cancelled", "code", code, "reason", reason)
}

// VerificationDone implements verificationhelper.RequiredCallbacks.
func (v *verifier) VerificationDone(context.Context, id.VerificationTransactionID, event.VerificationMethod) {
	v.log.Info("a verification is done")
}

// verifierRooms tells the helper's client which rooms are encrypted.
type verifierRooms struct {
	mautrix.StateStore
	v *verifier
}

// IsEncrypted implements mautrix.StateStore.
func (r verifierRooms) IsEncrypted(ctx context.Context, room id.RoomID) (bool, error) {
	found, err := r.v.room(ctx, room)
	return found.Encryption != nil, err
}

// verifierCrypto encrypts for the helper's client.
type verifierCrypto struct{ v *verifier }

// Encrypt implements mautrix.CryptoHelper.
func (c verifierCrypto) Encrypt(ctx context.Context, roomID id.RoomID, eventType event.Type, content any) (*event.EncryptedEventContent, error) {
	room, err := c.v.room(ctx, roomID)
	if err != nil {
		return nil, fmt.Errorf("encrypt for verification: %w", err)
	}
	always := func() error { return nil }
	if ctx.Value(withinKey{}) == nil {
		return c.v.account.Encrypt(ctx, room, eventType, content, always)
	}
	c.v.account.rooms.current = room
	return c.v.account.encrypt(ctx, room, eventType, content, always)
}

// Decrypt implements mautrix.CryptoHelper.
func (c verifierCrypto) Decrypt(ctx context.Context, evt *event.Event) (*event.Event, error) {
	return c.v.account.Decrypt(ctx, evt)
}

// WaitForSession implements mautrix.CryptoHelper.
func (verifierCrypto) WaitForSession(context.Context, id.RoomID, id.SenderKey, id.SessionID, time.Duration) bool {
	return false
}

// RequestSession implements mautrix.CryptoHelper.
func (verifierCrypto) RequestSession(context.Context, id.RoomID, id.SenderKey, id.SessionID, id.UserID, id.DeviceID) {
}

// Init implements mautrix.CryptoHelper.
func (verifierCrypto) Init(context.Context) error { return nil }
