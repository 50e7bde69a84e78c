package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	freeBody     = 64 << 10        // what a body may take without asking, in bytes: nearly all webhooks
	totalBodies  = 32 << 20        // what all larger ones together may take, in bytes
	budgetBodies = 4               // how many of the largest fit into the budget at least
	budgetTime   = 5 * time.Second // how long one waits for its share
)

// errBusy says that too many large bodies are on their way at once.
var errBusy = errors.New("too many large bodies at once")

// budget bounds the memory that bodies take while they are read, inflated and told. Without
// it, a thousand connections could bring two gigabytes.
type budget struct{ bytes *semaphore.Weighted }

// newBudget returns a budget for bodies of at most maxBody bytes.
func newBudget(maxBody int64) budget {
	return budget{semaphore.NewWeighted(max(totalBodies, budgetBodies*2*maxBody))}
}

// meter has a request's body take its share of the budget once it turns out to be large, or
// may become so by being inflated. It takes all of it at once: of two that hold a part and
// wait for more, neither could go on. Reading the body fails with errBusy when there is none.
// release gives the share back.
func (b budget) meter(r *http.Request, maxBody int64) (release func()) {
	m := &metered{ReadCloser: r.Body, ctx: r.Context(), budget: b, share: maxBody, free: freeBody}
	if r.ContentLength > 0 {
		m.share = min(r.ContentLength, maxBody)
	}
	if len(r.Header["Content-Encoding"]) > 0 {
		m.share, m.free = m.share+maxBody, 0
	}
	r.Body = m
	return m.release
}

// metered is a body that takes its share when more than the free part is read.
type metered struct {
	io.ReadCloser
	ctx    context.Context //nolint:containedctx // the request's, whose body this is
	budget budget
	share  int64
	free   int64 // that may still be read without the share
	taken  bool
}

// Read implements io.Reader.
func (m *metered) Read(p []byte) (int, error) {
	if !m.taken && m.free == 0 {
		if err := m.take(); err != nil {
			return 0, err
		}
	}
	if m.taken {
		return m.ReadCloser.Read(p)
	}
	n, err := m.ReadCloser.Read(p[:min(int64(len(p)), m.free)])
	m.free -= int64(n)
	return n, err
}

func (m *metered) take() error {
	ctx, cancel := context.WithTimeout(m.ctx, budgetTime)
	defer cancel()
	if m.budget.bytes.Acquire(ctx, m.share) != nil {
		return errBusy
	}
	m.taken = true
	return nil
}

func (m *metered) release() {
	if m.taken {
		m.budget.bytes.Release(m.share)
	}
}
