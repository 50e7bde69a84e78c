package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// wire stands between lotus-hooks and its homeserver, and notes when something passes.
type wire struct {
	url    string
	server *http.Server

	mu      sync.Mutex
	arrived map[string]time.Time // by event id: when /sync told it
	sends   []passed             // of encrypted events
	asked   []passed             // of what !ping asks
}

// passed is a request that has passed.
type passed struct {
	at   time.Time
	took time.Duration // until its answer had passed, too
}

// answered is what passed for one ping.
type answered struct {
	arrived, departed time.Time
	asked             time.Duration // what the homeserver took to answer what !ping asks it
	sent              time.Duration // and to take the answer
}

var eventIDs = regexp.MustCompile(`"event_id":"(\$[^"]+)"`)

// listenBetween starts a wire to a homeserver.
func listenBetween(homeserver string) (*wire, error) {
	target, err := url.Parse(homeserver)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // returns at once
	if err != nil {
		return nil, err
	}
	w := &wire{url: "http://" + l.Addr().String(), arrived: map[string]time.Time{}}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 16}
	proxy.ModifyResponse = w.noteSync
	proxy.ErrorLog = log.New(io.Discard, "", 0) // polls that end when the bot does
	w.server = &http.Server{Handler: w.note(proxy), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = w.server.Serve(l) }() // ends with close
	return w, nil
}

func (w *wire) close() error { return w.server.Close() }

// note notes when requests begin, and how long they take.
func (w *wire) note(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		began := time.Now()
		next.ServeHTTP(rw, r)
		p := passed{began, time.Since(began)}
		w.mu.Lock()
		defer w.mu.Unlock()
		switch {
		case strings.HasSuffix(r.URL.Path, "/_matrix/client/versions"):
			w.asked = append(w.asked, p)
		case strings.Contains(r.URL.Path, "/send/m.room.encrypted/") && !r.URL.Query().Has("user_id"): // by no virtual user
			w.sends = append(w.sends, p)
		}
	})
}

// noteSync notes which events a response of /sync holds, when it is handed on.
func (w *wire) noteSync(r *http.Response) error {
	if !strings.HasSuffix(r.Request.URL.Path, "/sync") {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err = errors.Join(err, r.Body.Close()); err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, found := range eventIDs.FindAllSubmatch(body, -1) {
		if id := string(found[1]); w.arrived[id].IsZero() {
			w.arrived[id] = now
		}
	}
	return nil
}

// answerTo returns what passed for a ping once its answer has.
func (w *wire) answerTo(ctx context.Context, event string) (answered, error) {
	for ends := time.Now().Add(tellPatience); time.Now().Before(ends) && ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
		if t, ok := w.find(event); ok {
			return t, nil
		}
	}
	return answered{}, fmt.Errorf("!ping %s was not answered", event)
}

func (w *wire) find(event string) (answered, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := answered{arrived: w.arrived[event]}
	if t.arrived.IsZero() {
		return t, false
	}
	for _, p := range w.asked {
		if t.asked == 0 && p.at.After(t.arrived) {
			t.asked = p.took
		}
	}
	for _, s := range w.sends {
		if s.at.After(t.arrived) {
			t.departed, t.sent = s.at, s.took
			return t, true
		}
	}
	return t, false
}
