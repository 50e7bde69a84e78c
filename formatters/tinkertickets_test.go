package formatters_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

func FuzzTinkerTickets(f *testing.F) { fuzzPosted(f, "tinker-tickets") }

// ticketBody is an event about a ticket, with more members of the ticket and beside it.
func ticketBody(event, own, beside string) string {
	return fmt.Sprintf(`{"event":%q,"ticket":{"ticket_id":"0042","title":"Disk full"%s}%s}`, event, own, beside)
}

func TestTinkerTicketsFirstLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		severity   formatters.Severity
		loud       bool
		want       string
		state      formatters.IncidentState
	}{
		{"Created", ticketBody("ticket.created", "", ""), formatters.Info, true, "created|new|#0042|Disk full", formatters.Open},
		{"CreatedHigh", ticketBody("ticket_created", `,"priority":2`, ""), formatters.Warning, true, "created|new|#0042|Disk full", formatters.Open},
		{"CreatedUrgent", ticketBody("TicketCreated", `,"priority":"P1"`, ""), formatters.Error, true, "created|new|#0042|Disk full", formatters.Open},
		{"CreatedCritical", ticketBody("NEW TICKET", `,"priority":"Critical"`, ""), formatters.Error, true, "created|new|#0042|Disk full", formatters.Open},
		{"Assigned", ticketBody("ticket.assigned", `,"assigned_to":"jared"`, ""), formatters.Info, false, "assigned|assigned|#0042|to jared: Disk full", formatters.Open},
		{"AssignedToPerson", ticketBody("assigned", `,"assignee":{"id":2,"username":"jared","display_name":"Jared"}`, ""), formatters.Info, false, "assigned|assigned|#0042|to Jared: Disk full", formatters.Open},
		{"AssignedToNobody", ticketBody("assigned", `,"assigned_to":null`, ""), formatters.Info, false, "assigned|assigned|#0042|Disk full", formatters.Open},
		{"AssignedByChange", ticketBody("updated", "", `,"changes":{"assigned_to":{"from":null,"to":"kim"}}`), formatters.Info, false, "assigned|assigned|#0042|to kim: Disk full", formatters.Open},
		{"UnassignedByChange", ticketBody("updated", "", `,"changes":{"assigned_to":["kim",null]}`), formatters.Info, false, "unassigned|unassigned|#0042|Disk full", formatters.Open},
		{"Updated", ticketBody("ticket.updated", `,"status":"Open"`, ""), formatters.Info, false, "updated|updated|#0042|Disk full", formatters.Open},
		{"UpdatedStatus", ticketBody("ticket.updated", "", `,"changes":{"status":{"old":"Open","new":"In Progress"}}`), formatters.Info, false, "updated|in progress|#0042|Disk full", formatters.Open},
		{"UpdatedPriority", ticketBody("ticket.updated", `,"priority":1`, `,"changes":{"priority":[3,1]}`), formatters.Error, false, "updated|updated|#0042|Disk full", formatters.Open},
		{"Commented", ticketBody("ticket.commented", "", `,"comment":{"text":"Emptied it.\nReally.","author":"kim"}`), formatters.Info, false, "commented|comment|#0042|Disk full – kim: Emptied it.", formatters.Standalone},
		{"CommentedOnClosed", ticketBody("commented", `,"status":"Closed"`, `,"comment":"Thanks","user":"ana"`), formatters.Info, false, "commented|comment|#0042|Disk full – ana: Thanks", formatters.Standalone},
		{"Closed", ticketBody("ticket.closed", `,"status":"Resolved"`, ""), formatters.Success, false, "closed|resolved|#0042|Disk full", formatters.Resolved},
		{"ClosedStatusBehind", ticketBody("ticket.closed", `,"status":"Open"`, ""), formatters.Success, false, "closed|closed|#0042|Disk full", formatters.Resolved},
		{"ClosedByChange", ticketBody("ticket.updated", "", `,"changes":[{"field":"state","old":"Open","new":"Closed"}]`), formatters.Success, false, "closed|closed|#0042|Disk full", formatters.Resolved},
		{"Reopened", ticketBody("ticket.reopened", `,"status":"Closed"`, ""), formatters.Info, true, "reopened|reopened|#0042|Disk full", formatters.Open},
		{"ReopenedByChange", ticketBody("status_changed", "", `,"old_status":"Closed","new_status":"Open"`), formatters.Info, true, "reopened|reopened|#0042|Disk full", formatters.Open},
		{"Deleted", ticketBody("ticket.deleted", "", ""), formatters.Info, false, "deleted|deleted|#0042|Disk full", formatters.Resolved},
		{"EventOfTomorrow", ticketBody("ticket.escalated", "", ""), formatters.Info, false, "ticket.escalated|ticket escalated|#0042|Disk full", formatters.Standalone},
		{"AttachmentRemovedIsNoDeletion", ticketBody("attachment_removed", "", ""), formatters.Info, false, "attachment_removed|attachment removed|#0042|Disk full", formatters.Standalone},
		{"Test", `{"event":"webhook.test"}`, formatters.Muted, false, "test|test|Tinker Tickets|is connected", formatters.Standalone},
		{"GuessChanges", ticketBody("", "", `,"changes":{"title":["a","b"]}`), formatters.Info, false, "updated|updated|#0042|Disk full", formatters.Open},
		{"GuessComment", ticketBody("", "", `,"comment":"Hm"`), formatters.Info, false, "commented|comment|#0042|Disk full – Hm", formatters.Standalone},
		{"GuessClosed", ticketBody("", `,"status":"closed"`, ""), formatters.Success, false, "closed|closed|#0042|Disk full", formatters.Resolved},
		{"GuessCreated", `{"ticketId":42,"Subject":"Disk full"}`, formatters.Info, true, "created|new|#42|Disk full", formatters.Open},
		{"TypeIsTheTickets", `{"ticket_number":"7","title":"x","type":"Issue"}`, formatters.Info, true, "created|new|#7|x", formatters.Open},
		{"TypeIsTheEvent", `{"type":"ticket.closed","data":{"ticket":{"number":7,"summary":"x"}}}`, formatters.Success, false, "closed|closed|#7|x", formatters.Resolved},
		{"ActionIsTheEvent", `{"action":"closed","ticket":{"id":7,"title":"x"}}`, formatters.Success, false, "closed|closed|#7|x", formatters.Resolved},
		{"TicketAsText", `{"event":"closed","ticket":"{\"ticket_id\":\"7\",\"title\":\"x\"}"}`, formatters.Success, false, "closed|closed|#7|x", formatters.Resolved},
		{"WithoutNumber", `{"event":"created","ticket":{"title":"Disk full"}}`, formatters.Info, true, "created|new|Disk full|", formatters.Standalone},
		{"NumberWithMark", `{"ticket_id":"#7","title":"x"}`, formatters.Info, true, "created|new|#7|x", formatters.Open},
		{"TagsOnly", `{"ticket_id":"7","title":"[pve2][auto]"}`, formatters.Info, true, "created|new|#7|[pve2][auto]", formatters.Open},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldBy(t, "tinker-tickets", tt.body)
			if n.Severity != tt.severity || n.Loud != tt.loud {
				t.Errorf("severity %v, loud %t, want %v, %t", n.Severity, n.Loud, tt.severity, tt.loud)
			}
			if got := head(n); got != tt.want {
				t.Errorf("first line\n got %s\nwant %s", got, tt.want)
			}
			want := formatters.Incident{}
			if tt.state != formatters.Standalone {
				want = formatters.Incident{Key: "ticket:" + strings.TrimPrefix(n.Subject, "#"), State: tt.state}
			}
			if n.Incident != want {
				t.Errorf("incident %+v, want %+v", n.Incident, want)
			}
		})
	}
}

func TestTinkerTicketsFacts(t *testing.T) {
	t.Parallel()
	const auto = `{"ticket_id":"7","title":"[pve2][auto][hardware] Disk","category":"Hardware"%s}`
	tests := []struct{ name, body, want string }{
		{"HostInTitle", fmt.Sprintf(auto, ""), "Hardware · Host pve2 · Tags auto"},
		{"HostIsSaid", fmt.Sprintf(auto, `,"hostname":"pve1"`), "Hardware · Host pve1 · Tags pve2, auto"},
		{"FirstTagIsNoHost", `{"ticket_id":"7","title":"[Hardware] Disk","category":"hardware"}`, "hardware"},
		{"Priority", `{"ticket_id":"7","title":"x","priority":"p3"}`, "Priority 3"},
		{"PriorityInWords", `{"ticket_id":"7","title":"x","priority":"Pressing"}`, "Priority Pressing"},
		{"By", `{"ticket_id":"7","title":"x","created_by":{"name":"Ana"}}`, "By Ana"},
		{"Change", ticketBody("updated", `,"priority":1`, `,"changes":{"priority":{"from":"P4","to":"P1"},"title":{"from":"a","to":"b"}},"actor":"kim"`), "Priority 4 → 1 · Title a → b · By kim"},
		{"ChangeToOnly", ticketBody("updated", "", `,"changes":{"due_date":"tomorrow"}`), "Due date tomorrow"},
		{"ChangeGone", ticketBody("updated", "", `,"changes":{"category":{"before":"Network","after":null}}`), "Category no longer Network"},
		{"ChangeInWords", ticketBody("updated", "", `,"changes":["moved to the attic"]`), "moved to the attic"},
		{"ChangeOfNothing", ticketBody("updated", "", `,"changes":{"status":["Open","Open"]}`), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := factWords(toldBy(t, "tinker-tickets", tt.body)); got != tt.want {
				t.Errorf("facts\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestTinkerTicketsDetails(t *testing.T) {
	t.Parallel()
	const own = `,"description":"Drive: /dev/sdb","created_at":"2026-11-22 10:00:00","location":{"rack":"B"}`
	for event, want := range map[string]string{
		"created":   "Drive: /dev/sdb\n\nticket:\n  location:\n    rack: B",
		"assigned":  "Drive: /dev/sdb\n\nticket:\n  location:\n    rack: B",
		"commented": "ticket:\n  location:\n    rack: B", // stands beside the ticket
	} {
		if got := toldBy(t, "tinker-tickets", ticketBody(event, own, "")).Details; got != want {
			t.Errorf("%s: details %q, want %q", event, got, want)
		}
	}
}

func TestTinkerTicketsURL(t *testing.T) {
	t.Parallel()
	for own, want := range map[string]string{
		`,"url":"https://t.example/7"`:                     "https://t.example/7",
		`,"html_url":"https://t.example/7","url":"/api/7"`: "https://t.example/7",
		`,"ticketUrl":"https://t.example/7"`:               "https://t.example/7",
		`,"link":"javascript:alert(1)"`:                    "",
	} {
		if got := toldBy(t, "tinker-tickets", ticketBody("created", own, "")).URL; got != want {
			t.Errorf("%s: address %q, want %q", own, got, want)
		}
	}
}

func TestTinkerTicketsTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for own, want := range map[string]time.Time{
		`,"updated_at":"2026-11-22T11:00:00+01:00"`: want,
		`,"timestamp":1795341600`:                   want,
		`,"created_at":"2026-11-22 10:00:00"`:       {}, // in which zone, nobody knows
	} {
		if got := toldBy(t, "tinker-tickets", ticketBody("created", own, "")).Time; !got.Equal(want) {
			t.Errorf("%s: time %v, want %v", own, got, want)
		}
	}
}

func TestTinkerTicketsLabels(t *testing.T) {
	t.Parallel()
	n := toldBy(t, "tinker-tickets", ticketBody("created", `,"priority":"P2","status":"In Progress","type":"Problem","hostname":"pve2","assigned_to":"kim","created_by":"ana"`, ""))
	if diff := cmp.Diff(map[string]string{
		"event_type": "created", "priority": "2", "ticket_status": "in progress", "type": "Problem", "host": "pve2", "assignee": "kim", "creator": "ana",
	}, n.Labels); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTinkerTicketsRefuses holds what the generic formatter tells better.
func TestTinkerTicketsRefuses(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"content":"New ticket","username":"Tinker"}`, `{"text":"New ticket","html":"<b>New</b>"}`,
		`{"title":"Backup done","message":"ok"}`, `{"id":7,"message":"x"}`, `[{"ticket_id":7}]`, `ticket 7`, ``,
	} {
		if f := posted(t, "tinker-tickets", body); !f.Fallback {
			t.Errorf("%s is told as %s", body, head(f.Notification))
		}
	}
}
