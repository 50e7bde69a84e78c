//go:build goolm && linux

package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// memory is a house whose homeserver is in the memory of the test.
type memory struct {
	*house
	server *homeserver.Server
	owner  string
}

func newMemory(t *testing.T) *memory {
	t.Helper()
	return newMemoryOn(t, storetest.SQLite)
}

func newMemoryOn(t *testing.T, database func(testing.TB) string) *memory {
	t.Helper()
	h := newHouse(t, database)
	h.write() // reads the registration
	r := h.config.Appservice.Registration
	m := &memory{house: h, server: homeserver.New(homeserver.Options{
		ServerName: domain,
		Appservices: []homeserver.Appservice{{
			ID: r.ID, ASToken: r.ASToken.Reveal(), HSToken: r.HSToken.Reveal(), SenderLocalpart: r.SenderLocalpart,
			Users: regexp.MustCompile(`^` + r.Namespaces.Users[0].Regex + `$`),
		}},
	})}
	m.owner = m.server.CreateAccount("ann", "").UserID
	listener := httptest.NewServer(m.server)
	t.Cleanup(func() { listener.CloseClientConnections(); listener.Close() })
	h.homeserver = listener.URL
	return m
}

// newRoom makes a room with a hook of the same name.
func (m *memory) newRoom(name string) (roomID string, p *poster) {
	m.t.Helper()
	roomID, err := m.server.CreateRoom(m.owner, homeserver.RoomOptions{Invite: []string{sender}})
	if err != nil {
		m.t.Fatal(err)
	}
	m.room(name, roomID)
	return roomID, &poster{name: name, url: m.hook(name, "generic", name, "")}
}

func (m *memory) read(roomID string) []message {
	m.t.Helper()
	var all []message
	for _, e := range m.server.Timeline(roomID) {
		if e.Type != "m.room.message" {
			continue
		}
		told := message{id: e.ID, sender: e.Sender}
		if err := json.Unmarshal(e.Content, &told.content); err != nil {
			m.t.Fatal(err)
		}
		all = append(all, told)
	}
	return all
}

// awaitRoom waits until a room was told as many messages as its poster has posted.
func (m *memory) awaitRoom(roomID string, p *poster, patience time.Duration) {
	m.t.Helper()
	eventually(m.t, patience, "all is told in room "+p.name, func() bool { return len(m.read(roomID)) >= p.accepted })
}

// invited tells the program, as a homeserver does, that somebody was let into a room.
func (m *memory) invited(roomID string) {
	m.t.Helper()
	body, err := json.Marshal(map[string]any{"events": []any{map[string]any{
		"type": "m.room.member", "room_id": roomID, "state_key": sender, "content": map[string]string{"membership": "invite"},
	}}})
	if err != nil {
		m.t.Fatal(err)
	}
	status := m.transaction(m.t.Context(), body, m.config.Appservice.Registration.HSToken.Reveal())
	if status != http.StatusOK {
		m.t.Errorf("transaction: status %d", status)
	}
}

func (h *house) transaction(ctx context.Context, body []byte, token string) int {
	h.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://"+h.transactions+"/_matrix/app/v1/transactions/1", bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
