package gateway

import (
	"sync"
	"time"
)

// Rate bounds how often something may happen. The zero value is no bound.
type Rate struct {
	Every time.Duration // on average once in this time
	Burst int           // how often at once, at least 1
}

// level is how full a token bucket is: the time at which it will be full again. The zero
// value is a full one.
type level struct{ full time.Time }

// take takes a token, or says how long there will be none.
func (l *level) take(r Rate, now time.Time) (wait time.Duration) {
	full := l.full
	if full.Before(now) {
		full = now
	}
	full = full.Add(r.Every)
	if wait = full.Sub(now) - time.Duration(r.Burst)*r.Every; wait > 0 {
		return wait
	}
	l.full = full
	return 0
}

// empty says how long there will be no token, 0 when there is one. It takes none.
func (l level) empty(r Rate, now time.Time) time.Duration { return l.take(r, now) }

// bucket is a hook's rate. It may be used by any number of requests at once.
type bucket struct {
	rate Rate

	mu    sync.Mutex
	level level
}

// take takes a token, or says how long there will be none.
func (b *bucket) take(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.level.take(b.rate, now)
}

// failureRate is how often one address may fail to authenticate at one hook.
var failureRate = Rate{Every: 6 * time.Second, Burst: 10}

// maxFailing bounds how many pairs of address and hook are remembered, at some 100 bytes each.
const maxFailing = 4096

// sampled is how many of them are looked at when one must be forgotten.
const sampled = 8

// failures remembers who failed to authenticate. It counts by hook, too, so that one wrong
// sender behind a proxy that is not trusted shuts out no other hook's.
type failures struct {
	mu     sync.Mutex
	levels map[origin]level
}

// wait says how long an address is not listened to, 0 when it is.
func (f *failures) wait(from origin, now time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.levels[from].empty(failureRate, now)
}

// note counts a failure.
func (f *failures) note(from origin, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, known := f.levels[from]
	if !known && len(f.levels) >= maxFailing {
		f.forget()
	}
	l.take(failureRate, now)
	f.levels[from] = l
}

// forget makes room: of a few entries the one that is nearest to being full again goes.
func (f *failures) forget() {
	var victim origin
	var soonest time.Time
	seen := 0
	for from, l := range f.levels { // Go begins anywhere
		if seen == 0 || l.full.Before(soonest) {
			victim, soonest = from, l.full
		}
		if seen++; seen == sampled {
			break
		}
	}
	delete(f.levels, victim)
}
