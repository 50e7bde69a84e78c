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
		if form := readForm(p); form != nil && !strings.ContainsAny(body, " \n") { // else a "&" may be part of a name
			tree = formTree(form)
		} else if tree, ok = salvageJSON(body); !ok {
			tree = textNode(body)
		}
	}
	texts := kumaTexts(tree)
	if e, ok := embeddedBeat(doc); ok {
		return e.customBeat(texts), nil
	}
	for i, t := range texts {
		if n, ok := findKumaMessage(t.value); ok {
			return withOtherTexts(n, texts, i), nil
		}
	}
	if name, ok := findKumaTest(texts); ok {
		return kumaTest(name, p.header("User-Agent")), nil
	}
	if n, ok := findKumaMessage(body); ok { // too broken to be taken apart
		return n, nil
	}
	return markedGeneric(p, texts)
}

// withOtherTexts adds what a custom body says besides its message, the text of that number.
func withOtherTexts(n Notification, texts []kumaText, message int) Notification {
	told := []string{
		n.Subject, strings.TrimPrefix(n.Summary, ": "), kumaDownMark, kumaUpMark,
		kumaTitle, kumaTitle + " - " + n.Subject,
		"[object Object]", // of {{ monitorJSON }} without "| json"
	}
	if message >= 0 {
		told = append(told, texts[message].value)
	}
	for i, other := range texts {
		if i == message || other.name == "" || slices.Contains(told, other.value) ||
			unwrapJSON(other.value) != nil || kumaPlaceholder.MatchString(other.value) {
			continue
		}
		n.Facts = append(n.Facts, Fact{Name: other.name, Value: other.value})
	}
	return n
}

// kumaPlaceholder matches what {{ name }}, {{ hostnameOrURL }} and {{ status }} are in what is
// about no monitor: tests and expiries.
var kumaPlaceholder = regexp.MustCompile(`Monitor Name not available|testing\.hostname|` + kumaTestMark)

// kumaTitle is the title in the template that Uptime Kuma suggests; behind it, up and down
// have " - " and the monitor's name.
const kumaTitle = "Uptime Kuma Alert"

// findKumaTest returns the name of the notification that a test is about. It is told by
// the message, where that is all, or has the suggested title or a message's name: a
// monitor may be called "Load Testing".
func findKumaTest(texts []kumaText) (name string, ok bool) {
	if _, _, ok := customState(texts); ok {
		return "", false
	}
	titled := slices.ContainsFunc(texts, func(t kumaText) bool { return t.value == kumaTitle })
	for _, t := range texts {
		message := titled || len(texts) == 1 || slices.Contains([]string{"msg", "message", "text", "body"}, strings.ToLower(t.name))
		if name, ok := testedName(t.value); ok && message {
			return name, true
		}
	}
	return "", false
}

// customState returns the state that a custom body names, and the text that is it or has
// it: {{ status }} somewhere, or {{ heartbeatJSON.status }} as its status. One that names
// both states names none.
func customState(texts []kumaText) (state kumaState, in string, ok bool) {
	marks := 0
	for _, mark := range []string{kumaDownMark, kumaUpMark} {
		low := strings.ToLower(mark)
		i := slices.IndexFunc(texts, func(t kumaText) bool { return strings.Contains(strings.ToLower(t.value), low) })
		if i >= 0 {
			state, in = markedState(mark), texts[i].value
			marks++
		}
	}
	if marks > 0 {
		return state, in, marks == 1
	}
	for _, t := range texts {
		switch state := kumaStateOf(t.value); {
		case !slices.Contains([]string{"status", "state"}, strings.ToLower(t.name)):
		case state == kumaDown || state == kumaUp:
			return state, t.value, true
		}
	}
	return kumaUnknown, "", false
}

// markedGeneric is the generic formatter's notification with the state that a custom body
// names somewhere.
func markedGeneric(p Payload, texts []kumaText) (Notification, error) {
	state, in, ok := customState(texts)
	test := slices.IndexFunc(texts, func(t kumaText) bool { return strings.Contains(t.value, kumaTestMark) })
	switch {
	case ok && test >= 0, !ok && test < 0:
		return Notification{}, errNotUptimeKuma
	case test >= 0:
		n := kumaTest("", p.header("User-Agent"))
		if t := texts[test].value; t != kumaTestMark {
			n.Details = t
		}
		return n, nil
	}
	n, err := services["generic"].Formatter.Format(p)
	n.Facts = slices.DeleteFunc(n.Facts, func(f Fact) bool { return f.Value == in }) // the badge says so
	name := monitorNamed(texts)
	if name != "" && n.Subject == "" {
		n.Subject = name
		n.Facts = slices.DeleteFunc(n.Facts, func(f Fact) bool { return f.Value == name })
		if n.Summary != "" {
			n.Summary = ": " + n.Summary
		}
	}
	told := kumaMessage{State: state, Name: name}.notification()
	n.Event, n.Status, n.Severity = told.Event, told.Status, told.Severity
	n.Labels, n.Incident = told.Labels, told.Incident
	return n, err
}

// monitorNamed returns the monitor's name, where a custom body has it by itself.
func monitorNamed(texts []kumaText) string {
	for _, key := range []string{"monitor", "monitorname", "monitor_name", "name", "service"} {
		for _, t := range texts {
			if strings.EqualFold(t.name, key) {
				return t.value
			}
		}
	}
	return ""
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
var kumaLine = regexp.MustCompile(`(?im)(?:^\[(.+?)|\[([^\[\]\n]+))\] \[(` + kumaDownMark + `|` + kumaUpMark + `)\] ?(.*)$`)

// findKumaMessage looks for one of Uptime Kuma's messages in a text. What else the text
// says is in the notification's details.
func findKumaMessage(s string) (Notification, bool) {
	if n, ok := kumaExpiry(s); ok {
		return n, true
	}
	s = strings.TrimSpace(s)
	m := kumaLine.FindStringSubmatchIndex(s)
	if m == nil {
		return findKumaExpiry(s)
	}
	name, reason := s[max(m[2], m[4]):max(m[3], m[5])], s[m[8]:m[9]]
	if m[0] == 0 { // its reason may be of many lines
		return kumaMessage{State: markedState(s[m[6]:m[7]]), Name: name, Reason: s[m[8]:]}.notification(), true
	}
	if strings.HasPrefix(s, "{") {
		reason = reason[:lengthOfString(reason)]
	}
	before, reason := withoutDecoration(s[:m[0]], reason)
	n := kumaMessage{State: markedState(s[m[6]:m[7]]), Name: name, Reason: reason}.notification()
	if before != "" || strings.Contains(s, "\n") { // it says more than the message
		n.Details = s
	}
	return n, true
}

// decoration is what stands before something that is written bold or the like.
var decoration = regexp.MustCompile("(?:([*_~`]+)|<(\\w+)[^<>]*>)$")

// withoutDecoration takes what decorates a message from the text before it, and its ends from
// the text behind the message's head.
func withoutDecoration(before, behind string) (string, string) {
	for range 4 { // "<p>**" are two
		m := decoration.FindStringSubmatch(before)
		if m == nil {
			break
		}
		end := m[1]
		if end == "" {
			end = "</" + m[2] + ">"
		}
		before, behind = strings.TrimSuffix(before, m[0]), strings.Replace(behind, end, "", 1)
	}
	return before, behind
}

var expiryStart = regexp.MustCompile(`(?i)\[|Domain name `)

// findKumaExpiry looks for the message of an expiry within a text.
func findKumaExpiry(s string) (Notification, bool) {
	for line := range strings.Lines(s) {
		at := expiryStart.FindStringIndex(line)
		if at == nil {
			continue
		}
		_, message := withoutDecoration(line[:at[0]], strings.TrimSpace(line[at[0]:]))
		if n, ok := kumaExpiry(message); ok {
			n.Details = s
			return n, true
		}
	}
	return Notification{}, false
}
