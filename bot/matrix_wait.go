package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

const (
	// keyTime is how long a message waits for its key: no longer than a command is answered.
	keyTime = commandAge
	// keyPatience is after what time the key is asked for: it is often only a moment late.
	keyPatience = 3 * time.Second
	// maxUnread is how many messages wait. There is no place for more.
	maxUnread = 200
	// unreadPrefix is what the keys of messages that wait begin with, in the memory.
	unreadPrefix = "unread/"
)

// unread is a message that waits for its key, as it is stored: the position in /sync moves
// on meanwhile.
type unread struct {
	Room    id.RoomID       `json:"room"`
	ID      id.EventID      `json:"id"`
	Sender  id.UserID       `json:"sender"`
	Sent    int64           `json:"sent"`
	Content json.RawMessage `json:"content"`
	asked   bool            // whether the key was asked for
}

// event returns the message as it came.
func (u *unread) event() *event.Event {
	evt := &event.Event{RoomID: u.Room, ID: u.ID, Sender: u.Sender, Timestamp: u.Sent, Type: event.EventEncrypted}
	evt.Content.VeryRaw = u.Content
	if err := json.Unmarshal(u.Content, &evt.Content.Raw); err != nil {
		return evt
	}
	parse(evt)
	return evt
}

// decrypt returns what an encrypted event means. One without a key waits for it.
func (m *Matrix) decrypt(ctx context.Context, s *session, evt *event.Event) ([]Event, error) {
	if _, ok := evt.Content.Parsed.(*event.EncryptedEventContent); !ok {
		return nil, nil
	}
	decrypted, err := s.device.Decrypt(ctx, evt)
	switch {
	case err == nil:
		return m.meaning(ctx, s, decrypted), nil
	case errors.Is(err, matrix.ErrNoKey):
		return nil, m.wait(ctx, evt)
	case ctx.Err() != nil, errors.Is(err, matrix.ErrNotStored):
		return nil, err
	}
	m.log.Warn("a message cannot be decrypted", "room_id", evt.RoomID, "event_id", evt.ID, "err", err)
	return nil, nil
}

// wait keeps a message until its key comes.
func (m *Matrix) wait(ctx context.Context, evt *event.Event) error {
	known := slices.ContainsFunc(m.waiting, func(u *unread) bool { return u.ID == evt.ID })
	if known || m.now().Sub(time.UnixMilli(evt.Timestamp)) > keyTime {
		return nil
	}
	if len(m.waiting) >= maxUnread {
		m.log.Warn("a message is not read: too many wait for their keys", "room_id", evt.RoomID, "event_id", evt.ID)
		return nil
	}
	u := &unread{Room: evt.RoomID, ID: evt.ID, Sender: evt.Sender, Sent: evt.Timestamp, Content: evt.Content.VeryRaw}
	if err := m.memory.Put(ctx, unreadPrefix+u.ID.String(), u, time.Time{}); err != nil {
		return err
	}
	m.waiting = append(m.waiting, u)
	return nil
}

// retry returns what the messages mean whose keys have come, if any came, and which wait no
// more. It asks for keys that do not come.
func (m *Matrix) retry(ctx context.Context, s *session, came bool) (events []Event, over []*unread, err error) {
	if !m.loaded {
		if m.waiting, err = m.stored(ctx); err != nil {
			return nil, nil, err
		}
		m.loaded, came = true, true
	}
	for _, u := range m.waiting {
		evt, age := u.event(), m.now().Sub(time.UnixMilli(u.Sent))
		if came {
			decrypted, err := s.device.Decrypt(ctx, evt)
			if ctx.Err() != nil || errors.Is(err, matrix.ErrNotStored) {
				return nil, nil, err
			}
			if err == nil {
				events = append(events, m.meaning(ctx, s, decrypted)...)
			}
			if !errors.Is(err, matrix.ErrNoKey) {
				over = append(over, u)
				continue
			}
		}
		switch {
		case age > keyTime:
			m.log.Warn("a message cannot be decrypted: its key did not come", "room_id", u.Room, "event_id", u.ID)
			over = append(over, u)
		case age > keyPatience && !u.asked:
			u.asked = true
			if err := s.device.Request(ctx, evt); err != nil {
				m.log.Warn("a key was not asked for", "event_id", u.ID, "err", err)
			}
		}
	}
	return events, over, nil
}

// stored returns the messages that waited when the process before this one ended.
func (m *Matrix) stored(ctx context.Context) ([]*unread, error) {
	keys, err := m.memory.Keys(ctx, unreadPrefix)
	if err != nil {
		return nil, err
	}
	var all []*unread
	for _, key := range keys {
		u := &unread{}
		if _, err := m.memory.Get(ctx, key, u); err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	slices.SortStableFunc(all, func(a, b *unread) int { return int(a.Sent - b.Sent) })
	return all, nil
}

// waitNoMore forgets messages that were read, or never will be.
func (m *Matrix) waitNoMore(ctx context.Context, over []*unread) error {
	for _, u := range over {
		if err := m.memory.Delete(ctx, unreadPrefix+u.ID.String()); err != nil {
			return fmt.Errorf("forget what was read: %w", err)
		}
		m.waiting = slices.DeleteFunc(m.waiting, func(other *unread) bool { return other == u })
	}
	return nil
}
