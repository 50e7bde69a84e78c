package virtualusers

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// harness is a homeserver in memory, and virtual users on it.
type harness struct {
	*Users
	server *homeserver.Server
	person *mautrix.Client // the room's creator
	room   id.RoomID

	mu    sync.Mutex
	now   time.Time
	asked []string // endpoints, in order
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	h := &harness{
		server: homeserver.New(homeserver.Options{Appservices: []homeserver.Appservice{{
			ID: "lotus-hooks", ASToken: "token", SenderLocalpart: "hookshot", Users: regexp.MustCompile(`^@hookshot_.*:homeserver\.test$`),
		}}}),
		now: time.Now(),
	}
	account := h.server.CreateAccount("ann", "password")
	room, err := h.server.CreateRoom(account.UserID, homeserver.RoomOptions{Invite: []string{"@hookshot:homeserver.test"}})
	if err != nil {
		t.Fatal(err)
	}
	h.room = id.RoomID(room)
	web := httptest.NewServer(h.server)
	t.Cleanup(web.Close)
	server, err := matrix.New(matrix.Options{
		URL: web.URL, Domain: "homeserver.test", Token: "token",
		Count: func(endpoint, _ string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.asked = append(h.asked, endpoint)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.person, err = server.Account(id.UserID(account.UserID), "", account.Token)
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, storetest.SQLite(t))
	h.Users, err = New(t.Context(), Options{
		Homeserver: server, Sender: "hookshot", Follower: "hookshot_follower", DB: db.SQL(),
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Now: func() time.Time {
			h.mu.Lock()
			defer h.mu.Unlock()
			return h.now
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// requests returns what was asked since the last call.
func (h *harness) requests() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	asked := strings.Join(h.asked, ", ")
	h.asked = nil
	return asked
}

func (h *harness) event(t *testing.T, transactionID string) Event {
	t.Helper()
	place, err := h.Resolve(t.Context(), h.room.String(), Profile{Localpart: "hookshot_grafana"})
	if err != nil {
		t.Fatal(err)
	}
	return Event{
		Place: place, TransactionID: transactionID, Drawn: time.Now(),
		Notification: formatters.Notification{Status: "firing", Subject: "HighCPU"},
	}
}

// messages counts the messages in the room.
func (h *harness) messages() int {
	n := 0
	for _, e := range h.server.Timeline(h.room.String()) {
		if e.Type == "m.room.message" {
			n++
		}
	}
	return n
}

func TestRequests(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	first := h.event(t, "1")
	h.requests()
	if again := h.event(t, "1"); again.Place != first.Place {
		t.Errorf("resolved to %+v, then to %+v", first.Place, again.Place)
	}
	const look = "rooms/{room}/state/{type}"
	if got := h.requests(); got != look {
		t.Errorf("a place that is known took %s", got)
	}
	if _, err := h.Send(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if got := h.requests(); got != look+", rooms/{room}/send/{type}/{txn}" {
		t.Errorf("an event took %s", got)
	}
	h.Users.room(h.room).see(true)
	h.synced = h.now
	h.event(t, "2")
	h.requests()
	if _, err := h.Send(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if got := h.requests(); got != look+", rooms/{room}/send/{type}/{txn}" {
		t.Errorf("an event in a room that is followed took %s", got) // /sync may be late
	}
}

func TestSendFailures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault     homeserver.Action
		want      Failure
		delivered int // by the failing attempt
	}{
		"RateLimited":  {homeserver.RateLimited(1500 * time.Millisecond), Failure{Class: Server, RetryAfter: 2 * time.Second}, 0},
		"Internal":     {homeserver.MatrixError(500, "M_UNKNOWN"), Failure{Class: Server, Ambiguous: true}, 0},
		"Proxy":        {homeserver.Status(http.StatusBadGateway), Failure{Class: Server, Ambiguous: true}, 0},
		"LostReply":    {homeserver.DropReply(), Failure{Class: Server, Ambiguous: true}, 1},
		"UnknownToken": {homeserver.UnknownToken(), Failure{Class: Server}, 0},
		"TooLarge":     {homeserver.MatrixError(413, "M_TOO_LARGE"), Failure{Class: Message}, 0},
		"NoEvent":      {func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { _, _ = w.Write([]byte(`{}`)) }, Failure{Class: Server, Ambiguous: true}, 0},
		"Forbidden":    {homeserver.MatrixError(403, "M_FORBIDDEN"), Failure{Class: Room}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			e := h.event(t, "1")
			remove := h.server.Inject(homeserver.Fault{Match: homeserver.Sends, Do: test.fault})
			_, err := h.Send(t.Context(), e)
			var f *Failure
			if !errors.As(err, &f) {
				t.Fatalf("error %v is no failure", err)
			}
			if f.Class != test.want.Class || f.Ambiguous != test.want.Ambiguous || f.RetryAfter != test.want.RetryAfter {
				t.Errorf("failure %+v, want %+v", *f, test.want)
			}
			if got := h.messages(); got != test.delivered {
				t.Errorf("%d messages after the failure, want %d", got, test.delivered)
			}
			remove()
			made, err := h.Send(t.Context(), e)
			eventID := made.ID
			if err != nil {
				t.Fatal(err)
			}
			if got := h.messages(); got != 1 {
				t.Errorf("%d messages after another attempt", got)
			}
			if found, ok, err := h.Find(t.Context(), e); err != nil || !ok || found != eventID {
				t.Errorf("Find = %q, %v, %v; want %q", found, ok, err, eventID)
			}
		})
	}
}

// TestNeverPlain turns encryption on behind the back of a process that knows the room.
func TestNeverPlain(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	e := h.event(t, "1")
	if _, err := h.Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	_, err := h.person.SendStateEvent(t.Context(), h.room, event.StateEncryption, "", map[string]any{"algorithm": "m.megolm.v1.aes-sha2"})
	if err != nil {
		t.Fatal(err)
	}
	e.TransactionID = "2"
	_, err = h.Send(t.Context(), e)
	var f *Failure
	if !errors.As(err, &f) || f.Class != Room {
		t.Errorf("error %v", err)
	}
	if _, err := h.Resolve(t.Context(), h.room.String(), Profile{Localpart: "hookshot_grafana"}); !errors.As(err, &f) || f.Class != Room {
		t.Errorf("error %v", err)
	}
	if got := h.messages(); got != 1 {
		t.Errorf("%d messages", got)
	}

	t.Run("Followed", func(t *testing.T) { // and /sync, which would tell, is late
		h := newHarness(t)
		r := h.Users.room(h.room)
		r.see(true)
		h.synced = h.now
		e := h.event(t, "1")
		if _, err := h.Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		_, err := h.person.SendStateEvent(t.Context(), h.room, event.StateEncryption, "", map[string]any{"algorithm": "m.megolm.v1.aes-sha2"})
		if err != nil {
			t.Fatal(err)
		}
		e.TransactionID = "2"
		if _, err := h.Send(t.Context(), e); err == nil {
			t.Error("it was sent")
		}
		if got := h.messages(); got != 1 {
			t.Errorf("%d messages", got)
		}
	})

	t.Run("UnknownState", func(t *testing.T) {
		h := newHarness(t)
		e := h.event(t, "1")
		var f *Failure
		h.server.Inject(homeserver.Fault{
			Match: func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/state/m.room.encryption") },
			Do:    homeserver.Status(http.StatusBadGateway),
		})
		if _, err := h.Send(t.Context(), e); !errors.As(err, &f) || f.Class != Server || f.Ambiguous {
			t.Errorf("error %v", err)
		}
		if got := h.messages(); got != 0 {
			t.Errorf("%d messages", got)
		}
	})
}

// TestMend makes events although something was undone since the place was resolved.
func TestMend(t *testing.T) {
	t.Parallel()
	for name, undo := range map[string]func(t *testing.T, h *harness, p Place) error{
		"Removed": func(t *testing.T, h *harness, p Place) error {
			_, err := h.person.KickUser(t.Context(), h.room, &mautrix.ReqKickUser{UserID: id.UserID(p.UserID)})
			return err
		},
		"DeviceDeleted": func(t *testing.T, h *harness, p Place) error {
			c, err := h.homeserver.User(id.UserID(p.UserID), "")
			if err != nil {
				return err
			}
			return c.DeleteDevice(t.Context(), id.DeviceID(p.DeviceID), &mautrix.ReqDeleteDevice[any]{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			e := h.event(t, "1")
			if err := undo(t, h, e.Place); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Send(t.Context(), e); err != nil {
				t.Fatal(err)
			}
			if got := h.messages(); got != 1 {
				t.Errorf("%d messages", got)
			}
		})
	}
}

// TestSeveralAtOnce resolves one place many times at once.
func TestSeveralAtOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := h.Resolve(t.Context(), h.room.String(), Profile{Localpart: "hookshot_grafana"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if asked := h.requests(); strings.Count(asked, "register") != 2 || strings.Count(asked, "devices/{device}") != 1 {
		t.Errorf("a user and the sender were set up by %s", asked)
	}
}
