package outbox

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// State is how far a webhook or a delivery is.
type State string

// The states of a delivery.
const (
	Pending  State = "pending" // waits for its turn
	Held     State = "held"    // waits for something else than its turn
	Planned  State = "planned" // decided and being sent
	Told     State = "told"
	Dead     State = "dead"
	Replayed State = "replayed" // was dead, and is told again as another webhook's
)

// waiters are those who wait for a webhook to be told.
type waiters struct {
	mu sync.Mutex
	of map[string]chan struct{} // by webhook; closed at a change
}

func (w *waiters) changed(webhook string) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of == nil {
		w.of = map[string]chan struct{}{}
	}
	if w.of[webhook] == nil {
		w.of[webhook] = make(chan struct{})
	}
	return w.of[webhook]
}

func (w *waiters) wake(webhook string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.of[webhook]; c != nil {
		close(c)
		delete(w.of, webhook)
	}
}

// Wait returns when a webhook has been told in all its rooms (Told), when one of its
// deliveries died (Dead), when the rest is held (Held), or when ctx ends (Pending).
func (o *Outbox) Wait(ctx context.Context, webhook string) (State, error) {
	defer o.waiters.wake(webhook)
	poll := time.NewTicker(500 * time.Millisecond) // another process may send it
	defer poll.Stop()
	for {
		changed := o.waiters.changed(webhook)
		state, err := o.webhookState(ctx, webhook)
		switch {
		case ctx.Err() != nil:
			return Pending, nil
		case err != nil:
			return Pending, fmt.Errorf("wait for webhook: %w", err)
		case state != Pending:
			return state, nil
		}
		select {
		case <-ctx.Done():
			return Pending, nil
		case <-changed:
		case <-poll.C:
		}
	}
}

// webhookState sums the states of a webhook's deliveries up.
func (o *Outbox) webhookState(ctx context.Context, webhook string) (State, error) {
	rows, err := o.db.Query(ctx, `SELECT state FROM deliveries WHERE webhook = $1`, webhook)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	sum := Told
	for rows.Next() {
		var s State
		if err := rows.Scan(&s); err != nil {
			return "", err
		}
		switch {
		case s == Dead:
			sum = Dead
		case sum == Dead:
		case s == Pending || s == Planned:
			sum = Pending
		case s == Held && sum == Told:
			sum = Held
		}
	}
	return sum, rows.Err()
}
