//go:build goolm

package matrix

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/crypto/olm"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestStepNotStored takes the database away in the middle of an operation: nothing may be
// sent after a step that was not stored, also when mautrix tells nobody.
func TestStepNotStored(t *testing.T) {
	t.Parallel()
	s := openCrypto(t, storetest.SQLite(t))
	keys := newSteps(s.of("@u:b.c", "DEVICE"))
	session := &crypto.OlmSession{Internal: olm.NewBlankSession(), ExpirationMixin: crypto.ExpirationMixin{TimeMixin: crypto.TimeMixin{CreationTime: time.Now()}}}
	step := func(ctx context.Context) error {
		_ = keys.UpdateSession(ctx, "key", session)
		return ctx.Err()
	}
	if err := keys.during(t.Context(), step); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	sent := false
	err := keys.during(t.Context(), func(ctx context.Context) error {
		if step(ctx) == nil {
			sent = true
		}
		return nil
	})
	if !errors.Is(err, ErrNotStored) || sent {
		t.Errorf("error %v; sent: %v", err, sent)
	}
	if keys.life.Err() == nil {
		t.Error("what runs in the background goes on")
	}
	if err := keys.during(t.Context(), func(context.Context) error { return nil }); !errors.Is(err, ErrNotStored) {
		t.Errorf("afterwards: %v", err)
	}
}

// TestDevicesForgottenMeanwhile has a user's devices be forgotten while they are read, between
// the two queries that this takes: they are unknown then, and not none.
func TestDevicesForgottenMeanwhile(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		s, ctx := openCrypto(t, url), t.Context()
		keys := newSteps(s.of("@u:b.c", "DEVICE"))
		put(t, ctx, keys.SQLCryptoStore, "@ann:b.c", id.Ed25519(strings.Repeat("1", 43)))
		if devices, err := keys.GetDevices(ctx, "@ann:b.c"); err != nil || len(devices) != 1 {
			t.Fatalf("devices %v, %v", devices, err)
		}
		s.db.Log = &interruption{DatabaseLogger: dbutil.NoopLogger, after: "FROM crypto_tracked_user", do: func() {
			if err := s.Untrack(ctx, []id.UserID{"@ann:b.c"}); err != nil {
				t.Error(err)
			}
		}}
		if devices, err := newSteps(s.of("@u:b.c", "DEVICE")).GetDevices(ctx, "@ann:b.c"); err != nil || devices != nil {
			t.Errorf("devices %v, %v; want nil, which is unknown", devices, err)
		}
	})
}

// interruption is a log of queries that does something behind the first one that has a text.
type interruption struct {
	dbutil.DatabaseLogger
	after string
	do    func()
}

func (i *interruption) QueryTiming(_ context.Context, _, query string, _ []any, _ int, _ time.Duration, _ error) {
	if do := i.do; do != nil && strings.Contains(query, i.after) {
		i.do = nil
		do()
	}
}
