// Package probe asks services whether they are there.
//
// # The contract
//
// All asks every service at once and returns, in the order of the probes, what each said
// within the time. A service counts as up when it gives the answer that its protocol wants:
// an open port is not enough where more can be asked. No probe needs credentials, and none
// changes anything.
//
// Why a service is down comes in two parts. Trouble.Text is for everybody and names no
// address; the whole error is for those who run the service.
package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"sync"
	"time"
)

// Dialer opens connections; *net.Dialer is one.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Check asks one service, in the way of its protocol.
type Check interface {
	// Ask returns something worth knowing of a service that is up, or "". It ends with ctx.
	Ask(ctx context.Context, d Dialer) (note string, err error)
	// Target is where the service is: for those who run it.
	Target() string
}

// Probe is a service by its name, and how it is asked.
type Probe struct {
	Name string
	Check
}

// Result is what came of a probe.
type Result struct {
	Name   string
	Target string
	Took   time.Duration
	Note   string
	Err    error // nil: it is up; else a *Trouble
}

// Trouble is why a service counts as down.
type Trouble struct {
	Text  string // for everybody: "no answer in time"
	Cause error  // nil when Text says all
}

func (t *Trouble) Error() string {
	if t.Cause == nil {
		return t.Text
	}
	return t.Text + ": " + t.Cause.Error()
}

func (t *Trouble) Unwrap() error { return t.Cause }

// All asks all services at once. Each has so much time.
func All(ctx context.Context, d Dialer, limit time.Duration, probes []Probe) []Result {
	results := make([]Result, len(probes))
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var all sync.WaitGroup
	for i, p := range probes {
		all.Go(func() { results[i] = one(ctx, d, p) })
	}
	all.Wait()
	return results
}

func one(ctx context.Context, d Dialer, p Probe) (r Result) {
	start := time.Now()
	r = Result{Name: p.Name, Target: p.Target()}
	defer func() {
		if value := recover(); value != nil { // one odd answer must not hide all the others
			r.Err = &Trouble{Text: "the probe failed", Cause: fmt.Errorf("panic: %v\n%s", value, debug.Stack())}
		}
		r.Took = time.Since(start)
	}()
	r.Note, r.Err = p.Ask(ctx, d)
	r.Err = trouble(r.Err)
	return r
}

// trouble says in words for everybody what an error means, if it does not yet.
func trouble(err error) error {
	var known *Trouble
	var timeout net.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &Trouble{Text: "no answer in time", Cause: err}
	}
	return &Trouble{Text: "no connection", Cause: err}
}

// wrong is the trouble with a service that answers, but not as it should.
func wrong(format string, args ...any) error {
	return &Trouble{Text: "a wrong answer", Cause: fmt.Errorf(format, args...)}
}

// dial opens a connection that ends with ctx. An address that begins with a slash is a Unix
// socket.
func dial(ctx context.Context, d Dialer, network, address string) (conn net.Conn, end func(), err error) {
	if len(address) > 0 && address[0] == '/' {
		network = "unix"
	}
	conn, err = d.DialContext(ctx, network, address)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return conn, func() { stop(); _ = conn.Close() }, nil
}
