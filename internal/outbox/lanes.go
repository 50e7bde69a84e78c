package outbox

import (
	"fmt"
	"sync"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// laneIDs remembers the lane of each room reference. Lanes are never deleted.
type laneIDs struct {
	mu sync.RWMutex
	of map[string]int64
}

// laneID returns the lane of a room reference, made when it is new.
func (o *Outbox) laneID(room string) (int64, error) {
	o.lanes.mu.RLock()
	id := o.lanes.of[room]
	o.lanes.mu.RUnlock()
	if id != 0 {
		return id, nil
	}
	err := o.update(func(tx *store.Tx) error {
		if _, err := tx.Exec(`INSERT INTO lanes (room) VALUES ($1) ON CONFLICT DO NOTHING`, room); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT id FROM lanes WHERE room = $1`, room).Scan(&id)
	})
	if err != nil {
		return 0, fmt.Errorf("make lane: %w", err)
	}
	o.lanes.mu.Lock()
	defer o.lanes.mu.Unlock()
	if o.lanes.of == nil {
		o.lanes.of = map[string]int64{}
	}
	o.lanes.of[room] = id
	return id, nil
}

// wakes collects the lanes that have something new, for the relay.
type wakes struct {
	mu     sync.Mutex
	lanes  map[int64]struct{}
	signal chan struct{} // holds one token while lanes is not empty
}

func newWakes() wakes {
	return wakes{lanes: map[int64]struct{}{}, signal: make(chan struct{}, 1)}
}

// lane notes that a lane has something new.
func (w *wakes) lane(id int64) {
	w.mu.Lock()
	w.lanes[id] = struct{}{}
	w.mu.Unlock()
	select {
	case w.signal <- struct{}{}:
	default:
	}
}

// take returns the noted lanes and forgets them.
func (w *wakes) take() map[int64]struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.lanes
	w.lanes = map[int64]struct{}{}
	return taken
}
