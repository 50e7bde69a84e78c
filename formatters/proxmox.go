package formatters

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Proxmox VE (8.1 and later) and Proxmox Backup Server (3.2 and later) notify through
// targets. A webhook target's body is written by the operator, so its shape is a guess; what
// can be relied on are the texts that the templates of Proxmox make (proxmox-notify 1.0,
// pve-manager and pve-ha-manager 9, proxmox-backup 3 and 4): a title, and a message laid out
// for a terminal. readProxmox makes a proxmoxReport of any body, and the functions named
// after the events read the texts.
//
// Proxmox sends each notification once and never repeats it.

func init() {
	register(Service{
		Name:      "proxmox",
		Title:     "Proxmox",
		Formatter: FormatterFunc(formatProxmox),
		Headers:   []string{"Title", "X-Title"}, // bodies that were written for ntfy
		Query:     []string{"title", "message", "severity", "timestamp", "type", "hostname", "job-id", "datastore"},
	})
}

var errNotProxmox = errors.New("the payload has neither title nor message")

// proxmoxReport is one notification, whatever its body looked like. Anything may be "".
type proxmoxReport struct {
	Title     string // one line
	TitleType string // the type that it tells, if it is one of Proxmox' own
	Message   string // plain text as it was laid out; may be larger than 1 MiB
	Severity  string // "info", "notice", "warning", "error" or "unknown"
	Type      string // "vzdump"
	Host      string // the node, mostly without its domain
	Job       string // absent from what somebody started by hand
	Datastore string
	Pool      string // of tapes
	Time      time.Time
	Rest      *node // the body, where it has members; told ones are marked
}

// proxmoxEvents tell the types of notification. "verification" is what the documentation of
// Backup Server says, "verify" what it sends.
var proxmoxEvents = map[string]func(*proxmoxReport) Notification{
	"vzdump":          (*proxmoxReport).vzdump,
	"replication":     (*proxmoxReport).replication,
	"fencing":         (*proxmoxReport).fencing,
	"package-updates": (*proxmoxReport).updates,
	"system-mail":     (*proxmoxReport).mail,
	"test":            (*proxmoxReport).test,
	"gc":              (*proxmoxReport).collected,
	"prune":           (*proxmoxReport).pruned,
	"sync":            (*proxmoxReport).synced,
	"verify":          (*proxmoxReport).verified,
	"verification":    (*proxmoxReport).verified,
	"tape-backup":     (*proxmoxReport).taped,
	"tape-load":       (*proxmoxReport).tapeWanted,
	"acme":            (*proxmoxReport).certificate,
}

// formatProxmox tells a notification of Proxmox. It refuses only documents without any text.
func formatProxmox(p Payload) (Notification, error) {
	r, ok := readProxmox(p)
	if !ok {
		return Notification{}, errNotProxmox
	}
	rest := r.leftOver()
	if r.isEmpty() && rest == "" {
		return proxmoxEmptyRequest(p), nil
	}
	r.recognise()
	tell, known := proxmoxEvents[strings.ToLower(r.Type)]
	if !known {
		tell = (*proxmoxReport).other
	}
	n := tell(&r)
	if known && n.Event != "system-mail" && n.Event != "test" {
		n.keepTitle(r)
	}
	n.Time = r.Time
	if n.Incident.State == Open && n.Event != "replication" && n.Event != "fencing" {
		n.setRun(cmp.Or(r.Time, p.Received))
	}
	n.Labels = r.labels(n.Event)
	n.Details = strings.Trim(stacked(n.Details, rest), "\n")
	return n, nil
}

// setRun makes each run of a job that fails an occurrence of its own, so that the second
// night without a backup is told as the first one was: as an entry without words that begins
// with the run, and with entries that are of this run alone. Replication and fencing are not
// runs, but one lasting matter.
func (n *Notification) setRun(began time.Time) {
	for i := range n.Items {
		n.Items[i].Key += "@" + strconv.FormatInt(began.Unix(), 10)
	}
	n.Items = append([]Item{{Key: "run", Severity: n.Severity, Since: began}}, n.Items...)
}

// keepTitle tells a title that is not of Proxmox' own templates.
func (n *Notification) keepTitle(r proxmoxReport) {
	switch {
	case r.Title == "" || r.TitleType != "" || strings.Contains(n.Summary, r.Title):
	case strings.Trim(n.Summary, ": ") == "":
		n.Summary = ": " + r.Title
	default:
		n.Facts = append([]Fact{{Value: r.Title}}, n.Facts...)
	}
}

func (r *proxmoxReport) isEmpty() bool {
	return r.Title == "" && strings.TrimSpace(r.Message) == "" && r.Severity == "" && r.Type == ""
}

// notification begins the notification of an event.
func (r *proxmoxReport) notification(event, status string, severity Severity) Notification {
	return Notification{Event: event, Status: status, Severity: severity, Subject: cmp.Or(r.Host, "Proxmox")}
}

// labels are named as in Proxmox' own matchers.
func (r *proxmoxReport) labels(event string) map[string]string {
	n := Notification{Labels: map[string]string{"type": event}}
	n.addLabel("hostname", r.Host)
	n.addLabel("job-id", r.Job)
	n.addLabel("datastore", r.Datastore)
	n.addLabel("media-pool", r.Pool)
	return n.Labels
}

// incident identifies what one job does to one thing on one host; its next success ends
// it. What was started by hand has no job, and so no success that could be told for its.
func (r *proxmoxReport) incident(kind string, ok bool, parts ...string) Incident {
	if r.Host == "" || slices.Contains(parts, "") {
		return Incident{}
	}
	state := Open
	if ok {
		state = Resolved
	}
	return Incident{Key: strings.Join(append([]string{kind, r.Host}, parts...), "/"), State: state}
}

// succeeded reports how a job went: by the words of the title, where it has ours, else by
// the severity.
func (r *proxmoxReport) succeeded() bool {
	title := strings.ToLower(r.Title)
	if r.Severity == "" || r.TitleType != "" {
		switch {
		case strings.Contains(title, "successful"):
			return true
		case strings.Contains(title, "failed"):
			return false
		case r.Severity == "":
			return !strings.Contains(firstOf(r.Message, maxTextBytes), " failed")
		}
	}
	return r.Severity != "error" && r.Severity != "warning"
}

// jobFact names a job by the name that somebody gave it. Ids that Proxmox makes up say nothing.
func (r *proxmoxReport) jobFact() Fact {
	if proxmoxMadeUpID.MatchString(r.Job) {
		return Fact{}
	}
	return Fact{Name: "Job", Value: r.Job}
}

// severityOf reads Proxmox' severity. Nobody has rated what is "unknown", such as mail.
func (r *proxmoxReport) severityOf(unknown Severity) Severity {
	switch r.Severity {
	case "info", "notice":
		return Info
	case "warning":
		return Warning
	case "error":
		return Error
	}
	return unknown
}

// other tells what is new to us in its own words: a type of notification that later versions
// have, or a title and a message of somebody's own.
func (r *proxmoxReport) other() Notification {
	event := cmp.Or(r.Type, "notification")
	n := r.notification(event, cmp.Or(camelWords(r.Type), r.Severity), r.severityOf(Info))
	if n.Status == "" || n.Status == "unknown" {
		n.Status = "notification"
	}
	if !strings.Contains(r.Title, r.Datastore) {
		n.Facts = append(n.Facts, Fact{Name: "Datastore", Value: r.Datastore})
	}
	n.URL = r.link()
	title := r.Title
	if title == "" {
		title = firstLine(r.Message)
	}
	if title != "" && r.Host == "" {
		n.Subject = title
	} else if title != "" {
		n.Summary = ": " + title
	}
	message := strings.TrimSpace(r.Message)
	switch {
	case oneLine(message) == title:
	case strings.Contains(message, "\n") || len(message) > maxFactRunes:
		n.Details = boundedText(r.Message)
	default:
		n.Facts = append(n.Facts, Fact{Value: message})
	}
	return n
}

// proxmoxEmptyRequest tells of a request without content: a webhook target has no body
// unless somebody writes one.
func proxmoxEmptyRequest(p Payload) Notification {
	return Notification{
		Event: "empty", Severity: Warning, Status: "notification lost",
		Subject: "Proxmox", Summary: "sent a request without content",
		Facts:   []Fact{{Name: "Remedy", Value: "write a body into the webhook target, as the documentation of this service has it"}},
		Details: "Proxmox does not keep what it notified of; look at the task history instead.",
		Labels:  map[string]string{"type": "empty"},
		Time:    p.Received,
	}
}
