package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
)

// defaultMaxBody is 2 MiB, in bytes.
const defaultMaxBody = 2 << 20

// waitTime is how long a hook that waits keeps its sender, as long as matrix-hookshot did.
const waitTime = 5 * time.Second

// Options configures a Gateway. Enqueuer and Log must be set.
type Options struct {
	Enqueuer Enqueuer
	Log      *slog.Logger
	Metrics  Metrics          // none by default
	Now      func() time.Time // time.Now by default
	Zone     *time.Location   // of "time" in expressions; UTC by default
	MaxBody  int64            // the largest body in bytes, also when inflated; 2 MiB by default
	Ready    func() bool      // whether /ready may succeed; always by default
}

// Gateway is the HTTP handler of the port that receives webhooks. Without hooks, it finds
// none: see SetHooks.
type Gateway struct {
	router   chi.Router
	enqueuer Enqueuer
	log      *slog.Logger
	metrics  Metrics
	now      func() time.Time
	zone     *time.Location
	maxBody  int64
	isReady  func() bool

	hooks    atomic.Pointer[map[digest]*hook]
	bodies   bodies
	draining atomic.Bool
	failing  atomic.Bool // the last webhook could not be stored
}

// New returns a Gateway.
func New(o Options) *Gateway {
	g := &Gateway{
		router: chi.NewRouter(), enqueuer: o.Enqueuer, log: o.Log, metrics: o.Metrics,
		now: o.Now, zone: o.Zone, maxBody: o.MaxBody, isReady: o.Ready,
	}
	if g.metrics == nil {
		g.metrics = noMetrics{}
	}
	if g.now == nil {
		g.now = time.Now
	}
	if g.zone == nil {
		g.zone = time.UTC
	}
	if g.maxBody == 0 {
		g.maxBody = defaultMaxBody
	}
	if g.isReady == nil {
		g.isReady = func() bool { return true }
	}
	g.SetHooks(nil)

	g.router.Get("/live", g.live)
	g.router.Get("/ready", g.ready)
	g.router.Head("/live", g.live) // as some load balancers ask
	g.router.Head("/ready", g.ready)
	// Every other path and method may be a hook's, and must not tell whether it is.
	g.router.HandleFunc("/*", g.receive)
	g.router.MethodNotAllowed(g.receive)
	g.router.NotFound(g.receive)
	return g
}

// ServeHTTP answers a request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.router.ServeHTTP(w, r) }

// receive answers a request to what may be a hook's address.
func (g *Gateway) receive(w http.ResponseWriter, r *http.Request) {
	started := g.now()
	h := g.find(r.URL.Path)
	if h == nil {
		notFound.write(w)
		g.metrics.Received("unknown", notFound.result, g.now().Sub(started))
		return
	}
	a := g.accept(r, h, started)
	g.metrics.Received(h.Name, a.result, g.now().Sub(started))
	if h.Wait && a.id != "" {
		a = g.wait(r.Context(), h, a)
	}
	a.write(w)
}

// accept reads, tells and enqueues a webhook.
func (g *Gateway) accept(r *http.Request, h *hook, received time.Time) (a answer) {
	defer func() {
		if p := recover(); p != nil { // a defect of ours; its sender may try again
			g.log.Error("webhook not accepted after a panic", "hook", h.Name, "panic", p, "stack", string(debug.Stack()))
			a = unavailable
		}
	}()
	if !h.takes(r.Method) {
		return methodNotAllowed(h)
	}
	buf := g.bodies.get()
	if err := readBody(buf, r, g.maxBody); err != nil {
		g.bodies.put(buf)
		switch {
		case errors.Is(err, errTooLarge):
			return tooLarge
		case errors.Is(err, os.ErrDeadlineExceeded):
			return tooSlow
		}
		return aborted
	}
	markWorking(r.Context())
	body, err := decoded(buf.Bytes(), r.Header["Content-Encoding"], g.maxBody)
	if err != nil {
		g.bodies.put(buf)
		return tooLarge
	}
	// Its sender has handed it over: it is stored even if nobody waits for the answer.
	accepted, err := g.enqueuer.Enqueue(context.WithoutCancel(r.Context()), g.webhook(r, h, body, received))
	g.bodies.put(buf)
	g.noteStorage(err)
	a = answer{status: http.StatusAccepted, id: accepted.ID, result: "accepted"}
	switch {
	case err != nil:
		return unavailable
	case accepted.Repeat:
		a.result = "repeated"
	case accepted.Deliveries == 0:
		a.result = "filtered"
	}
	return a
}

// webhook tells what a request says, and finds its rooms.
func (g *Gateway) webhook(r *http.Request, h *hook, body []byte, received time.Time) Webhook {
	var query url.Values
	if r.URL.RawQuery != "" {
		query = r.URL.Query()
	}
	payload := h.Service.PayloadOf(r.Method, r.Header, query, body, received)
	told := h.Service.Format(payload)
	if told.Fallback {
		g.metrics.FormatFallback(h.Service.Name)
		h.warn(g.log, "payload told by the generic formatter", told.Err)
	}
	w := Webhook{
		Hook:         h.Name,
		Service:      h.Service.Name,
		Formatter:    told.Formatter,
		SenderID:     senderID(r.Header, body),
		Payload:      payload,
		Notification: told.Notification,
		Rooms:        h.fallback,
	}
	if h.Filter != nil || len(h.Routes) > 0 {
		w.Rooms = g.rooms(h, &input{hook: h, webhook: &w, header: r.Header, query: query, zone: g.zone})
	}
	return w
}

// wait waits until an accepted webhook is told, and says so.
func (g *Gateway) wait(ctx context.Context, h *hook, a answer) answer {
	ctx, cancel := context.WithTimeout(ctx, waitTime)
	defer cancel()
	state, err := g.enqueuer.Wait(ctx, a.id)
	switch {
	case err != nil: // accepted it is
		h.warn(g.log, "webhook cannot be waited for", err)
	case state == Told:
		a.status = http.StatusOK
	case state == Dead:
		a.status, a.err = http.StatusBadGateway, "The webhook could not be told in its room"
	}
	return a
}

// noteStorage logs when storing begins to fail, and when it works again.
func (g *Gateway) noteStorage(err error) {
	switch failing := err != nil; {
	case failing == g.failing.Load():
	case failing && g.failing.CompareAndSwap(false, true):
		g.log.Error("webhooks cannot be stored, their senders are told to repeat them", "err", err)
	case !failing && g.failing.CompareAndSwap(true, false):
		g.log.Info("webhooks can be stored again")
	}
}
