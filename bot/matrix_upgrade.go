package bot

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

const (
	movedPrefix = "moved/" // of the rooms that have taken another's place, by that one, in the memory
	maxUpgrades = 10       // how often in a row a room may have been upgraded
)

// loadMoved reads which rooms have been upgraded, once.
func (m *Matrix) loadMoved(ctx context.Context) error {
	m.mu.Lock()
	known := m.moved != nil
	m.mu.Unlock()
	if known {
		return nil
	}
	keys, err := m.memory.Keys(ctx, movedPrefix)
	if err != nil {
		return err
	}
	moved := map[string]string{}
	for _, key := range keys {
		var successor string
		if _, err := m.memory.Get(ctx, key, &successor); err != nil {
			return err
		}
		moved[strings.TrimPrefix(key, movedPrefix)] = successor
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.moved = moved
	return nil
}

// noteUpgrade notes that a room was upgraded, and has the bot join the one in its place.
func (m *Matrix) noteUpgrade(ctx context.Context, evt *event.Event) error {
	successor := successorOf(evt)
	m.mu.Lock()
	known := m.moved[evt.RoomID.String()] == successor
	m.mu.Unlock()
	if successor == "" || known {
		return nil
	}
	i := invitation{From: evt.Sender, Came: m.now(), Upgrade: true}
	if err := m.awaitJoin(ctx, id.RoomID(successor), i); err != nil {
		return err
	}
	if err := m.memory.Put(ctx, movedPrefix+evt.RoomID.String(), successor, time.Time{}); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.moved[evt.RoomID.String()] = successor
	return nil
}

// successorOf returns the room that has taken the place of an event's room, or "".
func successorOf(evt *event.Event) string {
	content, ok := evt.Content.Parsed.(*event.TombstoneEventContent)
	if !ok || evt.GetStateKey() != "" || content.ReplacementRoom == evt.RoomID {
		return ""
	}
	return content.ReplacementRoom.String()
}

// latest returns the room that has taken a room's place, over all upgrades.
func (m *Matrix) latest(room string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for range maxUpgrades {
		successor := m.moved[room]
		if successor == "" {
			break
		}
		room = successor
	}
	return room
}

// aliasTime is how long an alias is taken to lead to the same room.
const aliasTime = 10 * time.Minute

type alias struct {
	room string
	read time.Time
}

// Resolve implements Chat.
func (m *Matrix) Resolve(ctx context.Context, room string) (string, error) {
	if !strings.HasPrefix(room, "#") {
		return m.latest(room), nil
	}
	m.mu.Lock()
	known, ok := m.aliases[room]
	m.mu.Unlock()
	if ok && m.now().Sub(known.read) < aliasTime {
		return m.latest(known.room), nil
	}
	err := m.attempt(ctx, func(s *session) error {
		found, err := s.client.ResolveAlias(ctx, id.RoomAlias(room))
		if err == nil {
			known = alias{found.RoomID.String(), m.now()}
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("look up alias %s: %w", room, err)
	}
	m.mu.Lock()
	maps.DeleteFunc(m.aliases, func(_ string, a alias) bool { return m.now().Sub(a.read) >= aliasTime }) // people may name any
	m.aliases[room] = known
	m.mu.Unlock()
	return m.latest(known.room), nil
}
