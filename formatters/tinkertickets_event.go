package formatters

import (
	"cmp"
	"slices"
	"strings"
)

// What may happen to a ticket. Any other event keeps its sender's name.
const (
	ticketCreated    = "created"
	ticketUpdated    = "updated"
	ticketAssigned   = "assigned"
	ticketUnassigned = "unassigned"
	ticketCommented  = "commented"
	ticketClosed     = "closed"
	ticketReopened   = "reopened"
	ticketDeleted    = "deleted"
	ticketTest       = "test"
)

// ticketEvents are the words for each event, without "ticket" and the like.
var ticketEvents = map[string][]string{
	ticketCreated:    {"created", "create", "new", "opened", "open", "added", "submitted"},
	ticketUpdated:    {"updated", "update", "changed", "edited", "modified", "status changed", "status change", "status updated", "priority changed", "priority updated"},
	ticketAssigned:   {"assigned", "assign", "reassigned", "assignee changed", "assignment changed"},
	ticketUnassigned: {"unassigned", "unassign"},
	ticketCommented:  {"commented", "comment", "comment added", "comment created", "new comment", "note added", "replied", "reply"},
	ticketClosed:     {"closed", "close", "resolved", "resolve", "completed", "done"},
	ticketReopened:   {"reopened", "reopen", "re opened"},
	ticketDeleted:    {"deleted", "delete", "removed"},
	ticketTest:       {"test", "ping", "webhook test", "test webhook"},
}

// ticketWords are the same words, with the event that each stands for.
var ticketWords = func() map[string]string {
	words := map[string]string{}
	for event, names := range ticketEvents {
		for _, name := range names {
			words[name] = event
		}
	}
	return words
}()

var ticketMarks = strings.NewReplacer(":", " ", "/", " ")

// ticketEventOf returns the event that a sender's word stands for: "ticket.created",
// "TICKET_CREATED" and "TicketCreated" are one. It is "" for a word that is new to us.
func ticketEventOf(word string) string {
	words := strings.Fields(camelWords(ticketMarks.Replace(word)))
	words = slices.DeleteFunc(words, func(s string) bool {
		return s == "ticket" || s == "tickets" || s == "issue" || s == "event"
	})
	return ticketWords[strings.Join(words, " ")]
}

// isTicketOver reports whether a status is a closed ticket's.
func isTicketOver(status string) bool {
	switch strings.ToLower(status) {
	case "closed", "resolved", "done", "completed", "complete", "fixed", "cancelled", "canceled", "rejected", "wontfix", "won't fix":
		return true
	}
	return false
}

// readEvent finds out what happened: by what the sender calls it, or else by what else there
// is. An update of the status or of the assignee alone is the event that it amounts to.
func (t *ticket) readEvent() {
	isEvent := func(s string) bool { return ticketEventOf(s) != "" }
	word := cmp.Or(t.shared("event", "eventtype", "eventname"), t.sharedIf(isEvent, "action", "type", "trigger"), t.shared("action"))
	switch {
	case word != "":
		t.event = cmp.Or(ticketEventOf(word), word)
	case len(t.changes) > 0:
		t.event = ticketUpdated
	case t.comment != "":
		t.event = ticketCommented
	case isTicketOver(t.status):
		t.event = ticketClosed
	default:
		t.event = ticketCreated
	}
	if t.event != ticketUpdated {
		return
	}
	status, assignee := t.change("status"), t.change("assignee")
	switch {
	case len(t.changes) == 0 && isTicketOver(t.status):
		t.event = ticketClosed
	case status != nil && isTicketOver(status.to):
		t.event = ticketClosed
	case status != nil && isTicketOver(status.from):
		t.event = ticketReopened
	case assignee != nil && len(t.changes) == 1 && assignee.to != "":
		t.event, t.assignee = ticketAssigned, assignee.to
	case assignee != nil && len(t.changes) == 1:
		t.event = ticketUnassigned
	}
}

// ticketChange is a changed value of a ticket. Either side may be unknown, or empty.
type ticketChange struct{ field, from, to string }

func (t *ticket) change(field string) *ticketChange {
	for i := range t.changes {
		if t.changes[i].field == field {
			return &t.changes[i]
		}
	}
	return nil
}

func (c ticketChange) fact() Fact {
	f := Fact{Name: label(c.field), Value: c.to}
	switch {
	case c.from != "" && c.to != "":
		f.Value = c.from + " → " + c.to
	case c.from != "":
		f.Value = "no longer " + c.from
	}
	return f
}

// readChanges reads changes in any of their shapes: {"status": {"from", "to"}},
// {"status": ["Open", "Closed"]}, {"status": "Closed"}, and a list of {"field", "old", "new"}.
func readChanges(n *node) (changes []ticketChange) {
	if n == nil {
		return nil
	}
	for _, f := range n.fields {
		changes = append(changes, changeOf(f.name, f.value))
	}
	for _, item := range n.items {
		if item.kind == '{' {
			changes = append(changes, changeOf(item.take("field", "name", "key", "attribute", "property"), item))
		} else {
			changes = append(changes, ticketChange{to: item.text})
		}
	}
	if n.isScalar() {
		changes = append(changes, ticketChange{to: n.text})
	}
	return slices.DeleteFunc(changes, func(c ticketChange) bool { return c.from == c.to })
}

func changeOf(name string, n *node) ticketChange {
	c := ticketChange{field: changedField(name)}
	switch {
	case n.kind == '[' && len(n.items) == 2:
		c.from, c.to = n.items[0].person(), n.items[1].person()
	case n.kind == '{' && n.peek(append(slices.Clone(beforeKeys), afterKeys...)...) != nil:
		c.from, c.to = n.peek(beforeKeys...).person(), n.peek(afterKeys...).person()
	default:
		c.to = n.person()
	}
	if c.field == "priority" {
		c.from, c.to = priorityNumber(c.from), priorityNumber(c.to)
	}
	return c
}

var (
	beforeKeys = []string{"from", "old", "before", "previous", "oldvalue"}
	afterKeys  = []string{"to", "new", "after", "current", "newvalue"}
)

// changedField names a changed value as the facts do.
func changedField(name string) string {
	switch words := camelWords(name); words {
	case "assigned to", "assignee", "assignee id", "owner":
		return "assignee"
	case "state":
		return "status"
	case "hostname":
		return "host"
	default:
		return words
	}
}
