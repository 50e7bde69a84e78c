package gateway

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Scheme is a way to sign webhooks. All of them are HMAC-SHA256 over the body as it is on
// the wire, before any Content-Encoding is taken off: that is what the sender signed.
type Scheme string

// The schemes.
const (
	// Grafana 12: hex in X-Grafana-Alerting-Signature or a header of the sender's choice,
	// over the body, or over "<Unix seconds>:<body>" where a header with the time is named.
	Grafana Scheme = "grafana"
	// GitHub: "sha256=" and hex in X-Hub-Signature-256.
	GitHub Scheme = "github"
	// Gitea, Forgejo and Gogs: the same, and in older versions plain hex in a header of their
	// own, which is empty when they have no secret.
	Gitea Scheme = "gitea"
	// Standard Webhooks 1.0: "v1,<base64>", several separated by spaces, in Webhook-Signature,
	// over "<id>.<Unix seconds>.<body>"; Svix calls its headers otherwise.
	StandardWebhooks Scheme = "standard-webhooks"
)

// Signature says how webhooks are signed.
type Signature struct {
	Scheme    Scheme
	Keys      [][]byte // any of them
	Header    string   // Grafana's header with the signature; "" is its default
	Timestamp string   // Grafana's header with the time; "" when it sends none
}

// tolerance is how far a sender's clock may be off, and how old a signed webhook may be.
const tolerance = 5 * time.Minute

// Reasons for which a signature is refused.
var (
	errUnsigned    = errors.New("no signature")
	errSignature   = errors.New("the signature does not fit the body")
	errNoTimestamp = errors.New("no readable signed time")
	errTimestamp   = errors.New("the signed time is more than 5 minutes off")
	errNoSignedID  = errors.New("no signed delivery id")
)

// Key reads a key as the scheme writes it.
func (s Scheme) Key(text string) ([]byte, error) {
	if s != StandardWebhooks {
		return []byte(text), nil
	}
	encoded := strings.TrimRight(strings.TrimPrefix(text, "whsec_"), "=")
	key, err := base64.RawStdEncoding.DecodeString(encoded)
	if err != nil || len(key) == 0 {
		return nil, errors.New("is no key of Standard Webhooks") // without the text
	}
	return key, nil
}

// verify checks the signature of a request. With a scheme that signs the time it returns
// what tells a replay within the tolerance from a new delivery, else "".
func (s *Signature) verify(r *http.Request, body []byte, now time.Time) (deliveryID string, err error) {
	switch s.Scheme {
	case StandardWebhooks:
		return s.verifyStandard(r.Header, body, now)
	case Grafana:
		return s.verifyGrafana(r.Header, body, now)
	case Gitea:
		_, err = s.verifyHex(body, cmp.Or(r.Header.Get("X-Hub-Signature-256"), r.Header.Get("X-Gitea-Signature"),
			r.Header.Get("X-Forgejo-Signature"), r.Header.Get("X-Gogs-Signature")))
	case GitHub:
		_, err = s.verifyHex(body, r.Header.Get("X-Hub-Signature-256"))
	default:
		err = errSignature
	}
	return "", err
}

func (s *Signature) verifyGrafana(header http.Header, body []byte, now time.Time) (string, error) {
	signature := header.Get(cmp.Or(s.Header, "X-Grafana-Alerting-Signature"))
	if s.Timestamp == "" {
		_, err := s.verifyHex(body, signature)
		return "", err
	}
	timestamp := header.Get(s.Timestamp)
	if err := checkTimestamp(timestamp, now); err != nil {
		return "", err
	}
	given, err := s.verifyHex(body, signature, timestamp, ":")
	if err != nil {
		return "", err
	}
	// It has no id. What it signs anew has a new time, so the same signature is a repeat.
	return "signature " + hex.EncodeToString(given), nil
}

// verifyHex checks, and returns, a signature in hex of what stands before the body, and the
// body.
func (s *Signature) verifyHex(body []byte, signature string, before ...string) ([]byte, error) {
	if signature == "" {
		return nil, errUnsigned
	}
	given, err := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	if err != nil || !s.fits(given, body, before...) {
		return nil, errSignature
	}
	return given, nil
}

// standardHeaders are the headers with id, time and signature, and what Svix calls them.
var standardHeaders = [][3]string{
	{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"},
	{"Svix-Id", "Svix-Timestamp", "Svix-Signature"},
}

// maxSignatures bounds how many signatures of one webhook are tried.
const maxSignatures = 8

func (s *Signature) verifyStandard(header http.Header, body []byte, now time.Time) (string, error) {
	names := standardHeaders[0]
	if header.Get(names[2]) == "" {
		names = standardHeaders[1]
	}
	id, timestamp, signatures := header.Get(names[0]), header.Get(names[1]), header.Get(names[2])
	switch {
	case signatures == "":
		return "", errUnsigned
	case id == "" || len(id) > maxSenderID:
		return "", errNoSignedID
	}
	if err := checkTimestamp(timestamp, now); err != nil {
		return "", err
	}
	for i, signature := range strings.Fields(signatures) {
		if i == maxSignatures {
			break
		}
		encoded, isHMAC := strings.CutPrefix(signature, "v1,") // "v1a," is of another kind
		given, err := base64.StdEncoding.DecodeString(encoded)
		if isHMAC && err == nil && s.fits(given, body, id, ".", timestamp, ".") {
			return id, nil
		}
	}
	return "", errSignature
}

// fits says whether a signature is one of the body, with what stands before it, by any of
// the keys. It takes as long for a wrong one as for a right one.
func (s *Signature) fits(signature, body []byte, before ...string) bool {
	fits := false
	for _, key := range s.Keys {
		mac := hmac.New(sha256.New, key)
		for _, text := range before {
			mac.Write([]byte(text))
		}
		mac.Write(body)
		fits = hmac.Equal(signature, mac.Sum(nil)) || fits
	}
	return fits
}

// checkTimestamp checks Unix seconds.
func checkTimestamp(text string, now time.Time) error {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return errNoTimestamp
	}
	if off := now.Sub(time.Unix(seconds, 0)); off > tolerance || off < -tolerance {
		return errTimestamp
	}
	return nil
}
