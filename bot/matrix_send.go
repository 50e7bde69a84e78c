package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

const (
	// maxBodies is the most that the two bodies of a message take together, in bytes: an
	// encrypted edit holds them twice and makes three times of that, and an event ends at 64 KiB.
	maxBodies = 16 << 10
	// typingTime is how long clients show that the bot is typing unless it says so again.
	typingTime = 30 * time.Second
)

// transaction returns the transaction id of a key, which may hold anything.
func transaction(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "bot-" + base64.RawURLEncoding.EncodeToString(sum[:18])
}

// Send implements Chat. In an encrypted room, nothing is sent in plain.
func (m *Matrix) Send(ctx context.Context, room, key string, a Answer) (string, error) {
	eventType := event.EventMessage
	if a.Type != "" {
		eventType = event.Type{Type: a.Type, Class: event.MessageEventType}
	}
	content, err := m.content(a)
	if err != nil {
		return "", err
	}
	made := ""
	err = m.look(ctx, room, func(s *session, state *roomState) error {
		sentType, sent := eventType, any(content)
		if state.encryption != nil {
			encrypted, err := m.encrypt(ctx, s, id.RoomID(room), eventType, content)
			if err != nil {
				return err
			}
			sentType, sent = event.EventEncrypted, encrypted
		}
		resp, err := s.client.SendMessageEvent(ctx, id.RoomID(room), sentType, sent,
			mautrix.ReqSendEvent{TransactionID: transaction(key), DontEncrypt: true})
		if err == nil {
			made = resp.EventID.String()
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("send to %s: %w", room, err)
	}
	return made, nil
}

// content returns the content of an answer's event.
func (m *Matrix) content(a Answer) (map[string]any, error) {
	content, err := m.message(a)
	if err != nil {
		return nil, err
	}
	if a.Replaces == "" {
		if a.ReplyTo != "" {
			content["m.relates_to"] = m.replyTo(a.ReplyTo)
		}
		return content, nil
	}
	edit := map[string]any{
		"m.new_content": content,
		"m.mentions":    content["m.mentions"],
		"m.relates_to":  map[string]any{"rel_type": event.RelReplace, "event_id": a.Replaces},
	}
	if a.Content == nil {
		// For clients that know no edits; one line is enough.
		first, _, _ := strings.Cut(a.Text, "\n")
		edit["msgtype"], edit["body"] = content["msgtype"], "* "+shorten(first, 200)
	}
	return edit, nil
}

// message returns the content without its relation.
func (m *Matrix) message(a Answer) (map[string]any, error) {
	content := map[string]any{"m.mentions": mentions(a.Mention)}
	if a.Content != nil {
		value, err := json.Marshal(a.Content)
		if err == nil {
			err = json.Unmarshal(value, &content)
		}
		if err != nil {
			return nil, fmt.Errorf("encode answer: %w", err)
		}
		return content, nil
	}
	content["msgtype"] = event.MsgNotice
	if a.Board {
		content["msgtype"] = event.MsgText
	}
	text, html := a.Text, a.HTML
	if len(text)+len(html) > maxBodies { // markup cannot be cut
		text, html = shorten(text, maxBodies), ""
	}
	content["body"] = text
	if html != "" {
		content["format"], content["formatted_body"] = event.FormatHTML, html
	}
	return content, nil
}

// mentions says whom a message pings, explicitly: without it, some clients guess.
func mentions(users []string) map[string]any {
	if len(users) == 0 {
		return map[string]any{}
	}
	return map[string]any{"user_ids": users}
}

// shorten cuts a text to so many bytes.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := most - len("…")
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// replyTo relates a message to the one that it answers, in its thread if it is in one.
func (m *Matrix) replyTo(target string) map[string]any {
	relation := map[string]any{"m.in_reply_to": map[string]any{"event_id": target}}
	m.mu.Lock()
	defer m.mu.Unlock()
	if root := m.threads[target]; root != "" {
		relation["rel_type"], relation["event_id"], relation["is_falling_back"] = event.RelThread, root, true
	}
	return relation
}

// maxThreads is of how many events the thread is remembered.
const maxThreads = 1000

func (m *Matrix) rememberThread(event string, root id.EventID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.threads[event] != "" {
		return
	}
	m.threads[event] = root
	m.told = append(m.told, event)
	if len(m.told) > maxThreads {
		delete(m.threads, m.told[0])
		m.told = m.told[1:]
	}
}

// React implements Chat. A reaction that is there already has no id here.
func (m *Matrix) React(ctx context.Context, room, key, target, emoji string) (string, error) {
	content := &event.ReactionEventContent{RelatesTo: event.RelatesTo{Type: event.RelAnnotation, EventID: id.EventID(target), Key: emoji}}
	made := ""
	err := m.attempt(ctx, func(s *session) error {
		resp, err := s.client.SendMessageEvent(ctx, id.RoomID(room), event.EventReaction, content,
			mautrix.ReqSendEvent{TransactionID: transaction(key), DontEncrypt: true})
		if err == nil {
			made = resp.EventID.String()
		}
		return err
	})
	if err != nil && !m.has(err, "M_DUPLICATE_ANNOTATION") {
		return "", fmt.Errorf("react in %s: %w", room, err)
	}
	return made, nil
}

// Redact implements Chat.
func (m *Matrix) Redact(ctx context.Context, room, key, target string) error {
	err := m.attempt(ctx, func(s *session) error {
		_, err := s.client.RedactEvent(ctx, id.RoomID(room), id.EventID(target), mautrix.ReqRedact{TxnID: transaction(key)})
		return err
	})
	if err != nil && !m.has(err, "M_NOT_FOUND") {
		return fmt.Errorf("redact in %s: %w", room, err)
	}
	return nil
}

// Typing implements Chat. It is tried once: the moment passes.
func (m *Matrix) Typing(ctx context.Context, room string, typing bool) error {
	return m.account.As(ctx, func(client *mautrix.Client) error {
		_, err := client.UserTyping(ctx, id.RoomID(room), typing, typingTime)
		return err
	})
}

// Invite implements Chat.
func (m *Matrix) Invite(ctx context.Context, room, user string) error {
	err := m.look(ctx, room, func(s *session, state *roomState) error {
		if state.members[id.UserID(user)].here() {
			return nil
		}
		_, err := s.client.InviteUser(ctx, id.RoomID(room), &mautrix.ReqInviteUser{UserID: id.UserID(user)})
		if err == nil || !m.has(err, "M_FORBIDDEN") {
			return err
		}
		// What we know may be a moment old, and being there already is forbidden, too.
		var now event.MemberEventContent
		if s.client.StateEvent(ctx, id.RoomID(room), event.StateMember, user, &now) == nil && (member{membership: now.Membership}).here() {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("invite %s to %s: %w", user, room, err)
	}
	return nil
}

// Direct implements Chat.
func (m *Matrix) Direct(ctx context.Context, user string) (string, error) {
	m.direct.Lock()
	defer m.direct.Unlock()
	direct, err := m.directRooms(ctx)
	if err != nil {
		return "", err
	}
	for i := len(direct[id.UserID(user)]) - 1; i >= 0; i-- { // the latest one first
		room := direct[id.UserID(user)][i]
		if m.isFor(ctx, room, id.UserID(user)) {
			return room.String(), nil
		}
	}
	var made id.RoomID
	err = m.attempt(ctx, func(s *session) error {
		req := &mautrix.ReqCreateRoom{Preset: "trusted_private_chat", IsDirect: true, Invite: []id.UserID{id.UserID(user)}}
		if s.device != matrix.AccountDevice(plain{}) {
			req.InitialState = []*event.Event{{
				Type:    event.StateEncryption,
				Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}},
			}}
		}
		resp, err := s.client.CreateRoom(ctx, req)
		if err == nil {
			made = resp.RoomID
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make a room with %s: %w", user, err)
	}
	if err := m.addDirect(ctx, id.UserID(user), made); err != nil {
		m.log.Warn("a direct room is not in the account's list, and there may be another one some day", "room_id", made, "err", err)
	}
	return made.String(), nil
}

// isFor says whether a room serves to talk to a user alone.
func (m *Matrix) isFor(ctx context.Context, room id.RoomID, user id.UserID) (serves bool) {
	err := m.look(ctx, room.String(), func(_ *session, state *roomState) error {
		serves = state.successor == "" && state.people() == 2 &&
			state.members[user].here() && state.members[m.user].membership == event.MembershipJoin
		return nil
	})
	return serves && err == nil
}

// people returns how many have joined or are invited.
func (s *roomState) people() int {
	n := 0
	for _, member := range s.members {
		if member.here() {
			n++
		}
	}
	return n
}

// IsDirect implements Chat.
func (m *Matrix) IsDirect(ctx context.Context, room string) bool {
	people := 0
	err := m.look(ctx, room, func(_ *session, state *roomState) error {
		people = state.people()
		return nil
	})
	return err == nil && people == 2
}

// directRooms returns the account's list of direct rooms.
func (m *Matrix) directRooms(ctx context.Context) (direct event.DirectChatsEventContent, err error) {
	err = m.attempt(ctx, func(s *session) error {
		direct = event.DirectChatsEventContent{}
		err := s.client.GetAccountData(ctx, event.AccountDataDirectChats.Type, &direct)
		if m.has(err, "M_NOT_FOUND") {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read list of direct rooms: %w", err)
	}
	return direct, nil
}

// addDirect adds a room to the list. m.direct must be held.
func (m *Matrix) addDirect(ctx context.Context, user id.UserID, room id.RoomID) error {
	direct, err := m.directRooms(ctx)
	if err != nil {
		return err
	}
	for _, known := range direct[user] {
		if known == room {
			return nil
		}
	}
	direct[user] = append(direct[user], room)
	err = m.attempt(ctx, func(s *session) error {
		return s.client.SetAccountData(ctx, event.AccountDataDirectChats.Type, &direct)
	})
	if err != nil {
		return fmt.Errorf("write list of direct rooms: %w", err)
	}
	return nil
}
