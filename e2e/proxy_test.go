//go:build goolm && linux

package e2e_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// proxy stands between the program and a homeserver, and makes some requests go wrong.
type proxy struct {
	*httptest.Server
	forward http.Handler
	faults  atomic.Pointer[[]proxyFault]
	hits    atomic.Int64 // requests that went wrong
}

// proxyFault goes wrong with a share of the requests.
type proxyFault struct {
	chance float64
	do     homeserver.Action
}

// startProxy starts a proxy that forwards everything until faults are set.
func startProxy(t *testing.T, target string) *proxy {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{forward: &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// fail lets requests go wrong from now on; without faults, none.
func (p *proxy) fail(faults ...proxyFault) { p.faults.Store(&faults) }

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	dice := rand.Float64()
	if faults := p.faults.Load(); faults != nil {
		for _, f := range *faults {
			if dice < f.chance {
				p.hits.Add(1)
				f.do(w, r, p.forward)
				return
			}
			dice -= f.chance
		}
	}
	p.forward.ServeHTTP(w, r)
}
