package outbox

import (
	"context"
	"errors"
	"runtime"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// maxBatch is how many operations share one transaction. A batch grows by itself: it is
// what came in while the one before it was written.
const maxBatch = 512

// commitTime bounds one transaction, for a database that does not answer.
const commitTime = 20 * time.Second

// errClosed says that the outbox takes no more.
var errClosed = errors.New("outbox is closed")

// op is something to be written, either an enqueue or a free operation. It may be run more
// than once, each time from its beginning, and counts only when done says nil.
type op struct {
	enqueue *enqueue
	do      func(*store.Tx) error
	done    chan error
}

// commit runs an operation in a transaction shared with what others write at the same time.
// When it returns, the operation is on disk, or failed and will not be. The context is heeded
// only until the operation is handed over.
func (o *Outbox) commit(ctx context.Context, p *op) error {
	p.done = make(chan error, 1)
	select {
	case <-o.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	case o.commits <- p:
	}
	select {
	case err := <-p.done:
		return err
	case <-o.ended:
	}
	select { // it may have been among the last that were written
	case err := <-p.done:
		return err
	default:
		return errClosed
	}
}

// update commits a free operation. It waits for its end in any case, so that do may write
// to its caller's variables.
func (o *Outbox) update(do func(*store.Tx) error) error {
	return o.commit(context.Background(), &op{do: do})
}

// commitLoop is the one writer of this process.
func (o *Outbox) commitLoop() {
	defer close(o.ended)
	batch := make([]*op, 0, maxBatch)
	for {
		select {
		case p := <-o.commits:
			batch = append(batch[:0], p)
		case <-o.closed:
			select { // what was handed in before Close is still written
			case p := <-o.commits:
				batch = append(batch[:0], p)
			default:
				return
			}
		}
		o.commitBatch(o.gather(batch))
	}
}

// gather adds what waits to a batch. It lets those run first who are ready to, and may be about
// to hand something in, for as long as that brings more: a transaction of their own would cost
// all more than this wait. When nobody else is at work, nothing is waited for.
func (o *Outbox) gather(batch []*op) []*op {
	for before := 0; before < len(batch) && len(batch) < maxBatch; {
		before = len(batch)
		runtime.Gosched()
		for more := true; more && len(batch) < maxBatch; {
			select {
			case p := <-o.commits:
				batch = append(batch, p)
			default:
				more = false
			}
		}
	}
	return batch
}

// commitBatch writes a batch in one transaction. One operation that cannot be written must
// not take the others with it, so then each gets a transaction of its own, unless it is the
// database that cannot write at all.
func (o *Outbox) commitBatch(batch []*op) {
	err := o.write(batch)
	if o.isStored(batch, err) {
		err = nil
	}
	if err == nil || len(batch) == 1 || o.db.Unavailable(err) {
		for _, p := range batch {
			p.done <- err
		}
		return
	}
	for i := range batch {
		batch[i].done <- o.write(batch[i : i+1])
	}
}

// isStored says whether a batch is in the database although its commit was not answered. That
// is looked up, because a sender that is refused sends again.
func (o *Outbox) isStored(batch []*op, err error) bool {
	var unsure *store.CommitError
	if !errors.As(err, &unsure) {
		return false
	}
	for _, p := range batch {
		if p.enqueue == nil || p.enqueue.repeatOf != "" {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), commitTime)
		defer cancel()
		var n int
		err := o.db.QueryRow(ctx, `SELECT count(*) FROM webhooks WHERE id = $1`, p.enqueue.id).Scan(&n)
		return err == nil && n > 0 // all of a batch is, or nothing
	}
	return false
}

// protect runs an operation under recover: one that panics must not end the others.
func protect(do func(*store.Tx) error, tx *store.Tx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicError{r}
		}
	}()
	return do(tx)
}

func (o *Outbox) write(batch []*op) error {
	var enqueues []*enqueue
	for _, p := range batch {
		if p.enqueue != nil {
			enqueues = append(enqueues, p.enqueue)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), commitTime)
	defer cancel()
	return o.db.Update(ctx, func(tx *store.Tx) error {
		if err := o.insertWebhooks(tx, enqueues); err != nil {
			return err
		}
		for _, p := range batch {
			if p.do == nil {
				continue
			}
			if err := protect(p.do, tx); err != nil {
				return err
			}
		}
		return nil
	})
}
