package config

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// validateAuth reports what cannot be asked of a hook's senders, or told to them.
func (c *Config) validateAuth() {
	for i, h := range c.Hooks {
		path := fmt.Sprintf("hooks[%d]", i)
		if h.Auth != nil {
			c.validateHookAuth(h, path+".auth")
		} else if c.report.given(path+".auth") && !c.report.wrong(path+".auth") {
			c.report.problem(path+".auth", "is empty, so that everybody with the address could post", authRemedy)
		}
		switch {
		case !c.report.usable(path + ".burst"):
		case h.Burst < 1:
			c.report.problem(path+".burst", "is out of range", "use at least 1")
		case !c.report.given(path + ".rate"):
			c.report.problem(path+".burst", "is given without a rate", `add how many webhooks are accepted, such as rate: 30/min`)
		}
		if h.Answer != nil {
			c.validateAnswer(*h.Answer, path+".answer")
		}
	}
}

const authRemedy = "give bearer_file, basic, header, hmac_file or allow_from, or leave auth out"

func (c *Config) validateHookAuth(h Hook, path string) {
	a := h.Auth
	if c.report.wrong(path) {
		return // what is asked for is not known
	}
	if len(a.Bearer) == 0 && a.Basic == nil && a.Header == nil && len(a.HMAC) == 0 && len(a.AllowFrom) == 0 {
		message := "asks for nothing, so that everybody with the address could post"
		if a.Scheme != "" {
			message = "names a scheme, and no key"
		}
		c.report.problem(path, message, authRemedy)
		return
	}
	if c.report.given(path+".allow_from") && len(a.AllowFrom) == 0 {
		c.report.problem(path+".allow_from", "is empty", "name the networks, such as [10.0.0.0/8], or leave the key out")
	}
	if len(a.Bearer) > 0 && a.Basic != nil {
		c.report.problem(path+".basic", "needs the header Authorization, and so does bearer", "keep one of the two")
	}
	if a.Basic != nil && strings.Contains(a.Basic.User, ":") {
		c.report.problem(path+".basic.user", "has a colon, which ends a user's name", "use a name without one")
	}
	if a.Header != nil {
		c.validateAuthHeader(*a, path+".header.name")
	}
	c.validateSignature(h, path)
}

// headerPattern is what the name of a header may be (RFC 9110, 5.6.2).
var headerPattern = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

func (c *Config) validateAuthHeader(a Auth, path string) {
	switch name := http.CanonicalHeaderKey(a.Header.Name); {
	case !headerPattern.MatchString(name):
		c.report.problem(path, "is no name of a header", "write it as X-Token")
	case name == "Authorization" && (len(a.Bearer) > 0 || a.Basic != nil):
		c.report.problem(path, "needs the header Authorization, and so does bearer or basic", "keep one of the two")
	case name == "Host", name == "Content-Length", name == "Transfer-Encoding", name == "Trailer":
		c.report.problem(path, "is a header that holds no secret", "use another, such as X-Token")
	}
}

func (c *Config) validateSignature(h Hook, path string) {
	a := h.Auth
	switch {
	case len(a.HMAC) > 0 && a.Scheme == "":
		c.report.problem(path+".scheme", "is missing", "say how bodies are signed: grafana, github, gitea or standard-webhooks")
	case len(a.HMAC) == 0 && a.Scheme != "":
		c.report.problem(path+".scheme", "is given without a key", "give hmac_file, too")
	case len(a.HMAC) > 0 && h.Get:
		c.report.problem(strings.TrimSuffix(path, ".auth")+".get", "is given together with hmac, and a GET has no body that could be signed", "keep one of the two")
	}
	for _, f := range []struct{ key, name string }{
		{"signature_header", a.SignatureHeader}, {"timestamp_header", a.TimestampHeader},
	} {
		switch at := path + "." + f.key; {
		case f.name == "":
		case a.Scheme != "grafana":
			c.report.problem(at, "is for the scheme grafana alone", "leave it out: the others have fixed headers")
		case !headerPattern.MatchString(f.name):
			c.report.problem(at, "is no name of a header", "write it as X-Signature")
		}
	}
}

func (c *Config) validateAnswer(a Answer, path string) {
	switch {
	case c.report.wrong(path):
	case a.Status < 200 || a.Status > 299:
		c.report.problem(path+".status", "is no success, so that senders would repeat what was accepted", "use 200 to 299")
	case (a.Status == http.StatusNoContent || a.Status == http.StatusResetContent) && a.Body != "":
		c.report.problem(path+".body", fmt.Sprintf("cannot be sent with status %d", a.Status), "leave it out, or use status 200")
	case strings.ContainsFunc(a.ContentType, func(r rune) bool { return r < ' ' || r > '~' }) || !strings.Contains(a.ContentType, "/"):
		c.report.problem(path+".content_type", "is no content type", "write it as application/json")
	}
}

// warnAddresses finds addresses that are not what they are taken for.
func (c *Config) warnAddresses() {
	for i, n := range c.Gateway.TrustedProxies {
		if n.IsValid() && n.Bits() == 0 {
			c.report.warn(fmt.Sprintf("gateway.trusted_proxies[%d]", i), "trusts everybody, so that webhooks can come from any address they like", "name the proxies alone")
		}
	}
	if len(c.Gateway.TrustedProxies) > 0 || !c.Gateway.Listen.loopback() {
		return
	}
	for i, h := range c.Hooks {
		if h.Auth != nil && len(h.Auth.AllowFrom) > 0 {
			c.report.warn(fmt.Sprintf("hooks[%d].auth.allow_from", i), "sees the address of the reverse proxy alone", "name the proxy under gateway.trusted_proxies, such as [127.0.0.1, \"::1\"]")
		}
	}
}
