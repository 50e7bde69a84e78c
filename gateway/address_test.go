package gateway_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

// TestAllowFrom finds out where webhooks come from, behind the proxies of newGuarded.
func TestAllowFrom(t *testing.T) {
	t.Parallel()
	allowed := gateway.Auth{AllowFrom: []netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("10.9.0.0/16"),
	}}
	for name, c := range map[string]struct {
		remote    string
		forwarded []string // header lines
		ok        bool
	}{
		"OK":                  {"192.0.2.7:5", nil, true},
		"OK6":                 {"[2001:db8::1]:5", nil, true},
		"OKMapped":            {"[::ffff:192.0.2.7]:5", nil, true},
		"OKZone":              {"[2001:db8::1%eth0]:5", nil, true},
		"ErrElsewhere":        {"198.51.100.7:5", nil, false},
		"ErrElsewhere6":       {"[2001:db9::1]:5", nil, false},
		"ErrSpoofed":          {"198.51.100.7:5", []string{"192.0.2.7"}, false},
		"OKBehindProxy":       {"127.0.0.1:5", []string{"192.0.2.7"}, true},
		"OKBehindTwo":         {"127.0.0.1:5", []string{"192.0.2.7, 10.0.0.1"}, true},
		"OKBehindTwoLines":    {"127.0.0.1:5", []string{"192.0.2.7", "10.0.0.1"}, true},
		"OKBehindProxy6":      {"[fd00::1]:5", []string{"2001:db8::1"}, true},
		"OKPort":              {"127.0.0.1:5", []string{"192.0.2.7:443"}, true},
		"OKPort6":             {"127.0.0.1:5", []string{"[2001:db8::1]:443"}, true},
		"OKBrackets":          {"127.0.0.1:5", []string{"[2001:db8::1]"}, true},
		"OKSpace":             {"127.0.0.1:5", []string{" 198.51.100.7 ,\t192.0.2.7 , "}, true},
		"OKRightMost":         {"127.0.0.1:5", []string{"198.51.100.7, 192.0.2.7"}, true},
		"OKMalformedFurther":  {"127.0.0.1:5", []string{"unknown, 192.0.2.7"}, true},
		"OKAllTrusted":        {"127.0.0.1:5", []string{"10.9.0.1, 10.0.0.1"}, true}, // a client within the proxies' network
		"ErrBehindProxy":      {"127.0.0.1:5", []string{"198.51.100.7"}, false},
		"ErrSpoofedHop":       {"127.0.0.1:5", []string{"192.0.2.7, 198.51.100.7"}, false},
		"ErrSpoofedFirstLine": {"127.0.0.1:5", []string{"192.0.2.7", "198.51.100.7"}, false},
		"ErrNoHeader":         {"127.0.0.1:5", nil, false},
		"ErrEmptyHeader":      {"127.0.0.1:5", []string{"", ","}, false},
		"ErrMalformed":        {"127.0.0.1:5", []string{"192.0.2.7, unknown"}, false},
		"ErrMalformedTrusted": {"127.0.0.1:5", []string{"192.0.2.7, _hidden, 10.0.0.1"}, false},
		"ErrName":             {"127.0.0.1:5", []string{"proxy.example.org"}, false},
		"ErrRemoteIsNone":     {"@", []string{"192.0.2.7"}, false},
		"ErrManyCommas":       {"127.0.0.1:5", []string{"192.0.2.7" + strings.Repeat(",", 30_000) + "198.51.100.7"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _ := newGuarded(t, guarded(t, allowed))
			r := request("POST", "/"+anID, "text")
			r.RemoteAddr = c.remote
			for _, line := range c.forwarded {
				r.Header.Add("X-Forwarded-For", line)
			}
			got := h.serve(r)
			if c.ok {
				check(t, got, 202, accepted)
				return
			}
			check(t, got, 403, `{"ok":false,"error":"Not allowed from here"}`)
			if h.metrics.String() != "backups forbidden" || len(h.outbox.webhooks()) > 0 {
				t.Errorf("metrics %q, %d enqueued", h.metrics, len(h.outbox.webhooks()))
			}
		})
	}
	t.Run("AndSecret", func(t *testing.T) {
		t.Parallel()
		both := allowed
		both.Bearer = []string{"token"}
		h, _ := newGuarded(t, guarded(t, both))
		for _, c := range []struct {
			remote, token string
			status        int
		}{{"192.0.2.7:5", "token", 202}, {"192.0.2.7:5", "wrong", 401}, {"198.51.100.7:5", "token", 403}} {
			r := request("POST", "/"+anID, "text", "Authorization", "Bearer "+c.token)
			r.RemoteAddr = c.remote
			if got := h.serve(r); got.StatusCode != c.status {
				t.Errorf("%+v is answered with %d", c, got.StatusCode)
			}
		}
	})
	t.Run("NobodyIsTrusted", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, guarded(t, allowed))
		r := request("POST", "/"+anID, "text", "X-Forwarded-For", "192.0.2.7")
		r.RemoteAddr = "127.0.0.1:5"
		if got := h.serve(r); got.StatusCode != http.StatusForbidden {
			t.Errorf("a spoofed header is answered with %d", got.StatusCode)
		}
	})
}
