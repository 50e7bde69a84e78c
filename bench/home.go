package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"sync"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

var randomReader = rand.Reader

// home is the homeserver in memory, in this process, with rooms that anyone may join.
type home struct {
	*homeserver.Server
	registration config.Registration
	url          string
	owner        string // a user id
	rooms        []string
	server       *http.Server

	mu          sync.Mutex
	messages    int
	first, last time.Time
}

// tellPatience is how long messages are waited for.
const tellPatience = time.Minute

// keepEvents bounds the memory of the homeserver.
const keepEvents = 100

// newHome starts a homeserver with so many rooms, to which users are invited.
func newHome(rooms int, invited ...string) (*home, error) {
	registration, err := newRegistration()
	if err != nil {
		return nil, err
	}
	h := &home{registration: registration}
	h.Server = homeserver.New(homeserver.Options{
		ServerName: domain,
		KeepEvents: keepEvents,
		Appservices: []homeserver.Appservice{{
			ID: registration.ID, ASToken: registration.ASToken.Reveal(), HSToken: registration.HSToken.Reveal(),
			SenderLocalpart: registration.SenderLocalpart,
			Users:           regexp.MustCompile(`^` + registration.Namespaces.Users[0].Regex + `$`),
		}},
	})
	h.owner = h.CreateAccount(owner, "").UserID
	for range rooms {
		id, err := h.CreateRoom(h.owner, homeserver.RoomOptions{Public: true, Invite: invited})
		if err != nil {
			return nil, err
		}
		h.rooms = append(h.rooms, id)
	}
	h.Subscribe(h.count)
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // returns at once
	if err != nil {
		return nil, err
	}
	h.url = "http://" + l.Addr().String()
	h.server = &http.Server{Handler: h.Server, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = h.server.Serve(l) }() // ends with close
	return h, nil
}

func (h *home) close() error { return h.server.Close() }

// count notes when messages were made.
func (h *home) count(e homeserver.Event) {
	if e.Type != "m.room.message" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = time.Now()
	if h.messages == 0 {
		h.first = h.last
	}
	h.messages++
}

// told returns how many messages were made since the last call of forget, and in what time.
func (h *home) told() (int, time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.messages, h.last.Sub(h.first)
}

func (h *home) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.messages = 0
}

// answers says !help in the first room until the bot answers: it is not there at once.
func (h *home) answers(ctx context.Context) error {
	for ends := time.Now().Add(tellPatience); time.Now().Before(ends); {
		h.forget()
		if _, err := h.Send(h.owner, h.rooms[0], "m.room.message", map[string]string{"msgtype": "m.text", "body": "!help"}); err != nil {
			return err
		}
		wait, cancel := context.WithTimeout(ctx, 2*time.Second)
		err := h.waitFor(wait, 2)
		cancel()
		if err == nil {
			return nil
		}
	}
	return errors.New("the bot does not answer")
}

// waitFor returns when so many messages were made.
func (h *home) waitFor(ctx context.Context, messages int) error {
	ctx, cancel := context.WithTimeout(ctx, tellPatience)
	defer cancel()
	for {
		n, _ := h.told()
		if n >= messages {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d messages were made: %w", n, messages, ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}
