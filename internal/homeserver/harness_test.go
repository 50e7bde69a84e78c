package homeserver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"
)

// harness is a subject with a mautrix appservice in front of it.
type harness struct {
	subject
	as    *appservice.AppService
	pings *atomic.Int32
	serial
}

func newAppservice(t *testing.T, url string) *appservice.AppService {
	t.Helper()
	as, err := appservice.CreateFull(appservice.CreateOpts{
		Registration: &appservice.Registration{
			ID: "contract", AppToken: asToken, ServerToken: hsToken, SenderLocalpart: "hookshot", MSC4190: true,
		},
		HomeserverDomain: domain,
		HomeserverURL:    url,
		HostConfig:       appservice.HostConfig{Hostname: "127.0.0.1", Port: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	as.DefaultHTTPRetries = 0
	// BotIntent and EnsureRegistered are lazy and unsynchronised.
	must(t, as.BotIntent().EnsureRegistered(t.Context()))
	return as
}

// serial gives out names that no other test uses, since tests share one homeserver.
type serial struct{ n atomic.Int64 }

func (s *serial) name(prefix string) string { return fmt.Sprintf("%s%d", prefix, s.n.Add(1)) }

// intent returns a registered virtual user, with a device where one is named.
func (h *harness) intent(t *testing.T, device id.DeviceID) *appservice.IntentAPI {
	t.Helper()
	user := h.as.Intent(id.NewUserID(h.name("hookshot_"), domain))
	must(t, user.EnsureRegistered(t.Context()))
	if device != "" {
		must(t, user.CreateDeviceMSC4190(t.Context(), device, "lotus-hooks"))
	}
	return user
}

// person returns a logged-in client of a person.
func (h *harness) person(t *testing.T) *mautrix.Client {
	t.Helper()
	localpart := h.name("person")
	h.account(t, localpart, "a password")
	client, err := mautrix.NewClient(h.url, "", "")
	must(t, err)
	_, err = client.Login(t.Context(), &mautrix.ReqLogin{
		Type:             mautrix.AuthTypePassword,
		Identifier:       mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: localpart},
		Password:         "a password",
		StoreCredentials: true,
	})
	must(t, err)
	return client
}

// room makes a public room owned by a person, joined by the given virtual users.
func (h *harness) room(t *testing.T, owner *mautrix.Client, members ...*appservice.IntentAPI) id.RoomID {
	t.Helper()
	resp, err := owner.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{Preset: "public_chat"})
	must(t, err)
	for _, m := range members {
		must(t, m.EnsureJoined(t.Context(), resp.RoomID))
	}
	return resp.RoomID
}

// reply is an answer as it is on the wire.
type reply struct {
	status int
	header http.Header
	body   map[string]any
}

// ask makes a request as the appservice; a path that needs another user says so in its query.
func (h *harness) ask(t *testing.T, method, path string, body any) reply {
	t.Helper()
	return h.askAs(t, asToken, method, path, body)
}

func (h *harness) askAs(t *testing.T, token, method, path string, body any) reply {
	t.Helper()
	data, err := json.Marshal(body)
	must(t, err)
	if raw, ok := body.(string); ok {
		data = []byte(raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, h.url+"/_matrix/client/"+path, bytes.NewReader(data))
	must(t, err)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	r := reply{status: resp.StatusCode, header: resp.Header}
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	if err := json.Unmarshal(text, &r.body); err != nil && !strings.HasPrefix(string(text), "[") {
		t.Fatalf("%s %s: not JSON: %q", method, path, text)
	}
	return r
}

// wantReply checks a status and, unless it is empty, an error code.
func wantReply(t *testing.T, r reply, status int, errcode string) {
	t.Helper()
	got, _ := r.body["errcode"].(string)
	if r.status != status || got != errcode {
		t.Errorf("got %d %s (%v), want %d %s", r.status, got, r.body["error"], status, errcode)
	}
}

// wantCode checks the error code that mautrix found in an answer.
func wantCode(t *testing.T, err error, want mautrix.RespError) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %s", err, want.ErrCode)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// send sends a text with a transaction id, and without retries.
func send(ctx context.Context, client *mautrix.Client, room id.RoomID, txn, body string) (id.EventID, error) {
	resp, err := client.SendMessageEvent(mautrix.WithMaxRetries(ctx, 0), room, eventMessage,
		map[string]any{"msgtype": "m.notice", "body": body, "m.mentions": map[string]any{}},
		mautrix.ReqSendEvent{TransactionID: txn})
	if err != nil {
		return "", err
	}
	return resp.EventID, nil
}

// bodies returns the texts of a room's messages, oldest first.
func bodies(t *testing.T, client *mautrix.Client, room id.RoomID) []string {
	t.Helper()
	var texts []string
	for _, e := range messages(t, client, room) {
		if e.Type.Type == "m.room.message" {
			body, _ := e.Content.Raw["body"].(string)
			texts = append(texts, body)
		}
	}
	return texts
}
