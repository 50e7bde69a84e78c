// Package welcome decides who is greeted, and when.
//
// # The contract
//
// Who joins waits in a Queue, in the order of joining. Greetings are limited: so many at once,
// and then one at a time, so that a raid does not make anybody flood the homeserver. The
// others are greeted later, as long as that makes sense: not after MaxWait, not after MaxTries
// greetings failed, and not if MaxGuests wait already. What a greeting is made of is not
// decided here.
package welcome

import (
	"slices"
	"time"
)

// Bounds of a Queue.
const (
	MaxGuests = 1000
	MaxTries  = 5
	MaxWait   = 24 * time.Hour
	retry     = 2 * time.Minute // after the first try that failed; then twice as long, and so on
)

// Limit is how many are greeted: Burst at once, and one more every Every.
type Limit struct {
	Burst int
	Every time.Duration
}

// Guest is somebody who waits to be greeted.
type Guest struct {
	User   string    `json:"user"`
	Joined time.Time `json:"joined"`
	Tries  int       `json:"tries,omitempty"` // greetings that were begun
	After  time.Time `json:"after,omitzero"`  // not before; while a greeting is made, too
}

// Queue is who waits, and how much of the limit is used up.
type Queue struct {
	Guests []Guest   `json:"guests,omitempty"`
	Free   time.Time `json:"free,omitzero"` // when all of the limit may be used again
}

// Add lets somebody wait. It returns false if too many do.
func (q *Queue) Add(user string, now time.Time) bool {
	if q.Has(user) {
		return true
	}
	if len(q.Guests) >= MaxGuests {
		return false
	}
	q.Guests = append(q.Guests, Guest{User: user, Joined: now})
	return true
}

// Has says whether somebody waits.
func (q *Queue) Has(user string) bool { return q.index(user) >= 0 }

// Tried says whether somebody waits whose greeting was begun.
func (q *Queue) Tried(user string) bool {
	i := q.index(user)
	return i >= 0 && q.Guests[i].Tries > 0
}

func (q *Queue) index(user string) int {
	return slices.IndexFunc(q.Guests, func(g Guest) bool { return g.User == user })
}

// Next returns who is to be greeted now, or "", and uses up one of the limit. Unless Remove is
// called, the guest is returned again after a while.
func (q *Queue) Next(l Limit, now time.Time) string {
	if q.ready(l).After(now) {
		return ""
	}
	for i := range q.Guests {
		g := &q.Guests[i]
		if g.After.After(now) {
			continue
		}
		g.After = now.Add(retry << g.Tries)
		g.Tries++
		q.Free = later(q.Free, now).Add(l.Every)
		return g.User
	}
	return ""
}

// Remove takes somebody off the queue.
func (q *Queue) Remove(user string) {
	q.Guests = slices.DeleteFunc(q.Guests, func(g Guest) bool { return g.User == user })
}

// GiveUp takes those off the queue who are not greeted any more, and returns them.
func (q *Queue) GiveUp(now time.Time) []string {
	var users []string
	q.Guests = slices.DeleteFunc(q.Guests, func(g Guest) bool {
		over := !g.After.After(now) && (g.Tries >= MaxTries || now.Sub(g.Joined) > MaxWait)
		if over {
			users = append(users, g.User)
		}
		return over
	})
	return users
}

// Wake returns when Next has somebody to return at the earliest; zero when nobody waits.
func (q *Queue) Wake(l Limit) time.Time {
	if len(q.Guests) == 0 {
		return time.Time{}
	}
	first := q.Guests[0].turn()
	for _, g := range q.Guests[1:] {
		if turn := g.turn(); turn.Before(first) {
			first = turn
		}
	}
	return later(first, q.ready(l))
}

func (g Guest) turn() time.Time { return later(g.Joined, g.After) }

// ready returns when the limit lets somebody be greeted.
func (q *Queue) ready(l Limit) time.Time { return q.Free.Add(-time.Duration(l.Burst-1) * l.Every) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
