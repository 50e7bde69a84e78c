//go:build goolm && linux

package e2e_test

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// followed is what the outbox says of one room: which webhook was told by which events.
type followed struct {
	deliveries map[string]delivered // by webhook
	sends      []sent               // in the order in which they were made
}

// delivered is a webhook in the room.
type delivered struct {
	state string // as `lotus-hooks deliveries` says
	first string // the first event that tells it, by the same
	plan  string // the decision that tells it
}

// sent is an event that was made in the room.
type sent struct {
	plan, kind, webhook, event, target, user, msgType string

	own          bool // it shows the webhook's own notification, unchanged
	notification formatters.Notification
	drawn        time.Time
}

// followed follows all webhooks of a room through the outbox.
func (h *house) followed(room id.RoomID) followed {
	h.t.Helper()
	f := followed{deliveries: map[string]delivered{}}
	var list []struct {
		Webhook, Room, State string
		EventID              string `json:"event_id"`
	}
	if err := json.Unmarshal([]byte(h.run("deliveries", "--json", "-n", "100000")), &list); err != nil {
		h.t.Fatal(err)
	}
	db := h.openDatabase()
	defer func() { _ = db.Close() }()
	plans := h.plans(db, room)
	for _, d := range list {
		if d.Room == room.String() {
			f.deliveries[d.Webhook] = delivered{state: d.State, first: d.EventID, plan: plans[d.Webhook]}
		}
	}
	f.sends = h.sends(db, room)
	return f
}

// plans returns the plan of each webhook's delivery in a room.
func (h *house) plans(db *sql.DB, room id.RoomID) map[string]string {
	h.t.Helper()
	rows, err := db.QueryContext(h.t.Context(),
		`SELECT d.webhook, d.plan FROM deliveries d JOIN lanes l ON l.id = d.lane WHERE l.room = $1`, room.String())
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	plans := map[string]string{}
	for rows.Next() {
		var webhook, plan string
		if err := rows.Scan(&webhook, &plan); err != nil {
			h.t.Fatal(err)
		}
		plans[webhook] = plan
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
	return plans
}

// sends returns the events of a room. The ids of plans sort by their time.
func (h *house) sends(db *sql.DB, room id.RoomID) (all []sent) {
	h.t.Helper()
	rows, err := db.QueryContext(h.t.Context(), `SELECT s.plan, s.kind, s.webhook, s.event_id, coalesce(t.event_id, ''), s.user_id, s.msg_type,
		s.notification IS NULL, coalesce(s.notification, w.notification), s.planned
		FROM sends s LEFT JOIN webhooks w ON w.id = s.webhook LEFT JOIN sends t ON t.id = s.target AND s.target <> ''
		WHERE s.room_id = $1 ORDER BY s.plan, s.part`, room.String())
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s sent
		var notification []byte
		var drawn int64
		if err := rows.Scan(&s.plan, &s.kind, &s.webhook, &s.event, &s.target, &s.user, &s.msgType, &s.own, &notification, &drawn); err != nil {
			h.t.Fatal(err)
		}
		if err := json.Unmarshal(notification, &s.notification); err != nil {
			h.t.Fatal(err)
		}
		s.drawn = time.UnixMilli(drawn)
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
	return all
}

// content is what the event should look like.
func (s sent) content(t *testing.T, n formatters.Notification) map[string]any {
	t.Helper()
	o := formatters.RenderOptions{Now: s.drawn, Zone: time.UTC, MsgType: s.msgType}
	message := formatters.Render(n, o)
	switch s.kind {
	case "edit", "retire":
		message = message.Edit(s.target)
	case "reply":
		message = message.Reply(s.target)
	}
	data, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	var content map[string]any
	if err := json.Unmarshal(data, &content); err != nil {
		t.Fatal(err)
	}
	return content
}

// check fails the test unless the room's messages are what the samples became, in the order
// in which they were posted, each by its service's user: an event of its own, or, for a
// matter that lasts, a change of its card and an answer to it. Nothing is told twice, and
// nobody says anything else.
func (f followed) check(t *testing.T, told []sample, messages []message) {
	t.Helper()
	f.checkEvents(t, messages)
	f.checkOrder(t, told)
	for _, s := range told {
		f.checkSample(t, s)
	}
}

// checkEvents compares the events of the outbox with those of the room.
func (f followed) checkEvents(t *testing.T, messages []message) {
	t.Helper()
	if len(messages) != len(f.sends) {
		t.Errorf("the room has %d messages, the outbox %d", len(messages), len(f.sends))
	}
	cards := map[string]string{} // who made them
	for n, s := range f.sends[:min(len(f.sends), len(messages))] {
		m := messages[n]
		if m.id != s.event {
			t.Fatalf("message %d is %s, in the outbox it is %s", n, m.id, s.event)
		}
		if m.sender != s.user {
			t.Errorf("message %d is by %s, want %s", n, m.sender, s.user)
		}
		switch s.kind {
		case "new":
			cards[s.event] = s.user
		case "edit", "retire", "reply":
			if cards[s.target] != s.user {
				t.Errorf("message %d, of kind %s, refers to %q of %q", n, s.kind, s.target, cards[s.target])
			}
		default:
			t.Errorf("message %d is of kind %q", n, s.kind)
		}
		if diff := cmp.Diff(s.content(t, s.notification), m.content); diff != "" {
			t.Errorf("message %d, of kind %s, is not what it should be (-want +got):\n%s", n, s.kind, diff)
		}
	}
}

// checkOrder makes sure that the webhooks had their turn as they were accepted. A timer has
// no webhook: it tells what was held.
func (f followed) checkOrder(t *testing.T, told []sample) {
	t.Helper()
	turn := map[string]int{}
	for n, s := range told {
		turn[s.webhook] = n
	}
	last := -1
	for _, s := range f.sends {
		if s.webhook == "" {
			continue
		}
		n, known := turn[s.webhook]
		if !known {
			t.Fatalf("event %s tells the webhook %s, which was not posted", s.event, s.webhook)
		}
		if n < last {
			t.Errorf("%s was told after %s", told[n].Path(), told[last].Path())
		}
		last = n
	}
	if len(f.deliveries) != len(told) {
		t.Errorf("%d samples became %d deliveries", len(told), len(f.deliveries))
	}
}

// checkSample makes sure that a sample was told, by whom, and what.
func (f followed) checkSample(t *testing.T, s sample) {
	t.Helper()
	d := f.deliveries[s.webhook]
	parts := slices.DeleteFunc(slices.Clone(f.sends), func(e sent) bool { return e.plan != d.plan })
	if d.state != "told" || len(parts) == 0 || parts[0].event != d.first {
		t.Errorf("%s: its delivery is %+v, told by %d events", s.Path(), d, len(parts))
		return
	}
	want := golden(t, s)
	shown := false
	for _, part := range parts {
		if part.user != userOf(s.Service) {
			t.Errorf("%s: told by %s, want %s", s.Path(), part.user, userOf(s.Service))
		}
		if part.webhook == s.webhook && part.own {
			if diff := cmp.Diff(part.content(t, want), part.content(t, part.notification)); diff != "" {
				t.Errorf("%s: not as its golden says (-want +got):\n%s", s.Path(), diff)
			}
		}
		shown = shown || strings.HasSuffix(part.notification.Status, want.Status)
	}
	if parts[0].webhook == s.webhook && !shown {
		t.Errorf("%s: none of its %d events says %q", s.Path(), len(parts), want.Status)
	}
	if parts[0].webhook != s.webhook && parts[0].kind != "edit" && parts[0].kind != "retire" {
		t.Errorf("%s: it waited, and was told by an event of kind %s", s.Path(), parts[0].kind)
	}
}
