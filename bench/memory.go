package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	idleGoal    = 40 // MiB
	botIdleGoal = 60 // MiB, of gateway and bot together
	idleTime    = 5 * time.Second
)

// memory measures what lotus-hooks occupies when it has told a webhook of each hook and
// has nothing to do.
func (b *bench) memory(ctx context.Context) error {
	for _, m := range []struct {
		what string
		bot  bool
		goal float64
	}{{"idle memory, %d hooks", false, idleGoal}, {"idle memory, %d hooks and the bot", true, botIdleGoal}} {
		var idle, least []float64
		for range b.rounds {
			ours, theirs, err := b.idle(ctx, m.bot)
			if err != nil {
				return err
			}
			idle, least = append(idle, ours), append(least, theirs)
		}
		b.report.add(fmt.Sprintf(m.what, hooksAtHome), fmt.Sprintf("%.0f MiB", median(idle)),
			fmt.Sprintf("%.0f MiB: chi and the open database alone", median(least)),
			median(ratios(idle, least)), atMost(median(idle), m.goal, "%.0f MiB"))
	}
	return nil
}

// idle returns the resident memory of lotus-hooks and of its reference, side by side.
func (b *bench) idle(ctx context.Context, bot bool) (ours, theirs float64, err error) {
	h, err := newHome(1, botUser)
	if err != nil {
		return 0, 0, err
	}
	h.CreateAccount(botName, botPassword)
	defer func() { err = errors.Join(err, h.close()) }()
	dir, err := b.folder()
	if err != nil {
		return 0, 0, err
	}
	s, err := newSetup(dir, h.registration, h.url, h.rooms, serviceNames(hooksAtHome))
	if err != nil {
		return 0, 0, err
	}
	if bot {
		if err := s.addBot(); err != nil {
			return 0, 0, err
		}
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
	if bot {
		if err := h.answers(ctx); err != nil {
			return 0, 0, p.explain(err)
		}
	}
	time.Sleep(b.period(idleTime))
	if ours, err = p.memory("VmRSS"); err != nil {
		return 0, 0, err
	}
	theirs, err = least.memory("VmRSS")
	return ours, theirs, err
}
