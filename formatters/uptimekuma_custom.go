package formatters

import (
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// formatKumaCustom tells a custom body: text or JSON in a shape of the user's own, which
// most often carries Uptime Kuma's message, or at least its status. One that carries
// neither is refused, and the generic formatter tells it.
//
// doc is nil when the body is no JSON. Uptime Kuma does not escape what it puts into the
// template: one quote in a monitor's name breaks the JSON, which is then sent inside a
// JSON string.
func formatKumaCustom(p Payload, doc []byte) (Notification, error) {
	body := ""
	tree, ok := parseTree(string(doc))
	if !ok {
		body = unquoted(decodeText(p))
		if tree, ok = salvageJSON(body); !ok {
			tree = textNode(body)
		}
	}
	texts := kumaTexts(tree)
	for i, t := range texts {
		n, ok := findKumaMessage(t.value)
		if !ok {
			continue
		}
		told := []string{
			t.value, n.Subject, strings.TrimPrefix(n.Summary, ": "), kumaDownMark, kumaUpMark,
			kumaTitle, kumaTitle + " - " + n.Subject,
		}
		for j, other := range texts {
			if j != i && other.name != "" && !slices.Contains(told, other.value) {
				n.Facts = append(n.Facts, Fact{Name: other.name, Value: other.value})
			}
		}
		return n, nil
	}
	if name, ok := findKumaTest(texts); ok {
		return kumaTest(name, p.header("User-Agent")), nil
	}
	if n, ok := findKumaMessage(body); ok { // too broken to be taken apart
		return n, nil
	}
	return markedGeneric(p, texts)
}

// kumaTitle is the title in the template that Uptime Kuma suggests; behind it, up and down
// have " - " and the monitor's name.
const kumaTitle = "Uptime Kuma Alert"

// findKumaTest returns the name of the notification that a test in the suggested template
// is about. "Testing" alone would be too little to tell one by.
func findKumaTest(texts []kumaText) (name string, ok bool) {
	if !slices.ContainsFunc(texts, func(t kumaText) bool { return t.value == kumaTitle }) {
		return "", false
	}
	for _, t := range texts {
		if name, ok := strings.CutSuffix(t.value, " Testing"); ok {
			return name, true
		}
	}
	return "", false
}

// markedGeneric is the generic formatter's notification with the status that a custom body
// names somewhere, provided that it names only one.
func markedGeneric(p Payload, texts []kumaText) (Notification, error) {
	var marks []string
	for _, mark := range []string{kumaDownMark, kumaUpMark, kumaTestMark} {
		if slices.ContainsFunc(texts, func(t kumaText) bool { return strings.Contains(t.value, mark) }) {
			marks = append(marks, mark)
		}
	}
	if len(marks) != 1 {
		return Notification{}, errNotUptimeKuma
	}
	n, err := services["generic"].Formatter.Format(p)
	if marks[0] == kumaTestMark {
		n.Event, n.Status, n.Severity = "test", "test", Muted
		return n, err
	}
	n.Facts = slices.DeleteFunc(n.Facts, func(f Fact) bool { return f.Value == marks[0] }) // the badge says so
	told := kumaMessage{State: markedState(marks[0])}.notification()
	n.Event, n.Status, n.Severity = told.Event, told.Status, told.Severity
	return n, err
}

// kumaText is a text in a custom body. One at the top level has the name of its member:
// below, names say more of some service's format than of the matter.
type kumaText struct{ name, value string }

// kumaTexts returns the texts of a document, in its order.
func kumaTexts(n *node) []kumaText {
	if n.isScalar() {
		return []kumaText{{value: n.text}}
	}
	var texts []kumaText
	for _, f := range n.fields {
		if f.value.isScalar() {
			texts = append(texts, kumaText{f.name, f.value.text})
			continue
		}
		for _, t := range kumaTexts(f.value) {
			texts = append(texts, kumaText{value: t.value})
		}
	}
	for _, item := range n.items {
		for _, t := range kumaTexts(item) {
			texts = append(texts, kumaText{value: t.value})
		}
	}
	return texts
}

// unquoted returns what a JSON string says, and any other text as it is.
func unquoted(s string) string {
	var inner string
	if json.Unmarshal([]byte(s), &inner, decodeOptions) == nil {
		return inner
	}
	return s
}

// kumaLine finds a message within a text. A name that has brackets itself is understood
// at the beginning of a line only.
var kumaLine = regexp.MustCompile(`(?m)(?:^\[(.+?)|\[([^\[\]\n]+))\] \[(` + kumaDownMark + `|` + kumaUpMark + `)\] ?(.*)$`)

// findKumaMessage looks for one of Uptime Kuma's messages in a text. What else the text
// says is in the notification's details.
func findKumaMessage(s string) (Notification, bool) {
	if n, ok := kumaExpiry(s); ok {
		return n, true
	}
	m := kumaLine.FindStringSubmatch(s)
	if m == nil {
		return Notification{}, false
	}
	reason := m[4]
	if end := stringEnd.FindStringIndex(reason); end != nil && strings.HasPrefix(s, "{") {
		reason = reason[:end[0]]
	}
	n := kumaMessage{State: markedState(m[3]), Name: m[1] + m[2], Reason: reason}.notification()
	if m[0] != strings.TrimSpace(s) {
		n.Details = s
	}
	return n, true
}
