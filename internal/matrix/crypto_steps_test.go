//go:build goolm

package matrix

import (
	"context"
	"errors"
	"testing"
	"time"

	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/crypto/olm"

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
