package formatters

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Tinker Tickets is a ticket system of Lotus Guild's own, and no document describes its
// webhooks. So this reads what ticket systems agree on: a ticket, at the root or in a member
// of its own, perhaps with an event, changes, a comment, and who did it. Names match however
// they are put together, and each value goes by several names.
//
// A ticket is an incident, known by its number, from when it is created until it is closed.
// A comment stands by itself, as does what is new to us: each is to be read, and neither is
// the state of the ticket.

func init() {
	register(Service{
		Name: "tinker-tickets", Title: tinkerTitle, Formatter: FormatterFunc(formatTinkerTickets),
		OnUpdate: []string{"edit", "reply"}, // a ticket is a conversation
	})
}

const tinkerTitle = "Tinker Tickets"

// formatTinkerTickets tells what happened to a ticket.
func formatTinkerTickets(p Payload) (Notification, error) {
	t, err := readTicket(p)
	if err != nil {
		return Notification{}, fmt.Errorf("read ticket: %w", err)
	}
	if t.event == ticketTest {
		return Notification{Event: ticketTest, Severity: Muted, Status: "test", Subject: tinkerTitle, Summary: "is connected"}, nil
	}
	n := Notification{Subject: "#" + t.id, URL: t.url, Summary: t.title, Labels: t.labels(), Time: t.time}
	if t.id == "" {
		n.Subject, n.Summary = t.title, ""
	}
	t.tell(&n)
	n.Facts = t.facts()
	n.Details = strings.TrimSpace(stacked(n.Details, t.root.outline()))
	n.Incident = t.incident()
	return n, nil
}

func (t *ticket) incident() Incident {
	state := Open
	switch _, known := ticketEvents[t.event]; {
	case t.id == "", !known, t.event == ticketCommented:
		return Incident{}
	case t.event == ticketClosed, t.event == ticketDeleted, t.event != ticketReopened && isTicketOver(t.status):
		state = Resolved
	}
	return Incident{Key: "ticket:" + t.id, State: state}
}

// tell says what happened. The description stays with the ticket, whatever changes of it.
func (t *ticket) tell(n *Notification) {
	n.Details = t.description
	switch t.event {
	case ticketCreated, ticketReopened:
		n.setEvent(t.event, t.event, t.severity())
		if t.event == ticketCreated {
			n.Status = "new"
		}
		n.Loud = true
	case ticketClosed:
		n.setEvent(t.event, t.event, Success)
		if isTicketOver(t.status) {
			n.Status = cmp.Or(statusWords(t.status), n.Status)
		}
	case ticketAssigned:
		n.setEvent(t.event, t.event, Info)
		if t.assignee != "" {
			n.Summary = joinWords(": ", "to "+t.assignee, n.Summary)
			t.assignee = ""
		}
	case ticketCommented:
		n.setEvent(t.event, "comment", Info)
		line, html, details := splitPlain(t.comment, true)
		n.Summary = joinWords(" – ", n.Summary, joinWords(": ", t.actor, line))
		n.HTML, n.Details = html, details
		t.actor = ""
	case ticketUpdated:
		n.setEvent(t.event, t.event, Info)
		if c := t.change("status"); c != nil {
			n.Status = cmp.Or(statusWords(c.to), n.Status)
		}
		if t.change("priority") != nil {
			n.Severity = t.severity()
		}
	case ticketUnassigned, ticketDeleted:
		n.setEvent(t.event, t.event, Info)
	default: // an event that is new to us keeps its own name
		n.setEvent(t.event, cmp.Or(camelWords(t.event), t.event), Info)
		n.Details = joinWords("\n\n", t.comment, t.description)
	}
}

// severity is a new ticket's: the two highest priorities want somebody soon.
func (t *ticket) severity() Severity {
	switch strings.ToLower(t.priority) {
	case "1", "critical", "urgent", "emergency", "highest", "blocker":
		return Error
	case "2", "high", "major", "important":
		return Warning
	}
	return Info
}

func (t *ticket) labels() map[string]string {
	n := Notification{Labels: map[string]string{}}
	n.addLabel("priority", t.priority)
	n.addLabel("category", t.category)
	n.addLabel("type", t.kind)
	n.addLabel("host", t.host)
	n.addLabel("assignee", t.assignee)
	n.addLabel("creator", t.creator)
	n.addLabel("ticket_status", strings.ToLower(t.status))
	n.addLabel("tags", strings.Join(t.tags, ", "))
	return n.Labels
}

// facts are what changed, and then what the ticket is.
func (t *ticket) facts() []Fact {
	facts := make([]Fact, 0, len(t.changes)+7)
	add := func(field string, f Fact) {
		if t.change(field) == nil {
			facts = append(facts, f)
		}
	}
	for _, c := range t.changes {
		facts = append(facts, c.fact())
	}
	if t.event == ticketUpdated && len(t.changes) == 0 { // nobody says what is new
		add("status", Fact{Name: "Status", Value: t.status})
	}
	add("priority", Fact{Name: "Priority", Value: t.priority})
	add("category", Fact{Value: t.category})
	add("type", Fact{Value: t.kind})
	add("host", Fact{Name: "Host", Value: t.host})
	add("assignee", Fact{Name: "Assignee", Value: t.assignee})
	add("tags", Fact{Name: "Tags", Value: strings.Join(t.tags, ", ")})
	if t.event == ticketCreated {
		add("creator", Fact{Name: "By", Value: cmp.Or(t.actor, t.creator)})
	} else {
		add("actor", Fact{Name: "By", Value: t.actor})
	}
	return slices.DeleteFunc(knownFacts(facts...), func(f Fact) bool {
		return t.event == ticketAssigned && f.Name == "Assignee" // is in the first line
	})
}
