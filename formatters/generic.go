package formatters

import (
	"bytes"
	"cmp"
	"mime"
	"strings"
	"unicode/utf8"
)

func init() {
	register(Service{
		Name:      "generic",
		Title:     "Webhook",
		Formatter: FormatterFunc(formatGeneric),
		Headers: []string{
			"Title", "X-Title", "Ti", "T",
			"Priority", "X-Priority", "Prio", "P",
			"Tags", "X-Tags", "Tag", "Ta",
			"Click", "X-Click",
			"Markdown", "X-Markdown", "Md",
			"X-GitHub-Event", "X-Gitea-Event", "X-Forgejo-Event", "X-Gitlab-Event",
		},
		Query: []string{"title", "message", "priority", "tags", "click", "markdown"},
	})
}

// formatGeneric tells any payload: those that follow a format that many senders share as
// that format means them, anything else by the names of its members. It never fails.
func formatGeneric(p Payload) (Notification, error) {
	d := readGeneric(p)
	d.readPush(p)
	if d.event != "" && d.title+d.from+d.text == "" { // else it would be called empty
		d.text = "a webhook"
	}
	return d.notification(), nil
}

// readGeneric finds out what a body is. Its Content-Type is the last to be asked: too many
// senders leave it out or say something else.
func readGeneric(p Payload) draft {
	if len(bytes.TrimSpace(p.Body)) == 0 {
		return readTree(queryTree(p))
	}
	if kind := binaryKind(p); kind != "" {
		return draft{status: "received", severity: Info, text: countOf(len(p.Body), "byte", "bytes") + " of " + kind}
	}
	text := strings.TrimSpace(decodeText(p))
	if n, ok := parseJSON(text); ok && n.kind != '"' {
		return readTree(n)
	} else if ok {
		return readText(p, n.text)
	}
	if doc, err := jsonDocument(p); err == nil { // in a field of a form
		if n, ok := parseTree(string(doc)); ok {
			d := readTree(n)
			if !isPlex(n) { // whose file is a thumbnail
				d.addFiles(fileNames(readForm(p)))
			}
			return d
		}
	}
	if form := readForm(p); form != nil {
		n := formTree(form)
		if len(n.fields) == 1 && n.fields[0].value.kind == '"' { // a part of a name that nobody agreed on
			if inner, ok := parseTree(n.fields[0].value.text); ok && inner.kind == '{' {
				n = inner
			}
		}
		d := readTree(n)
		d.addFiles(fileNames(form))
		return d
	}
	return readText(p, decodeText(p))
}

// readText tells a body that is neither JSON nor a form.
func readText(p Payload, whole string) draft {
	text := strings.TrimSpace(whole)
	if n, ok := salvageJSON(text); ok {
		d := readTree(n)
		d.facts = append([]Fact{{Value: "JSON with mistakes"}}, d.facts...)
		return d
	}
	mediaType, _, _ := mime.ParseMediaType(p.ContentType)
	if isHTML(mediaType, text) {
		return draft{severity: Info, text: text, markup: rich}
	}
	if strings.HasPrefix(text, "<?xml") || strings.HasSuffix(mediaType, "xml") {
		if n, ok := parseXML(text); ok {
			return readTree(n)
		}
	}
	d := draft{severity: Info, text: whole, markup: sniffed}
	switch mediaType {
	case "text/markdown":
		d.markup = markdown
	case "text/plain":
	default:
		d.sniffHTML()
	}
	return d
}

// parseJSON reads a JSON document, also one wrapped in JSON strings once or twice.
func parseJSON(s string) (*node, bool) {
	n, ok := parseTree(s)
	for range 2 {
		if !ok || n.kind != '"' {
			break
		}
		inner, isJSON := parseTree(n.text)
		if !isJSON {
			break
		}
		n = inner
	}
	if ok && strings.Contains(s, `\\\"`) {
		n.unescapeQuotes()
	}
	return n, ok
}

// shape is a format that senders share.
type shape struct {
	fits func(*node) bool
	read func(*node) draft
}

// shapes are the formats that senders share, the most particular first.
var shapes = []shape{
	{isTeams, readTeams},
	{isPlex, readPlex},
	{isJellyfin, readJellyfin},
	{isForge, readForge},
	{isDiscord, readDiscord},
	{isSlack, readSlack},
	{isNtfy, readNtfy},
	{isGotify, readGotify},
	{isApprise, readApprise},
}

// readTree tells a document.
func readTree(n *node) draft {
	if n.kind == '[' && len(n.items) == 1 {
		n = n.items[0]
	}
	n.hideCredentials()
	files := n.takeContents()
	d := readShape(n)
	d.addFiles(files)
	return d
}

// readShape tells a document as the format means it that it follows.
func readShape(n *node) draft {
	switch n.kind {
	case '{':
		for _, s := range shapes {
			if s.fits(n) {
				return s.read(n)
			}
		}
		return readUnknown(n)
	case '[':
		return readList(n)
	}
	return draft{severity: Info, text: n.text, markup: sniffed}
}

// isHTML recognises an HTML page or fragment.
func isHTML(mediaType, text string) bool {
	head := strings.ToLower(text[:min(len(text), 16)])
	return mediaType == "text/html" || mediaType == "application/xhtml+xml" ||
		strings.HasPrefix(head, "<!doctype html") || strings.HasPrefix(head, "<html")
}

// binaryKind names what a body is that is no text; "" for texts.
func binaryKind(p Payload) string {
	body := inflated(p.Body)
	head := body[:min(len(body), 1024)]
	mediaType, _, _ := mime.ParseMediaType(p.ContentType)
	kind, _, _ := strings.Cut(mediaType, "/")
	controls := 0
	for _, b := range head {
		if b < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b", rune(b)) {
			controls++
		}
	}
	switch {
	case kind == "image", kind == "audio", kind == "video", bytes.HasPrefix(head, []byte("%PDF-")):
	case controls*20 <= len(head), controls <= 2 && utf8.Valid(body) && kind == "text", utf16ByLooks(body) != nil, declaredEncoding(p.ContentType) != nil,
		bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return ""
	}
	if kind == "text" || kind == "multipart" || mediaType == "application/x-www-form-urlencoded" { // curl's default, and not so
		return "binary data"
	}
	return cmp.Or(mediaType, "binary data")
}
