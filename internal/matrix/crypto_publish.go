//go:build goolm

package matrix

import (
	"context"
	"encoding/base64"
	"fmt"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/id"
)

// publish loads the device's keys, or makes them, and sees to it that the homeserver has
// the same.
func (d *device) publish(ctx context.Context) error {
	if err := d.olm.Load(ctx); err != nil {
		return fmt.Errorf("load keys: %w", err)
	}
	client := d.olm.Client
	known, err := client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{client.UserID: {}}})
	if err != nil {
		return fmt.Errorf("query own keys: %w", err)
	}
	published, isPublished := known.DeviceKeys[client.UserID][client.DeviceID]
	same := published.Keys.GetEd25519(client.DeviceID) == d.olm.GetAccount().SigningKey()
	switch {
	case isPublished && !same, !isPublished && d.olm.GetAccount().Shared:
		return ErrDeviceLost
	case !d.olm.GetAccount().Shared:
		if err := d.olm.ShareKeys(ctx, 0); err != nil {
			return fmt.Errorf("upload keys: %w", err)
		}
	}
	if err := d.crossSign(ctx, known); err != nil {
		// Messages can be read all the same: a client shows a warning with them.
		d.store.log.Err(err).Str("user_id", client.UserID.String()).Msg("device is not cross-signed")
	}
	return nil
}

// crossSign signs the device with the user's self-signing key, so that clients do not warn
// of an unknown device. The user's keys are made once and stay when the device changes.
func (d *device) crossSign(ctx context.Context, known *mautrix.RespQueryKeys) error {
	client := d.olm.Client
	seeds, err := d.loadSeeds(ctx)
	if err != nil {
		return err
	}
	if err := d.olm.ImportCrossSigningKeys(seeds); err != nil {
		return fmt.Errorf("read cross-signing keys: %w", err)
	}
	own := d.olm.CrossSigningKeys.PublicKeys()
	master, self := known.MasterKeys[client.UserID], known.SelfSigningKeys[client.UserID]
	uploaded := master.FirstKey() == own.MasterKey && self.FirstKey() == own.SelfSigningKey
	if !uploaded {
		// The homeserver asks appservices for no further authentication (MSC4190).
		if err := d.olm.PublishCrossSigningKeys(ctx, d.olm.CrossSigningKeys, nil); err != nil {
			return fmt.Errorf("upload cross-signing keys: %w", err)
		}
	}
	signer := id.NewKeyID(id.KeyAlgorithmEd25519, own.SelfSigningKey.String())
	signatures := known.DeviceKeys[client.UserID][client.DeviceID].Signatures[client.UserID]
	if _, signed := signatures[signer]; uploaded && signed {
		return nil
	}
	if err := d.olm.SignOwnDevice(ctx, d.olm.OwnIdentity()); err != nil {
		return fmt.Errorf("sign device: %w", err)
	}
	if err := d.olm.SignOwnMasterKey(ctx); err != nil {
		return fmt.Errorf("sign master key: %w", err)
	}
	return nil
}

// loadSeeds returns the user's cross-signing keys. New ones are stored before anything
// public is made of them.
func (d *device) loadSeeds(ctx context.Context) (crypto.CrossSigningSeeds, error) {
	var seeds crypto.CrossSigningSeeds
	parts := []struct {
		name id.Secret
		seed *[]byte
	}{
		{id.SecretXSMaster, (*[]byte)(&seeds.MasterKey)},
		{id.SecretXSSelfSigning, (*[]byte)(&seeds.SelfSigningKey)},
		{id.SecretXSUserSigning, (*[]byte)(&seeds.UserSigningKey)},
	}
	for _, part := range parts {
		stored, err := d.keys.GetSecret(ctx, part.name)
		if err != nil {
			return seeds, fmt.Errorf("load cross-signing keys: %w", err)
		}
		if *part.seed, err = base64.StdEncoding.DecodeString(stored); err != nil {
			return seeds, fmt.Errorf("decode cross-signing keys: %w", err)
		}
	}
	if len(seeds.MasterKey) > 0 && len(seeds.SelfSigningKey) > 0 && len(seeds.UserSigningKey) > 0 {
		return seeds, nil
	}
	made, err := d.olm.GenerateCrossSigningKeys()
	if err != nil {
		return seeds, err
	}
	seeds = made.Seeds()
	for _, part := range parts {
		if err := d.keys.PutSecret(ctx, part.name, base64.StdEncoding.EncodeToString(*part.seed)); err != nil {
			return seeds, fmt.Errorf("store cross-signing keys: %w", err)
		}
	}
	return seeds, nil
}
