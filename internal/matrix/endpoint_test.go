package matrix

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"maunium.net/go/mautrix/id"
)

func TestEndpointOf(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/_matrix/client/v3/rooms/%21a:b.c/send/m.room.message/0199-txn":     "rooms/{room}/send/{type}/{txn}",
		"/_matrix/client/v3/rooms/%21a%2Fb/state/m.room.encryption/":         "rooms/{room}/state/{type}",
		"/_matrix/client/v3/rooms/%21a/state":                                "rooms/{room}/state",
		"/_matrix/client/v3/profile/@u:b.c/displayname":                      "profile/{user}/{field}",
		"/_matrix/client/v3/devices":                                         "devices",
		"/_matrix/client/v3/devices/ABC":                                     "devices/{device}",
		"/_matrix/client/v1/appservice/lotus-hooks/ping":                     "appservice/{id}/ping",
		"/_matrix/client/v3/keys/device_signing/upload":                      "keys/device_signing/upload",
		"/_matrix/client/v3/sync":                                            "sync",
		"/_matrix/client/versions":                                           "versions",
		"/_matrix/media/v3/upload":                                           "upload",
		"/behind/a/proxy/_matrix/client/v3/directory/room/%23spam:b.c":       "directory/room/{alias}",
		"/_matrix/client/v3/rooms/%21a/send/m.room.message/txn/and/what/not": "other",
		"/_matrix/client/v3/what/is/this":                                    "other",
		"/_matrix/":                                                          "other",
		"/elsewhere":                                                         "other",
		"":                                                                   "other",
	} {
		if got := endpointOf(path); got != want {
			t.Errorf("endpointOf(%q) = %q, want %q", path, got, want)
		}
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCount(t *testing.T) {
	t.Parallel()
	var got []string
	answers := []func(*http.Request) (*http.Response, error){
		func(*http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			w.WriteHeader(http.StatusBadGateway)
			return w.Result(), nil
		},
		func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") },
	}
	h, err := New(Options{
		URL: "http://localhost:1", Domain: "b.c", Token: "secret",
		Transport: transport(func(r *http.Request) (*http.Response, error) {
			answer := answers[0]
			answers = answers[1:]
			return answer(r)
		}),
		Count: func(endpoint, code string) { got = append(got, endpoint+" "+code) },
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.User("@u:b.c", "DEVICE")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a client that tried again would run out of answers
		if _, err := c.JoinRoomByID(t.Context(), id.RoomID("!a")); err == nil {
			t.Error("no error")
		}
	}
	if len(got) != 2 || got[0] != "rooms/{room}/join 502" || got[1] != "rooms/{room}/join error" {
		t.Errorf("counted %q", got)
	}
}
