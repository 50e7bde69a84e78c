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
// the same, signed by the user's own.
func (d *device) publish(ctx context.Context) error {
	known, err := d.upload(ctx)
	if err != nil {
		return err
	}
	if err := d.crossSign(ctx, known); err != nil {
		// Messages can be read all the same: a client shows a warning with them.
		d.store.log.Err(err).Str("user_id", d.olm.Client.UserID.String()).Msg("device is not cross-signed")
	}
	return nil
}

// upload loads the device's keys, or makes them, and sees to it that the homeserver has the
// same. It returns what the homeserver knew of the user's keys.
func (d *device) upload(ctx context.Context) (*mautrix.RespQueryKeys, error) {
	if err := d.olm.Load(ctx); err != nil {
		return nil, fmt.Errorf("load keys: %w", err)
	}
	client := d.olm.Client
	known, err := client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{client.UserID: {}}})
	if err != nil {
		return nil, fmt.Errorf("query own keys: %w", err)
	}
	published, isPublished := known.DeviceKeys[client.UserID][client.DeviceID]
	same := published.Keys.GetEd25519(client.DeviceID) == d.olm.GetAccount().SigningKey()
	switch {
	case isPublished && !same, !isPublished && d.olm.GetAccount().Shared:
		return nil, ErrDeviceLost
	case !d.olm.GetAccount().Shared:
		if err := d.olm.ShareKeys(ctx, 0); err != nil {
			return nil, fmt.Errorf("upload keys: %w", err)
		}
	}
	return known, nil
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
	if uploaded && d.isSigned(known) {
		return nil
	}
	return d.sign(ctx)
}

// isSigned says whether the homeserver has the device's keys with a signature of the user's.
func (d *device) isSigned(known *mautrix.RespQueryKeys) bool {
	client := d.olm.Client
	signer := id.NewKeyID(id.KeyAlgorithmEd25519, d.olm.CrossSigningKeys.PublicKeys().SelfSigningKey.String())
	_, signed := known.DeviceKeys[client.UserID][client.DeviceID].Signatures[client.UserID][signer]
	return signed
}

// sign signs the device with the user's keys, and those with the device.
func (d *device) sign(ctx context.Context) error {
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
	seeds, found, err := d.storedSeeds(ctx)
	if err != nil || found {
		return seeds, err
	}
	made, err := d.olm.GenerateCrossSigningKeys()
	if err != nil {
		return seeds, err
	}
	seeds = made.Seeds()
	return seeds, d.storeSeeds(ctx, seeds)
}

type namedSeed struct {
	name id.Secret
	seed *[]byte
}

func namedSeeds(seeds *crypto.CrossSigningSeeds) []namedSeed {
	return []namedSeed{
		{id.SecretXSMaster, (*[]byte)(&seeds.MasterKey)},
		{id.SecretXSSelfSigning, (*[]byte)(&seeds.SelfSigningKey)},
		{id.SecretXSUserSigning, (*[]byte)(&seeds.UserSigningKey)},
	}
}

func (d *device) storedSeeds(ctx context.Context) (seeds crypto.CrossSigningSeeds, found bool, err error) {
	for _, part := range namedSeeds(&seeds) {
		stored, err := d.keys.GetSecret(ctx, part.name)
		if err != nil {
			return seeds, false, fmt.Errorf("load cross-signing keys: %w", err)
		}
		if *part.seed, err = base64.StdEncoding.DecodeString(stored); err != nil {
			return seeds, false, fmt.Errorf("decode cross-signing keys: %w", err)
		}
	}
	return seeds, len(seeds.MasterKey) > 0 && len(seeds.SelfSigningKey) > 0 && len(seeds.UserSigningKey) > 0, nil
}

func (d *device) storeSeeds(ctx context.Context, seeds crypto.CrossSigningSeeds) error {
	for _, part := range namedSeeds(&seeds) {
		if err := d.keys.PutSecret(ctx, part.name, base64.StdEncoding.EncodeToString(*part.seed)); err != nil {
			return fmt.Errorf("store cross-signing keys: %w", err)
		}
	}
	return nil
}
