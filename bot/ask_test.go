package bot_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ollama"
)

// languageModel answers as it is told, and notes what it was asked.
type languageModel struct {
	answer func(ctx context.Context, write func(string) error) (cut bool, err error)

	mu    sync.Mutex
	asked [][]ollama.Message
}

func (m *languageModel) Chat(ctx context.Context, conversation []ollama.Message, write func(string) error) (bool, error) {
	m.mu.Lock()
	m.asked = append(m.asked, slices.Clone(conversation))
	m.mu.Unlock()
	return m.answer(ctx, write)
}

// saying answers with some pieces.
func saying(pieces ...string) *languageModel {
	return &languageModel{answer: func(_ context.Context, write func(string) error) (bool, error) {
		for _, p := range pieces {
			if err := write(p); err != nil {
				return false, err
			}
		}
		return false, nil
	}}
}

// asking is the feature with a model.
func asking(m bot.LanguageModel) func(*house) bot.Feature {
	return func(h *house) bot.Feature {
		return bot.Ask(h.memory("ask"), m, bot.AskOptions{Model: "tiny", Now: h.time})
	}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		call   string
		model  *languageModel
		text   string
		notice bool
	}{
		"OK":         {"!ask why?", saying("Because", " of that."), "Because of that.", false},
		"Thoughts":   {"!ask why?", saying("<think>", "hm, why", "</think>\n\n", "Because."), "Because.", false},
		"NoPing":     {"!ask why?", saying("Tell @room and @RO", "OM, https://matrix.to/#/@ann:test"), "Tell @\u200broom and @\u200bROOM, https://matrix.\u200bto/#/@ann:test", false},
		"Hidden":     {"!ask why?", saying("a\x00b\u202ec"), "abc", false},
		"ErrNone":    {"!ask", saying("?"), "Ask me something. Usage: !ask <question>", true},
		"ErrLong":    {"!ask " + strings.Repeat("why ", 1001), saying("?"), "That is too long for me. Usage: !ask <question>", true},
		"ErrSilent":  {"!ask why?", saying("<think>hm"), "The language model had nothing to say.", true},
		"ErrNothing": {"!ask why?", saying(), "The language model had nothing to say.", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, asking(test.model))
			got := one(t, h.says(ann, lobby, test.call))
			if got.Text != test.text || got.Board == test.notice || got.ReplyTo != "$event-1" || got.Mention != nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// TestAskWrong asks wrongly first: that costs no time.
func TestAskWrong(t *testing.T) {
	t.Parallel()
	h := newHouse(t, asking(saying("Because.")))
	one(t, h.says(ann, lobby, "!ask"))
	if got := one(t, h.says(ann, lobby, "!ask why?")); got.Text != "Because." {
		t.Errorf("got %q", got.Text)
	}
}

// TestAskStream looks at every state of an answer that takes its time.
func TestAskStream(t *testing.T) {
	t.Parallel()
	var h *house
	var ready sync.WaitGroup
	ready.Add(1)
	m := &languageModel{answer: func(_ context.Context, write func(string) error) (bool, error) {
		ready.Wait()
		for h.chat.typed() == "" { // it is shown beside the answer
			time.Sleep(time.Millisecond)
		}
		for i := range 7 {
			h.mu.Lock()
			h.now = h.now.Add(800 * time.Millisecond)
			h.mu.Unlock()
			if err := write(fmt.Sprint(i, " ")); err != nil {
				return false, err
			}
		}
		return true, nil
	}}
	h = newHouse(t, asking(m))
	ready.Done()
	got := h.says(ann, lobby, "!ask count")
	var texts []string
	for i, s := range got {
		texts = append(texts, s.Text)
		if (i == 0) != (s.Replaces == "") || i > 0 && s.Replaces != got[0].id {
			t.Errorf("%d: %+v", i, s)
		}
	}
	if diff := cmp.Diff([]string{"0 1 2 3 …", "0 1 2 3 4 5 6 …"}, texts); diff != "" {
		t.Error(diff)
	}
	if typing := h.chat.typed(); typing != "!lobby true, !lobby false" {
		t.Errorf("typing: %s", typing)
	}
}

// typed returns when the bot was seen typing.
func (c *chat) typed() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.typing, ", ")
}

// TestAskLong asks a model that does not end.
func TestAskLong(t *testing.T) {
	t.Parallel()
	pieces := 0
	m := &languageModel{answer: func(_ context.Context, write func(string) error) (bool, error) {
		for ; ; pieces++ {
			if err := write("<&>, "); err != nil {
				return false, err
			}
		}
	}}
	h := newHouse(t, asking(m))
	got := one(t, h.says(ann, lobby, "!ask on and on"))
	if len(got.Text) > 6100 || !strings.HasSuffix(got.Text, "…") || strings.Contains(got.HTML, "<&") || pieces > 20000 {
		t.Errorf("%d bytes, after %d pieces", len(got.Text), pieces)
	}
}

// TestAskServer asks servers that speak as Ollama does, and one that is not there.
func TestAskServer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status         int
		stream, first  string
		broken, refund bool
	}{
		"OK":           {200, `{"message":{"role":"assistant","thinking":"hm","content":"Yes."},"done":false}` + "\n" + `{"message":{"content":""},"done":true,"done_reason":"stop"}`, "Yes.", false, false},
		"ErrMidStream": {200, `{"message":{"content":"Y"},"done":false}` + "\n" + `{"error":"model runner has unexpectedly stopped"}`, "The language model broke off. Try again.", false, true},
		"ErrNoModel":   {404, `{"error":"model 'tiny' not found"}`, `The language model "tiny" is not installed on its server. Whoever runs me can change that.`, false, true},
		"ErrBusy":      {503, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`, "The language model is busy with other questions. Try again in a few minutes.", false, true},
		"ErrAway":      {0, "", "The language model is not there at the moment. Try again later.", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.stream+"\n")
			}))
			defer server.Close()
			if test.status == 0 {
				server.Close()
			}
			h := newHouse(t, asking(&ollama.Client{URL: server.URL, Model: "tiny"}))
			if got := one(t, h.says(ann, lobby, "!ask why?")); got.Text != test.first {
				t.Errorf("got %q", got.Text)
			}
			again := one(t, h.says(ann, lobby, "!ask why?"))
			if (again.Text == test.first) != test.refund {
				t.Errorf("at once again: %q", again.Text)
			}
			if !test.refund && again.Text != "Again in 2 min." {
				t.Errorf("the cooldown: %q", again.Text)
			}
		})
	}
}

// TestAskBrokenOff keeps what was said before the model broke off.
func TestAskBrokenOff(t *testing.T) {
	t.Parallel()
	var h *house
	var ready sync.WaitGroup
	ready.Add(1)
	m := &languageModel{answer: func(_ context.Context, write func(string) error) (bool, error) {
		ready.Wait()
		_ = write("The answer")
		h.mu.Lock()
		h.now = h.now.Add(2 * time.Second)
		h.mu.Unlock()
		_ = write(" is")
		return false, &ollama.Error{Status: 200, Message: "an error was encountered"}
	}}
	h = newHouse(t, asking(m))
	ready.Done()
	got := h.says(ann, lobby, "!ask why?")
	if len(got) != 2 || got[1].Replaces != got[0].id || got[1].Text != "The answer is …\n\n(The language model broke off. Try again.)" {
		t.Errorf("got %+v", got)
	}
	if n := h.counted.of("ask", "refused"); n != 1 {
		t.Errorf("%d refusals", n)
	}
}

// TestAskConversation goes on by replies, with the command and without, and after a restart.
func TestAskConversation(t *testing.T) {
	t.Parallel()
	m := saying("Indeed.")
	h := newHouse(t, asking(m))
	first := one(t, h.says(ann, lobby, "!ask one"))
	second := one(t, h.replies(bob, lobby, first.id, "two"))
	h.restart(asking(m))
	h.pass(3 * time.Minute)
	third := one(t, h.replies(ann, lobby, second.id, "!ask three"))
	for name, got := range map[string][]said{
		"InAnotherRoom": h.replies(bob, den, third.id, "four"),
		"ToAnother":     h.replies(bob, lobby, "$event-1", "five"),
		"Alone":         h.says(bob, lobby, "six"),
	} {
		if len(got) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := one(t, h.replies(ann, lobby, third.id, "at once")); got.Text != "Again in 2 min." {
		t.Errorf("without waiting: %q", got.Text)
	}
	user := func(s string) ollama.Message { return ollama.Message{Role: "user", Content: s} }
	model := ollama.Message{Role: "assistant", Content: "Indeed."}
	want := []ollama.Message{user("one"), model, user("two"), model, user("three")}
	if len(m.asked) != 3 || m.asked[2][0].Role != "system" || !cmp.Equal(want, m.asked[2][1:]) {
		t.Errorf("the model was asked %+v", m.asked)
	}
	h.pass(25 * time.Hour)
	if got := h.replies(bob, lobby, third.id, "seven"); len(got) > 0 {
		t.Errorf("after a day: %+v", got)
	}
}

// TestAskLongConversation forgets what was said first.
func TestAskLongConversation(t *testing.T) {
	t.Parallel()
	m := saying(strings.Repeat("word ", 800))
	h := newHouse(t, asking(m))
	last := one(t, h.says(ann, lobby, "!ask 0"))
	for i := range 10 {
		h.pass(3 * time.Minute)
		last = one(t, h.replies(ann, lobby, last.id, fmt.Sprint(i+1)))
	}
	asked := m.asked[10]
	size := 0
	for _, message := range asked[1:] {
		size += len(message.Content)
	}
	if asked[1].Role != "user" || size > 13<<10 || asked[len(asked)-1].Content != "10" || len(asked) < 6 {
		t.Errorf("%d messages of %d bytes, the first by the %s", len(asked), size, asked[1].Role)
	}
}
