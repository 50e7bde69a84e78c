package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const startGoal = 200.0 // ms

// start measures the time from starting the process to the first accepted webhook, with an
// empty folder and with a database that is there.
func (b *bench) start(ctx context.Context) error {
	var first, again, bare []float64
	for range b.rounds {
		s, err := b.awaySetup(serviceNames(hooksAtHome))
		if err != nil {
			return err
		}
		for _, all := range []*[]float64{&first, &again} {
			p, err := b.serve(s)
			if err != nil {
				return err
			}
			if err := startRound(ctx, all, p, s.hooks[0].path); err != nil {
				return err
			}
		}
		p, err := b.reference(roleBare)
		if err != nil {
			return err
		}
		if err := startRound(ctx, &bare, p, "/webhook/bare"); err != nil {
			return err
		}
	}
	for _, m := range []struct {
		what string
		took []float64
	}{{"start to first accepted, no database yet", first}, {"start to first accepted", again}} {
		b.report.add(m.what, fmt.Sprintf("%.0f ms", median(m.took)), fmt.Sprintf("%.0f ms: bare handler", median(bare)),
			median(ratios(m.took, bare)), atMost(median(m.took), startGoal, "%.0f ms"))
	}
	return nil
}

func startRound(ctx context.Context, all *[]float64, p *process, path string) error {
	took, err := p.firstAccepted(ctx, path, []byte(`{"text":"hello"}`))
	*all = append(*all, float64(took)/float64(time.Millisecond))
	return errors.Join(err, p.stop())
}
