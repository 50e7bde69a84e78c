package app

import (
	"slices"
	"sync"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

// demoKeeps is how many events of all rooms a page gets that is opened late.
const demoKeeps = 1500

// demoLog keeps what happens in the demo's rooms, in one order for all of them.
type demoLog struct {
	mu      sync.Mutex
	events  []console.Event
	listens map[int]func(console.Event)
	next    int
}

// add shows an event to all pages.
func (l *demoLog) add(e console.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.events) == demoKeeps {
		l.events = slices.Delete(l.events, 0, demoKeeps/3)
	}
	if e.ID != "" { // else it passes
		l.events = append(l.events, e)
	}
	for _, listen := range l.listens {
		listen(e)
	}
}

func (l *demoLog) history() []console.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

func (l *demoLog) subscribe(listen func(console.Event)) (cancel func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listens == nil {
		l.listens = map[int]func(console.Event){}
	}
	n := l.next
	l.next++
	l.listens[n] = listen
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.listens, n)
	}
}
