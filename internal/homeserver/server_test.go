package homeserver_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// direct asks a server without a network, as the appservice.
func direct(t testing.TB, server http.Handler, method, path, body string) string {
	t.Helper()
	req := httptest.NewRequest(method, "/_matrix/client/v3/"+path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+asToken)
	w := httptest.NewRecorder()
	server.ServeHTTP(w, req)
	if w.Code >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Body.String()
}

// get returns the status of a request that needs no account.
func get(server http.Handler) int {
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/_matrix/client/versions", nil))
	return w.Code
}

// bridge returns a server with one virtual user with a device, and a public room they are in.
func bridge(t testing.TB, o homeserver.Options) (server *homeserver.Server, room string) {
	t.Helper()
	o.ServerName, o.Appservices = domain, []homeserver.Appservice{contractAppservice("")}
	server = homeserver.New(o)
	owner := server.CreateAccount("owner", "a password")
	room, err := server.CreateRoom(owner.UserID, homeserver.RoomOptions{Name: "Spam", Public: true})
	if err != nil {
		t.Fatal(err)
	}
	direct(t, server, "POST", "register", `{"type":"m.login.application_service","username":"hookshot_a","inhibit_login":true}`)
	direct(t, server, "PUT", "devices/D?user_id=@hookshot_a:"+domain, `{}`)
	direct(t, server, "POST", "join/"+room+"?user_id=@hookshot_a:"+domain, `{}`)
	return server, room
}

const (
	message    = `{"msgtype":"m.notice","body":"hello"}`
	withDevice = "?device_id=D&user_id=@hookshot_a:" + domain
	bare       = "?user_id=@hookshot_a:" + domain
)

func countMessages(server *homeserver.Server, room string) int {
	n := 0
	for _, e := range server.Timeline(room) {
		if e.Type == "m.room.message" {
			n++
		}
	}
	return n
}

func TestTransactionLifetimes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		query string
		wait  time.Duration
		want  int
	}{
		"OnDiskRemembers": {withDevice, 24*time.Hour - time.Second, 1},
		"OnDiskForgets":   {withDevice, 24 * time.Hour, 2},
		"InRAMRemembers":  {bare, 30*time.Minute - time.Second, 1},
		"InRAMForgets":    {bare, 30 * time.Minute, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server, room := bridge(t, homeserver.Options{})
				path := "rooms/" + room + "/send/m.room.message/t1" + tc.query
				direct(t, server, "PUT", path, message)
				time.Sleep(tc.wait)
				direct(t, server, "PUT", path, message)
				if got := countMessages(server, room); got != tc.want {
					t.Errorf("%d messages, want %d", got, tc.want)
				}
			})
		})
	}
}

func TestRestartHangsUpOnSync(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, _ := bridge(t, homeserver.Options{})
		hungUp := make(chan any, 1)
		go func() {
			defer func() { hungUp <- recover() }()
			req := httptest.NewRequest(http.MethodGet, "/_matrix/client/v3/sync?since=s999&timeout=30000", nil)
			req.Header.Set("Authorization", "Bearer "+asToken)
			server.ServeHTTP(httptest.NewRecorder(), req)
		}()
		synctest.Wait()
		server.Restart()
		if got, _ := (<-hungUp).(error); !errors.Is(got, http.ErrAbortHandler) {
			t.Errorf("sync ended with %v", got)
		}
	})
}

func TestSyncTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, _ := bridge(t, homeserver.Options{})
		started := time.Now()
		direct(t, server, http.MethodGet, "sync?since=s999&timeout=30000", "")
		if waited := time.Since(started); waited != 30*time.Second {
			t.Errorf("waited %s", waited)
		}
	})
}

func TestKeepEvents(t *testing.T) {
	t.Parallel()
	server, room := bridge(t, homeserver.Options{KeepEvents: 20})
	for i := range 1000 {
		direct(t, server, "PUT", fmt.Sprintf("rooms/%s/send/m.room.message/t%d%s", room, i, withDevice), message)
	}
	if n := len(server.Timeline(room)); n < 20 || n >= 40 {
		t.Errorf("%d events are kept, want 20 to 39", n)
	}
	name, ok := server.State(room, "m.room.name", "")
	if !ok {
		t.Fatal("the room's name is forgotten")
	}
	direct(t, server, http.MethodGet, "rooms/"+room+"/event/"+url.PathEscape(name.ID)+bare, "")
}

func TestSubscribe(t *testing.T) {
	t.Parallel()
	server, room := bridge(t, homeserver.Options{})
	var seen []string
	cancel := server.Subscribe(func(e homeserver.Event) { seen = append(seen, e.ID) })
	var want []string
	for range 3 {
		eventID, err := server.Send("@owner:"+domain, room, "m.room.message", map[string]any{"msgtype": "m.text", "body": "x"})
		must(t, err)
		want = append(want, eventID)
	}
	cancel()
	_, err := server.Send("@owner:"+domain, room, "m.room.message", map[string]any{"msgtype": "m.text", "body": "x"})
	must(t, err)
	if !slices.Equal(seen, want) {
		t.Errorf("seen %v, want %v", seen, want)
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	server, room := bridge(t, homeserver.Options{})
	direct(t, server, "PUT", "profile/@hookshot_a:"+domain+"/displayname"+bare, `{"displayname":"Grafana"}`)
	if name, _ := server.Profile("@hookshot_a:" + domain); name != "Grafana" {
		t.Errorf("display name %q", name)
	}
	if got := server.Rooms(); !slices.Equal(got, []string{room}) {
		t.Errorf("rooms %v", got)
	}
	for _, err := range []error{
		second(server.Send("@hookshot_a:"+domain, "!none", "m.room.message", map[string]any{})),
		second(server.Send("@stranger:"+domain, room, "org.example", map[string]any{})),
		second(server.Send("@owner:"+domain, room, "org.example", []int{1})),
		second(server.CreateRoom("@nobody:"+domain, homeserver.RoomOptions{})),
		second(server.CreateRoom("@owner:"+domain, homeserver.RoomOptions{Version: "1"})),
	} {
		if err == nil {
			t.Error("a mistake went unseen")
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestTypingEnds: who does not say it again types no more when the time is over. Synapse looks
// only every few seconds, so it is no part of the contract.
func TestTypingEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := homeserver.New(homeserver.Options{ServerName: domain})
		ann := server.CreateAccount("ann", "")
		room, err := server.CreateRoom(ann.UserID, homeserver.RoomOptions{})
		must(t, err)
		typing := func(since string) (typists []string, next string) {
			t.Helper()
			r := httptest.NewRequest(http.MethodGet, "/_matrix/client/v3/sync?timeout=30000&since="+since, nil)
			r.Header.Set("Authorization", "Bearer "+ann.Token)
			w := httptest.NewRecorder()
			server.ServeHTTP(w, r)
			var answer struct {
				Next  string `json:"next_batch"`
				Rooms struct {
					Join map[string]struct {
						Ephemeral struct {
							Events []struct {
								Content struct {
									UserIDs []string `json:"user_ids"`
								} `json:"content"`
							} `json:"events"`
						} `json:"ephemeral"`
					} `json:"join"`
				} `json:"rooms"`
			}
			must(t, json.Unmarshal(w.Body.Bytes(), &answer))
			for _, e := range answer.Rooms.Join[room].Ephemeral.Events {
				typists = e.Content.UserIDs
			}
			return typists, answer.Next
		}
		_, next := typing("")
		began := time.Now()
		r := httptest.NewRequest(http.MethodPut, "/_matrix/client/v3/rooms/"+room+"/typing/"+ann.UserID, strings.NewReader(`{"typing":true,"timeout":5000}`))
		r.Header.Set("Authorization", "Bearer "+ann.Token)
		server.ServeHTTP(httptest.NewRecorder(), r)
		who, next := typing(next)
		if len(who) != 1 || who[0] != ann.UserID {
			t.Errorf("%v type", who)
		}
		if who, _ = typing(next); who == nil || len(who) != 0 || time.Since(began) != 5*time.Second {
			t.Errorf("%v type after %s", who, time.Since(began))
		}
	})
}
