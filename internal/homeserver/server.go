// Package homeserver is a small Matrix homeserver in memory, for tests and for the demo.
//
// It serves what lotus-hooks asks of a homeserver: an appservice with virtual users and
// devices, people who log in and sync, rooms of version 12 with their power levels, sends
// with transaction ids, profiles and media. There is no federation and no encryption: what
// it does not know it answers with M_UNRECOGNIZED.
//
// Status codes, error codes and what is remembered for how long are those of Synapse 1.160.
// The tests named TestContract hold for both; where they differ, this package is wrong.
//
// Tests make it fail with Inject, read rooms with Timeline and Subscribe, and forget what a
// restart forgets with Restart.
package homeserver

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Options say how a server differs from the usual one. The zero value is good, except that
// nobody can do anything without an appservice or an account.
type Options struct {
	ServerName  string           // the Matrix domain; default "homeserver.test"
	Appservices []Appservice     //
	KeepEvents  int              // newest events kept in each room; default all. Current state is always kept
	Seed        uint64           // of the dice that decide about faults with a Chance
	Now         func() time.Time // default time.Now
}

// Appservice is an appservice's registration.
type Appservice struct {
	ID              string
	URL             string         // where pings go; may be empty
	ASToken         string         // what the appservice shows
	HSToken         string         // what the server shows to the appservice
	SenderLocalpart string         // the appservice's own user, there from the start
	Users           *regexp.Regexp // the user ids of its virtual users; anchor it
}

// Server is a homeserver. Its methods may be called at any time by anyone, except as
// Subscribe says.
type Server struct {
	opts   Options
	mux    *http.ServeMux
	faults faults

	mu        sync.Mutex // guards all below
	ids       uint64
	stream    int64 // position of what happened last
	users     map[string]*user
	tokens    map[string]session
	rooms     map[string]*room
	aliases   map[string]string // alias to room id
	media     map[string]medium
	onDisk    transactions // by user and device
	inRAM     transactions // by appservice or user, lost at a restart
	listeners map[uint64]func(Event)
	changed   chan struct{} // closed at the next event; nil when nobody waits
	restarted context.Context
	restart   context.CancelFunc
}

// New returns a server that serves at once.
func New(o Options) *Server {
	if o.ServerName == "" {
		o.ServerName = "homeserver.test"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{
		opts:      o,
		faults:    faults{dice: rand.New(rand.NewPCG(o.Seed, 0))}, //nolint:gosec // chance, not secrecy
		users:     map[string]*user{},
		tokens:    map[string]session{},
		rooms:     map[string]*room{},
		aliases:   map[string]string{},
		media:     map[string]medium{},
		onDisk:    newTransactions(24 * time.Hour),
		inRAM:     newTransactions(30 * time.Minute),
		listeners: map[uint64]func(Event){},
	}
	s.restarted, s.restart = context.WithCancel(context.Background())
	for _, as := range o.Appservices {
		s.addUser(s.userID(as.SenderLocalpart), "")
	}
	s.mux = s.routes()
	return s
}

// ServeHTTP serves the client-server API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.faults.serve(w, r, s.mux)
}

// Restart forgets what Synapse forgets when it restarts, the transaction ids in RAM, and
// hangs up on those who wait in /sync. Everything else stays.
func (s *Server) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inRAM = newTransactions(s.inRAM.lifetime)
	s.restart()
	s.restarted, s.restart = context.WithCancel(context.Background())
}

// newID returns a unique text of 43 characters, the length of the hash that is an event's id.
// Callers hold mu.
func (s *Server) newID() string {
	s.ids++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", s.opts.ServerName, s.ids))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (s *Server) userID(localpart string) string { return "@" + localpart + ":" + s.opts.ServerName }
