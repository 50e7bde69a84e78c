package bot

import (
	"context"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ollama"
)

const (
	turnTime   = 24 * time.Hour // how long an answer can be replied to
	maxTurns   = 12             // messages of a conversation that the model sees again
	maxHistory = 12 << 10       // bytes of them
	turnPrefix = "turn:"        // and the event that asked
)

// askTurn is a question and its answer, with what went before.
type askTurn struct {
	Room     string           `json:"room"`
	Answer   string           `json:"answer,omitempty"` // the event; "" while it is being written
	Messages []ollama.Message `json:"messages,omitempty"`
}

func turnKey(question string) string { return turnPrefix + question }

// start learns which messages are answers.
func (a *asking) start(ctx context.Context) error {
	keys, err := a.memory.Keys(ctx, turnPrefix)
	if err != nil {
		return err
	}
	for _, key := range keys {
		var turn askTurn
		if _, err := a.memory.Get(ctx, key, &turn); err != nil {
			return err
		}
		a.learn(key, turn)
	}
	return nil
}

// learn makes replies to an answer go on with its conversation.
func (a *asking) learn(key string, turn askTurn) {
	if turn.Answer == "" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turns[turn.Answer] = askPlace{key, turn.Room}
}

// remember stores a turn for a while.
func (a *asking) remember(ctx context.Context, c *Call, turn askTurn) error {
	turn.Messages = recent(turn.Messages)
	if err := a.memory.Put(ctx, turnKey(c.ID), turn, c.Now.Add(turnTime)); err != nil {
		return err
	}
	a.learn(turnKey(c.ID), turn)
	return nil
}

// forget removes a turn.
func (a *asking) forget(ctx context.Context, key string) error {
	if err := a.memory.Delete(ctx, key); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for answer, place := range a.turns {
		if place.key == key {
			delete(a.turns, answer)
		}
	}
	return nil
}

// place returns where the turn is that a message goes on from. What was said in another
// room is not told.
func (a *asking) place(e Event) (askPlace, bool) {
	if e.ReplyTo == "" || strings.TrimSpace(e.Text) == "" {
		return askPlace{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	p, ok := a.turns[e.ReplyTo]
	return p, ok && p.room == e.Room
}

// conversation returns what the model is to answer: a question, and what went before.
func (a *asking) conversation(ctx context.Context, c *Call) ([]ollama.Message, error) {
	var turn askTurn
	if p, ok := a.place(c.Event); ok {
		if _, err := a.memory.Get(ctx, p.key, &turn); err != nil {
			return nil, err
		}
	}
	return append(turn.Messages, ollama.Message{Role: "user", Content: c.Args}), nil
}

// recent returns the last messages of a conversation, beginning with a question.
func recent(all []ollama.Message) []ollama.Message {
	from, size := len(all), 0
	for i := len(all) - 1; i >= 0 && len(all)-i <= maxTurns; i-- {
		if size += len(all[i].Content); size > maxHistory {
			break
		}
		if all[i].Role == "user" {
			from = i
		}
	}
	return all[from:]
}
