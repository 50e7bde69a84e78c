package console

import "sync"

// maxBehind is how many events a page may be behind before it is let go.
const maxBehind = 256

// feed holds the events that a page has still to be sent. It takes them without waiting and
// without a gap: from the first one that finds no room, it takes none and is closed.
type feed struct {
	events chan Event // closed when the page was too slow

	mu     sync.Mutex
	closed bool
}

func newFeed() *feed { return &feed{events: make(chan Event, maxBehind)} }

func (f *feed) put(e Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	select {
	case f.events <- e:
	default:
		f.closed = true
		close(f.events)
	}
}
