package outbox

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	firstPause = 500 * time.Millisecond
	maxPause   = 30 * time.Second
)

// backoff returns how long to wait after the n-th failure in a row, with jitter.
func backoff(n int) time.Duration {
	d := maxPause
	if n < 8 {
		d = min(firstPause<<(n-1), maxPause)
	}
	return d*3/4 + rand.N(d/2) //nolint:gosec // chance, not secrecy
}

// sleep waits, or returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	return sleepOr(ctx, d, nil)
}

// sleepOr waits until the time is over or the channel is closed.
func sleepOr(ctx context.Context, d time.Duration, early <-chan struct{}) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-early:
		return nil
	case <-t.C:
		return nil
	}
}

// pauses paces the lanes while the homeserver is in trouble. Each lane backs off by itself,
// so that a room that the homeserver cannot serve holds up no other. When a failing lane
// succeeds, the homeserver is back and all try at once; when it asks for time, all wait.
type pauses struct {
	mu        sync.Mutex
	until     time.Time // as the homeserver asked
	failing   map[int64]struct{}
	recovered chan struct{} // closed when a failing lane succeeds
}

func newPauses() pauses {
	return pauses{failing: map[int64]struct{}{}, recovered: make(chan struct{})}
}

// wait returns when attempts may be made.
func (p *pauses) wait(ctx context.Context) error {
	p.mu.Lock()
	d := time.Until(p.until)
	p.mu.Unlock()
	if d <= 0 {
		return ctx.Err()
	}
	return sleep(ctx, d)
}

// failed waits after a lane's n-th failure in a row.
func (p *pauses) failed(ctx context.Context, lane int64, n int, retryAfter time.Duration) error {
	p.mu.Lock()
	p.failing[lane] = struct{}{}
	if until := time.Now().Add(retryAfter); retryAfter > 0 && until.After(p.until) {
		p.until = until
	}
	recovered := p.recovered
	p.mu.Unlock()
	return sleepOr(ctx, backoff(n), recovered)
}

// succeeded notes that a lane's attempt got through.
func (p *pauses) succeeded(lane int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, failing := p.failing[lane]; failing {
		delete(p.failing, lane)
		close(p.recovered)
		p.recovered = make(chan struct{})
	}
}
