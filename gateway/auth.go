package gateway

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/netip"
	"net/textproto"
	"net/url"
	"strings"
)

// Auth is what a request must bring besides the address of its hook. All that is given must
// be there; of several secrets one is enough, so that they can be changed without a gap.
// The zero value asks for nothing.
type Auth struct {
	Bearer    []string       // tokens: Authorization: Bearer <token>
	Basic     *Basic         // Authorization: Basic …
	Header    *Header        // a header of the sender's choice
	Signature *Signature     // over the body
	AllowFrom []netip.Prefix // where it may come from, see Options.TrustedProxies
}

// Basic is a user with passwords.
type Basic struct {
	User      string
	Passwords []string
}

// Header is a header and its values.
type Header struct {
	Name   string
	Values []string
}

// Reasons for which a request is refused. They are logged, once each, and never answered.
var (
	errNoBearer  = errors.New("no bearer token")
	errBearer    = errors.New("wrong bearer token")
	errNoBasic   = errors.New("no user and password")
	errBasic     = errors.New("wrong user or password")
	errNoHeader  = errors.New("the header with the secret is missing")
	errHeader    = errors.New("wrong value of the header with the secret")
	errForbidden = errors.New("its address is not among allow_from")
)

// guard is an Auth as requests need it: of its secrets it knows hashes, but for the keys of
// signatures.
type guard struct {
	bearer    []digest
	basic     []digest // of "user:password"
	header    string
	values    []digest
	signature *Signature
	allowFrom []netip.Prefix
	challenge string // the WWW-Authenticate header of its 401; may be ""
}

func newGuard(a Auth) guard {
	g := guard{bearer: digests("", a.Bearer), signature: a.Signature, allowFrom: a.AllowFrom}
	if a.Basic != nil {
		g.basic = digests(a.Basic.User+":", a.Basic.Passwords)
		for _, password := range a.Basic.Passwords {
			if old, differs := latin1(a.Basic.User + ":" + password); differs {
				g.basic = append(g.basic, sha256.Sum256(old))
			}
		}
		g.challenge = `Basic realm="webhook", charset="UTF-8"`
	}
	if len(g.bearer) > 0 {
		g.challenge = "Bearer"
	}
	if a.Header != nil {
		g.header, g.values = textproto.CanonicalMIMEHeaderKey(a.Header.Name), digests("", a.Header.Values)
	}
	return g
}

func digests(before string, secrets []string) []digest {
	var all []digest
	for _, s := range secrets {
		all = append(all, sha256.Sum256([]byte(before+s)))
	}
	return all
}

// latin1 returns a text as older senders encode credentials, among them Sonarr and its kin,
// and whether that differs from UTF-8. What Latin-1 has no letter for, they spoil.
func latin1(s string) (encoded []byte, differs bool) {
	for _, r := range s {
		if r > 0xff {
			return nil, false
		}
		encoded = append(encoded, byte(r)) //nolint:gosec // it fits
	}
	return encoded, len(encoded) != len(s)
}

// secret says whether the guard asks for one.
func (g *guard) secret() bool {
	return g.bearer != nil || g.basic != nil || g.header != "" || g.signature != nil
}

// admits says whether requests from an address are welcome.
func (g *guard) admits(client netip.Addr) bool {
	return len(g.allowFrom) == 0 || contains(g.allowFrom, client)
}

// checkHeader checks what can be checked before the body is read.
func (g *guard) checkHeader(r *http.Request, d *dialect) error {
	if g.bearer != nil {
		token, found := bearerOf(r, d)
		if !found {
			return errNoBearer
		}
		if !isOneOf(token, g.bearer) {
			return errBearer
		}
	}
	if g.basic != nil {
		user, password, found := basicOf(authorization(r, d))
		if !found {
			return errNoBasic
		}
		if !isOneOf(user+":"+password, g.basic) {
			return errBasic
		}
	}
	if g.header != "" {
		values := r.Header[g.header]
		if len(values) == 0 {
			return errNoHeader
		}
		if !isOneOf(values[0], g.values) {
			return errHeader
		}
	}
	return nil
}

// isOneOf compares in a time that depends neither on where a text differs nor on its length
// compared with the secrets'.
func isOneOf(text string, secrets []digest) bool {
	sum := sha256.Sum256([]byte(text))
	same := 0
	for i := range secrets {
		same |= subtle.ConstantTimeCompare(sum[:], secrets[i][:])
	}
	return same == 1
}

// bearerOf returns the token of a request, wherever the sender's kind puts it.
func bearerOf(r *http.Request, d *dialect) (string, bool) {
	credentials := authorization(r, d)
	if scheme, token, _ := strings.Cut(credentials, " "); strings.EqualFold(scheme, "Bearer") && token != "" {
		return strings.Trim(token, " "), true
	}
	switch d.kind() {
	case "ntfy": // takes a token as a password without a user, too
		if user, token, found := basicOf(credentials); found && user == "" {
			return token, true
		}
	case "gotify":
		if token := r.Header.Get("X-Gotify-Key"); token != "" {
			return token, true
		}
		if token := r.URL.Query().Get("token"); token != "" {
			return token, true
		}
	}
	return "", false
}

// authorization returns the Authorization header, which ntfy's senders may also put into the
// query, in base64 without padding.
func authorization(r *http.Request, d *dialect) string {
	if credentials := r.Header.Get("Authorization"); credentials != "" || d.kind() != "ntfy" {
		return credentials
	}
	query := r.URL.Query()
	encoded := query.Get("auth")
	if encoded == "" {
		encoded = query.Get("authorization")
	}
	decoded, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		decoded, _ = base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "=")) // nothing when it is neither
	}
	return string(decoded)
}

// basicOf reads the credentials of basic authentication.
func basicOf(credentials string) (user, password string, found bool) {
	r := http.Request{Header: http.Header{"Authorization": {credentials}}}
	return r.BasicAuth()
}

// withoutCredentials takes out of a query what its dialect's senders authenticate with, so
// that it is neither stored nor told.
func withoutCredentials(query url.Values, d *dialect) {
	switch d.kind() {
	case "ntfy":
		query.Del("auth")
		query.Del("authorization")
	case "gotify":
		query.Del("token")
	}
}
