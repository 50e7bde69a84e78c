package formatters

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var (
	smartDevice = hint("Device: ", `(?m)^Device: (.+)$`)
	smartInfo   = hint("Device info:\n", `(?m)^Device info:\n(.+)$`)
	mailHost    = regexp.MustCompile(`(?m)(?:\bhost name:|\bhost:|Cron <[^@>\s]+@)\s*([\w.-]+)`)
	mailOnHost  = hint(" on ", `(?i)(?: detected)? on (?:host: ?)?[\w.-]+$`)
	mailCron    = regexp.MustCompile(`^Cron <[^>]*>\s*`)
	zedAllWell  = regexp.MustCompile(`(?i)(scrub|resilver)_?\s?(finish|done)`)
	zedErrors   = regexp.MustCompile(`(?i)with [1-9]\d* errors|state: (degraded|faulted|unavail|suspended)|data corruption`)
)

// mailTroubles are parts of what programs write when something is broken.
var mailTroubles = []string{
	"smart error", "fail", "fault", "degrad", "unavail", "corrupt", "i/o error", "out of memory", "out of space", "no space left",
}

func isTrouble(s string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(mailTroubles, func(part string) bool { return strings.Contains(s, part) })
}

// mail tells what a program on the node wrote to root: smartd, ZFS' event daemon, cron.
// Proxmox rates all of it "unknown". Programs write when something is wrong, so that a mail
// wants a person unless it says that all is well.
func (r *proxmoxReport) mail() Notification {
	n := r.notification("system-mail", "mail", r.severityOf(Warning))
	body := strings.TrimSpace(r.Message)
	if r.Host == "" {
		r.Host = shortHost(submatch(mailHost, r.Title+"\n"+firstOf(body, maxTitleBytes)))
		n.Subject = cmp.Or(r.Host, n.Subject)
	}
	subject := r.Title
	if subject == "" {
		subject = firstLine(body)
		_, body, _ = strings.Cut(body, "\n")
	}
	topic := mailOnHost.ReplaceAllString(subject, "")
	said := firstLine(firstOf(body, maxTitleBytes))
	unrated := r.Severity == "unknown" || r.Severity == ""
	switch lower := strings.ToLower(subject); {
	case strings.HasPrefix(lower, "smart "):
		n.Status = "disk trouble"
		said = cmp.Or(submatch(smartDevice, body), said)
		n.Facts = knownFacts(Fact{Name: "Disk", Value: submatch(smartInfo, body)})
		if strings.Contains(lower, "(emailtest)") {
			n.Severity, n.Status, unrated = Muted, "test", false
		}
	case strings.HasPrefix(lower, "zfs "):
		n.Status, said = "zfs", ""
		topic = strings.ReplaceAll(topic[len("zfs "):], "_", " ")
		if unrated && zedAllWell.MatchString(lower) && !zedErrors.MatchString(firstOf(body, maxTextBytes)) {
			n.Severity, unrated = Info, false
		}
	case strings.HasPrefix(lower, "cron "):
		n.Status, topic = "cron", mailCron.ReplaceAllString(topic, "")
	}
	if unrated && isTrouble(subject+"\n"+said) {
		n.Severity = Error
	}
	n.Summary = colon(topic)
	if n.Status == "disk trouble" && said != "" {
		n.Summary = ": " + said
		n.Facts = append(n.Facts, Fact{Value: topic})
	} else if said != "" && said != topic && !strings.Contains(topic, said) {
		n.Summary += ": " + said
	}
	if oneLine(firstOf(body, maxTitleBytes)) != said {
		n.Details = boundedText(body)
	}
	return n
}
