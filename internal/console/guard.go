package console

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// onlyHere refuses requests for a host that is not this machine by its name. A page elsewhere
// can have its own name point to 127.0.0.1 and would then be of the same origin as this one.
func onlyHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) {
			http.Error(w, "This page is only for the machine it runs on: open it as http://localhost.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLoopback tells whether a Host header, with or without a port, means this machine.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}

// onlyOwnPage refuses what another site makes a browser ask: posts, and also reads, because
// every stream that is open takes one of few places. Programs other than browsers may ask.
func onlyOwnPage(next http.Handler) http.Handler {
	refuse := func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, http.StatusForbidden, "Only the demo's own page may ask this.")
	}
	posts := http.NewCrossOriginProtection()
	posts.SetDenyHandler(http.HandlerFunc(refuse))
	protected := posts.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Sec-Fetch-Site") {
		case "", "same-origin", "none":
			protected.ServeHTTP(w, r)
		default:
			refuse(w, r)
		}
	})
}

// policy allows the page's own files and nothing else. Trusted types make the browser refuse
// a string as HTML wherever the page's one policy, for its allow-list, does not stand.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types foreign-html"

func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}
