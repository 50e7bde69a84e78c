//go:build goolm

package matrix

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/crypto/ssss"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// Identify has the account's keys from our database, from the homeserver by the recovery
// key, or makes them, in this order. New ones are stored, and can be recovered, before
// anything is public, so that they cannot be lost halfway.
func (a *accountDevice) Identify(ctx context.Context, o IdentityOptions) (identity Identity, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	err = a.keys.during(ctx, func(ctx context.Context) (err error) {
		identity, err = a.identify(ctx, o)
		return err
	})
	return identity, err
}

func (a *accountDevice) identify(ctx context.Context, o IdentityOptions) (Identity, error) {
	client := a.olm.Client
	known, err := client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{client.UserID: {}}})
	if err != nil {
		return "", fmt.Errorf("query own keys: %w", err)
	}
	seeds, stored, err := a.storedSeeds(ctx)
	if err != nil {
		return "", err
	}
	_, exists := known.MasterKeys[client.UserID]
	switch {
	case o.Reset:
		return IdentityMade, a.makeIdentity(ctx, o)
	case stored && exists && a.isPublished(seeds, known):
		if a.isSigned(known) {
			return IdentityKept, nil
		}
		return IdentityKept, a.sign(ctx)
	case exists:
		return IdentityRecovered, a.recoverIdentity(ctx, o, known)
	case stored: // and the homeserver does not have them: it was reset, or we died just before
		return IdentityMade, a.publishIdentity(ctx, seeds, o)
	}
	return IdentityMade, a.makeIdentity(ctx, o)
}

// isPublished says whether the homeserver has the public parts of our keys, and loads them.
func (a *accountDevice) isPublished(seeds crypto.CrossSigningSeeds, known *mautrix.RespQueryKeys) bool {
	if err := a.olm.ImportCrossSigningKeys(seeds); err != nil {
		return false
	}
	user, own := a.olm.Client.UserID, a.olm.CrossSigningKeys.PublicKeys()
	master, self := known.MasterKeys[user], known.SelfSigningKeys[user]
	return master.FirstKey() == own.MasterKey && self.FirstKey() == own.SelfSigningKey
}

func (a *accountDevice) makeIdentity(ctx context.Context, o IdentityOptions) error {
	made, err := a.olm.GenerateCrossSigningKeys()
	if err != nil {
		return err
	}
	seeds := made.Seeds()
	if !o.Reset { // else the old ones hold until the new ones are public
		if err := a.storeSeeds(ctx, seeds); err != nil {
			return err
		}
	}
	return a.publishIdentity(ctx, seeds, o)
}

func (a *accountDevice) publishIdentity(ctx context.Context, seeds crypto.CrossSigningSeeds, o IdentityOptions) error {
	keys, err := seeds.Decode()
	if err != nil {
		return fmt.Errorf("read cross-signing keys: %w", err)
	}
	recoverable := false
	if !o.Reset {
		recoverable, err = a.opens(ctx, seeds, o.Recovery)
		if err != nil {
			return err
		}
	}
	if !recoverable {
		if err := a.makeRecoverable(ctx, &keys, o.Recovery); err != nil {
			return err
		}
	}
	if err := a.olm.PublishCrossSigningKeys(ctx, &keys, byPassword(a.olm.Client.UserID, o.Password)); err != nil {
		return fmt.Errorf("upload cross-signing keys: %w", err)
	}
	if err := a.storeSeeds(ctx, seeds); err != nil {
		return err
	}
	return a.sign(ctx)
}

// byPassword answers a homeserver that wants to know whether it is the account's owner who
// uploads keys.
func byPassword(user id.UserID, password string) mautrix.UIACallback {
	return func(asked *mautrix.RespUserInteractive) any {
		if password == "" {
			return nil
		}
		return &mautrix.ReqUIAuthLogin{
			BaseAuthData: mautrix.BaseAuthData{Type: mautrix.AuthTypePassword, Session: asked.Session},
			User:         user.String(), Password: password,
		}
	}
}

// opens says whether the recovery key, if there is one, opens these keys already: an attempt
// before this one has come that far.
func (a *accountDevice) opens(ctx context.Context, seeds crypto.CrossSigningSeeds, r Recovery) (bool, error) {
	key, err := a.recoveryKey(ctx, r)
	if errors.Is(err, ErrWrongRecoveryKey) || errors.Is(err, ErrForeignIdentity) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	master, err := a.olm.SSSS.GetDecryptedAccountData(ctx, event.AccountDataCrossSigningMaster, key)
	if err != nil {
		if answer, ok := AsRejection(err, time.Time{}); ok && answer.Code != "M_NOT_FOUND" {
			return false, err
		}
		return false, nil
	}
	return bytes.Equal(master, seeds.MasterKey), nil
}

// recoveryKey returns the key to the secrets that the homeserver has.
func (a *accountDevice) recoveryKey(ctx context.Context, r Recovery) (*ssss.Key, error) {
	text, err := r.Load()
	if err != nil {
		return nil, fmt.Errorf("read recovery key: %w", err)
	}
	if text == "" {
		return nil, ErrForeignIdentity
	}
	keyID, data, err := a.olm.SSSS.GetDefaultKeyData(ctx)
	if errors.Is(err, ssss.ErrNoDefaultKeyAccountDataEvent) || errors.Is(err, mautrix.MNotFound) {
		return nil, ErrWrongRecoveryKey
	}
	if err != nil {
		return nil, fmt.Errorf("look for secrets: %w", err)
	}
	key, err := data.VerifyRecoveryKey(keyID, text)
	if err != nil && !errors.Is(err, ssss.ErrUnverifiableKey) {
		return nil, fmt.Errorf("%w: %w", ErrWrongRecoveryKey, err)
	}
	return key, nil
}

// makeRecoverable stores the keys at the homeserver, encrypted with a new recovery key.
func (a *accountDevice) makeRecoverable(ctx context.Context, keys *crypto.CrossSigningKeysCache, r Recovery) error {
	key, err := a.olm.SSSS.GenerateAndUploadKey(ctx, "")
	if err != nil {
		return fmt.Errorf("make recovery key: %w", err)
	}
	if err := r.Store(key.RecoveryKey()); err != nil {
		return fmt.Errorf("%w: %w", ErrKeyNotKept, err)
	}
	if err := a.olm.UploadCrossSigningKeysToSSSS(ctx, key, keys); err != nil {
		return fmt.Errorf("upload secrets: %w", err)
	}
	if err := a.olm.SSSS.SetDefaultKeyID(ctx, key.ID); err != nil {
		return fmt.Errorf("upload secrets: %w", err)
	}
	return nil
}

// recoverIdentity takes over the keys that the account has.
func (a *accountDevice) recoverIdentity(ctx context.Context, o IdentityOptions, known *mautrix.RespQueryKeys) error {
	a.olm.CrossSigningKeys = nil // those of our database, if any, are not the account's any more
	key, err := a.recoveryKey(ctx, o.Recovery)
	if err != nil {
		return err
	}
	if err := a.olm.FetchCrossSigningKeysFromSSSS(ctx, key); err != nil {
		a.olm.CrossSigningKeys = nil
		if _, answered := AsRejection(err, time.Time{}); answered {
			return fmt.Errorf("fetch secrets: %w", err)
		}
		return fmt.Errorf("%w: %w", ErrWrongRecoveryKey, err)
	}
	seeds := a.olm.CrossSigningKeys.Seeds()
	if !a.isPublished(seeds, known) {
		a.olm.CrossSigningKeys = nil
		return ErrWrongRecoveryKey
	}
	if err := a.storeSeeds(ctx, seeds); err != nil {
		return err
	}
	if a.isSigned(known) {
		return nil
	}
	return a.sign(ctx)
}
