package formatters

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

func init() {
	register(Service{Name: "apprise", Title: "Apprise", Formatter: FormatterFunc(formatApprise)})
}

var errNotApprise = errors.New("the payload is none of Apprise's")

// formatApprise tells what Apprise's json://, form:// and xml:// send (custom_json,
// custom_form and custom_xml of 1.2 to 1.13), in any of their methods, and what a program
// would post to the /notify of an Apprise API server.
func formatApprise(p Payload) (Notification, error) {
	d, labels, err := readAppriseRequest(p)
	if err != nil {
		return Notification{}, err
	}
	n := d.notification()
	n.Event, n.Labels = cmp.Or(d.event, labels["type"]), labels
	return n, nil
}

// readAppriseRequest reads a request and, for its labels, the type and the members that
// the user's URL adds (":room=media").
func readAppriseRequest(p Payload) (draft, map[string]string, error) {
	doc, files := appriseDocument(p)
	if doc == nil || doc.kind != '{' || len(doc.fields) == 0 {
		return draft{}, nil, errNotApprise
	}
	if !doc.has("version") && slices.ContainsFunc(shapes, func(s shape) bool { return s.fits(doc) }) {
		return draft{}, nil, errNotApprise // of another program
	}
	labels := appriseLabels(doc)
	d := readApprise(doc)
	d.addFiles(files)
	return d, labels, nil
}

// appriseDocument returns the members of a request and, of a form, the names of its files.
// A GET of form:// has its members in the query, one of json:// and xml:// has a body.
func appriseDocument(p Payload) (*node, []string) {
	text := strings.TrimSpace(decodeText(p))
	if text == "" {
		return queryTree(p), nil
	}
	if n, ok := parseJSON(text); ok {
		return n, nil
	}
	if form := readForm(p); form != nil {
		return formTree(form), fileNames(form)
	}
	n, _ := parseXML(text)
	return n, nil
}

// maxLabels bounds the members that become labels.
const maxLabels = 20

// appriseLabels are the short members but for title and text, by their names in lower
// case; the type under "type", also where XML calls it otherwise.
func appriseLabels(n *node) map[string]string {
	labels := map[string]string{}
	for _, f := range n.fields {
		name := f.key
		switch name {
		case "version", "title", "subject", "message", "body", "text", "html", "content", "format", "urls":
			continue
		case "messagetype":
			name = "type"
		}
		value := strings.TrimSpace(f.value.text)
		if value == "" || len(labels) == maxLabels || utf8.RuneCountInString(value) > maxFactRunes {
			continue
		}
		if name == "type" {
			value = strings.ToLower(value)
		}
		labels[name] = value
	}
	return labels
}

// isApprise recognises Apprise among all that a generic hook receives.
func isApprise(n *node) bool {
	_, rated := rate(n.peek("type", "messagetype").scalar())
	return rated && n.has("version") && n.has("message")
}

func (n *node) scalar() string {
	if !n.isScalar() {
		return ""
	}
	return n.text
}

// readApprise is readUnknown for a format whose members mean what their names say, also
// where the user has renamed them, but for the files and the way the text is written.
func readApprise(n *node) draft {
	n.drop("version", "urls") // "urls" are where an Apprise API server would send to, with passwords
	files := n.takeFiles()
	format := n.takeIf(isAppriseFormat, "format")
	d := readMembers(n)
	if format != "" {
		d.markup = appriseFormats[strings.ToLower(format)]
	}
	d.sniffHTML()
	d.addFiles(files)
	return d
}

// appriseFormats are Apprise's names for how a text is written. Its notifiers do not say
// it unless the user's URL adds it (":format=html").
var appriseFormats = map[string]markup{"text": plain, "markdown": markdown, "html": rich}

func isAppriseFormat(s string) bool {
	_, ok := appriseFormats[strings.ToLower(s)]
	return ok
}

// takeFiles returns the names of the files that a document holds, under whatever name it
// holds them, so that no content is ever drawn.
func (n *node) takeFiles() []string {
	var names []string
	for i := range n.fields {
		f := &n.fields[i]
		files := f.value.items
		if wrapped := f.value.peek("attachment"); wrapped != nil { // in XML: one, or several
			if files = wrapped.items; wrapped.kind == '{' {
				files = []*node{wrapped}
			}
		}
		hasContent := slices.ContainsFunc(files, func(f *node) bool { return f.peek("base64", "mimetype") != nil })
		if !hasContent && (f.key != "attachments" || f.value.isScalar()) {
			continue
		}
		f.told = true
		for _, file := range files[:min(len(files), maxElements)] {
			names = append(names, cmp.Or(file.take("filename"), "unnamed"))
		}
	}
	return names
}
