package formatters

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// secretParameter matches the names of query parameters that are passwords.
var secretParameter = regexp.MustCompile(`(?i)key|token|secret|pass|pwd|auth|sig|credential|session|jwt`)

// publicURL returns an address's host, and the address as a link when it is http or https,
// without what should stay secret: user, password, and query parameters such as "apikey".
// A placeholder ("https://") and what is no address become "".
func publicURL(raw string) (host, link string) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" {
		return "", ""
	}
	stripSecrets(u)
	u.Fragment, u.RawFragment = "", ""
	if u.Scheme == "http" || u.Scheme == "https" {
		link = u.String()
	}
	return u.Host, link
}

// stripSecrets takes user, password, and what else should stay secret from an address.
func stripSecrets(u *url.URL) {
	u.User = nil
	if secretParameter.MatchString(u.Fragment) {
		u.Fragment, u.RawFragment = "", ""
	}
	u.RawQuery = strings.Join(slices.DeleteFunc(strings.Split(u.RawQuery, "&"), func(parameter string) bool {
		name, _, _ := strings.Cut(parameter, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		return secretParameter.MatchString(name)
	}), "&")
}

// stripSecrets takes from all that is drawn of a notification what should stay secret of
// the addresses in it. A user's template may put a monitor's address anywhere.
func (n *Notification) stripSecrets() {
	for _, s := range []*string{&n.Subject, &n.Summary, &n.Details, &n.URL} {
		*s = publicText(*s)
	}
	n.HTML = addressInText.ReplaceAllStringFunc(n.HTML, func(s string) string {
		return html.EscapeString(publicText(html.UnescapeString(s)))
	})
	for i := range n.Facts {
		n.Facts[i].Value, n.Facts[i].URL = publicText(n.Facts[i].Value), publicText(n.Facts[i].URL)
	}
	for i := range n.Items {
		n.Items[i].Text, n.Items[i].URL = publicText(n.Items[i].Text), publicText(n.Items[i].URL)
	}
	for i := range n.Links {
		n.Links[i].Text, n.Links[i].URL = publicText(n.Links[i].Text), publicText(n.Links[i].URL)
	}
}

var addressInText = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://[^\s"<>]+`)

// publicText returns a text without what is secret of the addresses in it. An address that
// cannot be read is left out where it may hold a secret.
func publicText(s string) string {
	if !strings.Contains(s, "://") {
		return s
	}
	return addressInText.ReplaceAllStringFunc(s, func(raw string) string {
		address := strings.TrimRight(raw, ").,;:'")
		u, err := url.Parse(address)
		if err != nil && strings.ContainsAny(address, "@?#") {
			return raw[len(address):]
		} else if err != nil {
			return raw
		}
		before := u.String()
		if stripSecrets(u); u.String() == before { // leave it as it was written
			return raw
		}
		return u.String() + raw[len(address):]
	})
}
