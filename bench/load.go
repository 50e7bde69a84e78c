package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// load is a sender of webhooks over a number of connections, each of which waits for an
// answer before its next request. It writes and reads HTTP by hand: net/http's client would
// take as much of the machine as what is measured.
type load struct {
	address     string
	paths       []string // taken in turns
	body        body
	connections int
}

// body is a webhook's body, in which a number makes each one another.
type body struct{ before, after []byte }

func (b body) appendTo(buf []byte, n int64) []byte {
	buf = append(buf, b.before...)
	buf = fmt.Appendf(buf, "%016X", n)
	return append(buf, b.after...)
}

// number splits a body where its unique text stands.
func number(data []byte, unique string) (body, error) {
	before, after, found := bytes.Cut(data, []byte(unique))
	if !found {
		return body{}, fmt.Errorf("no %s in the sample", unique)
	}
	return body{before, after}, nil
}

// result is what a load came to.
type result struct {
	count int     // webhooks, all of them accepted
	rate  float64 // accepted per second
	p99   time.Duration
}

// runFor sends for some time.
func (l load) runFor(ctx context.Context, d time.Duration) (result, error) {
	ends := time.Now().Add(d)
	return l.send(ctx, func() bool { return time.Now().Before(ends) })
}

// runTimes sends so many webhooks.
func (l load) runTimes(ctx context.Context, n int64) (result, error) {
	var sent atomic.Int64
	return l.send(ctx, func() bool { return sent.Add(1) <= n })
}

func (l load) send(ctx context.Context, more func() bool) (result, error) {
	var numbers atomic.Int64
	numbers.Store(time.Now().UnixNano())
	took := make([][]time.Duration, l.connections)
	started := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for i := range l.connections {
		g.Go(func() (err error) {
			took[i], err = l.connection(ctx, &numbers, more)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return result{}, fmt.Errorf("send webhooks: %w", err)
	}
	elapsed := time.Since(started)
	var all []time.Duration
	for _, t := range took {
		all = append(all, t...)
	}
	if len(all) == 0 {
		return result{}, errors.New("no webhook was sent in time")
	}
	return result{count: len(all), rate: float64(len(all)) / elapsed.Seconds(), p99: percentile(all, 99)}, nil
}

// connection sends over one connection and returns how long each answer took.
func (l load) connection(ctx context.Context, numbers *atomic.Int64, more func() bool) (took []time.Duration, err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", l.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // all answers were read
	r := bufio.NewReader(conn)
	var request []byte
	for ctx.Err() == nil && more() {
		n := numbers.Add(1)
		length := len(l.body.before) + 16 + len(l.body.after)
		request = fmt.Appendf(request[:0], "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Sonarr/4.0.19.2979\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
			l.paths[int(n)%len(l.paths)], l.address, length)
		request = l.body.appendTo(request, n)
		started := time.Now()
		if _, err := conn.Write(request); err != nil {
			return nil, err
		}
		if err := readAccepted(r); err != nil {
			return nil, err
		}
		took = append(took, time.Since(started))
	}
	return took, ctx.Err()
}

// readAccepted reads an answer, which has to be 202 with a Content-Length.
func readAccepted(r *bufio.Reader) error {
	length := -1
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 202 ")) {
			return fmt.Errorf("answered %q", bytes.TrimSpace(line))
		}
		if value, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
		if len(line) == 2 {
			break
		}
	}
	if length < 0 {
		return errors.New("answered without Content-Length")
	}
	_, err := io.CopyN(io.Discard, r, int64(length))
	return err
}

func percentile(values []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)*p/100, len(sorted)-1)]
}
