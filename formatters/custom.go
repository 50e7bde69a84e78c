package formatters

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr/vm"
)

// Custom is the service whose hooks bring a format of their own, made by CompileCustom. It
// is not among Services: it has no formatter that all its hooks share.
const Custom = "custom"

// CustomField is a field of a custom format, and the expression that fills it.
type CustomField struct {
	Name   string // "status", "facts.Size", "links.Open", "labels.team", "incident.key"
	Source string // in the language of expr, over payload, headers, query and time
}

// customFields are the fields of a format in the order in which they are filled, which is
// that of the card. Those with a dot have a name of the operator's behind it.
var customFields = []string{
	"event", "status", "severity", "loud", "subject", "url", "summary", "facts.", "items", "details", "html",
	"links.", "image", "labels.", "incident.key", "incident.state", "time",
}

// custom is a compiled format. It may be used by any number of requests at once.
type custom struct {
	fields []customProgram
	zone   *time.Location
}

// CompileCustom returns the service of a hook that brings its own format. Its title is the
// display name of who tells the hook's webhooks; dates are read and written in the zone.
// Facts, links and labels keep their order. An error is of type FieldErrors and has all
// that is wrong.
//
// The formatter never makes a card poorer than the generic one would: a field whose
// expression fails says what the generic formatter says there, a status alone gets the rest
// from it, and a webhook of which the format itself says nothing is told by it as a whole.
func CompileCustom(title string, zone *time.Location, fields []CustomField) (Service, error) {
	if zone == nil {
		zone = time.UTC
	}
	c := &custom{zone: zone}
	generic := services["generic"]
	s := Service{Name: Custom, Title: title, Formatter: c, Headers: slices.Clone(generic.Headers), Query: slices.Clone(generic.Query)}
	var wrong FieldErrors
	for _, f := range fields {
		program, err := compileCustomField(f)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		c.fields = append(c.fields, program)
		s.Headers = append(s.Headers, program.names.headers...)
		s.Query = append(s.Query, program.names.query...)
	}
	if len(wrong) > 0 {
		return Service{}, wrong
	}
	slices.SortStableFunc(c.fields, func(a, b customProgram) int { return cmp.Compare(a.rank, b.rank) })
	return s, nil
}

// spokenRanks are those of the fields that tell something.
var spokenRanks = []int{
	rankOf("status"), rankOf("subject"), rankOf("summary"), rankOf("facts.x"), rankOf("items"), rankOf("details"), rankOf("html"),
}

// rankOf returns the place of a field in customFields, -1 for one that there is not.
func rankOf(name string) int {
	group, own, dotted := strings.Cut(name, ".")
	switch {
	case dotted && own == "":
		return -1
	case dotted && group != "incident":
		name = group + "."
	}
	return slices.Index(customFields, name)
}

var errSaysNothing = errors.New("the format says nothing of this payload")

// Format implements Formatter. With a notification it may return FieldErrors: fields that
// the generic formatter has told.
func (c *custom) Format(p Payload) (Notification, error) {
	d := customDraft{zone: c.zone, received: p.Received.In(c.zone), payload: p}
	env := customInput{draft: &d}
	machine := vm.VM{MemoryBudget: customMemory}
	for i := range c.fields {
		f := &c.fields[i]
		if err := d.fill(f, &machine, &env); err != nil {
			d.failed = append(d.failed, fieldErrorOf(f.name, err))
			d.fillGeneric(f.name)
		}
	}
	if !d.spoken {
		return Notification{}, errSaysNothing
	}
	d.complete()
	d.finish()
	if d.failed != nil {
		return d.Notification, d.failed
	}
	return d.Notification, nil
}

// customDraft is the notification that a format makes, while it is filled.
type customDraft struct {
	Notification
	zone     *time.Location
	received time.Time // in the zone
	payload  Payload

	spoken   bool // the format itself tells something that is drawn
	rated    bool // the severity is known
	state    bool // the incident's state is the format's own
	failed   FieldErrors
	fallback *Notification // the generic one, once it was needed
}

// fill runs one field.
func (d *customDraft) fill(f *customProgram, machine *vm.VM, env *customInput) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panicked: %v", p)
		}
	}()
	result, err := machine.Run(f.program, env.values(f.names.used))
	if err != nil {
		return err
	}
	if err := d.set(f.name, result); err != nil {
		return err
	}
	d.spoken = d.spoken || slices.Contains(spokenRanks, f.rank) && textOf(result) != ""
	return nil
}

// generic returns what the generic formatter says of the payload.
func (d *customDraft) generic() *Notification {
	if d.fallback == nil {
		n, err := protect(FormatterFunc(formatGeneric), d.payload)
		if err != nil {
			n = Notification{Severity: Info}
		}
		if n.Summary == describe(n) {
			n.Summary = ""
		}
		d.fallback = &n
	}
	return d.fallback
}

// fillGeneric lets the generic formatter tell a field that failed.
func (d *customDraft) fillGeneric(name string) {
	g := d.generic()
	field, _, _ := strings.Cut(name, ".")
	switch field {
	case "event":
		d.Event = g.Event
	case "status":
		d.Status = g.Status
	case "severity":
		d.Severity, d.rated = g.Severity, true
	case "loud":
		d.Loud = g.Loud
	case "subject":
		d.Subject = g.Subject
	case "url":
		d.URL = g.URL
	case "summary":
		d.Summary = g.Summary
	case "facts":
		d.addGenericFacts(g.Facts)
	case "items":
		d.Items = g.Items
	case "details", "html":
		d.Details, d.HTML = g.Details, g.HTML
	case "links":
		d.Links = distinct(append(d.Links, g.Links...), d.URL)
	case "image":
		d.Image = g.Image
	case "time":
		d.Time = g.Time
	}
}

// addGenericFacts adds the generic facts that the card does not have, in the place of one
// that failed.
func (d *customDraft) addGenericFacts(facts []Fact) {
	for _, f := range facts {
		known := slices.ContainsFunc(d.Facts, func(have Fact) bool {
			return have.Name != "" && strings.EqualFold(have.Name, f.Name) || have.Value == f.Value
		})
		if !known && f.Value != d.Subject && len(d.Facts) < maxShownFacts {
			d.Facts = append(d.Facts, f)
		}
	}
}

// isBare reports whether nothing but the status is told.
func (d *customDraft) isBare() bool {
	return d.Subject == "" && d.Summary == "" && len(d.Facts) == 0 && len(d.Items) == 0 && d.Details == "" && d.HTML == ""
}

// complete lets the generic formatter tell what a status, or a card with failed fields,
// leaves open of the first line, and what goes with it.
func (d *customDraft) complete() {
	if d.Subject != "" || d.Summary != "" || d.failed == nil && !d.isBare() {
		return
	}
	g := d.generic()
	d.Subject, d.Summary, d.URL = g.Subject, g.Summary, cmp.Or(d.URL, g.URL)
	if len(d.Facts) == 0 {
		d.Facts = g.Facts
	}
	if len(d.Items) == 0 {
		d.Items = g.Items
	}
	if d.Details == "" && d.HTML == "" {
		d.Details, d.HTML = g.Details, g.HTML
	}
}

// finish fills in what follows from other fields.
func (d *customDraft) finish() {
	d.Severity = d.severity()
	d.finishSummary()
	if d.Status == "" {
		d.Status = "message"
		if d.Severity > Info {
			d.Status = d.Severity.String()
		}
	}
	if d.Incident.Key != "" && !d.state {
		switch {
		case d.Severity == Success:
			d.Incident.State = Resolved
		case d.Severity >= Warning:
			d.Incident.State = Open
		}
	}
	if d.Incident.Key == "" || d.Incident.State == Standalone {
		d.Incident = Incident{}
	}
}

// severity is the format's; without one, what the status' word stands for.
func (d *customDraft) severity() Severity {
	if d.rated {
		return d.Severity
	}
	if s, ok := rate(d.Status); ok {
		return s
	}
	return Info
}

// finishSummary keeps the first line of the card one line: what is more stands below.
func (d *customDraft) finishSummary() {
	n := Notification{}
	switch {
	case d.Summary == "" && d.Subject == "" && d.HTML != "":
		draft{text: d.HTML, markup: rich}.tell(&n)
		d.HTML, d.Links = "", distinct(append(d.Links, n.Links...), d.URL)
	case strings.Contains(d.Summary, "\n"), utf8.RuneCountInString(d.Summary) > maxHeadline:
		n.Summary, n.HTML, n.Details = splitPlain(d.Summary, d.Subject != "")
	default:
		return
	}
	d.Summary = n.Summary
	d.HTML = n.HTML + d.HTML
	d.Details = strings.Trim(n.Details+"\n\n"+d.Details, "\n")
}
