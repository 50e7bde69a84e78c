package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	idleGoal = 40 // MiB
	idleTime = 5 * time.Second
)

// memory measures what lotus-hooks occupies when it has told a webhook of each hook and
// has nothing to do.
func (b *bench) memory(ctx context.Context) error {
	var idle, least []float64
	for range b.rounds {
		ours, theirs, err := b.idle(ctx)
		if err != nil {
			return err
		}
		idle, least = append(idle, ours), append(least, theirs)
	}
	b.report.add(fmt.Sprintf("idle memory, %d hooks", hooksAtHome), fmt.Sprintf("%.0f MiB", median(idle)),
		fmt.Sprintf("%.0f MiB: chi and the open database alone", median(least)),
		median(ratios(idle, least)), atMost(median(idle), idleGoal, "%.0f MiB"))
	return nil
}

// idle returns the resident memory of lotus-hooks and of its reference, side by side.
func (b *bench) idle(ctx context.Context) (ours, theirs float64, err error) {
	h, err := newHome(1)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	dir, err := b.folder()
	if err != nil {
		return 0, 0, err
	}
	s, err := newSetup(dir, h.registration, h.url, h.rooms, serviceNames(hooksAtHome))
	if err != nil {
		return 0, 0, err
	}
	p, err := b.serveReady(ctx, s)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	least, err := b.reference(roleOpen)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, least.stop()) }()
	if err := h.waitFor(ctx, hooksAtHome); err != nil {
		return 0, 0, p.explain(err)
	}
	time.Sleep(b.period(idleTime))
	if ours, err = p.memory("VmRSS"); err != nil {
		return 0, 0, err
	}
	theirs, err = least.memory("VmRSS")
	return ours, theirs, err
}
