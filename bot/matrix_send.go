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
