// Package opentdb keeps questions of the Open Trivia Database at hand (https://opentdb.com).
//
// Run fetches them in the background, at most one request in Pause; Question hands one out
// at once, or says that there is none now. The texts are other people's, under CC BY-SA 4.0:
// each question carries Credit, which must be shown with it.
package opentdb

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia"
)

const (
	// Credit names the authors and the licence.
	Credit = "Open Trivia Database, CC BY-SA 4.0" //nolint:gosec // no credential
	// Address is where the database is.
	Address = "https://opentdb.com"
	// Pause is between two requests: the database answers one in 5 seconds.
	Pause = 6 * time.Second

	batch      = 50               // questions of one request, the most that it gives
	low        = 10               // questions at hand, below which more are fetched
	most       = 500              // questions at hand
	maxWishes  = 10               // kinds of questions that are waited for
	errorPause = 5 * time.Minute  // after a request that failed
	dryTime    = 24 * time.Hour   // before a filter is asked for again that nothing matches
	fetchTime  = 20 * time.Second // for one request
	maxAnswer  = 1 << 20          // bytes of one answer
)

// categories are the database's numbers of our categories. It has none for the others.
var categories = map[string]int{
	"books": 10, "film": 11, "music": 12, "games": 15, "science": 17, "computing": 18,
	"sport": 21, "geography": 22, "history": 23, "nature": 27,
}

// Options are what a Source needs.
type Options struct {
	Address string // "" is Address
	Client  *http.Client
	Log     *slog.Logger
	Now     func() time.Time
}

// Source has questions at hand. Its methods may be called from any goroutine.
type Source struct {
	Options
	token string // of the session, in which no question comes twice; of Run alone

	mu     sync.Mutex
	pool   []trivia.Question
	wishes []wish                      // what to fetch, the first first
	dry    map[trivia.Filter]time.Time // until when a filter is not asked for
	wanted chan struct{}               // has something when there may be something to fetch
}

// wish is what to fetch.
type wish struct {
	filter trivia.Filter
	amount int
}

// New returns a source, which is empty until Run fetches something.
func New(o Options) *Source {
	if o.Address == "" {
		o.Address = Address
	}
	return &Source{Options: o, dry: map[trivia.Filter]time.Time{}, wanted: make(chan struct{}, 1)}
}

// Question returns a question that a filter matches and that was not seen, and forgets it.
// If there is none, such questions are fetched for the next time.
func (s *Source) Question(f trivia.Filter, seen func(id string) bool) (*trivia.Question, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.wake()
	for i := range s.pool {
		if q := s.pool[i]; f.Matches(&q) && !seen(q.ID) {
			s.pool = slices.Delete(s.pool, i, i+1)
			return &q, true
		}
	}
	if _, known := categories[f.Category]; (known || f.Category == "") && len(s.wishes) < maxWishes {
		s.wishes = append(s.wishes, wish{f, batch})
	}
	return nil, false
}

func (s *Source) wake() {
	select {
	case s.wanted <- struct{}{}:
	default:
	}
}

// Run fetches questions until ctx ends. Nobody waits for it: when the database is away,
// there are none.
func (s *Source) Run(ctx context.Context) {
	for ctx.Err() == nil {
		w, ok := s.choose()
		if !ok {
			select {
			case <-ctx.Done():
			case <-s.wanted:
			}
			continue
		}
		pause := Pause
		if err := s.fetch(ctx, w); err != nil && ctx.Err() == nil {
			s.Log.Warn("fetching trivia questions failed", "err", err)
			pause = errorPause
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// choose says what to fetch next, if anything.
func (s *Source) choose() (wish, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.wishes) > 0 {
		w := s.wishes[0]
		s.wishes = s.wishes[1:]
		if s.Now().After(s.dry[w.filter]) && !slices.ContainsFunc(s.pool, func(q trivia.Question) bool { return w.filter.Matches(&q) }) {
			return w, true
		}
	}
	return wish{amount: batch}, len(s.pool) < low && s.Now().After(s.dry[trivia.Filter{}])
}

// fetch makes one request: for a session, or for a batch of questions.
func (s *Source) fetch(ctx context.Context, w wish) error {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	if s.token == "" {
		s.again(w)
		return s.newToken(ctx)
	}
	questions, code, err := s.ask(ctx, w)
	if err != nil {
		return err
	}
	switch code {
	case codeOK:
		s.keep(questions)
	case codeTooFew, codeAllSeen: // there may be a few, which it gives only to who asks for no more
		if w.amount /= 5; w.amount > 0 {
			s.again(w)
		} else if code == codeAllSeen {
			return s.resetToken(ctx)
		} else {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.dry[w.filter] = s.Now().Add(dryTime)
		}
	case codeNoToken:
		s.token = ""
		s.again(w)
	case codeTooFast:
		s.again(w)
	default:
		return fmt.Errorf("ask for questions: the database answers with code %d", code)
	}
	return nil
}

// again puts a wish before all others.
func (s *Source) again(w wish) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wishes = append([]wish{w}, s.wishes...)
}

// keep adds questions to those at hand.
func (s *Source) keep(questions []trivia.Question) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pool = append(s.pool, questions...)
	s.pool = s.pool[max(0, len(s.pool)-most):]
}
