package gateway

import "net/http"

// SetDraining makes /ready fail, so that load balancers look elsewhere. Webhooks are still
// accepted: most senders do not repeat them.
func (g *Gateway) SetDraining() { g.draining.Store(true) }

// live answers that the process serves.
func (g *Gateway) live(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, `{"ok":true}`)
}

// ready answers whether new senders are welcome.
func (g *Gateway) ready(w http.ResponseWriter, _ *http.Request) {
	if g.draining.Load() || !g.isReady() {
		writeHealth(w, http.StatusServiceUnavailable, `{"ready":false}`)
		return
	}
	writeHealth(w, http.StatusOK, `{"ready":true}`)
}

func writeHealth(w http.ResponseWriter, status int, body string) {
	header := w.Header()
	header["Content-Type"], header["X-Content-Type-Options"], header["Cache-Control"] = jsonType, noSniff, noStore
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}
