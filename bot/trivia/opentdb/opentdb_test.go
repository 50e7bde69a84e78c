package opentdb_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia/opentdb"
)

// database is the documented API of the Open Trivia Database, as far as it is used.
type database struct {
	mu       sync.Mutex
	t        *testing.T
	has      int // questions of each kind
	given    map[string]int
	tokens   int
	valid    string
	last     time.Time
	down     bool
	requests []string
	early    int // requests that came too fast
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func (d *database) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.requests = append(d.requests, r.URL.String())
	if d.down {
		http.Error(w, "away", http.StatusBadGateway)
		return
	}
	fast := time.Since(d.last) < 5*time.Second
	d.last = time.Now()
	if fast {
		d.early++
		w.WriteHeader(http.StatusTooManyRequests)
		d.answer(w, map[string]any{"response_code": 5, "results": []any{}})
		return
	}
	q := r.URL.Query()
	switch {
	case r.URL.Path == "/api_token.php" && q.Get("command") == "request":
		d.tokens++
		d.valid, d.given = fmt.Sprintf("token-%d", d.tokens), map[string]int{}
		d.answer(w, map[string]any{"response_code": 0, "response_message": "Token Generated Successfully!", "token": d.valid})
	case r.URL.Path == "/api_token.php" && q.Get("command") == "reset" && q.Get("token") == d.valid:
		d.given = map[string]int{}
		d.answer(w, map[string]any{"response_code": 0, "token": d.valid})
	case r.URL.Path == "/api.php" && q.Get("encode") == "base64" && q.Get("type") == "multiple":
		d.questions(w, q.Get("amount"), q.Get("category"), q.Get("difficulty"), q.Get("token"))
	default:
		d.answer(w, map[string]any{"response_code": 2, "results": []any{}})
	}
}

func (d *database) questions(w http.ResponseWriter, amount, category, difficulty, token string) {
	n, err := strconv.Atoi(amount)
	kind := category + difficulty
	code := 0
	switch {
	case err != nil || n < 1 || n > 50:
		code = 2
	case token != d.valid:
		code = 3
	case d.has < n:
		code = 1
	case d.given[kind]+n > d.has:
		code = 4
	}
	if code != 0 {
		d.answer(w, map[string]any{"response_code": code, "results": []any{}})
		return
	}
	if difficulty == "" {
		difficulty = "medium"
	}
	name := "Entertainment: Video Games"
	if category == "22" {
		name = "Geography"
	}
	var results []any
	for range n {
		d.given[kind]++
		results = append(results, map[string]any{
			"type": b64("multiple"), "difficulty": b64(difficulty), "category": b64(name),
			"question":       b64(fmt.Sprintf("What is “%d” & %s?", d.given[kind], kind)),
			"correct_answer": b64("Ja"), "incorrect_answers": []string{b64("Nein"), b64("Né < nie"), b64("Non")},
		})
	}
	d.answer(w, map[string]any{"response_code": 0, "results": results})
}

func (d *database) answer(w http.ResponseWriter, value any) {
	if err := json.NewEncoder(w).Encode(value); err != nil {
		d.t.Error(err)
	}
}

// asked returns how many requests there were.
func (d *database) asked() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.requests)
}

// run starts a source of a database.
func (d *database) run(t *testing.T) *opentdb.Source {
	d.t, d.given = t, map[string]int{}
	s := opentdb.New(opentdb.Options{
		Client: &http.Client{Transport: transport{d}}, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: time.Now,
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	return s
}

// transport hands requests to a handler without a network.
type transport struct{ handler http.Handler }

func (tr transport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	tr.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

func never(string) bool { return false }

func TestSource(t *testing.T) {
	t.Parallel()
	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			d := &database{has: 1000, last: time.Now()} // somebody at this address has just asked
			s := d.run(t)
			if _, ok := s.Question(trivia.Filter{}, never); ok {
				t.Error("there was a question before any was fetched")
			}
			time.Sleep(30 * time.Second)
			seen := map[string]bool{}
			for range 120 { // more than were fetched first
				q, ok := s.Question(trivia.Filter{}, func(id string) bool { return seen[id] })
				if !ok {
					time.Sleep(30 * time.Second)
					continue
				}
				if seen[q.ID] || q.Category != "games" || q.Difficulty != trivia.Medium || q.Right != "Ja" || q.Wrong[1] != "Né < nie" || q.Credit != opentdb.Credit {
					t.Fatalf("got %+v", q)
				}
				seen[q.ID] = true
			}
			if len(seen) < 110 || d.early != 1 || d.tokens != 1 {
				t.Errorf("%d questions, %d requests too early, %d sessions", len(seen), d.early, d.tokens)
			}
		})
	})
	t.Run("Filter", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			d := &database{has: 12}
			s := d.run(t)
			f := trivia.Filter{Category: "geography", Difficulty: trivia.Hard}
			s.Question(f, never)
			time.Sleep(time.Minute)
			q, ok := s.Question(f, never)
			if !ok || !f.Matches(q) {
				t.Errorf("got %+v; requests %v", q, d.requests)
			}
		})
	})
	t.Run("NotInDatabase", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			d := &database{has: 100}
			s := d.run(t)
			time.Sleep(time.Minute)
			before := d.asked()
			if _, ok := s.Question(trivia.Filter{Category: "food"}, never); ok {
				t.Error("got a question about food")
			}
			time.Sleep(time.Minute)
			if d.asked() != before {
				t.Errorf("asked for what it does not have: %v", d.requests[before:])
			}
		})
	})
	t.Run("AllSeen", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			d := &database{has: 60}
			s := d.run(t)
			n := 0
			for range 200 {
				if _, ok := s.Question(trivia.Filter{}, never); ok {
					n++
				} else {
					time.Sleep(time.Minute)
				}
			}
			if n < 150 { // more than the 60: the session began anew
				t.Errorf("%d questions; requests %v", n, d.requests)
			}
		})
	})
	t.Run("TokenEnds", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			d := &database{has: 1000}
			s := d.run(t)
			time.Sleep(time.Minute)
			d.mu.Lock()
			d.valid = "another"
			d.mu.Unlock()
			n := 0
			for range 80 {
				if _, ok := s.Question(trivia.Filter{}, never); ok {
					n++
				} else {
					time.Sleep(time.Minute)
				}
			}
			if d.tokens != 2 || n < 70 {
				t.Errorf("%d sessions, %d questions", d.tokens, n)
			}
		})
	})
	t.Run("ErrAway", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			d := &database{has: 100, down: true}
			s := d.run(t)
			time.Sleep(time.Hour)
			if n := d.asked(); n < 10 || n > 13 {
				t.Errorf("%d requests in an hour", n)
			}
			d.mu.Lock()
			d.down = false
			d.mu.Unlock()
			time.Sleep(10 * time.Minute)
			if _, ok := s.Question(trivia.Filter{}, never); !ok {
				t.Error("no questions when it is back")
			}
		})
	})
	t.Run("ErrTooFew", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			d := &database{has: 0}
			s := d.run(t)
			time.Sleep(time.Hour)
			if n := d.asked(); n > 5 { // a session, and 50, 10, 2 questions
				t.Errorf("%d requests for what is not there", n)
			}
			if _, ok := s.Question(trivia.Filter{}, never); ok {
				t.Error("got a question")
			}
		})
	})
}
