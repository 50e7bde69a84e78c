//go:build goolm && linux

package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// poster sends webhooks one after the other, so that the order of its posts is the order in
// which they were accepted. Each carries its poster's name and its number.
type poster struct {
	name     string
	url      string
	more     string // what each webhook says behind its mark
	accepted int    // of them, numbered from 0
}

// next is what the next webhook carries.
func (p *poster) next() string { return p.mark(p.accepted) }

func (p *poster) mark(n int) string { return fmt.Sprintf("%s-%05d", p.name, n) }

// post posts the next webhook until it is accepted. A sender whose answer was lost cannot
// know whether it was accepted, so each attempt carries the same id.
func (p *poster) post(ctx context.Context) error {
	mark := p.next()
	for {
		status, err := postText(ctx, p.url, mark+p.more, mark)
		switch {
		case status == http.StatusAccepted:
			p.accepted++
			return nil
		case err == nil && status != http.StatusServiceUnavailable:
			return fmt.Errorf("post %s: status %d", mark, status)
		case ctx.Err() != nil:
			return fmt.Errorf("post %s: %w", mark, errors.Join(ctx.Err(), err))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// postText posts a webhook for the generic service.
func postText(ctx context.Context, url, text, senderID string) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if senderID != "" {
		req.Header.Set("Idempotency-Key", senderID)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// burst is several posters that post side by side until they are told to finish.
type burst struct {
	t       *testing.T
	posters []*poster
	stop    chan struct{}
	ended   sync.WaitGroup
}

// startBurst posts, each poster once per pause.
func startBurst(t *testing.T, pause time.Duration, posters ...*poster) *burst {
	t.Helper()
	b := &burst{t: t, posters: posters, stop: make(chan struct{})}
	t.Cleanup(b.ended.Wait) // a test that fails meanwhile ends its context, and with it the burst
	for _, p := range posters {
		b.ended.Go(func() {
			for {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				err := p.post(ctx)
				cancel()
				if t.Context().Err() != nil {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				select {
				case <-b.stop:
					return
				case <-time.After(pause):
				}
			}
		})
	}
	return b
}

// finish ends the burst. All that was begun is accepted then.
func (b *burst) finish() {
	b.t.Helper()
	close(b.stop)
	b.ended.Wait()
	total := 0
	for _, p := range b.posters {
		total += p.accepted
	}
	b.t.Logf("%d webhooks were accepted", total)
}

// postAll posts a number of webhooks.
func (p *poster) postAll(t *testing.T, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for range n {
		if err := p.post(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

var mark = regexp.MustCompile(`\b([a-z]+)-(\d{5})\b`)

// tally is what became of accepted webhooks.
type tally struct {
	lost, twice, disorder, foreign []string
}

// count compares what a room was told with what its posters have posted.
func count(room []message, posters ...*poster) tally {
	var c tally
	next := map[string]int{}
	told := map[string]bool{}
	for _, m := range room {
		found := mark.FindAllStringSubmatch(m.body(), -1)
		if len(found) != 1 || !slices.ContainsFunc(posters, func(p *poster) bool { return p.name == found[0][1] }) {
			c.foreign = append(c.foreign, m.body())
			continue
		}
		whole, name := found[0][0], found[0][1]
		n, err := strconv.Atoi(found[0][2])
		switch {
		case err != nil:
			c.foreign = append(c.foreign, whole)
		case told[whole]:
			c.twice = append(c.twice, whole)
		case n < next[name]:
			c.disorder = append(c.disorder, whole)
		default:
			next[name] = n + 1
		}
		told[whole] = true
	}
	for _, p := range posters {
		for n := range p.accepted {
			if whole := p.mark(n); !told[whole] {
				c.lost = append(c.lost, whole)
			}
		}
	}
	return c
}

// checkTold fails the test unless a room was told each accepted webhook of its posters
// exactly once, in order, and nothing else.
func checkTold(t *testing.T, room []message, posters ...*poster) {
	t.Helper()
	c := count(room, posters...)
	for what, list := range map[string][]string{
		"lost": c.lost, "told twice": c.twice, "out of order": c.disorder, "of nobody": c.foreign,
	} {
		if len(list) > 0 {
			t.Errorf("%d webhooks %s: %q", len(list), what, list[:min(len(list), 10)])
		}
	}
}

// TestCount makes sure that the other tests can fail.
func TestCount(t *testing.T) {
	t.Parallel()
	a, b := &poster{name: "a", accepted: 3}, &poster{name: "b", accepted: 1}
	for name, c := range map[string]struct {
		room string
		want tally
	}{
		"OK":          {"a-00000 b-00000 a-00001 a-00002", tally{}},
		"ErrLost":     {"a-00000 a-00002 b-00000", tally{lost: []string{"a-00001"}}},
		"ErrTwice":    {"a-00000 a-00001 b-00000 a-00001 a-00002", tally{twice: []string{"a-00001"}}},
		"ErrDisorder": {"a-00000 b-00000 a-00002 a-00001", tally{disorder: []string{"a-00001"}}},
		"ErrForeign":  {"a-00000 b-00000 c-00000 a-00001 a-00002 hello", tally{foreign: []string{"c-00000", "hello"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var room []message
			for text := range strings.FieldsSeq(c.room) {
				room = append(room, message{content: map[string]any{"body": text}})
			}
			if diff := cmp.Diff(c.want, count(room, a, b), cmp.AllowUnexported(tally{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}
