package formatters

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// markup says how a text of the sender is written.
type markup int

const (
	plain    markup = iota
	sniffed         // plain unless it is unmistakably Markdown
	markdown        // CommonMark without HTML
	rich            // HTML
)

// draft is what every shape of generic payload comes down to.
type draft struct {
	event    string
	status   string
	verb     string   // of a forge's event that is not told by its status
	severity Severity // Info when nobody said anything
	loud     bool
	title    string
	url      string
	from     string // who speaks: stands for a title
	text     string
	markup   markup
	facts    []Fact
	items    []Item
	links    []Link
	image    string
	ids      bool     // facts may be for programs only, since nothing is told below
	details  []string // what is left of the document, in parts
	time     time.Time
}

// The bounds of what is drawn in sight.
const (
	maxDraftFacts = 6
	maxShownFacts = 8   // with the speaker and the files
	maxFactRunes  = 120 // a longer value is no fact but a text
	maxDraftLinks = 6
	maxSeenLines  = 8 // a longer plain text is folded behind its first line
	maxSeenLength = 600
	maxHeadline   = 500 // runes: what is longer is no line, and told below in full
	maxTitleBytes = 4 << 10
	maxTextBytes  = 64 << 10 // many times what a message shows
)

// notification writes the draft out.
func (d draft) notification() Notification {
	n := Notification{
		Event: d.event, Severity: d.severity, Loud: d.loud, Status: cmp.Or(d.status, d.verb), Subject: oneLine(firstOf(d.title, maxTitleBytes)), URL: d.url,
		Facts: d.facts, Items: d.items, Links: d.links, Image: d.image, Time: d.time,
	}
	switch {
	case d.from == "":
	case n.Subject == "":
		n.Subject = oneLine(d.from)
	case d.from != d.title:
		n.Facts = append([]Fact{{Name: "From", Value: d.from}}, n.Facts...)
	}
	d.tell(&n)
	n.Details = strings.Trim(stacked(n.Details, strings.Join(d.details, "")), "\n")
	for _, f := range n.Facts[min(len(n.Facts), maxShownFacts):] {
		n.Details += "\n" + f.Name + ": " + f.Value
	}
	n.Facts = n.Facts[:min(len(n.Facts), maxShownFacts)]
	if n.Subject == "" && n.Summary == "" {
		n.Summary, n.Status = describe(n), cmp.Or(n.Status, "received")
	}
	switch {
	case n.Summary == n.Subject:
		n.Summary = ""
	case n.Subject != "" && n.Summary != "" && !strings.HasSuffix(n.Subject, "."): // else it is a sentence
		n.Summary = ": " + n.Summary
	}
	n.Links = distinct(n.Links, n.URL)
	if n.Status == "" {
		n.Status = "message"
		if n.Severity > Info {
			n.Status = n.Severity.String()
		}
	}
	return n
}

// tell puts the text into the first line, and what does not fit there below.
func (d draft) tell(n *Notification) {
	source := firstOf(d.text, maxTextBytes)
	if d.markup == markdown || d.markup == sniffed && looksLikeMarkdown(source) {
		if isProse(source) && utf8.RuneCountInString(source) <= maxHeadline {
			n.Summary = oneLine(source)
			return
		}
		if d.markup == sniffed { // it may have been written for a chat
			source = fenced(source, verbatim, verbatim)
		}
		source = renderMarkdown(source)
	} else if d.markup != rich {
		n.Summary, n.HTML, n.Details = splitPlain(source, d.title != "")
		return
	}
	head := splitHTML(source)
	n.Summary, n.HTML = head.line, head.rest
	if utf8.RuneCountInString(head.line) > maxHeadline {
		n.HTML = source
	}
	if (head.block || head.heading) && head.rest != "" && d.title != "" { // a heading or the first entry of a list tells less
		n.Summary, n.HTML = "", source
	}
	n.Links = append(n.Links, head.links...)
}

// splitPlain parts a plain text into its first line and the rest: in sight when it is
// short, folded when it is long. Below a title, a line that is itself a heading stays
// with what it heads.
func splitPlain(s string, titled bool) (line, html, details string) {
	s = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \t\r\n")
	for strings.HasPrefix(strings.TrimLeft(s, " \t\r"), "\n") {
		_, s, _ = strings.Cut(s, "\n")
	}
	line, rest, _ := strings.Cut(s, "\n")
	next, _, _ := strings.Cut(rest, "\n")
	ruled := len(next) >= 3 && strings.Trim(next, "=-~*# ") == ""
	if titled && (ruled || rest != "" && strings.HasPrefix(line, "## ")) {
		line, rest = "", s
	}
	rest = strings.Trim(rest, "\n")
	if utf8.RuneCountInString(line) > maxHeadline {
		return oneLine(line), "", s
	}
	switch {
	case rest == "":
	case len(rest) <= maxSeenLength && strings.Count(rest, "\n") < maxSeenLines && !isTabular(rest):
		html = paragraphs(rest)
	default:
		details = rest
	}
	return oneLine(line), html, details
}

// firstOf returns the first n bytes of a text at most.
func firstOf(s string, n int) string {
	s, _ = firstBytes(s, n)
	return s
}

// isTabular reports whether a text is laid out by blanks, which HTML would fold.
func isTabular(s string) bool {
	return strings.Contains(s, "   ") || strings.Contains(s, "\t") || strings.Contains(s, "===")
}

// describe is the first line of a webhook without title and text.
func describe(n Notification) string {
	if len(n.Facts) == 0 && len(n.Items) == 0 && n.Details == "" && n.HTML == "" {
		return "an empty webhook"
	}
	return "a webhook"
}

// distinct leaves out links that are there already.
func distinct(links []Link, known string) []Link {
	seen := []string{known}
	var kept []Link
	for _, l := range links {
		if l.URL != "" && len(kept) < maxDraftLinks && !slices.Contains(seen, l.URL) {
			seen, kept = append(seen, l.URL), append(kept, l)
		}
	}
	return kept
}

// raise lets a severity count when it is above what is known so far.
func (d *draft) raise(s Severity, ok bool) {
	if ok && s > d.severity {
		d.severity = s
	}
}

// addFact adds a value that says something and is short; it reports whether it did.
func (d *draft) addFact(f Fact) bool {
	f.Value = strings.TrimSpace(f.Value)
	if f.Value == "" && f.Time.IsZero() {
		return true
	}
	if len(d.facts) == maxDraftFacts || len(f.Value) > 4*maxFactRunes || len([]rune(f.Value)) > maxFactRunes || strings.Contains(f.Value, "\n") {
		return false
	}
	d.facts = append(d.facts, f)
	return true
}

// note adds a value as a fact if it is short, else to the details.
func (d *draft) note(f Fact) {
	if !d.addFact(f) {
		d.details = append(d.details, strings.TrimPrefix(f.Name+": ", ": "), f.Value, "\n")
	}
}

// addLink adds a link to where a person may go.
func (d *draft) addLink(text, address string) {
	if isWebURL(address) {
		d.links = append(d.links, Link{Text: oneLine(text), URL: strings.TrimSpace(address)})
	}
}
