package formatters

import (
	"fmt"
	"net/textproto"
	"slices"
	"strings"
)

// Service is a sender that this package knows.
type Service struct {
	Name      string    // as in hooks.yaml and in testdata/payloads: "uptime-kuma"
	Title     string    // the virtual user's display name: "Uptime Kuma"
	Formatter Formatter //
	Headers   []string  // canonical names of the request headers that Format reads
	Query     []string  // query parameters that Format reads

	// DefaultFilter is the filter of hooks that have none of their own, for a service that
	// mostly sends what few rooms want. It is an expression as in hooks.yaml, usually ""; it
	// has to keep events that are new to us.
	DefaultFilter string

	// OnUpdate is what a change of an incident does where the hook says nothing: names of
	// actions as in hooks.yaml. nil changes the card.
	OnUpdate []string
}

// Localpart turns a hook's name into the part of a user id that stands behind the prefix, as
// matrix-hookshot did: lower-cased, without anything but a-z, 0-9, "-", ".", "=", "_"; "bot"
// when nothing is left.
func Localpart(name string) string {
	part := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + ('a' - 'A')
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', strings.ContainsRune("-.=_", r):
			return r
		}
		return -1
	}, name)
	if part == "" {
		return "bot"
	}
	return part
}

var services = map[string]Service{}

// register makes a service known. It is called from init functions only.
func register(s Service) {
	if _, taken := services[s.Name]; taken || s.Name == "" || s.Title == "" || s.Formatter == nil {
		panic(fmt.Sprintf("formatters: service %q is registered twice or without name, title or formatter", s.Name))
	}
	for i, h := range s.Headers {
		s.Headers[i] = textproto.CanonicalMIMEHeaderKey(h)
	}
	services[s.Name] = s
}

// Lookup returns the named service.
func Lookup(name string) (Service, bool) {
	s, ok := services[name]
	return s, ok
}

// Services returns all services, sorted by name.
func Services() []Service {
	all := make([]Service, 0, len(services))
	for _, s := range services {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Service) int { return strings.Compare(a.Name, b.Name) })
	return all
}
