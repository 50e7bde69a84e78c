package bot

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// rps is rock paper scissors, with a score for each player.
type rps struct {
	memory Memory
	pick   func(n int) int
	mu     sync.Mutex // held while a score is changed: a player may be in two rooms at once
}

// RPS is the command for rock paper scissors against the bot. pick returns a number from 0
// up to n, n left out, by chance.
func RPS(m Memory, pick func(n int) int) Feature {
	r := &rps{memory: m, pick: pick}
	return Feature{Name: "rps", Commands: []Command{{
		Name:    "rps",
		Usage:   "rock | paper | scissors | score",
		Summary: "rock, paper, scissors against me; I keep the score",
		Details: "The first letter is enough, and so are 🪨, 📄 and ✂️.",
		Run:     r.run,
	}}}
}

// hand is what a player shows. Each beats the one before it, and rock beats scissors.
type hand int

const (
	rock hand = iota
	paper
	scissors
)

var (
	handNames = [...]string{"rock", "paper", "scissors"}
	handEmoji = [...]string{"🪨", "📄", "✂️"}
)

func (h hand) beats(other hand) bool { return h == (other+1)%3 }

// handOf reads a hand.
func handOf(word string) (hand, bool) {
	word = strings.ReplaceAll(strings.ToLower(word), "\ufe0f", "") // clients differ in how an emoji is drawn
	switch strings.TrimRight(word, "!.") {
	case "rock", "r", "stone", "🪨", "✊":
		return rock, true
	case "paper", "p", "📄", "📃", "🧻", "✋":
		return paper, true
	case "scissors", "scissor", "s", "✂", "✌":
		return scissors, true
	}
	return 0, false
}

// rpsScore is what is stored of a player.
type rpsScore struct {
	Wins   int        `json:"wins"`
	Losses int        `json:"losses"`
	Draws  int        `json:"draws"`
	Recent []rpsRound `json:"recent"` // the last few: their commands may be handled again
}

// rpsRound is a round that counts already.
type rpsRound struct {
	Event string `json:"event"`
	Mine  hand   `json:"mine"`
}

// rpsRecent is how many rounds of a player are remembered, at least as many as can be
// under way in several rooms when the process ends.
const rpsRecent = 20

func (r *rps) run(ctx context.Context, c *Call) error {
	if strings.EqualFold(c.Args, "score") {
		var s rpsScore
		if _, err := r.memory.Get(ctx, c.Sender, &s); err != nil {
			return err
		}
		if s.Wins+s.Losses+s.Draws == 0 {
			return c.Notice(ctx, "We have not played yet.")
		}
		return c.Notice(ctx, s.String())
	}
	yours, ok := handOf(c.Args)
	if !ok {
		return &UsageError{Text: "Show me rock, paper or scissors."}
	}
	mine, score, err := r.play(ctx, c, yours)
	if err != nil {
		return err
	}
	return c.Notice(ctx, fmt.Sprintf("Your %s %s against my %s %s: %s %s",
		handEmoji[yours], handNames[yours], handEmoji[mine], handNames[mine], verdict(yours, mine), score))
}

// play plays a round and counts it, or says how it went if it counts already.
func (r *rps) play(ctx context.Context, c *Call, yours hand) (hand, rpsScore, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var s rpsScore
	if _, err := r.memory.Get(ctx, c.Sender, &s); err != nil {
		return 0, s, err
	}
	for _, round := range s.Recent {
		if round.Event == c.ID {
			return round.Mine, s, nil
		}
	}
	mine := hand(r.pick(len(handNames)))
	switch {
	case yours == mine:
		s.Draws++
	case yours.beats(mine):
		s.Wins++
	default:
		s.Losses++
	}
	s.Recent = append(s.Recent, rpsRound{c.ID, mine})
	s.Recent = s.Recent[max(0, len(s.Recent)-rpsRecent):]
	return mine, s, r.memory.Put(ctx, c.Sender, s, time.Time{})
}

func verdict(yours, mine hand) string {
	switch {
	case yours == mine:
		return "a draw."
	case yours.beats(mine):
		return "you win!"
	}
	return "I win."
}

// String tells the score from the player's side.
func (s rpsScore) String() string {
	draws := ""
	switch s.Draws {
	case 0:
	case 1:
		draws = ", 1 draw"
	default:
		draws = fmt.Sprintf(", %d draws", s.Draws)
	}
	return fmt.Sprintf("You %d, me %d%s.", s.Wins, s.Losses, draws)
}
