package gateway

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// origin is who failed to authenticate, and where.
type origin struct {
	hook string
	from netip.Prefix // one IPv4 address, or what one customer has of IPv6
}

// originOf returns the origin of a request.
func originOf(hook string, client netip.Addr) origin {
	bits := client.BitLen()
	if client.Is6() {
		bits = 64 // whoever has one of them has all
	}
	from, _ := client.Prefix(bits) // none for an address that is not known
	return origin{hook: hook, from: from}
}

// clientAddress returns the address that a request comes from: the connection's or, when a
// trusted proxy speaks there, the last hop of X-Forwarded-For that is not trusted itself.
// What a proxy says may not be an address; then the result is not valid.
func clientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	client := addressOf(r.RemoteAddr)
	if !contains(trusted, client) {
		return client
	}
	lines := r.Header["X-Forwarded-For"]
	for _, line := range slices.Backward(lines) { // each proxy appends
		for rest, more := line, true; more; {
			hop := rest
			if i := strings.LastIndexByte(rest, ','); i >= 0 {
				rest, hop = rest[:i], rest[i+1:]
			} else {
				more = false
			}
			if hop = strings.Trim(hop, " \t"); hop == "" {
				continue
			}
			if client = addressOf(hop); !contains(trusted, client) {
				return client
			}
		}
	}
	return client
}

// addressOf reads an address with or without a port: 192.0.2.1, 192.0.2.1:80, 2001:db8::1,
// [2001:db8::1] or [2001:db8::1]:80. Zones mean nothing to anybody else and are cut off.
func addressOf(s string) netip.Addr {
	client, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	if err != nil {
		withPort, _ := netip.ParseAddrPort(s) // the zero value when it is none
		client = withPort.Addr()
	}
	return client.Unmap().WithZone("")
}

func contains(prefixes []netip.Prefix, client netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(client) })
}
