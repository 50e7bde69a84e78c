package formatters

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

// pbsMessage is what the messages of Backup Server have in common: named values, a result in
// words, and a link.
type pbsMessage struct {
	values map[string]string // "Datastore" -> "nas"
	ok     bool
}

var (
	pbsName   = regexp.MustCompile(`^[A-Z][A-Za-z -]{1,30}$`)
	pbsFailed = regexp.MustCompile(`^(?:[A-Z][A-Za-z ]+ failed|Error)$`)
)

// maxValues is how many lines of a message are looked at for values.
const maxValues = 200

// pbs begins the notification of what Backup Server did to a datastore, and reads the message.
func (r *proxmoxReport) pbs(event, done, failed string) (Notification, pbsMessage) {
	m := pbsMessage{values: map[string]string{}, ok: r.succeeded()}
	lines := 0
	for line := range strings.Lines(r.Message) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if said := strings.TrimLeft(value, " \t\f\r"); said != "" && said != value && pbsName.MatchString(name) {
			m.values[name] = said
		}
		if lines++; lines == maxValues {
			break
		}
	}
	r.Datastore = cmp.Or(r.Datastore, m.values["Datastore"])
	r.Job = cmp.Or(r.Job, m.values["Job ID"])
	if r.Datastore == "" && event != "sync" { // there, it is the other side's
		if t := proxmoxStoreTitle.FindStringSubmatch(r.Title); t != nil {
			r.Datastore = t[2]
		}
	}
	n := r.notification(event, done, Success)
	if !m.ok {
		n.Status, n.Severity = failed, Error
		reason := pbsReason(r.Message)
		n.Summary = colon(strings.TrimPrefix(firstLine(reason), failed+": ")) // the badge says so
		if strings.Contains(reason, "\n") {
			n.Details = reason
		}
		if reason == "" {
			n.Details = boundedText(r.Message)
		}
	}
	n.URL = r.link()
	if r.Datastore != "" {
		n.Subject = r.Datastore
		n.Summary = joinWords(" ", prefixed("on ", r.Host)) + n.Summary
	}
	n.Facts = knownFacts(r.jobFact())
	return n, m
}

// pbsReason returns what a message says behind the first "Verification failed: " or "Error: "
// that begins a line, perhaps in several lines.
func pbsReason(message string) string {
	at := 0
	for line := range strings.Lines(firstOf(message, maxTextBytes)) {
		if result, _, ok := strings.Cut(line, ": "); ok && pbsFailed.MatchString(result) {
			reason, _, _ := strings.Cut(boundedText(message[at+len(result)+len(": "):]), "\nPlease visit ")
			return strings.TrimSpace(reason)
		}
		at += len(line)
	}
	return ""
}

// tell puts words behind the host, and before the reason.
func (n *Notification) tell(host, words string) {
	place := prefixed("on ", host)
	rest, _ := strings.CutPrefix(n.Summary, place)
	n.Summary = joinWords(" ", words, place) + rest
}

// collected tells a garbage collection, which no job does and which every datastore has.
func (r *proxmoxReport) collected() Notification {
	n, m := r.pbs("gc", "garbage collected", "garbage collection failed")
	n.Incident = r.incident("gc", m.ok, r.Datastore)
	if !m.ok {
		return n
	}
	n.Summary += colon(prefixed("removed ", m.values["Removed garbage"]))
	onDisk, _, _ := strings.Cut(m.values["On-Disk usage"], " (")
	n.Facts = append(n.Facts, knownFacts(
		Fact{Name: "On disk", Value: onDisk},
		Fact{Name: "Deduplication", Value: m.values["Deduplication Factor"]},
		Fact{Name: "Pending", Value: nonZero(m.values["Pending removals"])},
		Fact{Name: "Removed bad chunks", Value: nonZero(m.values["Removed bad chunks"])},
	)...)
	if bad := nonZero(m.values["Leftover bad chunks"]); bad != "" {
		n.Severity = Warning
		n.Facts = append(n.Facts, Fact{Name: "Bad chunks", Value: bad})
	}
	return n
}

// nonZero returns a value unless it is a count or size of nothing.
func nonZero(s string) string {
	if number, _, _ := strings.Cut(s, " "); number != "" && strings.Trim(number, "0.") == "" {
		return ""
	}
	return s
}

func (r *proxmoxReport) pruned() Notification {
	n, m := r.pbs("prune", "pruned", "prune failed")
	n.Incident = r.incident("prune", m.ok, r.Datastore, r.Job)
	return n
}

var pbsRemoteTitle = hint("tore '", `(?i)sync (?:remote '([^']*)'|local) datastore '([^']*)'`)

// synced tells a sync job. Which way it went is not said.
func (r *proxmoxReport) synced() Notification {
	n, m := r.pbs("sync", "synced", "sync failed")
	n.Incident = r.incident("sync", m.ok, r.Datastore, r.Job)
	remote, store := m.values["Remote"], cmp.Or(m.values["Remote Store"], m.values["Local Source Store"])
	if t := pbsRemoteTitle.FindStringSubmatch(r.Title); t != nil {
		remote, store = cmp.Or(remote, t[1]), cmp.Or(store, t[2])
	}
	if m.values["Local Source Store"] != "" {
		n.tell(r.Host, "from "+store)
	} else {
		n.tell(r.Host, prefixed("with ", joinWords("/", remote, store)))
	}
	return n
}

var pbsSnapshot = regexp.MustCompile(`\b(?:vm|ct|host)/\S+`)

// verified tells a verification. One that was stopped sends nothing.
func (r *proxmoxReport) verified() Notification {
	n, m := r.pbs("verify", "verified", "verification failed")
	n.Incident = r.incident("verify", m.ok, r.Datastore, r.Job)
	if m.ok {
		return n
	}
	_, list, _ := strings.Cut(firstOf(r.Message, maxTextBytes), "snapshots/groups:")
	for _, name := range pbsSnapshot.FindAllString(list, -1) {
		n.Items = append(n.Items, Item{Key: name, Severity: Error, Subject: name})
	}
	if len(n.Items) > 0 {
		n.Summary += ": " + counted(len(n.Items), "bad snapshot")
		n.Details = ""
	}
	return n
}

// taped tells a backup to tape.
func (r *proxmoxReport) taped() Notification {
	n, m := r.pbs("tape-backup", "tape backup done", "tape backup failed")
	r.Pool = cmp.Or(r.Pool, m.values["Tape Pool"])
	n.Incident = r.incident("tape-backup", m.ok, r.Datastore, r.Job)
	n.tell(r.Host, prefixed("to pool ", r.Pool))
	snapshots := pbsSnapshot.FindAllString(firstOf(r.Message, maxTextBytes), -1)
	_, tapes, _ := strings.Cut(r.Message, "\nUsed Tapes:\n")
	tapes, _, _ = strings.Cut(tapes, "\nTape Backup ")
	n.Facts = append(n.Facts, knownFacts(
		Fact{Name: "Snapshots", Value: nonZero(strconv.Itoa(len(snapshots)))},
		Fact{Name: "Tapes", Value: someOf(strings.Fields(tapes))},
		Fact{Name: "Time", Value: m.values["Duration"]},
		Fact{Name: "Drive", Value: m.values["Tape Drive"]},
	)...)
	if n.Details == "" {
		n.Details = strings.Join(snapshots, "\n")
	}
	return n
}

// tapeWanted tells that a job waits for a person to put a tape into a drive.
func (r *proxmoxReport) tapeWanted() Notification {
	n, m := r.pbs("tape-load", "tape wanted", "tape wanted")
	n.Severity = Warning
	media, drive := m.values["Media"], cmp.Or(m.values["Drive"], m.values["Changer"])
	if t := proxmoxTapeTitle.FindStringSubmatch(r.Title); t != nil {
		media, drive = t[1], t[3]
	}
	n.Subject = cmp.Or(media, "a tape")
	_, reason, _ := strings.Cut(r.Message, "Error:\n")
	n.Summary = joinWords(" ", prefixed("in drive ", drive), prefixed("of ", r.Host)) + colon(firstLine(reason))
	n.Details = ""
	return n
}

// certificate tells that the certificate of a Backup Server could not be renewed. It is sent
// as "info", and lets everybody's backups fail some weeks later.
func (r *proxmoxReport) certificate() Notification {
	r.Severity = "error"
	n, _ := r.pbs("acme", "certificate", "certificate")
	n.Severity = Error
	n.Summary = "could not be renewed" + n.Summary
	return n
}
