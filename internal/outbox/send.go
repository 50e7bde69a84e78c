package outbox

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// send is one event to be made, as it is planned.
type send struct {
	id              string
	plan            string
	part            int
	hook            string
	webhook         string    // "" when a timer made the plan
	received        time.Time // of the webhook; the zero time without one
	kind            incident.Kind
	target          string // the send whose event is edited or replied to
	event           Event
	attempts        int
	unansweredSince time.Time
	err             string // of the last failed attempt
	alone           bool   // nothing else was planned with it
}

const selectSend = `SELECT s.id, s.plan, s.part, s.webhook, coalesce(w.hook, i.hook, ''), coalesce(w.received, 0), s.kind, s.target,
	coalesce(s.notification, w.notification), s.msg_type, s.mentions, s.room_id, s.user_id, s.device_id, s.encrypted,
	s.planned, s.attempts, s.unanswered_since, s.error
	FROM sends s LEFT JOIN webhooks w ON w.id = s.webhook LEFT JOIN incidents i ON i.id = s.incident `

// nextSend returns the first send of a lane that is planned and not made, or nil.
func nextSend(tx *store.Tx, lane int64) (*send, error) {
	var (
		s                             send
		received, planned, unanswered int64
		notification                  []byte
		mentions                      string
		encrypted                     int
	)
	err := tx.QueryRow(selectSend+`WHERE s.lane = $1 AND s.state = 'planned' ORDER BY s.plan, s.part LIMIT 1`, lane).Scan(
		&s.id, &s.plan, &s.part, &s.webhook, &s.hook, &received, &s.kind, &s.target,
		&notification, &s.event.MsgType, &mentions, &s.event.RoomID, &s.event.UserID, &s.event.DeviceID, &encrypted,
		&planned, &s.attempts, &unanswered, &s.err)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load send: %w", err)
	}
	if err := decode(notification, &s.event.Notification); err != nil {
		return nil, fmt.Errorf("load send %s: %w", s.id, err)
	}
	if s.event.Mentions, err = decodeList(mentions); err != nil {
		return nil, fmt.Errorf("load send %s: %w", s.id, err)
	}
	s.received, s.unansweredSince = fromMillis(received), fromMillis(unanswered)
	s.event.Drawn, s.event.Encrypted, s.event.TransactionID = fromMillis(planned), encrypted != 0, s.id
	return &s, s.aim(tx)
}

// insert stores a planned send. custom is its notification where that is not the webhook's.
func (s *send) insert(tx *store.Tx, lane, incident int64, custom []byte) error {
	mentions, err := encodeList(s.event.Mentions)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO sends (id, plan, part, lane, incident, webhook, kind, target, notification, msg_type, mentions,
		room_id, user_id, device_id, encrypted, planned, state)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'planned')`,
		s.id, s.plan, s.part, lane, incident, s.webhook, string(s.kind), s.target, custom, s.event.MsgType, mentions,
		s.event.RoomID, s.event.UserID, s.event.DeviceID, flag(s.event.Encrypted), millis(s.event.Drawn))
	if err != nil {
		return fmt.Errorf("insert send: %w", err)
	}
	return nil
}

// aim sets the event that an edit or a reply goes to. Where that event was never made, the
// part is told by an event of its own.
func (s *send) aim(tx *store.Tx) error {
	if s.kind == incident.New {
		return nil
	}
	s.event.Dependent = s.kind == incident.Retire || s.kind == incident.React
	var event string
	err := tx.QueryRow(`SELECT event_id FROM sends WHERE id = $1`, s.target).Scan(&event)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("load target of send: %w", err)
	}
	switch s.kind {
	case incident.Edit, incident.Retire:
		s.event.Replaces = event
	case incident.Reply:
		s.event.RepliesTo = event
	case incident.Thread:
		s.event.Threads = event
	case incident.React:
		s.event.ReactsTo = event
	case incident.New:
	}
	return nil
}
