package formatters

// hasWords reports whether an HTML text has any text to read. A picture has none: clients
// get no pictures of a sender's.
func hasWords(source string) bool { return splitHTML(source).line != "" }
