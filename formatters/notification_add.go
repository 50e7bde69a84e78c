package formatters

// addLabel adds a label that has a value.
func (n *Notification) addLabel(name, value string) {
	if value != "" {
		n.Labels[name] = value
	}
}

// tellAfterColon parts the summary from what stands before it.
func (n *Notification) tellAfterColon() {
	if n.Summary != "" {
		n.Summary = ": " + n.Summary
	}
}

// attach puts b behind a, as Render puts a summary behind a subject: after a space, or at
// once when b begins with a mark that clings.
func attach(a, b string) string {
	if a == "" || b == "" || clings(b) {
		return a + b
	}
	return a + " " + b
}

// stacked puts b under a, after an empty line.
func stacked(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n\n" + b
}
