package homeserver_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// faulty returns a server and a virtual user with a device in a room of it.
func faulty(t *testing.T) (*homeserver.Server, *appservice.IntentAPI, id.RoomID) {
	t.Helper()
	server, web := start(t, homeserver.Options{Appservices: []homeserver.Appservice{contractAppservice("")}, Seed: 1})
	owner := server.CreateAccount("owner", "a password")
	room, err := server.CreateRoom(owner.UserID, homeserver.RoomOptions{Public: true})
	must(t, err)
	user := newAppservice(t, web.URL).Intent(id.NewUserID("hookshot_a", domain))
	must(t, user.EnsureRegistered(t.Context()))
	must(t, user.CreateDeviceMSC4190(t.Context(), "D", ""))
	must(t, user.EnsureJoined(t.Context(), id.RoomID(room)))
	return server, user, id.RoomID(room)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	status := func(err error) int {
		var httpErr mautrix.HTTPError
		if errors.As(err, &httpErr) && httpErr.Response != nil {
			return httpErr.Response.StatusCode
		}
		return 0
	}
	for name, tc := range map[string]struct {
		do     homeserver.Action
		status int // 0: no answer
		code   error
		told   int // messages in the room after the first try
	}{
		"Refuse":       {homeserver.Refuse(), 0, nil, 0},
		"DropReply":    {homeserver.DropReply(), 0, nil, 1},
		"Status":       {homeserver.Status(502), 502, nil, 0},
		"MatrixError":  {homeserver.MatrixError(500, "M_UNKNOWN"), 500, nil, 0},
		"UnknownToken": {homeserver.UnknownToken(), 401, mautrix.MUnknownToken, 0},
		"RateLimited":  {homeserver.RateLimited(time.Second), 429, mautrix.MLimitExceeded, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, user, room := faulty(t)
			server.Inject(homeserver.Fault{Match: homeserver.Sends, Times: 1, Do: tc.do})
			_, err := send(t.Context(), user.Client, room, "t1", "hello")
			if err == nil || status(err) != tc.status || tc.code != nil && !errors.Is(err, tc.code) {
				t.Errorf("got error %v", err)
			}
			if got := countMessages(server, room.String()); got != tc.told {
				t.Errorf("%d messages after the fault, want %d", got, tc.told)
			}
			_, err = send(t.Context(), user.Client, room, "t1", "hello")
			must(t, err)
			if got := countMessages(server, room.String()); got != 1 {
				t.Errorf("%d messages after another try, want 1", got)
			}
		})
	}
}

func TestHang(t *testing.T) {
	t.Parallel()
	server, user, room := faulty(t)
	release := make(chan struct{})
	remove := server.Inject(homeserver.Fault{Match: homeserver.InRoom(room.String()), Do: homeserver.Hang(release)})

	impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := send(impatient, user.Client, room, "given-up", "never heard"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got error %v", err)
	}
	done := make(chan error)
	go func() {
		_, err := send(t.Context(), user.Client, room, "patient", "hello")
		done <- err
	}()
	if _, err := user.Client.Whoami(t.Context()); err != nil {
		t.Errorf("a request about no room hangs, too: %v", err)
	}
	remove()
	close(release)
	must(t, <-done)
	if got := countMessages(server, room.String()); got != 1 {
		t.Errorf("%d messages", got)
	}
}

func TestFaultChance(t *testing.T) {
	t.Parallel()
	refusals := func() (n int) {
		server, _ := start(t, homeserver.Options{Seed: 7})
		remove := server.Inject(homeserver.Fault{Chance: 0.25, Do: homeserver.Status(503)})
		for range 1000 {
			if get(server) == 503 {
				n++
			}
		}
		remove()
		if got := get(server); got != http.StatusOK {
			t.Errorf("status %d after the fault was removed", got)
		}
		return n
	}
	first, second := refusals(), refusals()
	if first < 200 || first > 300 {
		t.Errorf("%d of 1000 requests failed", first)
	}
	if first != second {
		t.Errorf("one seed, but %d and %d failures", first, second)
	}
}
