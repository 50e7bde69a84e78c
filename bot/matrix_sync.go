package bot

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// Handle takes in one response of /sync that was asked for from the position since, and
// gives what happened to receive, in order. After an error the response must be given again.
// What was said before the first response of all is not told.
func (m *Matrix) Handle(ctx context.Context, resp *mautrix.RespSync, since string, receive func(context.Context, []Event) error) error {
	return m.as(ctx, func(s *session) error {
		if err := m.handle(ctx, s, resp, since, receive); err != nil {
			return fmt.Errorf("handle what was said: %w", err)
		}
		m.mu.Lock()
		m.status.Last = m.now()
		m.mu.Unlock()
		select {
		case <-m.following:
		default:
			close(m.following)
		}
		return nil
	})
}

func (m *Matrix) handle(ctx context.Context, s *session, resp *mautrix.RespSync, since string, receive func(context.Context, []Event) error) error {
	if err := m.loadMoved(ctx); err != nil {
		return err
	}
	m.outdate(s, resp)
	came, err := s.device.Receive(ctx, resp)
	if err != nil {
		return err
	}
	if err := m.noteInvitations(ctx, resp); err != nil {
		return err
	}
	for roomID := range resp.Rooms.Leave {
		m.room(roomID).forget()
	}
	events, over, err := m.retry(ctx, s, came)
	if err != nil {
		return err
	}
	for _, roomID := range slices.Sorted(maps.Keys(resp.Rooms.Join)) {
		happened, err := m.happened(ctx, s, roomID, resp.Rooms.Join[roomID], since)
		if err != nil {
			return err
		}
		if since == "" {
			continue
		}
		for _, evt := range happened {
			told, err := m.tell(ctx, s, evt)
			if err != nil {
				return err
			}
			events = append(events, told...)
		}
	}
	if err := receive(ctx, events); err != nil {
		return err
	}
	return m.waitNoMore(ctx, over)
}

// outdate makes devices that have changed be read again, before rooms learn that their
// sessions are unfit.
func (m *Matrix) outdate(s *session, resp *mautrix.RespSync) {
	changed := slices.Concat(resp.DeviceLists.Changed, resp.DeviceLists.Left)
	if len(changed) == 0 {
		return
	}
	s.device.Untrack(changed)
	m.mu.Lock()
	rooms := slices.Collect(maps.Values(m.rooms))
	m.mu.Unlock()
	for _, r := range rooms {
		r.devicesChanged(resp.DeviceLists.Changed)
	}
}

// happened returns the events of a room, parsed, the oldest first, those included that did
// not fit into the response.
func (m *Matrix) happened(ctx context.Context, s *session, roomID id.RoomID, joined *mautrix.SyncJoinedRoom, since string) ([]*event.Event, error) {
	r := m.room(roomID)
	timeline := joined.Timeline.Events
	for _, evt := range slices.Concat(joined.State.Events, timeline) {
		evt.RoomID = roomID
		parse(evt)
		if evt.Type == event.StateTombstone {
			if err := m.noteUpgrade(ctx, evt); err != nil {
				return nil, err
			}
		}
		if evt.StateKey != nil && evt.Content.Parsed != nil {
			if evt.Type == event.StateMember && evt.GetStateKey() == m.user.String() {
				r.forget()
			}
			r.see(evt)
		}
	}
	if since == "" {
		return nil, nil
	}
	if own := slices.IndexFunc(timeline, func(evt *event.Event) bool { return isJoin(evt) && evt.GetStateKey() == m.user.String() }); own >= 0 {
		return timeline[own:], nil // who was there before has not joined now
	}
	if !joined.Timeline.Limited {
		return timeline, nil
	}
	if slices.ContainsFunc(joined.State.Events, func(evt *event.Event) bool { return isJoin(evt) && evt.GetStateKey() == m.user.String() }) {
		return timeline, nil
	}
	missed, err := m.missed(ctx, s, roomID, joined.Timeline.PrevBatch, since)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(joined.State.Events, missed, timeline)
	seen := map[id.EventID]bool{}
	return slices.DeleteFunc(all, func(evt *event.Event) bool {
		again := seen[evt.ID]
		seen[evt.ID] = true
		return again
	}), nil
}

// maxPages bounds how far back a room is read when the bot was away, in pages of 100 events.
const maxPages = 20

// missed returns the events between two positions, the oldest first.
func (m *Matrix) missed(ctx context.Context, s *session, roomID id.RoomID, from, since string) ([]*event.Event, error) {
	var all []*event.Event
	types := []event.Type{event.StateMember}
	for _, name := range SyncEvents {
		types = append(types, event.Type{Type: name})
	}
	for range maxPages {
		page, err := s.client.Messages(ctx, roomID, from, since, mautrix.DirectionBackward, &mautrix.FilterPart{Types: types}, 100)
		if err != nil {
			return nil, fmt.Errorf("read what was missed in %s: %w", roomID, err)
		}
		for _, evt := range page.Chunk {
			evt.RoomID = roomID
			parse(evt)
			all = append(all, evt)
		}
		if page.End == "" || page.End == from || len(page.Chunk) == 0 {
			break
		}
		from = page.End
	}
	slices.Reverse(all)
	return all, nil
}

// parse reads an event's content. What cannot be read has none: anybody may send anything.
func parse(evt *event.Event) {
	evt.Type.Class = event.MessageEventType
	if evt.StateKey != nil {
		evt.Type.Class = event.StateEventType
	}
	if evt.Content.Parsed == nil && evt.Content.ParseRaw(evt.Type) != nil {
		evt.Content.Parsed = nil
	}
}

// isJoin says whether somebody became a member who was none before.
func isJoin(evt *event.Event) bool {
	content, ok := evt.Content.Parsed.(*event.MemberEventContent)
	if !ok || evt.StateKey == nil || content.Membership != event.MembershipJoin {
		return false
	}
	if evt.Unsigned.PrevContent == nil {
		return true
	}
	previous := *evt.Unsigned.PrevContent
	if previous.Parsed == nil && previous.ParseRaw(event.StateMember) != nil {
		return true
	}
	return previous.AsMember().Membership != event.MembershipJoin
}

// tell returns what an event means to the bot, if anything. One that cannot be read, which
// anybody may send, is left out.
func (m *Matrix) tell(ctx context.Context, s *session, evt *event.Event) (told []Event, err error) {
	defer func() {
		if r := recover(); r != nil {
			m.log.Error("an event was not understood", "room_id", evt.RoomID, "event_id", evt.ID, "panic", r, "stack", string(debug.Stack()))
			told, err = nil, nil
		}
	}()
	if evt.Sender == m.user && evt.Type != event.StateMember {
		return nil, nil
	}
	m.noteLag(evt)
	switch evt.Type {
	case event.EventEncrypted:
		return m.decrypt(ctx, s, evt)
	case event.StateMember:
		if !isJoin(evt) || evt.GetStateKey() == m.user.String() {
			return nil, nil
		}
		return []Event{{
			Kind: KindJoin, ID: evt.ID.String(), Room: evt.RoomID.String(), Sender: evt.GetStateKey(), Sent: time.UnixMilli(evt.Timestamp),
		}}, nil
	case event.StateTombstone:
		successor := successorOf(evt)
		if successor == "" {
			return nil, nil
		}
		return []Event{{
			Kind: KindUpgrade, ID: evt.ID.String(), Room: evt.RoomID.String(), Sender: evt.Sender.String(), Target: successor, Sent: time.UnixMilli(evt.Timestamp),
		}}, nil
	}
	return m.meaning(ctx, s, evt), nil
}

// noteLag notes how long an event was on its way, if it comes by the live way.
func (m *Matrix) noteLag(evt *event.Event) {
	lag := max(0, m.now().Sub(time.UnixMilli(evt.Timestamp)))
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status.Lag = lag
}

// meaning returns what an event that is not encrypted, or not any more, means to the bot.
func (m *Matrix) meaning(ctx context.Context, s *session, evt *event.Event) []Event {
	e := Event{ID: evt.ID.String(), Room: evt.RoomID.String(), Sender: evt.Sender.String(), Sent: time.UnixMilli(evt.Timestamp)}
	if strings.HasPrefix(evt.Type.Type, "m.key.verification.") {
		s.device.Verify(ctx, evt)
		return nil
	}
	switch content := evt.Content.Parsed.(type) {
	case *event.MessageEventContent:
		if content.MsgType == event.MsgVerificationRequest {
			s.device.Verify(ctx, evt)
			return nil
		}
		if content.MsgType != event.MsgText || content.RelatesTo.GetReplaceID() != "" {
			return nil // a changed command is not another one
		}
		e.Kind, e.Text = KindMessage, withoutQuotation(content)
		e.ReplyTo = content.RelatesTo.GetNonFallbackReplyTo().String()
		if root := content.RelatesTo.GetThreadParent(); root != "" {
			m.rememberThread(e.ID, root)
		}
	case *event.ReactionEventContent:
		e.Kind, e.Target, e.Key = KindReaction, content.RelatesTo.GetAnnotationID().String(), content.RelatesTo.GetAnnotationKey()
	case *event.RedactionEventContent:
		e.Kind, e.Target = KindRedaction, evt.Redacts.String()
		if content.Redacts != "" {
			e.Target = content.Redacts.String()
		}
	default:
		return nil
	}
	if e.Kind != KindMessage && e.Target == "" {
		return nil
	}
	return []Event{e}
}

// withoutQuotation returns a message's text without the quotation of what it answers, which
// older clients put before it (Matrix 1.12, 11.19.3.1).
func withoutQuotation(content *event.MessageEventContent) string {
	if content.RelatesTo.GetReplyTo() == "" || !strings.HasPrefix(content.Body, "> <") {
		return content.Body
	}
	lines := strings.Split(content.Body, "\n")
	for len(lines) > 0 && strings.HasPrefix(lines[0], ">") {
		lines = lines[1:]
	}
	if len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return strings.Join(lines, "\n")
}
