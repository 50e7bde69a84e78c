package formatters

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// appURL returns the address of one of the program's own pages; "" when the webhook does
// not say where the program is, or a part of the path is unknown.
func (w *servarrWebhook) appURL(path ...string) string {
	address := strings.TrimRight(webURL(w.ApplicationURL), "/")
	for _, segment := range path {
		if address == "" || segment == "" {
			return ""
		}
		address += "/" + url.PathEscape(segment)
	}
	return address
}

// servarrImage is a picture of a series, film or album. Its other address, "url", is a
// path that wants a login.
type servarrImage struct {
	CoverType text `json:"coverType"`
	RemoteURL text `json:"remoteUrl"`
}

// publicImage returns the first public picture of the most wanted kind, or "".
func publicImage(images []servarrImage, kinds ...string) string {
	for _, kind := range kinds {
		for _, image := range images {
			if address := webURL(image.RemoteURL); address != "" && strings.EqualFold(string(image.CoverType), kind) {
				return address
			}
		}
	}
	return ""
}

// webURL returns an absolute http or https address, or "": where one is expected, senders
// also put a path, or nothing.
func webURL(address text) string {
	s := strings.TrimSpace(string(address))
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || rest == "" || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return ""
	}
	return s
}

// idLink returns a link to an entry of a public database, with the entry's number behind
// the prefix; none when the number is 0 or unknown.
func idLink(name, prefix string, id number, suffix string) Link {
	if v, ok := id.whole(1 << 50); ok && v > 0 {
		return Link{Text: name, URL: prefix + strconv.Itoa(v) + suffix}
	}
	return Link{}
}

// imdbLink returns a link to a title of IMDb; ids of another form are made up.
func imdbLink(id text) Link {
	digits, ok := strings.CutPrefix(string(id), "tt")
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return Link{}
	}
	return Link{Text: "IMDb", URL: "https://imdb.com/title/" + string(id) + "/"}
}

// knownLinks returns those of the links that have an address.
func knownLinks(links ...Link) []Link {
	return slices.DeleteFunc(links, func(l Link) bool { return l.URL == "" })
}
