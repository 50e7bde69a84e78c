package outbox

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

const (
	pollTime  = time.Second      // between looks for what other processes put in
	leaseTime = 15 * time.Second // after which the lanes of a dead process are taken over
	leaveTime = 5 * time.Second  // for which a lane is left to another process
	graceTime = 10 * time.Second // for attempts in flight when the program stops
)

// Relay tells what the outbox holds.
type Relay struct {
	box      *Outbox
	sender   Sender
	log      *slog.Logger
	owner    string // this process, in leases
	pauses   pauses
	changed  chan struct{}   // parked lanes are to be tried
	attempts context.Context //nolint:containedctx // outlives Run's context by graceTime

	mu      sync.Mutex
	working map[int64]bool      // lanes that have a worker; true: look once more before it ends
	left    map[int64]time.Time // lanes that are left to another process, and until when
	changes int                 // counts the calls of Unpark
	workers sync.WaitGroup
}

// Relay returns the part of the outbox that sends. Only one per Outbox may run.
func (o *Outbox) Relay(sender Sender) *Relay {
	return &Relay{box: o, sender: sender, log: o.log, owner: uuid.NewString(), working: map[int64]bool{}, left: map[int64]time.Time{}, pauses: newPauses(), changed: make(chan struct{}, 1)}
}

// Run tells all lanes until ctx ends. Attempts in flight then have graceTime to get their
// answer, so that none is left unanswered by an ordinary stop.
func (r *Relay) Run(ctx context.Context) error {
	attempts, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	r.attempts = attempts
	r.freeLeases()
	r.unpark()
	poll := time.NewTicker(pollTime)
	defer poll.Stop()
	renew := time.NewTicker(leaseTime / 3)
	defer renew.Stop()
	r.startReady(ctx)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-r.box.wakes.signal:
			for lane := range r.box.wakes.take() {
				r.start(ctx, lane)
			}
		case <-r.changed:
			r.unpark()
			r.startReady(ctx)
		case <-poll.C:
			r.startReady(ctx)
		case <-renew.C:
			r.renewLeases()
		}
	}
	stop := time.AfterFunc(graceTime, cancel)
	defer stop.Stop()
	r.workers.Wait()
	return nil
}

// freeLeases takes the lanes of a process that was killed. SQLite serves one process at a
// time, so whoever held a lease is dead; with PostgreSQL a lease must run out.
func (r *Relay) freeLeases() {
	if r.box.db.Postgres() {
		return
	}
	if err := r.leaseOp(`UPDATE lanes SET owner = '', lease_until = 0 WHERE owner <> ''`); err != nil {
		r.log.Warn("the leases of the last process could not be freed; they run out", "err", err)
	}
}

// Unpark has all parked lanes tried soon, and those that were left to other processes, for
// when something may have changed.
func (r *Relay) Unpark() {
	r.mu.Lock()
	r.changes++
	clear(r.left)
	r.mu.Unlock()
	select {
	case r.changed <- struct{}{}:
	default: // it will be done for an earlier call
	}
}

func (r *Relay) unpark() {
	err := r.box.update(func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE lanes SET parked_until = 0 WHERE parked_until > 0`)
		return err
	})
	if err != nil {
		r.log.Warn("parked rooms could not be freed", "err", err)
	}
}

// startReady starts workers for all lanes that have something to do.
func (r *Relay) startReady(ctx context.Context) {
	now := r.box.now()
	lanes, err := r.box.laneList(ctx, `SELECT id FROM lanes WHERE next_position - 1 > finished + held AND (parked_until <= $1 OR parked_until > $3)
		AND (owner = '' OR owner = $2 OR lease_until < $1)`, millis(now), r.owner, millis(now.Add(maxParked)))
	if err == nil {
		var due []int64
		due, err = r.box.lanesDue(ctx)
		lanes = append(lanes, due...)
	}
	if err != nil && ctx.Err() == nil {
		r.log.Warn("looking for work failed", "err", err)
		return
	}
	for _, lane := range lanes {
		r.start(ctx, lane)
	}
}

// start gives a lane a worker, or has the one it has look once more.
func (r *Relay) start(ctx context.Context, lane int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, busy := r.working[lane]; busy {
		r.working[lane] = true
		return
	}
	if ctx.Err() != nil || r.box.now().Before(r.left[lane]) {
		return
	}
	r.working[lane] = false
	changes := r.changes
	r.workers.Go(func() {
		for again := true; again; {
			again = r.again(lane, r.work(ctx, lane), changes)
		}
	})
}

// again says whether something came in while the worker was about to end; if not, the lane
// has no worker any more. A lane that is another process's to tell is left alone for a while,
// unless something has changed since its worker began.
func (r *Relay) again(lane int64, err error, changes int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if errors.Is(err, errElsewhere) && r.changes == changes {
		r.left[lane] = r.box.now().Add(leaveTime)
	}
	if r.working[lane] && err == nil {
		r.working[lane] = false
		return true
	}
	delete(r.working, lane)
	return false
}

// work takes the lane's lease, tells the lane, and gives the lease back.
func (r *Relay) work(ctx context.Context, lane int64) error {
	w := &worker{Relay: r, lane: lane, places: map[string]knownPlace{}}
	taken, err := r.takeLease(w)
	if err != nil || !taken {
		return errors.Join(err, errLeaseLost)
	}
	err = w.run(ctx)
	if errors.Is(err, errLeaseLost) {
		r.log.Info("another process has taken a room over", "room", w.room)
		return err
	}
	releaseErr := r.leaseOp(`UPDATE lanes SET owner = '', lease_until = 0 WHERE id = $1 AND owner = $2`, lane, r.owner)
	if err == nil {
		err = releaseErr
	}
	if errors.Is(err, errElsewhere) {
		r.log.Debug("a room is left to another process", "room", w.room)
		return err
	}
	if err != nil && ctx.Err() == nil {
		r.log.Error("telling a room ended", "room", w.room, "err", err)
	}
	return err
}

// takeLease does all or nothing: a lease that is taken and not given back at a stop would
// keep the next process waiting.
func (r *Relay) takeLease(w *worker) (taken bool, err error) {
	now := r.box.now()
	err = r.box.update(func(tx *store.Tx) error {
		n, err := tx.Exec(`UPDATE lanes SET owner = $1, lease_until = $2, reason = ''
			WHERE id = $3 AND (parked_until <= $4 OR parked_until > $5) AND (owner = '' OR owner = $1 OR lease_until < $4)`,
			r.owner, millis(now.Add(leaseTime)), w.lane, millis(now), millis(now.Add(maxParked)))
		taken = n > 0
		if err != nil || !taken {
			return err
		}
		return tx.QueryRow(`SELECT room FROM lanes WHERE id = $1`, w.lane).Scan(&w.room)
	})
	return taken, err
}

func (r *Relay) renewLeases() {
	err := r.leaseOp(`UPDATE lanes SET lease_until = $1 WHERE owner = $2`, millis(r.box.now().Add(leaseTime)), r.owner)
	if err != nil {
		r.log.Warn("renewing the leases of rooms failed", "err", err)
	}
}

func (r *Relay) leaseOp(query string, args ...any) error {
	return r.box.update(func(tx *store.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
}
