package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

const (
	deliverRooms = 16
	deliverUsers = 4
	deliverGoal  = 2000 // events a second
)

// deliver measures how fast a backlog is told in 16 rooms by 4 virtual users, each event
// made once and its outcome on disk before the next of its room, and what is accepted
// meanwhile. The homeserver is the one in memory, in this process.
func (b *bench) deliver(ctx context.Context) error {
	var ours, theirs, accepted, drained, processor []float64
	for range b.rounds {
		rate, used, err := b.drain(ctx)
		if err != nil {
			return err
		}
		ours, processor = append(ours, rate), append(processor, used)
		if rate, err = b.bareSends(ctx); err != nil {
			return err
		}
		theirs = append(theirs, rate)
		in, out, err := b.acceptAndDrain(ctx)
		if err != nil {
			return err
		}
		accepted, drained = append(accepted, in), append(drained, out)
	}
	b.report.add(fmt.Sprintf("delivered to %d rooms from a backlog", deliverRooms),
		fmt.Sprintf("%.0f/s", median(ours)), fmt.Sprintf("%.0f/s: the same requests with net/http alone", median(theirs)),
		median(ratios(ours, theirs)), atLeast(median(ours), deliverGoal, "%.0f/s"))
	b.report.add("processor time per 1,000 of those", fmt.Sprintf("%.0f ms", median(processor)), "", 0, goal{})
	b.report.add("accepted while delivering, 16 connections",
		fmt.Sprintf("%.0f/s", median(accepted)), fmt.Sprintf("%.0f/s: delivered meanwhile", median(drained)), 0, goal{})
	return nil
}

// drain fills the outbox while the homeserver hangs, and returns how many events a second
// are made once it answers, and the processor time of 1,000 of them, in ms.
func (b *bench) drain(ctx context.Context) (rate, processor float64, err error) {
	backlog := 4000
	if b.short {
		backlog = 800
	}
	err = b.withHome(ctx, func(h *home, s *setup, p *process, l load) error {
		release := make(chan struct{})
		remove := h.Inject(homeserver.Fault{Do: homeserver.Hang(release)})
		if _, err := l.runTimes(ctx, int64(backlog)); err != nil {
			return p.explain(err)
		}
		before, err := p.processorTime()
		if err != nil {
			return err
		}
		remove()
		close(release)
		if err := h.waitFor(ctx, backlog); err != nil {
			return p.explain(err)
		}
		after, err := p.processorTime()
		n, took := h.told()
		rate, processor = float64(n)/took.Seconds(), milliseconds(after-before)/float64(n)*1000
		return err
	})
	return rate, processor, err
}

// acceptAndDrain returns how many webhooks a second are accepted and told at the same time.
func (b *bench) acceptAndDrain(ctx context.Context) (accepted, told float64, err error) {
	err = b.withHome(ctx, func(h *home, s *setup, p *process, l load) error {
		if _, err := l.runFor(ctx, b.period(500*time.Millisecond)); err != nil { // users are made and rooms joined
			return p.explain(err)
		}
		before, _ := h.told()
		started := time.Now()
		r, err := l.runFor(ctx, b.period(2*time.Second))
		if err != nil {
			return p.explain(err)
		}
		after, _ := h.told()
		accepted, told = r.rate, float64(after-before)/time.Since(started).Seconds()
		return nil
	})
	return accepted, told, err
}

// withHome runs lotus-hooks beside a homeserver.
func (b *bench) withHome(ctx context.Context, measure func(*home, *setup, *process, load) error) (err error) {
	h, err := newHome(deliverRooms)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	dir, err := b.folder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := newSetup(dir, h.registration, h.url, h.rooms, serviceNames(deliverUsers))
	if err != nil {
		return err
	}
	if err := s.add(noDigest); err != nil {
		return err
	}
	p, err := b.serve(s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	text, err := number([]byte(`{"text":"backup of host-1 finished: serial","username":"backup"}`), "serial")
	if err != nil {
		return err
	}
	l := load{address: p.address, paths: s.paths(), body: text, connections: 16}
	if _, err := p.firstAccepted(ctx, s.hooks[0].path, text.appendTo(nil, 0)); err != nil {
		return err
	}
	if err := h.waitFor(ctx, 1); err != nil {
		return p.explain(err)
	}
	h.forget()
	return measure(h, s, p, l)
}

// bareSends returns how many of the same requests a second a client makes that keeps
// nothing: what this homeserver can do, one request in flight per room.
func (b *bench) bareSends(ctx context.Context) (float64, error) {
	h, err := newHome(deliverRooms)
	if err != nil {
		return 0, err
	}
	defer func() { _ = h.close() }() // nothing is in flight
	token := h.CreateAccount("sender", "").Token
	transport := &http.Transport{MaxIdleConnsPerHost: deliverRooms}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	call := func(ctx context.Context, method, path string, body []byte) error {
		req, err := http.NewRequestWithContext(ctx, method, h.url+"/_matrix/client/v3"+path, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, resp.Body)
		if resp.StatusCode != http.StatusOK {
			err = errors.Join(err, fmt.Errorf("%s %s: %s", method, path, resp.Status))
		}
		return errors.Join(err, resp.Body.Close())
	}
	for _, room := range h.rooms {
		if err := call(ctx, http.MethodPost, "/join/"+room, []byte(`{}`)); err != nil {
			return 0, err
		}
	}
	content := []byte(`{"msgtype":"m.notice","body":"` + strings.Repeat("x", 200) + `","m.mentions":{}}`)
	ends := time.Now().Add(b.period(time.Second))
	g, ctx := errgroup.WithContext(ctx)
	for _, room := range h.rooms {
		g.Go(func() error {
			for n := 0; time.Now().Before(ends); n++ {
				if err := call(ctx, http.MethodPut, fmt.Sprintf("/rooms/%s/send/m.room.message/%d", room, n), content); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	n, took := h.told()
	return float64(n) / took.Seconds(), nil
}
