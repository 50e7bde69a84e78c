package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ollama"
)

// LanguageModel writes the next message of a conversation: see ollama.Client.
type LanguageModel interface {
	Chat(ctx context.Context, conversation []ollama.Message, write func(piece string) error) (cut bool, err error)
}

// AskOptions are what the configuration says of !ask.
type AskOptions struct {
	Model  string           // what the language model is called, for when the server lacks it
	System string           // what the model is told before every conversation; "" is something friendly
	Time   time.Duration    // that an answer may take; 0 is 3 minutes
	Now    func() time.Time // the clock by which answers are redrawn
}

const (
	askCooldown = 2 * time.Minute
	askTime     = 3 * time.Minute
	askEnding   = 30 * time.Second // for what is said after the model's time is over
	maxAsks     = 4                // answered at once
	maxGone     = 200              // questions taken back that are remembered
	maxQuestion = 4000             // bytes

	askSystem = "You are a friendly bot in a chat room of a community. Answer in a few short sentences and in the " +
		"language of the question. Use no headings, no tables and no pictures. Say so when you do not know something."
)

// Why a question is not answered to its end.
var (
	errTakenBack = errors.New("the question was taken back")
	errTooLong   = errors.New("the answer took too long")
)

// asking is the conversation with a language model.
type asking struct {
	memory Memory
	model  LanguageModel
	AskOptions

	mu      sync.Mutex
	running map[string]context.CancelCauseFunc // by the event that asks
	gone    []string                           // events that were taken back lately; they may have been questions
	turns   map[string]askPlace                // by the event that answers
}

// askPlace is where a turn of a conversation is remembered, and in which room it was.
type askPlace struct{ key, room string }

// Ask is the command that asks a language model. What replies to an answer goes on with the
// conversation.
func Ask(m Memory, model LanguageModel, o AskOptions) Feature {
	if o.System == "" {
		o.System = askSystem
	}
	if o.Time == 0 {
		o.Time = askTime
	}
	a := &asking{memory: m, model: model, AskOptions: o, running: map[string]context.CancelCauseFunc{}, turns: map[string]askPlace{}}
	return Feature{
		Name: "ask", Start: a.start, Wants: a.wants, Handle: a.handle,
		Commands: []Command{{
			Name:       "ask",
			Usage:      "<question>",
			Summary:    "asks a language model; it may be wrong",
			Details:    "Reply to an answer to go on with the conversation.\nDelete your question to stop the answer.",
			Cooldown:   askCooldown,
			Background: true,
			Deadline:   o.Time + askEnding,
			Continues:  func(e Event) bool { _, ok := a.place(e); return ok },
			Run:        a.run,
		}},
	}
}

// wants says yes to a redaction of a question that is being answered. Of others it takes
// note: a question may be taken back before its answer has begun.
func (a *asking) wants(e Event) bool {
	if e.Kind != KindRedaction {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.gone = append(a.gone, e.Target)
	a.gone = a.gone[max(0, len(a.gone)-maxGone):]
	return a.running[e.Target] != nil
}

// handle stops an answer, or forgets a conversation.
func (a *asking) handle(ctx context.Context, c *Call) error {
	if c.Kind == KindAlarm {
		return a.forget(ctx, c.Key)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if cancel := a.running[c.Target]; cancel != nil {
		cancel(errTakenBack)
	}
	return nil
}

// run answers a question, or says why not.
func (a *asking) run(ctx context.Context, c *Call) error {
	switch {
	case c.Args == "":
		return &UsageError{Text: "Ask me something."}
	case len(c.Args) > maxQuestion:
		return &UsageError{Text: "That is too long for me."}
	}
	var before askTurn
	again, err := a.memory.Get(ctx, turnKey(c.ID), &before)
	if err != nil || before.Answer != "" { // answered before a crash
		return err
	}
	conversation, err := a.conversation(ctx, c)
	if err != nil {
		return err
	}
	work, end, err := a.begin(ctx, c.ID)
	if errors.Is(err, errTakenBack) {
		return nil
	}
	if err != nil {
		return err
	}
	defer end()
	if !again {
		if err := a.remember(ctx, c, askTurn{Room: c.Room}); err != nil {
			return err
		}
	}
	defer showTyping(work, c)()

	d := &draft{call: c, now: a.Now, run: a.Now(), again: again}
	told := append([]ollama.Message{{Role: "system", Content: a.System}}, conversation...)
	cut, err := a.model.Chat(work, told, func(piece string) error { return d.write(work, piece) })
	if errors.Is(err, errEnough) {
		cut, err = true, nil
	}
	if err == nil && d.text() == "" {
		err = errSilent
	}
	if err != nil {
		return a.giveUp(ctx, d, errors.Join(err, context.Cause(work)))
	}
	text, err := d.finish(ctx, cut)
	if err != nil {
		return err
	}
	conversation = append(conversation, ollama.Message{Role: "assistant", Content: text})
	return a.remember(ctx, c, askTurn{Room: c.Room, Answer: d.event, Messages: conversation})
}

// begin makes a question one that can be taken back. end must be called.
func (a *asking) begin(ctx context.Context, event string) (work context.Context, end func(), err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if slices.Contains(a.gone, event) {
		return nil, nil, errTakenBack
	}
	if len(a.running) >= maxAsks {
		return nil, nil, &Refusal{Text: "I am thinking about several questions already. Try again in a moment."}
	}
	work, late := context.WithTimeoutCause(ctx, a.Time, errTooLong)
	work, cancel := context.WithCancelCause(work)
	a.running[event] = cancel
	return work, func() {
		late()
		cancel(nil)
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.running, event)
	}, nil
}

// giveUp says why there is no answer, or not all of it. The cooldown is given back, unless
// the question was taken back.
func (a *asking) giveUp(ctx context.Context, d *draft, cause error) error {
	stopping := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askEnding/2)
	defer cancel()
	if errors.Is(cause, errTakenBack) {
		return d.takeBack(ctx)
	}
	words := a.excuse(cause)
	if stopping {
		words = "I am being restarted. Ask me again in a moment."
	}
	if d.event == "" && !stopping {
		return &Refusal{Text: words, Cause: cause}
	}
	return &Refusal{Cause: errors.Join(cause, d.breakOff(ctx, words))}
}

// excuse says what went wrong in words for who asked.
func (a *asking) excuse(cause error) string {
	switch {
	case errors.Is(cause, errTooLong):
		return "That took the language model too long."
	case errors.Is(cause, errSilent):
		return "The language model had nothing to say."
	case errors.Is(cause, ollama.ErrAway):
		return "The language model is not there at the moment. Try again later."
	case errors.Is(cause, ollama.ErrBusy):
		return "The language model is busy with other questions. Try again in a few minutes."
	case errors.Is(cause, ollama.ErrNoModel):
		return fmt.Sprintf("The language model %q is not installed on its server. Whoever runs me can change that.", a.Model)
	}
	return "The language model broke off. Try again."
}
