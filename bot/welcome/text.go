package welcome

import (
	"html"
	"strings"
)

// Yes is the reaction that accepts a greeting.
const Yes = "✅"

// Text returns a greeting for somebody, plain and as HTML. Every {name} in it becomes the
// name; lines are kept.
func Text(greeting, name string) (plain, markup string) {
	greeting = strings.TrimSpace(greeting)
	fill := func(text, name string) string { return strings.ReplaceAll(text, "{name}", name) }
	var paragraphs []string
	for _, p := range strings.Split(greeting, "\n\n") {
		lines := html.EscapeString(strings.Trim(p, "\n"))
		paragraphs = append(paragraphs, "<p>"+strings.ReplaceAll(fill(lines, html.EscapeString(name)), "\n", "<br>")+"</p>")
	}
	return fill(greeting, name), strings.Join(paragraphs, "")
}
