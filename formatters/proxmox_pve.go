package formatters

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

var (
	replicationJob      = hint("replication job '", `(?i)replication job '([^']+)'`)
	replicationTarget   = regexp.MustCompile(`with target '([^']+)' and schedule '([^']*)'`)
	replicationLastSync = hint("Last successful sync:", `(?m)^Last successful sync:\s*(.+)$`)
	replicationFailures = hint("Failure count:", `(?m)^Failure count:\s*(\d+)`)
)

// stuckAfter is the failure after which Proxmox reports only every so often.
const stuckAfter = "3"

// replication tells of a replication job that fails. Nothing is ever sent of one that works
// again, so nothing ends the incident. "Next sync try" says ERROR whatever is planned.
func (r *proxmoxReport) replication() Notification {
	n := r.notification("replication", "replication failed", Error)
	r.Job = cmp.Or(r.Job, submatch(proxmoxJobTitle, r.Title), submatch(replicationJob, r.Message))
	n.Incident = r.incident("replication", false, r.Job)
	target, schedule := "", ""
	if m := replicationTarget.FindStringSubmatch(r.Message); m != nil {
		target, schedule = m[1], m[2]
	}
	if r.Job != "" {
		n.Subject = r.Job
		n.Summary = joinWords(" ", prefixed("from ", r.Host), prefixed("to ", target))
	} else if target != "" {
		n.Summary = "to " + target
	}
	_, reason, _ := strings.Cut(r.Message, "\nError:\n")
	reason = boundedText(reason)
	if first := firstLine(reason); first != "" {
		n.Summary += ": " + first
		if oneLine(reason) != first {
			n.Details = reason
		}
	} else if target == "" {
		n.Details = boundedText(r.Message)
	}
	failures := submatch(replicationFailures, r.Message)
	lastSync := submatch(replicationLastSync, r.Message)
	if strings.HasPrefix(lastSync, "1970-01-01") {
		lastSync = "never"
	}
	n.Facts = knownFacts(
		Fact{Name: "Failures", Value: failures},
		Fact{Name: "Last sync", Value: lastSync},
		Fact{Name: "Schedule", Value: schedule},
	)
	if failures == stuckAfter {
		n.Facts = append(n.Facts, Fact{Value: "from now on Proxmox reports this less often"})
	}
	return n
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

var (
	fencingCluster = regexp.MustCompile(`in cluster '([^']*)'`)
	fencingMaster  = hint("[master]", `^(\S+): .*\[master\]`)
	fencingGuest   = hint(" [", `^((?:vm|ct):\d+) \[([^\]]*)\]`)
)

// isFenced reports whether a title or message says that a node has been cut off.
func isFenced(s string) bool {
	s = strings.ToLower(s)
	return strings.Contains(s, "successfully fenced") || strings.Contains(s, "fencing: acknowledged") || strings.HasPrefix(s, "succeed")
}

// fencing tells of a node that is cut off because it does not answer any more. Proxmox sends
// one notification before and one after it; both say "error", and the node stays down.
func (r *proxmoxReport) fencing() Notification {
	n := r.notification("fencing", "node failed", Critical)
	n.Summary = prefixed("in cluster ", submatch(fencingCluster, r.Message))
	if isFenced(r.Title) || isFenced(boundedText(r.Message)) {
		n.Status, n.Severity = "node fenced", Error
		n.Summary += ", needs a person"
	} else {
		n.Summary = joinWords(" ", n.Summary, "is being fenced")
	}
	n.Incident = r.incident("fencing", false)
	var moving []string
	master := ""
	for line := range strings.Lines(firstOf(r.Message, maxTextBytes)) {
		entry, listed := strings.CutPrefix(strings.TrimSpace(line), "- ")
		if !listed {
			continue
		}
		if m := fencingGuest.FindStringSubmatch(entry); m != nil && m[2] == r.Host {
			moving = append(moving, m[1])
		}
		master = cmp.Or(master, submatch(fencingMaster, entry))
	}
	n.Facts = knownFacts(
		Fact{Name: "To recover", Value: someOf(moving)},
		Fact{Name: "Master", Value: master},
	)
	n.Details = boundedText(r.Message)
	return n
}

// someOf lists the first of many names.
func someOf(names []string) string {
	const shown = 5
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

// pbsUpdate is an entry of Backup Server's list, which has no line breaks; Proxmox VE has a table.
var pbsUpdate = hint("-> ", `(?:^|\s)([a-z0-9][\w.+-]*): (\S*) ?-> (\S+)`)

// updates tells which packages are new.
func (r *proxmoxReport) updates() Notification {
	n := r.notification("package-updates", "updates", Info)
	n.URL = r.link()
	rows := updateRows(boundedText(r.Message))
	var names []string
	for _, row := range rows {
		names = append(names, row[0])
	}
	if len(names) == 0 {
		n.Summary = colon(cmp.Or(firstLine(r.Message), r.Title))
		n.Details = boundedText(r.Message)
		return n
	}
	n.Summary = counted(len(names), "package") + ": " + someOf(names)
	if len(names) == 1 {
		n.Summary = ": " + names[0]
	}
	n.Details = alignColumns(rows)
	return n
}

// updateRows returns package, old and new version of each update.
func updateRows(message string) [][]string {
	var rows [][]string
	for _, m := range pbsUpdate.FindAllStringSubmatch(message, -1) {
		rows = append(rows, []string{m[1], m[2], m[3]})
	}
	if len(rows) > 0 {
		return rows
	}
	header := true
	for line := range strings.Lines(message) {
		cells := cellsOf(strings.TrimSpace(line))
		switch {
		case len(cells) < 2 || strings.ContainsAny(cells[0], ":<"): // prose
		case header && len(cells) > 2:
			header = false
		default:
			if cells[1] == "null" {
				cells[1] = "new"
			}
			rows = append(rows, cells)
		}
	}
	return rows
}

var testTarget = regexp.MustCompile(`notification target '([^']*)'`)

// test answers the Test button of a target. It carries no field, not even the host.
func (r *proxmoxReport) test() Notification {
	n := r.notification("test", "test", Muted)
	n.Subject, n.Summary = "Proxmox", "is connected"
	n.Facts = knownFacts(
		Fact{Name: "Target", Value: submatch(testTarget, r.Message)},
		Fact{Name: "Host", Value: r.Host},
	)
	return n
}
