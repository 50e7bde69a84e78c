package gateway

import (
	"maps"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// environment is what conditions may name, besides the functions of expr except now().
//
//	service, hook     names of the service and of the hook
//	event             what the sender calls it: "Grab", "firing"; may be ""
//	severity          a number; compare it with muted < info < success < warning < error < critical
//	status, subject, summary    the first line of the message
//	facts             by name, as text; facts["Size"] is "" when there is none
//	labels            by name; labels.team is "" when there is none
//	payload           what was sent: JSON as maps, lists, text, numbers, booleans and nil;
//	                  the fields of a form or query as a map; else text
//	headers           the first value of each, headers["User-Agent"], in any case
//	query             the first value of each parameter
//	time              when it happened, as the sender says, else when it was received; in the
//	                  configured zone: time.Hour() < 8
var environment = func() types.Map {
	texts := types.TypeOf(map[string]string{})
	env := types.Map{
		"service": types.String, "hook": types.String, "event": types.String,
		"severity": types.Int,
		"status":   types.String, "subject": types.String, "summary": types.String,
		"facts": texts, "labels": texts,
		"payload": types.Any,
		"headers": texts, "query": texts,
		"time": types.TypeOf(time.Time{}),
	}
	for s := formatters.Muted; s <= formatters.Critical; s++ {
		env[s.String()] = types.Int
	}
	return env
}()

func environmentNames() []string { return slices.Sorted(maps.Keys(environment)) }

// input is a webhook as conditions see it.
type input struct {
	hook    *hook
	webhook *Webhook
	header  http.Header
	query   url.Values
	zone    *time.Location

	env map[string]any // what was used so far
}

// environment returns at least the named values. The payload is decoded for those only who
// look at it.
func (in *input) environment(names []string) map[string]any {
	if in.env == nil {
		in.env = make(map[string]any, len(names))
	}
	for _, name := range names {
		if _, there := in.env[name]; !there {
			in.env[name] = in.value(name)
		}
	}
	return in.env
}

func (in *input) value(name string) any {
	n := &in.webhook.Notification
	switch name {
	case "service":
		return in.hook.Service.Name
	case "hook":
		return in.hook.Name
	case "event":
		return n.Event
	case "severity":
		return int(n.Severity)
	case "status":
		return n.Status
	case "subject":
		return n.Subject
	case "summary":
		return n.Summary
	case "facts":
		return in.facts()
	case "labels":
		return n.Labels
	case "payload":
		return in.webhook.Payload.Value()
	case "headers":
		return firstValues(in.header)
	case "query":
		return firstValues(in.query)
	case "time":
		if !n.Time.IsZero() {
			return n.Time.In(in.zone)
		}
		return in.webhook.Payload.Received.In(in.zone)
	}
	severity, _ := formatters.ParseSeverity(name) // the only names that are left
	return int(severity)
}

func (in *input) facts() map[string]string {
	facts := make(map[string]string, len(in.webhook.Notification.Facts))
	for _, f := range in.webhook.Notification.Facts {
		if _, there := facts[f.Name]; there || f.Name == "" {
			continue
		}
		if facts[f.Name] = f.Value; !f.Time.IsZero() {
			facts[f.Name] = f.Time.In(in.zone).Format(time.RFC3339)
		}
	}
	return facts
}

func firstValues(all map[string][]string) map[string]string {
	first := make(map[string]string, len(all))
	for name, values := range all {
		if len(values) > 0 {
			first[name] = values[0]
		}
	}
	return first
}

// nameVisitor notes which names an expression uses, spells those of headers as Go does, and
// finds mistakes of which the type checker would only say that types mismatch.
type nameVisitor struct {
	used    []string
	problem *CompileError // the first
	at      file.Location
}

// Visit looks at one node, after those below it.
func (v *nameVisitor) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		switch _, known := environment[n.Value]; {
		case n.Value == "$env": // would use every name
			v.report(n, &CompileError{Message: "unknown name $env", Remedy: "use its names directly"})
		case known && !slices.Contains(v.used, n.Value):
			v.used = append(v.used, n.Value)
		}
	case *ast.MemberNode:
		if isName(n.Node, "headers") {
			canonicalize(n.Property)
		}
	case *ast.BinaryNode:
		if n.Operator == "in" && isName(n.Right, "headers") {
			canonicalize(n.Left)
		}
		if text, found := comparedText(n); found {
			remedy := "compare severity with a constant: severity >= warning"
			if _, err := formatters.ParseSeverity(text); err == nil {
				remedy += "; that is " + text + " without quotes"
			}
			v.report(n, &CompileError{Message: "severity is no text", Remedy: remedy})
		}
	}
}

func (v *nameVisitor) report(at ast.Node, problem *CompileError) {
	if v.problem == nil {
		v.problem, v.at = problem, at.Location()
	}
}

func isName(n ast.Node, name string) bool {
	id, ok := n.(*ast.IdentifierNode)
	return ok && id.Value == name
}

func canonicalize(n ast.Node) {
	if name, ok := n.(*ast.StringNode); ok {
		name.Value = textproto.CanonicalMIMEHeaderKey(name.Value)
	}
}

// comparedText returns the text that severity is compared with, on either side or in a list.
func comparedText(n *ast.BinaryNode) (string, bool) {
	other := n.Right
	if isName(n.Right, "severity") {
		other = n.Left
	} else if !isName(n.Left, "severity") {
		return "", false
	}
	switch o := other.(type) {
	case *ast.StringNode:
		return o.Value, true
	case *ast.ArrayNode:
		for _, element := range o.Nodes {
			if text, ok := element.(*ast.StringNode); ok {
				return text.Value, true
			}
		}
	}
	return "", false
}
