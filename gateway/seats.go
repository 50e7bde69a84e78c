package gateway

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// seats are the connections that a server may have open at once.
type seats struct {
	max      int
	patience time.Duration // how long a sender may keep us waiting when all seats are taken

	mu      sync.Mutex
	changes *sync.Cond // a seat is free, or may be taken away
	taken   map[net.Conn]*seat
	closed  bool
}

// seat is one connection's.
type seat struct {
	waitsSince atomic.Int64 // Unix nanoseconds since which its sender keeps us waiting; 0 while we work
}

type seatKey struct{}

func newSeats(n int, patience time.Duration) *seats {
	s := &seats{max: n, patience: patience, taken: map[net.Conn]*seat{}}
	s.changes = sync.NewCond(&s.mu)
	return s
}

// take gives a new connection its seat; it is an http.Server's ConnContext.
func (s *seats) take(ctx context.Context, c net.Conn) context.Context {
	place := &seat{}
	place.waitsSince.Store(time.Now().UnixNano())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken[c] = place
	return context.WithValue(ctx, seatKey{}, place)
}

// changed follows a connection; it is an http.Server's ConnState.
func (s *seats) changed(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateIdle, http.StateClosed, http.StateHijacked:
	default:
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if state != http.StateIdle {
		delete(s.taken, c)
	} else if place := s.taken[c]; place != nil {
		place.waitsSince.Store(time.Now().UnixNano())
	}
	s.changes.Signal()
}

// markWorking says that a request has arrived whole, and that what takes time now is not
// its sender's doing. Without a Server it does nothing.
func markWorking(ctx context.Context) {
	if place, ok := ctx.Value(seatKey{}).(*seat); ok {
		place.waitsSince.Store(0)
	}
}

// wait returns when there is a free seat, or false when no more are given.
func (s *seats) wait() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.taken) >= s.max && !s.closed {
		longest, patience := s.longest()
		if patience <= 0 {
			delete(s.taken, longest)
			_ = longest.Close() // it is given up in any case
			continue
		}
		alarm := time.AfterFunc(patience, s.wake)
		s.changes.Wait()
		alarm.Stop()
	}
	return !s.closed
}

// longest returns the connection that has kept us waiting longest, and for how long it still
// may; while we work for all of them, none.
func (s *seats) longest() (longest net.Conn, patience time.Duration) {
	now := time.Now().UnixNano()
	since := now
	for c, place := range s.taken {
		if t := place.waitsSince.Load(); t != 0 && (longest == nil || t < since) {
			longest, since = c, t
		}
	}
	return longest, s.patience - time.Duration(now-since)
}

// wake lets wait look again. With the lock it cannot come before wait waits.
func (s *seats) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes.Broadcast()
}

// close ends all waiting.
func (s *seats) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.changes.Broadcast()
}

// seatedListener accepts no more connections than there are seats.
type seatedListener struct {
	net.Listener
	seats *seats
}

// Accept returns the next connection once there is a seat for it.
func (l *seatedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if !l.seats.wait() {
		_ = c.Close() // nobody has read from it
		return nil, net.ErrClosed
	}
	return c, nil
}

// Close ends Accept.
func (l *seatedListener) Close() error {
	l.seats.close()
	return l.Listener.Close()
}
