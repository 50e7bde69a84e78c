package gateway

import (
	"io"
	"log/slog"
	"net/http"
)

// Preview is what a request to a hook would become.
type Preview struct {
	Webhook Webhook // as it would be enqueued: without rooms, its hook's filter drops it
	Filter  *Said   // nil where the hook has none
	Routes  []Said  // those that were asked, in their order
}

// Said is what a condition says of a webhook. One that failed holds as a filter, and as a
// route it does not.
type Said struct {
	Holds bool
	Err   error
}

// Preview tells what a request would become and where it would be told. Nothing is stored,
// and nobody is asked who sent it; false means that the address is no hook's. It reads at
// most MaxBody of the body.
func (g *Gateway) Preview(r *http.Request) (Preview, bool) {
	h, p := g.find(r.URL.Path)
	if h == nil {
		return Preview{}, false
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, g.maxBody)) // what there is of a body can be told, too
	// What fails is seen in the answer: no sender's webhook is counted or logged.
	quiet := &Gateway{log: slog.New(slog.DiscardHandler), metrics: noMetrics{}, now: g.now, zone: g.zone, maxBody: g.maxBody}
	v := &visit{Gateway: quiet, r: r, hook: &hook{Hook: h.Hook, fallback: h.fallback}, place: p, dialect: g.dialects[p.dialect], received: g.now()}
	w := v.webhook(body)
	query := r.URL.Query()
	withoutCredentials(query, v.dialect)
	in := &input{hook: h, webhook: &w, header: r.Header, query: query, zone: g.zone}
	seen := Preview{Webhook: w}
	if h.Filter != nil {
		said := h.Filter.say(in)
		if seen.Filter = &said; !said.Holds && said.Err == nil {
			return seen, true
		}
	}
	for _, route := range h.Routes {
		said := route.When.say(in)
		seen.Routes = append(seen.Routes, said)
		if said.Holds && !route.Continue {
			break
		}
	}
	return seen, true
}

func (c *Condition) say(in *input) Said {
	holds, err := c.holds(in)
	return Said{Holds: holds, Err: err}
}
