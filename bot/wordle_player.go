package bot

import (
	"context"
	"strings"
	"sync"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// wordlePlayer is what is stored of a player, as one value, so that a game's end and the
// statistics can not come apart.
type wordlePlayer struct {
	user string

	Name       string       `json:"name"`           // for the leaderboard in a direct chat
	Room       string       `json:"room,omitempty"` // the direct chat
	From       string       `json:"from,omitempty"` // the room that the game was called from last, direct chats left out
	Hard       bool         `json:"hard,omitzero"`
	Contrast   bool         `json:"contrast,omitzero"`
	Daily      *wordleBoard `json:"daily,omitempty"`    // the last one begun
	Practice   *wordleBoard `json:"practice,omitempty"` // likewise
	Practising bool         `json:"practising,omitzero"`
	Stats      wordle.Stats `json:"stats"`
	Imported   bool         `json:"imported,omitzero"` // what an earlier bot knew is in Stats
}

// wordleBoard is a game and its message.
type wordleBoard struct {
	wordle.Game
	Event  string   `json:"event,omitempty"`  // the message that shows it; "" before it is sent
	Last   string   `json:"last,omitempty"`   // the event that changed the game last: handled again, it changes nothing
	Shared []string `json:"shared,omitempty"` // rooms
}

// board returns the board that guesses go to, or nil.
func (p *wordlePlayer) board() *wordleBoard {
	if p.Practising {
		return p.Practice
	}
	return p.Daily
}

// open says whether guesses are taken.
func (p *wordlePlayer) open() bool { b := p.board(); return b != nil && !b.Over() }

// did says whether an event has changed the board already, before a crash.
func (p *wordlePlayer) did(event string) bool { b := p.board(); return b != nil && b.Last == event }

const wordleKey = "player:" // and the user id

func (w *wordleFeature) load(ctx context.Context, user string) (*wordlePlayer, error) {
	p := &wordlePlayer{user: user}
	_, err := w.memory.Get(ctx, wordleKey+user, p)
	return p, err
}

func (w *wordleFeature) save(ctx context.Context, p *wordlePlayer) error {
	if err := w.memory.Put(ctx, wordleKey+p.user, p, time.Time{}); err != nil {
		return err
	}
	w.seat(p)
	return nil
}

// users returns everybody who has played.
func (w *wordleFeature) users(ctx context.Context) ([]string, error) {
	users, err := w.memory.Keys(ctx, wordleKey)
	for i := range users {
		users[i] = strings.TrimPrefix(users[i], wordleKey)
	}
	return users, err
}

// seat tells Wants where a player plays.
func (w *wordleFeature) seat(p *wordlePlayer) {
	if p.Room == "" {
		return
	}
	seat := wordleSeat{user: p.user, open: p.open()}
	if b := p.board(); b != nil {
		seat.board = b.Event
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seats[p.Room] = seat
}

// lock keeps a player's value to one handler, and returns what ends that.
func (w *wordleFeature) lock(user string) (unlock func()) {
	w.mu.Lock()
	l := w.locks[user]
	if l == nil {
		l = &sync.Mutex{}
		w.locks[user] = l
	}
	w.mu.Unlock()
	l.Lock()
	return l.Unlock
}
