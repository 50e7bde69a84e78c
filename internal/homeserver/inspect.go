package homeserver

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Account is a person's account with one device. Virtual users have none: the appservice
// registers them.
type Account struct {
	UserID   string `json:"user_id"`
	DeviceID string `json:"device_id"`
	Token    string `json:"access_token"`
}

// CreateAccount makes a person's account, or takes the one that is there, and logs it in.
func (s *Server) CreateAccount(localpart, password string) Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[s.userID(localpart)]
	if u == nil {
		u = s.addUser(s.userID(localpart), password)
	}
	return s.newSession(u, "")
}

// RoomOptions say how a room begins.
type RoomOptions struct {
	Name    string
	Alias   string   // localpart of an alias; may be empty
	Public  bool     // anyone may join
	Version string   // "10", "11" or "12"; default "12"
	Invite  []string // user ids
}

// CreateRoom makes a room whose creator and first member is the given user, and returns its id.
func (s *Server) CreateRoom(creator string, o RoomOptions) (roomID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[creator] == nil {
		return "", fmt.Errorf("create room: no user %s", creator)
	}
	c := creation{Preset: "private_chat", Name: o.Name, AliasName: o.Alias, RoomVersion: o.Version, Invite: o.Invite}
	if o.Public {
		c.Preset = "public_chat"
	}
	rm, err := s.create(creator, c)
	if err != nil {
		return "", fmt.Errorf("create room: %w", err)
	}
	return rm.id, nil
}

// Send puts a message event into a room, as a member of it. The content is anything that
// encodes as a JSON object.
func (s *Server) Send(sender, roomID, eventType string, content any) (eventID string, err error) {
	data, err := json.Marshal(content)
	if err != nil {
		return "", fmt.Errorf("send: %w", err)
	}
	checked, err := parseContent(data)
	if err != nil {
		return "", fmt.Errorf("send: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rm := s.rooms[roomID]
	if rm == nil {
		return "", fmt.Errorf("send: no room %s", roomID)
	}
	e, err := s.newMessage(rm, sender, eventType, checked)
	if err != nil {
		return "", fmt.Errorf("send: %w", err)
	}
	s.append(rm, e)
	return e.ID, nil
}

// Rooms returns the ids of all rooms, sorted.
func (s *Server) Rooms() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.rooms))
}

// Timeline returns the events of a room, oldest first: all, or the newest KeepEvents to twice
// as many. An unknown room has none.
func (s *Server) Timeline(roomID string) []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm := s.rooms[roomID]
	if rm == nil {
		return nil
	}
	events := make([]Event, len(rm.timeline))
	for i, e := range rm.timeline {
		events[i] = *e
	}
	return events
}

// State returns a room's current state event of a type and state key.
func (s *Server) State(roomID, eventType, key string) (Event, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if rm := s.rooms[roomID]; rm != nil {
		if e := rm.state[stateKey{eventType, key}]; e != nil {
			return *e, true
		}
	}
	return Event{}, false
}

// Subscribe calls listen with every event from now on, once each and in order, until cancel
// is called. The server waits for it, so listen must be quick and must not call the server.
func (s *Server) Subscribe(listen func(Event)) (cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	key := s.ids
	s.listeners[key] = listen
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.listeners, key)
	}
}

// Profile returns a user's display name and avatar (an mxc URI), empty where not set.
func (s *Server) Profile(userID string) (displayName, avatarURL string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[userID]; u != nil {
		return u.displayName, u.avatarURL
	}
	return "", ""
}

// Media returns an uploaded file by its mxc URI.
func (s *Server) Media(uri string) (data []byte, contentType string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.media[uri]
	return m.data, m.contentType, ok
}
