package formatters

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// maxURL is the longest address that is linked, in bytes.
const maxURL = 2048

// cleanURL returns an address that may be linked, or "": absolute http, https or mailto,
// without credentials. Links to matrix.to are refused, because clients draw them as a
// mention of a person or room.
func cleanURL(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxURL {
		return ""
	}
	if host, ok := plainHost(s); ok {
		if isMatrixTo(host) {
			return ""
		}
		return s
	}
	odd := func(r rune) bool { return r == '\\' || r == utf8.RuneError || isHidden(r) }
	if strings.ContainsFunc(s, odd) {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	u.User = nil
	u.RawQuery = escapedQuery(u.RawQuery)
	if u.Host, err = plainLetters(u.Host); err != nil {
		return ""
	}
	switch u.Scheme {
	case "http", "https":
		if u.Hostname() == "" || isMatrixTo(u.Hostname()) {
			return ""
		}
	case "mailto":
		if u.Opaque == "" {
			return ""
		}
	default:
		return ""
	}
	s = strings.ReplaceAll(withoutRoomPing(u.String()), "@\u200b", "%40")
	if len(s) > maxURL {
		return ""
	}
	return s
}

// escapedQuery escapes what ends an address where it stands in text. Senders write JSON and
// search words there as they are, and net/url leaves them so.
func escapedQuery(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsSpace(r) || strings.ContainsRune("\"<>`", r) {
			b.WriteString(url.PathEscape(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainLetters writes a host of other scripts as browsers ask for it: "xn--bcher-kva.example".
// So nothing looks like another host, and "matrix。to" is found to be matrix.to.
func plainLetters(host string) (string, error) {
	if strings.IndexFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return host, nil
	}
	name, port, hasPort := strings.Cut(host, ":")
	name, err := idna.Lookup.ToASCII(name)
	if hasPort {
		name += ":" + port
	}
	return name, err
}

// plainHost returns the host of an address that needs no parser: lower-case scheme, only
// letters, digits and harmless marks, no credentials.
func plainHost(s string) (string, bool) {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(s, "http://"); !ok {
			return "", false
		}
	}
	for i := range len(rest) {
		switch b := rest[i]; {
		case b >= 'a' && b <= 'z', b >= '0' && b <= '9', b >= 'A' && b <= 'Z',
			b == '/', b == '?', b == '#', b == '.', b == '-', b == '_', b == '=', b == '&', b == ':', b == '+', b == '~', b == ',':
		default:
			return "", false
		}
	}
	end := strings.IndexAny(rest, "/?#:")
	if end < 0 {
		end = len(rest)
	}
	if port, ok := strings.CutPrefix(rest[end:], ":"); ok {
		behind := strings.TrimLeft(port, "0123456789")
		odd := strings.Count(behind, "#") > 1 || strings.HasSuffix(behind, "#")
		if odd || len(behind) == len(port) || behind != "" && strings.IndexByte("/?#", behind[0]) < 0 {
			return "", false
		}
	}
	return rest[:end], end > 0
}

func isMatrixTo(host string) bool {
	host = strings.TrimRight(strings.ToLower(host), ".")
	return host == "matrix.to" || strings.HasSuffix(host, ".matrix.to")
}
