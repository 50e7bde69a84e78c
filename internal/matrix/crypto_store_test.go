//go:build goolm

package matrix

import (
	"context"
	"database/sql"
	"log/slog"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	files "code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

func openCrypto(t *testing.T, url string) *store {
	t.Helper()
	var db *sql.DB
	var err error
	path, sqlite := strings.CutPrefix(url, "sqlite:")
	if sqlite {
		db, err = files.OpenSQLiteFile(path)
	} else {
		db, err = sql.Open("pgx", url)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	var c Crypto
	for range 2 { // the second time there is nothing left to migrate
		if c, err = OpenCrypto(t.Context(), db, !sqlite, slog.New(slog.NewTextHandler(t.Output(), nil))); err != nil {
			t.Fatal(err)
		}
	}
	return c.(*store)
}

func TestNextBatch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		s, ctx := openCrypto(t, url), t.Context()
		for _, want := range []string{"", "s1", "s2"} {
			if want != "" {
				if err := s.SaveNextBatch(ctx, "@u:b.c", want); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := s.NextBatch(ctx, "@u:b.c"); err != nil || got != want {
				t.Errorf("NextBatch = %q, %v; want %q", got, err, want)
			}
		}
	})
}

func TestUntrack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		s, ctx := openCrypto(t, url), t.Context()
		keys := s.of("@u:b.c", "DEVICE")
		users := []id.UserID{"@ann:b.c", "@bob:b.c"}
		first, second := id.Ed25519(strings.Repeat("1", 43)), id.Ed25519(strings.Repeat("2", 43))
		tracked := func() int {
			t.Helper()
			known, err := keys.FilterTrackedUsers(ctx, users)
			if err != nil {
				t.Fatal(err)
			}
			return len(known)
		}
		for _, user := range users {
			put(t, ctx, keys, user, first)
		}
		if err := s.Untrack(ctx, users[:1]); err != nil {
			t.Fatal(err)
		}
		if got := tracked(); got != 1 {
			t.Errorf("%d users are tracked, want 1", got)
		}
		put(t, ctx, keys, users[0], second) // the same device id with another key
		if d, err := keys.GetDevice(ctx, users[0], "PHONE"); err != nil || d.SigningKey != second {
			t.Errorf("device %+v, %v", d, err)
		}
		if err := s.Untrack(ctx, nil); err != nil {
			t.Fatal(err)
		}
		if got := tracked(); got != 0 {
			t.Errorf("%d users are tracked, want none", got)
		}
	})
}

func put(t *testing.T, ctx context.Context, keys *crypto.SQLCryptoStore, user id.UserID, key id.Ed25519) {
	t.Helper()
	err := keys.PutDevices(ctx, user, map[id.DeviceID]*id.Device{
		"PHONE": {UserID: user, DeviceID: "PHONE", SigningKey: key, IdentityKey: id.Curve25519(key)},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRotate(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		s, ctx := openCrypto(t, url), t.Context()
		users := []id.UserID{"@hookshot_a:b.c", "@hookshot_b:b.c"}
		has := func(user id.UserID, room id.RoomID) bool {
			t.Helper()
			session, err := s.of(user, "DEVICE").GetOutboundGroupSession(ctx, room)
			if err != nil {
				t.Fatal(err)
			}
			return session != nil
		}
		for _, user := range users {
			for _, room := range []id.RoomID{"!a", "!b"} {
				session, err := crypto.NewOutboundGroupSession(room, &event.EncryptionEventContent{}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if err := s.of(user, "DEVICE").AddOutboundGroupSession(ctx, session); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := s.Rotate(ctx, "!a"); err != nil {
			t.Fatal(err)
		}
		for _, user := range users {
			if has(user, "!a") || !has(user, "!b") {
				t.Errorf("%s: session in !a %v, in !b %v", user, has(user, "!a"), has(user, "!b"))
			}
		}
	})
}

// TestForget keeps the cross-signing keys, and nothing else, of a device that is lost.
func TestForget(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		s, ctx := openCrypto(t, url), t.Context()
		keys := s.of("@u:b.c", "OLD")
		if err := keys.PutAccount(ctx, crypto.NewOlmAccount()); err != nil {
			t.Fatal(err)
		}
		if err := keys.PutOlmHash(ctx, [32]byte{1}, time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := keys.PutSecret(ctx, id.SecretXSMaster, "seed"); err != nil {
			t.Fatal(err)
		}
		if err := s.forget(ctx, "@u:b.c"); err != nil {
			t.Fatal(err)
		}
		fresh := s.of("@u:b.c", "NEW")
		if account, err := fresh.GetAccount(ctx); err != nil || account != nil {
			t.Errorf("account %v, %v", account, err)
		}
		if seed, err := fresh.GetSecret(ctx, id.SecretXSMaster); err != nil || seed != "seed" {
			t.Errorf("seed %q, %v", seed, err)
		}
	})
}
