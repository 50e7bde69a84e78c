package virtualusers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// Profile is who speaks. What it leaves empty stays as it is.
type Profile struct {
	Localpart      string
	Name           string  // the name as configured
	Picture        Picture // the picture as configured
	DefaultName    string  // for who has no name yet
	DefaultPicture Picture // for who has no picture yet
}

// Picture is an image for an avatar. The zero value is none.
type Picture struct {
	data        []byte
	contentType string
	hash        string
}

// NewPicture returns the image in data, which must not change afterwards.
func NewPicture(data []byte, contentType string) Picture {
	sum := sha256.Sum256(data)
	return Picture{data: data, contentType: contentType, hash: hex.EncodeToString(sum[:])}
}

// fingerprint changes when anything that is to be set does.
func (p Profile) fingerprint() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q", p.Name, p.Picture.hash, p.DefaultName, p.DefaultPicture.hash))
	return hex.EncodeToString(sum[:16])
}

// profileTime bounds setting a profile: media that hang must leave an attempt the time to speak.
const profileTime = 10 * time.Second

// profileRetryTime is how long after a failure a profile is tried again.
const profileRetryTime = time.Minute

// present sets the user's name and picture when the configuration of them has changed since
// they were set last, so that what people changed by hand meanwhile stays. A failure is no
// reason not to speak: it is logged and tried again after a while. Only the next start tries
// again what the homeserver forbids.
func (u *Users) present(ctx context.Context, v *user, p Profile) {
	v.mu.Lock()
	defer v.mu.Unlock()
	want := p.fingerprint()
	if v.profile == want || u.now().Before(v.profileRetry) {
		return
	}
	v.profile = want
	if v.stored == want || v.client == nil {
		return
	}
	setCtx, cancel := context.WithTimeout(ctx, profileTime)
	defer cancel()
	if err := u.setProfile(setCtx, v.client, p); err != nil {
		u.log.Warn("profile not set", "user_id", v.id, "err", err)
		if !rejected(err, "M_FORBIDDEN") {
			v.profile, v.profileRetry = "", u.now().Add(profileRetryTime)
		}
		return
	}
	if err := u.table.setProfile(ctx, v.id, want); err != nil {
		u.log.Warn("profile not remembered", "user_id", v.id, "err", err)
	}
	v.stored = want
}

func (u *Users) setProfile(ctx context.Context, client *mautrix.Client, p Profile) error {
	present, err := client.GetProfile(ctx, client.UserID)
	if rejected(err, "M_NOT_FOUND") { // nothing was ever set
		present, err = &mautrix.RespUserProfile{}, nil
	}
	if err != nil {
		return fmt.Errorf("read profile: %w", err)
	}
	name, picture := p.Name, p.Picture
	if name == "" && (present.DisplayName == "" || present.DisplayName == client.UserID.Localpart()) { // Synapse's own default
		name = p.DefaultName
	}
	if picture.hash == "" && present.AvatarURL.IsEmpty() {
		picture = p.DefaultPicture
	}
	// One of the two may be forbidden while the other is not.
	var nameErr error
	if name != "" && name != present.DisplayName {
		nameErr = wrap(client.SetDisplayName(ctx, name), "set name")
	}
	return errors.Join(nameErr, u.setPicture(ctx, client, picture, present.AvatarURL))
}

func (u *Users) setPicture(ctx context.Context, client *mautrix.Client, p Picture, present id.ContentURI) error {
	if p.hash == "" {
		return nil
	}
	uri, err := u.upload(ctx, client, p)
	if err != nil || uri == present {
		return err
	}
	return wrap(client.SetAvatarURL(ctx, uri), "set picture")
}

// upload returns the address of a picture. The same picture is uploaded once.
func (u *Users) upload(ctx context.Context, client *mautrix.Client, p Picture) (id.ContentURI, error) {
	known, err := u.table.picture(ctx, p.hash)
	if err != nil {
		return id.ContentURI{}, err
	}
	if uri, err := id.ParseContentURI(known); err == nil && !uri.IsEmpty() {
		return uri, nil
	}
	made, err := client.UploadBytes(ctx, p.data, p.contentType)
	if err != nil {
		return id.ContentURI{}, fmt.Errorf("upload picture: %w", err)
	}
	return made.ContentURI, u.table.setPicture(ctx, p.hash, made.ContentURI.String())
}
