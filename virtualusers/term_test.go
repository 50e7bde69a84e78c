//go:build goolm

package virtualusers_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/e2e/synapse"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

// turns lends the keys of one database to one of several processes, as the test says.
type turns struct {
	mu   sync.Mutex
	end  context.CancelFunc // of the current term
	idle chan struct{}      // closed when it has ended
}

// turn is one process's part in it.
type turn struct {
	*turns
	keyring
	given chan struct{}
}

func (t *turn) Hold(ctx context.Context, use func(context.Context, matrix.Crypto) error) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.given:
		}
		term, cancel := context.WithCancel(ctx)
		t.mu.Lock()
		t.end, t.idle = cancel, make(chan struct{})
		t.mu.Unlock()
		crypto, err := matrix.OpenCrypto(ctx, t.db, t.postgres, t.log)
		if err != nil {
			return err
		}
		err = use(term, crypto)
		close(t.idle)
		if err != nil {
			return err
		}
	}
}

// openTurn starts a process that has the keys only when give says so.
func (t *turns) openTurn(test *testing.T, s *synapse.Instance, d disk) (*house, *turn) {
	test.Helper()
	mine := &turn{turns: t, given: make(chan struct{}, 1)}
	h := start(test, s, d, func(o *virtualusers.Options) {
		mine.keyring = *o.Keys.(*keyring)
		o.Keys = mine
	})
	return h, mine
}

// give takes the keys from who has them, and gives them to another.
func (t *turns) give(test *testing.T, to *turn, h *house) {
	test.Helper()
	t.mu.Lock()
	end, idle := t.end, t.idle
	t.mu.Unlock()
	if end != nil {
		end()
		<-idle
	}
	to.given <- struct{}{}
	h.awaits(test, true)
}

// TestTerms passes the keys to and fro between two processes on one database. Who has them
// tells the encrypted room, in sessions of its own; the other says that it is not its turn.
func TestTerms(t *testing.T) {
	t.Parallel()
	s := startSynapse(t)
	url := storetest.Postgres(t)
	storetest.Open(t, url)
	d := disk{main: url, keys: url, postgres: true}
	var keys turns
	one, ones := keys.openTurn(t, s, d)
	two, twos := keys.openTurn(t, s, d)
	ann := logIn(t, s, s.Account(t, "ann", password))
	room, plain := ann.newRoom(t, true, sender), ann.newRoom(t, false, sender)

	sessions := map[id.SessionID]bool{}
	told := func(h, other *house, name string) {
		t.Helper()
		_, err := other.Resolve(t.Context(), room.String(), virtualusers.Profile{Localpart: voices[0]})
		wantClass(t, err, virtualusers.Elsewhere)
		texts, events := h.tellAll(t, room, name)
		for i, text := range texts {
			ann.reads(t, text)
			session := parsed(t, ann.raw(t, room, events[i])).Content.Parsed.(*event.EncryptedEventContent).SessionID
			if sessions[session] {
				t.Errorf("%s: a session is used a second time", name)
			}
			sessions[session] = true
		}
		// What was resolved by who had the keys then is not sent without them.
		_, err = other.Send(t.Context(), virtualusers.Event{
			Place: h.place(t, room.String(), voices[0]), TransactionID: uuid.NewString(), Notification: note("never"),
		})
		wantClass(t, err, virtualusers.Elsewhere)
		text := unique(t, "in plain")
		other.tell(t, plain, voices[1], text)
		ann.reads(t, text)
	}
	keys.give(t, ones, one)
	told(one, two, "by the first")
	keys.give(t, twos, two)
	told(two, one, "by the second")
	keys.give(t, ones, one)
	told(one, two, "by the first again")

	// People who come while another has the keys are seen.
	keys.give(t, twos, two)
	phone := logIn(t, s, synapse.Account{UserID: ann.UserID.String()})
	keys.give(t, ones, one)
	text := unique(t, "to the phone")
	one.tell(t, room, voices[0], text)
	phone.reads(t, text)
}
