package formatters

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// vzdumpGuest is a row of the table that a backup's message has, VMID first. Its columns are
// padded by bytes, so that it is only the runs of blanks which part them.
type vzdumpGuest struct {
	id, name, status string   // "101", "pihole", "ok"; "err"; "todo" when the job did not come to it
	rest             []string // time, size and file
	reason           string   // from the log
}

func (g vzdumpGuest) label() string {
	if g.name == "" {
		return "guest " + g.id
	}
	return g.id + " " + g.name
}

func (g vzdumpGuest) ok() bool { return g.status == "ok" }

func (g vzdumpGuest) waiting() bool { return g.status == "todo" }

// vzdumpRun is what the message of a backup says: what went wrong as a whole, the table, the
// sums below it, and a log of up to 1 MiB.
type vzdumpRun struct {
	trouble    string // of the job as a whole
	guests     []vzdumpGuest
	time, size string // "38m 42s", "231.2 GiB"
	storage    string
	firstError string // in the log
	log        string
	cutLog     bool
	known      bool // the message has the template's own headings
}

var (
	vzdumpCause   = hint("failed:", `(?i)vzdump backup status \([^)]*\)\s*:.*?(?-i:failed:)(.*)`)
	vzdumpSum     = hint("total ", `(?i)^total (running time|size):\s*(.+)$`)
	vzdumpStorage = hint("--storage", `\s--storage[ =]'?([\w.-]+)`)
	vzdumpFailed  = regexp.MustCompile(`^Backup of (?:VM|CT) (\d+) failed - (.*)$`)
)

// vzdumpStates are the table's words for how a guest went, and what people's own scripts
// have in their place.
var vzdumpStates = map[string]string{
	"ok": "ok", "err": "err", "todo": "todo", "error": "err", "failed": "err", "success": "ok", "successful": "ok",
}

// readVzdump reads a backup's message, each part of it once.
func readVzdump(message string) vzdumpRun {
	var v vzdumpRun
	table, log := message, ""
	if at := strings.Index(message, "\nLogs\n"); at >= 0 {
		table, log = message[:at], strings.TrimLeft(message[at+len("\nLogs\n"):], "=\n")
	}
	before, _, known := strings.Cut("\n"+table, "\nDetails\n")
	if known {
		v.trouble = strings.ReplaceAll(strings.TrimSpace(firstOf(before, maxTitleBytes)), "\n", "; ")
	}
	v.known, v.log = known, log
	for line := range strings.Lines(table) {
		line = strings.TrimSpace(line)
		if g, ok := readGuest(line); ok {
			v.guests = append(v.guests, g)
		} else if m := vzdumpSum.FindStringSubmatch(line); m != nil && strings.EqualFold(m[1], "size") {
			v.size = m[2]
		} else if m != nil {
			v.time = m[2]
		}
	}
	if m := vzdumpStorage.FindStringSubmatch(firstOf(log, maxTitleBytes)); m != nil {
		v.storage = m[1]
	}
	v.cutLog = strings.Contains(firstOf(log, maxTitleBytes), "Log output was too long")
	v.readErrors(log)
	return v
}

// readGuest reads a row: "101     pihole       err       2s        0 B       null".
func readGuest(line string) (vzdumpGuest, bool) {
	id, rest, _ := strings.Cut(line, " ")
	if id == "" || len(id) > 10 || strings.Trim(id, "0123456789") != "" {
		return vzdumpGuest{}, false
	}
	cells := cellsOf(strings.TrimSpace(rest))
	for i, cell := range cells[:min(len(cells), 2)] { // a guest may have no name
		if state, ok := vzdumpStates[strings.ToLower(cell)]; ok {
			return vzdumpGuest{id: id, name: strings.Join(cells[:i], ""), status: state, rest: cells[i+1:]}, true
		}
	}
	return vzdumpGuest{}, false
}

// readErrors finds the log's errors, which look like this:
//
//	101: 2026-11-22 01:06:57 ERROR: Backup of VM 101 failed - unable to create snapshot
func (v *vzdumpRun) readErrors(log string) {
	guests := map[string]*vzdumpGuest{}
	for i := range v.guests {
		guests[v.guests[i].id] = &v.guests[i]
	}
	const mark = "ERROR: "
	for at := strings.Index(log, mark); at >= 0; at = strings.Index(log, mark) {
		before := log[:at]
		line, rest, _ := strings.Cut(log[at+len(mark):], "\n")
		log = rest
		line = strings.TrimSpace(line)
		id, _, _ := strings.Cut(before[strings.LastIndexByte(before, '\n')+1:], ":")
		m := vzdumpFailed.FindStringSubmatch(line)
		if m != nil {
			id, line = m[1], m[2]
		}
		if v.firstError == "" {
			v.firstError = line
		}
		if g := guests[id]; g != nil && !g.ok() && (g.reason == "" || m != nil) {
			g.reason = line
		}
	}
}

// vzdump tells how a backup of guests went.
func (r *proxmoxReport) vzdump() Notification {
	v := readVzdump(r.Message)
	var bad, waiting []vzdumpGuest
	for _, g := range v.guests {
		switch {
		case g.waiting():
			waiting = append(waiting, g)
		case !g.ok():
			bad = append(bad, g)
		}
	}
	if cause := submatch(vzdumpCause, r.Title); cause != "" && cause != "multiple problems" {
		v.trouble = cause
	}
	ok := r.succeeded() && len(bad) == 0 && len(waiting) == 0
	n := r.notification("vzdump", "backed up", Success)
	n.Incident = r.incident("vzdump", ok, r.Job)
	switch {
	case !ok:
		n.Status, n.Severity = "backup failed", Error
		v.tellFailure(&n, bad, waiting)
	case r.Severity == "" && len(v.guests) == 0 && !strings.Contains(r.Title, "successful"): // nobody says how it went
		n.Status, n.Severity, n.Incident = "backup report", Info, Incident{}
	case len(v.guests) == 1:
		n.Summary = ": " + v.guests[0].label()
	case len(v.guests) > 1:
		n.Summary = ": " + counted(len(v.guests), "guest")
	}
	if len(v.guests) == 0 { // nothing took no time
		v.size, v.time = "", ""
	}
	n.Facts = append(n.Facts, knownFacts(
		Fact{Name: "Size", Value: v.size},
		Fact{Name: "Time", Value: v.time},
		Fact{Name: "Storage", Value: v.storage},
		r.jobFact(),
	)...)
	if !ok && v.cutLog {
		n.Facts = append(n.Facts, Fact{Name: "Log", Value: "too long to be sent, see the task history"})
	}
	switch {
	case len(v.guests) > 0: // never the log as well, which may be a thousand times as long
		n.Details = v.table()
	case !v.known:
		n.Details = boundedText(r.Message)
	case n.Summary == "":
		n.Details = boundedText(v.log)
	}
	return n
}

// tellFailure says which guests have no backup, and why.
func (v *vzdumpRun) tellFailure(n *Notification, bad, waiting []vzdumpGuest) {
	trouble := v.trouble
	switch total := len(v.guests); {
	case len(bad) == 0 && len(waiting) == 0:
		n.Summary = colon(cmp.Or(trouble, v.firstError))
		return
	case len(bad) == 0:
		n.Summary = fmt.Sprintf("%d of %s not backed up", len(waiting), counted(total, "guest"))
	case len(bad) == 1 && total == 1:
		n.Summary = ": " + bad[0].label()
	default:
		n.Summary = fmt.Sprintf("%d of %s failed: %s", len(bad), counted(total, "guest"), bad[0].label())
		if len(bad) > 1 {
			n.Summary += ", " + bad[1].label()
		}
		if len(bad) > 2 {
			n.Summary += fmt.Sprintf(" and %d more", len(bad)-2)
		}
	}
	if len(bad) == 1 && len(waiting) == 0 && bad[0].reason != "" { // all of it fits into the first line
		n.Summary += ", " + bad[0].reason
		if len(v.guests) == 1 {
			n.Summary = ": " + bad[0].label() + ", " + bad[0].reason
		}
	} else {
		for _, g := range bad {
			n.Items = append(n.Items, Item{Key: g.id, Severity: Error, Subject: g.label(), Text: colon(g.reason)})
		}
		for _, g := range waiting {
			n.Items = append(n.Items, Item{Key: g.id, Severity: Warning, Subject: g.label(), Text: ": not backed up, the job ended before"})
		}
	}
	if trouble != "" {
		n.Facts = append(n.Facts, Fact{Name: "Job error", Value: trouble})
	}
}

// colon puts a text behind the word that it explains.
func colon(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}

// table draws the guests' table anew: in columns that stand below each other for names of
// any script.
func (v *vzdumpRun) table() string {
	rows := [][]string{{"VMID", "Name", "Status", "Time", "Size", "File"}}
	for _, g := range v.guests {
		row := append(make([]string, 0, 6), g.id, g.name, g.status)
		for _, cell := range g.rest {
			if cell != "null" {
				row = append(row, cell)
			}
		}
		rows = append(rows, row)
	}
	return alignColumns(rows)
}
