package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

const (
	flatGoal    = 1.3  // times, which is noise
	millionGoal = 80.0 // MiB
)

// million measures that the outbox costs with a million queued deliveries what it costs
// with ten thousand: to plan and note one, to read its statistics, and in memory.
func (b *bench) million(ctx context.Context) (err error) {
	many, few := 1_000_000, 10_000
	if b.short {
		many = 100_000
	}
	h, err := newHome(deliverRooms)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	large, err := b.newQueue(ctx, h, many)
	if err != nil {
		return err
	}
	small, err := b.newQueue(ctx, h, few)
	if err != nil {
		return err
	}
	if err := b.claims(ctx, large, small, many, few); err != nil {
		return err
	}
	return b.relayMillion(ctx, h, large, many)
}

// newQueue makes a folder with a configuration, and a database with so many deliveries that
// wait.
func (b *bench) newQueue(ctx context.Context, h *home, deliveries int) (*setup, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, err
	}
	s, err := newSetup(dir, h.registration, h.url, h.rooms, serviceNames(deliverUsers))
	if err != nil {
		return nil, err
	}
	if err := s.add(noDigest); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, s.database())
	if err != nil {
		return nil, err
	}
	return s, errors.Join(fill(ctx, db, s, h.rooms, deliveries), db.Close())
}

func (s *setup) database() string { return "sqlite:" + filepath.Join(s.dir, databaseName) }

// fillBatch is how many deliveries are written in one transaction.
const fillBatch = 50_000

// fill writes the rows that Outbox.Enqueue would, in large transactions.
func fill(ctx context.Context, db *store.DB, s *setup, rooms []string, deliveries int) error {
	for i, room := range rooms {
		err := db.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO lanes (id, room, next_position) VALUES ($1, $2, $3)`, i+1, room, deliveries/len(rooms)+1)
			return err
		})
		if err != nil {
			return fmt.Errorf("fill lanes: %w", err)
		}
	}
	const notification = `{"version":1,"severity":"info","status":"received","summary":"backup of host-1 finished in 12 min"}`
	const body = `{"text":"backup of host-1 finished in 12 min"}`
	for n := 0; n < deliveries; {
		err := db.Update(ctx, func(tx *store.Tx) error {
			for end := min(n+fillBatch, deliveries); n < end; n++ {
				id, err := uuid.NewV7()
				if err != nil {
					return err
				}
				lane := n % len(rooms)
				_, err = tx.Exec(`INSERT INTO webhooks (id, hook, service, formatter, received, notification, content_type, body)
					VALUES ($1, $2, $3, $3, $4, $5, 'application/json', $6)`,
					id.String(), s.hooks[lane].name, s.hooks[lane].service, time.Now().UnixMilli(), []byte(notification), []byte(body))
				if err != nil {
					return err
				}
				_, err = tx.Exec(`INSERT INTO deliveries (lane, position, webhook, state) VALUES ($1, $2, $3, 'pending')`,
					lane+1, n/len(rooms)+1, id.String())
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("fill outbox: %w", err)
		}
	}
	return nil
}

// queue is an outbox whose relay tells as many deliveries as it is told to.
type queue struct {
	setup   *setup
	box     *outbox.Outbox
	allowed chan struct{}
	told    atomic.Int64
}

// Place implements outbox.Sender, with the users that tell what is left when it is closed.
func (q *queue) Place(_ context.Context, room, hook string) (outbox.Place, error) {
	place := outbox.Place{RoomID: room, DeviceID: "DEVICE"}
	for _, h := range q.setup.hooks {
		if h.name == hook {
			place.UserID = "@hookshot_" + formatters.Localpart(h.service) + ":" + domain
		}
	}
	return place, nil
}

// Send implements outbox.Sender: it answers at once when it is allowed to.
func (q *queue) Send(ctx context.Context, e outbox.Event) (outbox.Made, error) {
	select {
	case <-q.allowed:
		q.told.Add(1)
		return outbox.Made{ID: "$" + e.TransactionID}, nil
	case <-ctx.Done():
		return outbox.Made{}, ctx.Err()
	}
}

// Find implements outbox.Sender.
func (q *queue) Find(context.Context, outbox.Event) (string, error) { return "", nil }

// tellLimit is how long a few thousand deliveries may take at most.
const tellLimit = 2 * time.Minute

// tell lets so many deliveries be told and returns how many µs each took.
func (q *queue) tell(ctx context.Context, n int64) (float64, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, tellLimit, fmt.Errorf("%d deliveries were not told within %s", n, tellLimit))
	defer cancel()
	before := q.told.Load()
	started := time.Now()
	for range n {
		select {
		case q.allowed <- struct{}{}:
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	return float64(time.Since(started).Microseconds()) / float64(max(q.told.Load()-before, n)), nil
}

const scrapesPerRound = 50

// claims compares what a delivery costs the outbox alone: it is planned, and its outcome is
// noted, each in a transaction that the lanes share.
func (b *bench) claims(ctx context.Context, large, small *setup, many, few int) error {
	var rounds [2][]float64
	var scrapes [2][]float64
	var queues [2]*queue
	for i, s := range []*setup{large, small} {
		q, stop, err := openQueue(ctx, s)
		if err != nil {
			return err
		}
		defer stop()
		if _, err := q.tell(ctx, 200); err != nil { // all lanes have begun
			return err
		}
		queues[i] = q
	}
	for range b.rounds {
		for i, q := range queues {
			took, err := q.tell(ctx, int64(few/2/b.rounds))
			if err != nil {
				return err
			}
			rounds[i] = append(rounds[i], took)
			var each []float64 // the one that a neighbour holds up is not the outbox's
			for range scrapesPerRound {
				started := time.Now()
				if _, err := q.box.Stats(ctx); err != nil {
					return err
				}
				each = append(each, float64(time.Since(started).Microseconds()))
			}
			scrapes[i] = append(scrapes[i], median(each))
		}
	}
	for _, m := range []struct {
		what string
		took [2][]float64
	}{{"plan and note a delivery", rounds}, {"read the outbox's statistics", scrapes}} {
		ratio := median(ratios(m.took[0], m.took[1]))
		b.report.add(fmt.Sprintf("%s, %d queued", m.what, many), fmt.Sprintf("%.0f µs", median(m.took[0])),
			fmt.Sprintf("%.0f µs: %d queued", median(m.took[1]), few), ratio, atMost(ratio, flatGoal, "%.1f ×"))
	}
	return nil
}

// oneByOne tells each delivery by an event of its own, as the configuration of all measurements
// says, too.
func oneByOne(in incident.Input) incident.Decision {
	in.Policy.Digest.Off = true
	return incident.Decide(in)
}

// openQueue runs the relay of a database until stop is called.
func openQueue(ctx context.Context, s *setup) (q *queue, stop func(), err error) {
	db, err := store.Open(ctx, s.database())
	if err != nil {
		return nil, nil, err
	}
	q = &queue{setup: s, allowed: make(chan struct{})}
	q.box = outbox.New(outbox.Options{DB: db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Decide: oneByOne})
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = q.box.Relay(q).Run(ctx) // returns nil
	}()
	return q, func() {
		cancel()
		close(q.allowed) // the attempts that wait are told
		<-done
		q.box.Close()
		_ = db.Close() // what it holds is opened again
	}, nil
}

// relayMillion starts lotus-hooks on the large queue and measures its memory while it tells.
func (b *bench) relayMillion(ctx context.Context, h *home, s *setup, many int) error {
	var peak, started []float64
	for range b.rounds {
		p, err := b.serve(s)
		if err != nil {
			return err
		}
		took, err := p.firstAccepted(ctx, s.hooks[0].path, []byte(`{"text":"hello"}`))
		if err != nil {
			return err
		}
		h.forget()
		if err := h.waitFor(ctx, 2000); err != nil {
			return p.explain(err)
		}
		rss, err := p.memory("VmHWM")
		if err := errors.Join(err, p.stop()); err != nil {
			return err
		}
		peak, started = append(peak, rss), append(started, milliseconds(took))
	}
	b.report.add(fmt.Sprintf("peak memory while telling, %d queued", many), fmt.Sprintf("%.0f MiB", median(peak)), "", 0,
		atMost(median(peak), millionGoal, "%.0f MiB"))
	b.report.add(fmt.Sprintf("start to first accepted, %d queued", many), fmt.Sprintf("%.0f ms", median(started)), "", 0,
		atMost(median(started), startGoal, "%.0f ms"))
	return nil
}
