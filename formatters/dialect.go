package formatters

import (
	"maps"
	"mime"
	"slices"
)

// dialects are the shared formats that an address may stand for: what is sent there is of
// the format even where it could as well be something else, such as {"text":"*hi*"}.
var dialects = map[string]struct {
	shape
	needs []string // one of these members
}{
	"slack":   {shape{isSlack, readSlack}, []string{"text", "attachments", "blocks"}},
	"discord": {shape{isDiscord, readDiscord}, []string{"content", "embeds"}},
	"teams":   {shape{isTeams, readTeams}, []string{"text", "title", "summary", "sections"}},
	"gotify":  {shape{isGotify, readGotify}, []string{"message"}},
	"ntfy":    {shape{isNtfy, readNtfy}, []string{"message", "title", "topic"}},
}

// Dialect returns the generic service for an address whose senders speak the named format:
// slack, discord, teams, gotify or ntfy.
func Dialect(name string) (Service, bool) {
	d, known := dialects[name]
	s := services["generic"]
	if !known {
		return s, false
	}
	s.Formatter = FormatterFunc(func(p Payload) (Notification, error) {
		if name == "ntfy" {
			p = ntfyPayload(p)
		}
		n, ok := dialectTree(p)
		if !ok {
			return formatGeneric(p)
		}
		another := slices.ContainsFunc(shapes, func(s shape) bool { return s.fits(n) })
		if !d.fits(n) && (another || !n.has(d.needs...)) {
			return formatGeneric(p)
		}
		read := d.read(n)
		read.addFiles(fileNames(readForm(p)))
		read.readPush(p)
		return read.notification(), nil
	})
	if name == "ntfy" {
		s.Headers, s.Query = slices.Clone(s.Headers), slices.Clone(s.Query)
		for _, aliases := range ntfyParameters {
			for _, alias := range aliases {
				if !slices.Contains(s.Query, alias) {
					s.Query = append(s.Query, alias)
				}
			}
		}
	}
	return s, true
}

// dialectTree returns the object that a body is: JSON, or else a form, as Gotify and Discord
// take as well.
func dialectTree(p Payload) (*node, bool) {
	if doc, err := jsonDocument(p); err == nil {
		n, ok := parseTree(string(doc))
		return n, ok && n.kind == '{'
	}
	form := readForm(p)
	return formTree(form), form != nil
}

// ntfyParameters are the query parameters of ntfy's publishing, by the header that says the
// same (docs.ntfy.sh/publish, "List of all parameters").
var ntfyParameters = map[string][]string{
	"Title":    {"title", "t", "ti", "x-title"},
	"Message":  {"message", "m", "x-message"},
	"Priority": {"priority", "prio", "p", "x-priority"},
	"Tags":     {"tags", "tag", "ta", "x-tags"},
	"Click":    {"click", "x-click"},
	"Markdown": {"markdown", "md", "x-markdown"},
}

// ntfyPayload puts what a query says where headers and the body would say it.
func ntfyPayload(p Payload) Payload {
	if mediaType, _, _ := mime.ParseMediaType(p.ContentType); mediaType == "" || mediaType == "application/x-www-form-urlencoded" {
		p.ContentType = "text/plain" // ntfy knows no forms: "curl -d" only calls it one
	}
	header, query := maps.Clone(p.Header), maps.Clone(p.Query)
	if header == nil {
		header = map[string][]string{}
	}
	for name, aliases := range ntfyParameters {
		for _, alias := range aliases {
			said := query[alias]
			delete(query, alias)
			switch {
			case len(said) == 0 || said[0] == "":
			case name != "Message" && header[name] == nil:
				header[name] = said[:1]
			case name == "Message" && len(p.Body) == 0:
				p.Body, p.ContentType = []byte(said[0]), "text/plain; charset=utf-8"
			}
		}
	}
	p.Header, p.Query = header, query
	return p
}
