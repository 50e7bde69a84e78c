package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
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

	// TrustedProxies are those whose X-Forwarded-For says where a request comes from.
	TrustedProxies []netip.Prefix
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
	trusted  []netip.Prefix
	dialects map[string]*dialect

	hooks    atomic.Pointer[map[digest]*hook]
	bodies   bodies
	budget   budget
	failures failures
	draining atomic.Bool
	failing  atomic.Bool // the last webhook could not be stored
}

// New returns a Gateway.
func New(o Options) *Gateway {
	g := &Gateway{
		router: chi.NewRouter(), enqueuer: o.Enqueuer, log: o.Log, metrics: o.Metrics,
		now: o.Now, zone: o.Zone, maxBody: o.MaxBody, isReady: o.Ready,
		trusted: o.TrustedProxies, dialects: newDialects(), failures: failures{levels: map[origin]level{}},
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
	g.budget = newBudget(g.maxBody)
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
	h, p := g.find(r.URL.Path)
	if h == nil {
		notFound.write(w)
		g.metrics.Received("unknown", notFound.result, g.now().Sub(started))
		return
	}
	d := g.dialects[p.dialect]
	a := g.accept(&visit{Gateway: g, r: r, hook: h, place: p, dialect: d, received: started})
	g.metrics.Received(h.Name, a.result, g.now().Sub(started))
	if h.Wait && a.id != "" {
		a = g.wait(r.Context(), h, a)
	}
	switch {
	case a.err != "" || h.Answer == nil && d == nil:
		a.write(w)
	case h.Answer != nil:
		h.Answer.write(w)
	default:
		d.tell(w, r, a)
	}
}

// accept lets a visit run under recover.
func (g *Gateway) accept(v *visit) (a answer) {
	defer func() {
		if p := recover(); p != nil { // a defect of ours; its sender may try again
			g.log.Error("webhook not accepted after a panic", "hook", v.hook.Name, "panic", p, "stack", string(debug.Stack()))
			a = unavailable
		}
	}()
	if refusal := v.admit(); refusal != nil {
		return *refusal
	}
	buf := g.bodies.get()
	a = v.accept(buf)
	g.bodies.put(buf) // not after a panic: somebody may still hold it
	return a
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
