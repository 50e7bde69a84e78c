package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// acceptGoal is how much of what a handler achieves that keeps nothing lotus-hooks should
// achieve at 64 connections.
const acceptGoal = 0.5

// accept measures how many webhooks a second are accepted, each on disk before its answer,
// while the homeserver is away, against a handler that only decodes them.
func (b *bench) accept(ctx context.Context) error {
	grab, err := sonarrBody()
	if err != nil {
		return err
	}
	connections := []int{1, 16, 64}
	ours, theirs := newAcceptance(connections), newAcceptance(connections)
	for round := range b.rounds {
		turns := []func() error{
			func() error { return b.acceptBare(ctx, theirs, grab) },
			func() error { return b.acceptDurably(ctx, ours, grab) },
		}
		for i := range turns {
			if err := turns[(i+round)%2](); err != nil {
				return err
			}
		}
	}
	for i, c := range connections {
		ratio := median(ratios(ours.rates[i], theirs.rates[i]))
		var g goal
		if c == 64 {
			g = atLeast(ratio, acceptGoal, "%.1f of it")
		}
		b.report.add(fmt.Sprintf("durable webhooks accepted, %d connections", c),
			fmt.Sprintf("%.0f/s, p99 %.1f ms", median(ours.rates[i]), milliseconds(median(ours.p99[i]))),
			fmt.Sprintf("%.0f/s, p99 %.1f ms: bare handler, nothing kept", median(theirs.rates[i]), milliseconds(median(theirs.p99[i]))),
			ratio, g)
	}
	last := len(connections) - 1
	b.report.add("processor time per 1,000 of those",
		fmt.Sprintf("%.0f ms", median(ours.processor[last])), fmt.Sprintf("%.0f ms: bare handler", median(theirs.processor[last])),
		median(ratios(ours.processor[last], theirs.processor[last])), goal{})
	return nil
}

// acceptance is what the rounds of one side came to, by number of connections.
type acceptance struct {
	connections []int
	rates       [][]float64
	p99         [][]time.Duration
	processor   [][]float64 // ms per 1,000 webhooks
}

func newAcceptance(connections []int) *acceptance {
	n := len(connections)
	return &acceptance{connections: connections, rates: make([][]float64, n), p99: make([][]time.Duration, n), processor: make([][]float64, n)}
}

func (b *bench) acceptBare(ctx context.Context, a *acceptance, grab body) error {
	p, err := b.reference(roleBare)
	if err != nil {
		return err
	}
	return errors.Join(b.acceptRound(ctx, a, p, "/webhook/bare", grab), p.stop())
}

func (b *bench) acceptDurably(ctx context.Context, a *acceptance, grab body) error {
	s, err := b.awaySetup([]string{"sonarr"})
	if err != nil {
		return err
	}
	p, err := b.serve(s)
	if err != nil {
		return err
	}
	return errors.Join(b.acceptRound(ctx, a, p, s.hooks[0].path, grab), p.stop(), os.RemoveAll(s.dir))
}

// acceptRound loads a process with each number of connections.
func (b *bench) acceptRound(ctx context.Context, a *acceptance, p *process, path string, grab body) error {
	if _, err := p.firstAccepted(ctx, path, grab.appendTo(nil, 0)); err != nil {
		return err
	}
	for i, c := range a.connections {
		l := load{address: p.address, paths: []string{path}, body: grab, connections: c}
		if _, err := l.runFor(ctx, b.period(200*time.Millisecond)); err != nil {
			return p.explain(err)
		}
		before, err := p.processorTime()
		if err != nil {
			return err
		}
		r, err := l.runFor(ctx, b.period(time.Second))
		if err != nil {
			return p.explain(err)
		}
		after, err := p.processorTime()
		if err != nil {
			return err
		}
		a.rates[i] = append(a.rates[i], r.rate)
		a.p99[i] = append(a.p99[i], r.p99)
		a.processor[i] = append(a.processor[i], milliseconds(after-before)/float64(r.count)*1000)
	}
	return nil
}

// awaySetup is a configuration whose homeserver does not answer.
func (b *bench) awaySetup(services []string) (*setup, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, err
	}
	registration, err := newRegistration()
	if err != nil {
		return nil, err
	}
	nobody, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s, err := newSetup(dir, registration, "http://"+nobody, []string{"!room:" + domain}, services)
	if err != nil {
		return nil, err
	}
	return s, s.add(noDigest)
}

// period is how long a load lasts.
func (b *bench) period(d time.Duration) time.Duration {
	if b.short {
		return d / 5
	}
	return d
}

// sonarrBody is a grab of 2.4 kB, as Sonarr sends it. Each has a download id of its own, and
// with it an incident.
func sonarrBody() (body, error) {
	for _, s := range payloads.Of("sonarr") {
		if s.Name == "Grab" {
			var compact bytes.Buffer
			if err := json.Compact(&compact, s.Body); err != nil {
				return body{}, err
			}
			return number(compact.Bytes(), "9F1C2B7A5D0E4C3B")
		}
	}
	return body{}, errors.New("no sample of a grab")
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
