package config

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Registration is an appservice registration, the file by which a homeserver and an
// appservice know each other (Matrix 1.15, application service API, "Registration").
// Keys that are not listed here are left alone.
type Registration struct {
	ID              string     `yaml:"id" required:"yes"`               // unique on the homeserver
	URL             string     `yaml:"url"`                             // where the homeserver reaches us; may be empty
	ASToken         Secret     `yaml:"as_token" required:"yes"`         // what we show the homeserver
	HSToken         Secret     `yaml:"hs_token" required:"yes"`         // what the homeserver shows us
	SenderLocalpart string     `yaml:"sender_localpart" required:"yes"` // the appservice's own user
	RateLimited     bool       `yaml:"rate_limited" default:"true"`
	Namespaces      Namespaces `yaml:"namespaces"`
	MSC4190         bool       `yaml:"io.element.msc4190"` // devices for virtual users
}

// Namespaces are the users that the appservice may be.
type Namespaces struct {
	Users []Namespace `yaml:"users"`
}

// Namespace is a set of user ids.
type Namespace struct {
	Exclusive bool   `yaml:"exclusive"`
	Regex     string `yaml:"regex" required:"yes"` // matches from the start of a user id
}

// RegistrationParams is what a new registration is made from.
type RegistrationParams struct {
	ID              string // "" is "lotus-hooks"
	URL             string // where the homeserver reaches appservice.listen
	SenderLocalpart string // "" is "lotus-hooks"
	UserPrefix      string
	Domain          string // of the homeserver
}

const defaultSender = "lotus-hooks"

// NewRegistration makes a registration with fresh tokens of 32 random bytes each.
func NewRegistration(p RegistrationParams, random io.Reader) (Registration, error) {
	r := Registration{
		ID: p.ID, URL: p.URL, SenderLocalpart: p.SenderLocalpart,
		RateLimited: false, MSC4190: true,
	}
	if r.ID == "" {
		r.ID = defaultSender
	}
	if r.SenderLocalpart == "" {
		r.SenderLocalpart = defaultSender
	}
	for _, token := range []*Secret{&r.ASToken, &r.HSToken} {
		var raw [32]byte
		if _, err := io.ReadFull(random, raw[:]); err != nil {
			return Registration{}, fmt.Errorf("make token: %w", err)
		}
		*token = NewSecret(hex.EncodeToString(raw[:]))
	}
	for _, users := range []string{regexp.QuoteMeta(p.UserPrefix) + ".*", regexp.QuoteMeta(r.SenderLocalpart)} {
		regex := "@" + users + ":" + regexp.QuoteMeta(p.Domain)
		r.Namespaces.Users = append(r.Namespaces.Users, Namespace{Exclusive: true, Regex: regex})
	}
	return r, nil
}

// YAML returns the registration as its file, tokens included.
func (r Registration) YAML() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# The homeserver and lotus-hooks both read this file. It holds passwords.\n")
	fmt.Fprintf(&b, "id: %s\n", quote(r.ID))
	if r.URL == "" {
		fmt.Fprintf(&b, "url: null\n") // the homeserver then pushes nothing
	} else {
		fmt.Fprintf(&b, "url: %s\n", quote(r.URL))
	}
	fmt.Fprintf(&b, "as_token: %s\n", quote(r.ASToken.Reveal()))
	fmt.Fprintf(&b, "hs_token: %s\n", quote(r.HSToken.Reveal()))
	fmt.Fprintf(&b, "sender_localpart: %s\n", quote(r.SenderLocalpart))
	fmt.Fprintf(&b, "rate_limited: %t\n", r.RateLimited)
	fmt.Fprintf(&b, "# Virtual users have devices, so that no message is sent twice and encryption works.\n")
	fmt.Fprintf(&b, "io.element.msc4190: %t\n", r.MSC4190)
	fmt.Fprintf(&b, "namespaces:\n  users:\n")
	for _, n := range r.Namespaces.Users {
		fmt.Fprintf(&b, "    - exclusive: %t\n      regex: %s\n", n.Exclusive, quote(n.Regex))
	}
	fmt.Fprintf(&b, "  aliases: []\n  rooms: []\n")
	return b.Bytes()
}

// quote writes a text of one line as YAML.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// WriteFile writes the registration into a new file that only its owner can read, all of
// it or nothing. An existing file is an error (fs.ErrExist): the homeserver may know its
// tokens.
func (r Registration) WriteFile(name string) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".registration-*") // has mode 0600
	if err != nil {
		return fmt.Errorf("write registration: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // the new file is a link to it
	_, err = f.Write(r.YAML())
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Link(f.Name(), name) // unlike a rename, replaces nothing
	}
	if err != nil {
		return fmt.Errorf("write registration: %w", err)
	}
	return nil
}
