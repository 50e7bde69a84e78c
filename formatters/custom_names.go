package formatters

import (
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/types"
)

// customEnvironment is what a custom format may name, besides the functions of expr except
// now(), and those of custom_functions.go.
//
//	payload    what was sent: JSON as maps, lists, text, numbers, booleans and nil; the
//	           fields of a form or query as a map; else text
//	headers    headers["User-Agent"], the first value, in any case; "" when it is missing
//	query      query.name, the first value of a parameter; "" when it is missing
//	time       when the webhook was received, in the configured zone
//
// and the severities muted, info, success, warning, error and critical.
var customEnvironment = func() types.Map {
	texts := types.TypeOf(map[string]string{})
	env := types.Map{
		"payload": types.Any, "headers": texts, "query": texts, "time": types.TypeOf(time.Time{}),
		"ago": types.TypeOf(func(any) any { return nil }), "date": types.TypeOf(func(any, ...string) any { return nil }),
	}
	for s := Muted; s <= Critical; s++ {
		env[s.String()] = types.Int
	}
	return env
}()

// customInput is a webhook as a format sees it.
type customInput struct {
	draft *customDraft
	known map[string]any // what was used so far
}

// values returns at least the named values. The payload is decoded for those only who look
// at it.
func (in *customInput) values(names []string) map[string]any {
	if in.known == nil {
		in.known = make(map[string]any, len(names))
	}
	for _, name := range names {
		if _, there := in.known[name]; !there {
			in.known[name] = in.value(name)
		}
	}
	return in.known
}

func (in *customInput) value(name string) any {
	d := in.draft
	switch name {
	case "payload":
		return d.payload.Value()
	case "headers":
		return firstOfEach(d.payload.Header)
	case "query":
		return firstOfEach(d.payload.Query)
	case "time":
		return d.received
	case "ago":
		return d.ago
	case "date":
		return d.date
	}
	severity, _ := ParseSeverity(name) // the only names that are left
	return int(severity)
}

func firstOfEach(all map[string][]string) map[string]string {
	first := make(map[string]string, len(all))
	for name, values := range all {
		if len(values) > 0 {
			first[name] = values[0]
		}
	}
	return first
}

// customNames notes which names an expression uses, and which headers and parameters, since
// only those are kept of a request.
type customNames struct {
	used, headers, query []string

	root    ast.Node              // the whole expression, after the walk
	loose   []*ast.IdentifierNode // headers or query without a name behind them, so far
	problem *FieldError
	at      ast.Node
}

// Visit looks at one node, after those below it.
func (v *customNames) Visit(node *ast.Node) {
	defer func() { v.root = *node }()
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		v.identifier(n)
	case *ast.MemberNode:
		v.member(n.Node, n.Property)
	case *ast.BinaryNode:
		switch n.Operator {
		case "in":
			v.member(n.Right, n.Left)
		case "+":
			join(node, n)
		}
	case *ast.CallNode:
		if isCallOf(n, "get") && len(n.Arguments) == 2 {
			v.member(n.Arguments[0], n.Arguments[1])
		}
	}
}

// join turns a + "b" + c into one call, which knows the literals.
func join(node *ast.Node, sum *ast.BinaryNode) {
	call, ok := sum.Left.(*ast.CallNode)
	switch {
	case ok && isCallOf(call, joinedText):
	case isText(sum.Left) || isText(sum.Right):
		call = &ast.CallNode{Callee: &ast.IdentifierNode{Value: joinedText}, Arguments: []ast.Node{literalOf(sum.Left)}}
	default:
		return
	}
	call.Arguments = append(call.Arguments, literalOf(sum.Right))
	ast.Patch(node, call)
}

func isCallOf(call *ast.CallNode, name string) bool {
	callee, ok := call.Callee.(*ast.IdentifierNode)
	return ok && callee.Value == name
}

func isText(n ast.Node) bool {
	_, ok := n.(*ast.StringNode)
	return ok
}

func literalOf(n ast.Node) ast.Node {
	if text, ok := n.(*ast.StringNode); ok {
		return &ast.ConstantNode{Value: literal(text.Value)}
	}
	return n
}

func (v *customNames) identifier(n *ast.IdentifierNode) {
	switch _, known := customEnvironment[n.Value]; {
	case n.Value == "$env":
		v.report(n, "unknown name $env", "use its names directly")
	case known && !slices.Contains(v.used, n.Value):
		v.used = append(v.used, n.Value)
	}
	if n.Value == "headers" || n.Value == "query" {
		v.loose = append(v.loose, n)
	}
}

// member notes the name of a header or parameter.
func (v *customNames) member(of, property ast.Node) {
	id, isName := of.(*ast.IdentifierNode)
	name, isText := property.(*ast.StringNode)
	if !isName || !isText || !slices.Contains(v.loose, id) {
		return
	}
	v.loose = slices.DeleteFunc(v.loose, func(n *ast.IdentifierNode) bool { return n == id })
	if id.Value == "query" {
		v.query = append(v.query, name.Value)
		return
	}
	name.Value = textproto.CanonicalMIMEHeaderKey(name.Value)
	if slices.Contains(credentialHeaders, name.Value) {
		v.report(property, "the header "+name.Value+" holds a password", "leave it out: it would be stored with each webhook")
	}
	v.headers = append(v.headers, name.Value)
}

// credentialHeaders are those that no format may read.
var credentialHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie"}

// check returns the first mistake of which the type checker says nothing.
func (v *customNames) check(field string) *FieldError {
	if len(v.loose) > 0 {
		n := v.loose[0]
		v.report(n, n.Value+" without a name", `name the one that is meant, as in `+n.Value+`["name"]: no other is kept`)
	}
	group, _, _ := strings.Cut(field, ".")
	switch group {
	case "items":
		v.checkKeys(v.root, itemKeys)
	case "facts":
		v.checkKeys(v.root, factKeys)
	}
	return v.problem
}

// checkKeys looks for unknown keys in the maps that an expression comes to.
func (v *customNames) checkKeys(n ast.Node, known []string) {
	switch n := n.(type) {
	case *ast.MapNode:
		for _, pair := range n.Pairs {
			key, ok := pair.(*ast.PairNode).Key.(*ast.StringNode)
			if ok && !slices.Contains(known, key.Value) {
				v.report(key, "unknown key "+key.Value, "use one of "+strings.Join(known, ", "))
			}
		}
	case *ast.ArrayNode:
		for _, element := range n.Nodes {
			v.checkKeys(element, known)
		}
	case *ast.ConditionalNode:
		v.checkKeys(n.Exp1, known)
		v.checkKeys(n.Exp2, known)
	case *ast.PredicateNode:
		v.checkKeys(n.Node, known)
	case *ast.VariableDeclaratorNode:
		v.checkKeys(n.Expr, known)
	case *ast.BuiltinNode:
		switch n.Name {
		case "map":
			v.checkKeys(n.Arguments[1], known)
		case "filter", "take", "sortBy", "reverse", "concat", "uniq":
			v.checkKeys(n.Arguments[0], known)
		}
	}
}

func (v *customNames) report(at ast.Node, message, remedy string) {
	if v.problem == nil {
		v.problem, v.at = &FieldError{Message: message, Remedy: remedy}, at
	}
}
