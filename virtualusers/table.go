package virtualusers

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"maunium.net/go/mautrix/id"
)

// table is what must outlive the process about virtual users. Several processes may share it.
type table struct{ db *sql.DB }

// row is a user's device and the fingerprint of its profile.
type row struct {
	device  id.DeviceID
	profile string
}

// user returns a user's row; found is false when it was just made, with a new device id.
// Where two processes meet, both get the id of the first.
func (t table) user(ctx context.Context, user id.UserID) (r row, found bool, err error) {
	const read = `SELECT device_id, profile FROM virtual_users WHERE user_id=$1`
	err = t.db.QueryRowContext(ctx, read, user.String()).Scan(&r.device, &r.profile)
	if err == nil {
		return r, true, nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		_, err = t.db.ExecContext(ctx, `INSERT INTO virtual_users (user_id, device_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			user.String(), newDeviceID())
		if err == nil {
			err = t.db.QueryRowContext(ctx, read, user.String()).Scan(&r.device, &r.profile)
		}
	}
	if err != nil {
		return row{}, false, fmt.Errorf("look up virtual user: %w", err)
	}
	return r, false, nil
}

// newDeviceID returns a random one: an id that was used before would bring back its keys.
func newDeviceID() string { return "LH" + rand.Text()[:10] }

// setDevice gives a user another device.
func (t table) setDevice(ctx context.Context, user id.UserID, device id.DeviceID) error {
	_, err := t.db.ExecContext(ctx, `UPDATE virtual_users SET device_id=$1 WHERE user_id=$2`, device.String(), user.String())
	if err != nil {
		return fmt.Errorf("store device: %w", err)
	}
	return nil
}

// setProfile remembers which profile was set.
func (t table) setProfile(ctx context.Context, user id.UserID, fingerprint string) error {
	_, err := t.db.ExecContext(ctx, `UPDATE virtual_users SET profile=$1 WHERE user_id=$2`, fingerprint, user.String())
	if err != nil {
		return fmt.Errorf("store profile: %w", err)
	}
	return nil
}

// all returns the ids of all virtual users.
func (t table) all(ctx context.Context) (users []id.UserID, err error) {
	rows, err := t.db.QueryContext(ctx, `SELECT user_id FROM virtual_users`)
	if err != nil {
		return nil, fmt.Errorf("list virtual users: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var user id.UserID
		if err := rows.Scan(&user); err != nil {
			return nil, fmt.Errorf("list virtual users: %w", err)
		}
		users = append(users, user)
	}
	return users, rows.Err()
}

// picture returns where a picture was uploaded to, "" when it was not.
func (t table) picture(ctx context.Context, hash string) (string, error) {
	var uri string
	err := t.db.QueryRowContext(ctx, `SELECT uri FROM virtual_user_pictures WHERE hash=$1`, hash).Scan(&uri)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("look up picture: %w", err)
	}
	return uri, nil
}

// setPicture remembers where a picture was uploaded to.
func (t table) setPicture(ctx context.Context, hash, uri string) error {
	_, err := t.db.ExecContext(ctx, `INSERT INTO virtual_user_pictures (hash, uri) VALUES ($1, $2)
		ON CONFLICT (hash) DO UPDATE SET uri=excluded.uri`, hash, uri)
	if err != nil {
		return fmt.Errorf("store picture: %w", err)
	}
	return nil
}
