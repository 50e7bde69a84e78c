package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// slow is a model that says something and then waits until it is stopped.
func slow(h **house) (m *languageModel, speaking chan struct{}) {
	speaking = make(chan struct{}, 10)
	return &languageModel{answer: func(ctx context.Context, write func(string) error) (bool, error) {
		_ = write("Once")
		if h != nil {
			(*h).mu.Lock()
			(*h).now = (*h).now.Add(2 * time.Second)
			(*h).mu.Unlock()
			_ = write(" upon a time")
		}
		speaking <- struct{}{}
		<-ctx.Done()
		return false, ctx.Err()
	}}, speaking
}

func TestAskTakenBack(t *testing.T) {
	t.Parallel()
	var h *house
	m, speaking := slow(&h)
	h = newHouse(t, asking(m))
	question := h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!ask why?"})
	<-speaking
	h.redacts(ann, lobby, question)
	all := h.all()
	h.chat.mu.Lock()
	defer h.chat.mu.Unlock()
	if len(all) != 1 || !slices.Equal(h.chat.redacted, []string{all[0].id}) {
		t.Errorf("said %+v, took back %v", all, h.chat.redacted)
	}
}

// TestAskTakenBackFirst takes a question back before its answer has begun.
func TestAskTakenBackFirst(t *testing.T) {
	t.Parallel()
	m := saying("Yes.")
	h := newHouse(t, asking(m))
	h.redacts(ann, lobby, "$early")
	if got := h.do(bot.Event{ID: "$early", Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!ask why?"}); len(got) > 0 || len(m.asked) > 0 {
		t.Errorf("said %+v", got)
	}
}

func TestAskTime(t *testing.T) {
	t.Parallel()
	m, _ := slow(nil)
	h := newHouse(t, func(h *house) bot.Feature {
		return bot.Ask(h.memory("ask"), m, bot.AskOptions{Time: 10 * time.Millisecond, Now: h.time})
	})
	if got := one(t, h.says(ann, lobby, "!ask why?")); got.Text != "That took the language model too long." {
		t.Errorf("got %q", got.Text)
	}
}

// TestAskMany asks more questions at once than are answered; other commands do not wait.
func TestAskMany(t *testing.T) {
	t.Parallel()
	m, speaking := slow(nil)
	h := newHouse(t, asking(m), parrot)
	var questions []string
	for i := range 4 {
		questions = append(questions, h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: fmt.Sprintf("@u%d:test", i), Text: "!ask why?"}))
		<-speaking
	}
	h.event(bot.Event{Kind: bot.KindMessage, Room: den, Sender: ann, Text: "!ask why?"})
	h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!say hello"})
	for deadline := time.Now().Add(10 * time.Second); len(h.all()) < 2 && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
	}
	var texts []string
	for _, s := range h.all() {
		texts = append(texts, s.Text)
	}
	slices.Sort(texts)
	if diff := cmp.Diff([]string{"I am thinking about several questions already. Try again in a moment.", "hello"}, texts); diff != "" {
		t.Error(diff)
	}
	for _, q := range questions {
		h.event(bot.Event{Kind: bot.KindRedaction, Room: lobby, Sender: ann, Target: q})
	}
	h.wait()
}

// TestAskAgain handles one question twice, as after a crash in the midst of its answer.
func TestAskAgain(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	chat := newChat()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	run := func(ctx context.Context, answer func(context.Context, func(string) error) (bool, error)) error {
		now = now.Add(time.Minute)
		f := bot.Ask(bot.MemoryOf(db, "ask"), &languageModel{answer: answer}, bot.AskOptions{Now: func() time.Time { return now }})
		c := &bot.Call{Event: bot.Event{Kind: bot.KindMessage, ID: "$q", Room: lobby, Sender: ann}, Args: "why?", Chat: chat, Now: now}
		return f.Commands[0].Run(ctx, c)
	}
	ctx, crash := context.WithCancel(t.Context())
	err := run(ctx, func(ctx context.Context, write func(string) error) (bool, error) {
		_ = write("The first")
		now = now.Add(2 * time.Second)
		_ = write(" answer")
		crash()
		return false, ctx.Err()
	})
	var refusal *bot.Refusal
	if !errors.As(err, &refusal) || refusal.Text != "" {
		t.Errorf("the error is %v", err)
	}
	if n := len(chat.said); n != 2 || chat.said[1].Text != "The first answer …\n\n(I am being restarted. Ask me again in a moment.)" {
		t.Errorf("said %+v", chat.said)
	}
	if err := run(t.Context(), saying("The second answer.").answer); err != nil {
		t.Fatal(err)
	}
	if last := chat.said[len(chat.said)-1]; last.Text != "The second answer." || last.Replaces != chat.said[0].id {
		t.Errorf("at last: %+v", last)
	}
	said := len(chat.said)
	if err := run(t.Context(), saying("The third answer.").answer); err != nil || len(chat.said) != said {
		t.Errorf("answered again: %v, %+v", err, chat.said[said:])
	}
}

func TestAskMarkup(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, html string }{
		"Lines":    {"a\n\nb", "a<br><br>b"},
		"HTML":     {`<a href="x">&</a>`, "&lt;a href=&#34;x&#34;&gt;&amp;&lt;/a&gt;"},
		"Bold":     {"**a b** and ** c **", "<b>a b</b> and ** c **"},
		"Code":     {"`<b>**x**` and `", "<code>&lt;b&gt;**x**</code> and `"},
		"Block":    {"see:\n```go\nif a < b {\n```\ndone", "see:<pre><code>if a &lt; b {\n</code></pre>done"},
		"Unclosed": {"```\nx", "<pre><code>x\n</code></pre>"},
		"Heading":  {"## The **end**", "<b>The end</b>"},
		"List":     {"* a\n  - **b**\n-c", "• a<br>  • <b>b</b><br>-c"},
		"Link":     {"[a](https://b)", "[a](https://b)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, asking(saying(test.text)))
			if got := one(t, h.says(ann, lobby, "!ask why?")); got.HTML != test.html || got.Text != test.text {
				t.Errorf("got %q, want %q", got.HTML, test.html)
			}
		})
	}
}
