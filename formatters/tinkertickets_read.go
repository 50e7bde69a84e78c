package formatters

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
)

// errNoTicket says that a document is about no ticket, such as a message for Discord.
var errNoTicket = errors.New("the document has no ticket")

// ticket is a webhook, taken apart.
type ticket struct {
	root  *node
	nodes []*node // where values are looked for: the ticket, what wraps it, the root

	id          string   // "482913057", perhaps with zeros in front
	title       string   // without its tags
	tags        []string // "[pve2][auto] Disk full" has two; without those that are told anyway
	status      string   // "In Progress"
	priority    string   // "2" of 2 and "P2"; "High"
	category    string
	kind        string // "Issue", "Problem"
	creator     string
	assignee    string
	host        string
	description string
	url         string
	time        time.Time

	event   string // one of ticketEvents, or in the sender's word
	changes []ticketChange
	comment string
	actor   string // who did it
}

// readTicket finds the ticket of a webhook and what happened to it.
func readTicket(p Payload) (*ticket, error) {
	root, err := jsonTree(p)
	if err != nil {
		return nil, err
	}
	if root.kind != '{' {
		return nil, errNoTicket
	}
	root.loosenKeys()
	t := &ticket{root: root, nodes: []*node{root}}
	inside := root
	if wrapper := cmp.Or(root.object("data"), root.object("payload")); wrapper != nil {
		inside = wrapper
		t.nodes = slices.Insert(t.nodes, 0, wrapper)
	}
	own := cmp.Or(root.object("ticket"), inside.object("ticket"), root.object("issue"), inside.object("issue"))
	if own != nil {
		t.nodes = slices.Insert(t.nodes, 0, own)
	}
	sure := t.shared("ticketid", "ticketnumber", "ticketno", "ticket")
	t.id = strings.TrimPrefix(cmp.Or(sure, t.nodes[0].take("number", "id")), "#")
	t.title = cmp.Or(t.nodes[0].take("title", "subject", "summary"), t.shared("title", "subject"))
	t.readChanges()
	t.readComment()
	t.readValues()
	t.readEvent()
	if t.event != ticketTest && sure == "" && (t.id == "" && (own == nil || t.title == "") || t.id != "" && t.title == "") {
		return nil, errNoTicket
	}
	t.readTags()
	for _, n := range t.nodes {
		n.drop("id", "number", "ticketid", "ticketnumber", "timestamp", "createdat", "updatedat", "closedat", "description", "ticketurl")
	}
	return t, nil
}

// shared returns a value of the ticket, or of what stands around it.
func (t *ticket) shared(names ...string) string {
	return t.sharedIf(func(string) bool { return true }, names...)
}

func (t *ticket) sharedIf(fits func(string) bool, names ...string) string {
	for _, n := range t.nodes {
		if s := n.takeIf(fits, names...); s != "" {
			return s
		}
	}
	return ""
}

// sharedPerson is shared for people, who may be objects.
func (t *ticket) sharedPerson(names ...string) string {
	for _, n := range t.nodes {
		if s := n.takePerson(names...); s != "" {
			return s
		}
	}
	return ""
}

func (t *ticket) readValues() {
	own := t.nodes[0]
	t.status = own.take("status", "state")
	t.priority = priorityNumber(own.take("priority"))
	t.category = own.take("category")
	t.kind = own.takeIf(func(s string) bool { return ticketEventOf(s) == "" }, "type", "tickettype")
	t.assignee = own.takePerson("assignedto", "assignee", "assigned")
	t.creator = own.takePerson("createdby", "author", "reporter", "creator", "user", "submittedby")
	t.actor = cmp.Or(t.actor, t.sharedPerson("actor", "updatedby", "changedby", "performedby", "closedby", "user", "sender"))
	t.host = t.shared("hostname", "host", "source")
	t.description = own.takeText("description", "details", "body", "content")
	for _, n := range t.nodes {
		t.url = cmp.Or(t.url, n.takeURL("url", "link", "htmlurl", "ticketurl", "weburl"))
	}
	for _, name := range []string{"timestamp", "time", "occurredat", "updatedat", "createdat"} {
		if t.time = parseTime(t.shared(name)); !t.time.IsZero() { // one without a zone says too little
			break
		}
	}
}

func (t *ticket) readChanges() {
	for _, n := range t.nodes {
		if changes := n.peek("changes", "changed", "diff"); !changes.isEmpty() {
			t.changes = readChanges(changes)
			n.drop("changes", "changed", "diff")
			return
		}
	}
	from, to := t.shared("oldstatus", "previousstatus"), t.shared("newstatus")
	if from+to != "" {
		t.changes = []ticketChange{{field: "status", from: from, to: cmp.Or(to, cmp.Or(t.nodes[0].peek("status"), &node{}).text)}}
	}
}

func (t *ticket) readComment() {
	for _, n := range t.nodes {
		if c := n.object("comment"); c != nil {
			t.comment = c.takeText("text", "body", "content", "comment", "commenttext", "message", "markdown")
			t.actor = c.takePerson("author", "user", "username", "createdby", "by", "name")
			n.drop("comment")
			return
		}
	}
	t.comment = t.shared("comment", "commenttext", "note")
}

// titleTag is a word in brackets at the beginning of a title.
var titleTag = regexp.MustCompile(`^\s*\[([^\[\]]{1,40})\]`)

// readTags takes the tags off the title. The first one is the host where nothing else says so.
func (t *ticket) readTags() {
	title := t.title
	for {
		m := titleTag.FindStringSubmatch(title)
		if m == nil {
			break
		}
		title = title[len(m[0]):]
		t.tags = append(t.tags, strings.TrimSpace(m[1]))
	}
	if title = strings.TrimSpace(title); title == "" {
		t.tags = nil
		return
	}
	t.title = title
	told := func(tag string) bool {
		return strings.EqualFold(tag, t.category) || strings.EqualFold(tag, t.kind) || strings.EqualFold(tag, t.host)
	}
	if t.host == "" && len(t.tags) > 0 && !told(t.tags[0]) {
		t.host = t.tags[0]
	}
	t.tags = slices.DeleteFunc(t.tags, told)
}

// priorityNumber returns "2" for "P2".
func priorityNumber(s string) string {
	if number := strings.TrimLeft(s, "Pp"); number != "" && strings.Trim(number, "0123456789") == "" {
		return number
	}
	return s
}
