package app

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// browser is the demo's page in a Chromium.
type browser struct {
	t   *testing.T
	ctx context.Context
}

// openBrowser opens a page. What it logs fails the test.
func openBrowser(t *testing.T, url string) browser {
	t.Helper()
	binary, err := exec.LookPath("chromium")
	switch {
	case testing.Short():
		t.Skip("a browser takes seconds to start")
	case err != nil && os.Getenv("LOTUS_HOOKS_REQUIRE_CHROMIUM") != "":
		t.Fatal(err)
	case err != nil:
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(binary), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := browser{t, ctx}
	b.do()
	messages := chromedp.Console(ctx)
	var mu sync.Mutex
	go func() {
		for m, err := range messages { // ends with the browser
			if err != nil {
				return
			}
			mu.Lock()
			t.Errorf("the page logged %s", m.String())
			mu.Unlock()
		}
	}()
	t.Cleanup(func() { cancel(); mu.Lock() }) // what comes from here on is of the browser's end
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(url))
	return b
}

func (b browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func evaluate[T any](b browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("evaluate %s: %v", expression, err)
	}
	return v
}

func (b browser) until(expression string) {
	b.t.Helper()
	for end := time.Now().Add(30 * time.Second); !evaluate[bool](b, "Boolean("+expression+")"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("it does not become true: %s", expression)
		}
	}
}

// say writes a message in the chat that is open, as a person at a keyboard does.
func (b browser) say(text string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(".chat:not([hidden]) input")))
	for _, r := range text {
		b.do(chromedp.KeyEvent(string(r)))
	}
	b.do(chromedp.KeyEvent(kb.Enter))
}

// TestDemoChat talks to the bot on the demo's page: asks for help, votes in a poll, and plays
// the word of the day to its end.
func TestDemoChat(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, runDemo(t)+"/#commands")
	b.until(`document.getElementById("connection").dataset.state === "live" && document.querySelector("[data-room=commands] .line")`)
	last := func(room string) string {
		return fmt.Sprintf(`document.querySelector("[data-room=%s] .message:last-child")?.innerText`, room)
	}

	b.say("!help")
	b.until(last("commands") + `?.includes("!wordle")`)
	b.say(`!poll "Pizza?"`)
	b.until(`document.querySelectorAll("[data-room=commands] .reaction").length === 2`)
	b.do(chromedp.Click(chromedp.CSS("[data-room=commands] .reaction")))
	b.until(last("commands") + `?.includes("1 vote") && document.querySelector("[data-room=commands] .reaction").getAttribute("aria-pressed") === "true"`)

	b.say("!wordle")
	b.until(`document.getElementById("elsewhere").textContent === "Lotus Bot wrote to you →"`)
	b.do(chromedp.Click(chromedp.CSS("#elsewhere")))
	board := `document.querySelector("[data-room=direct] .message .card")?.innerText`
	b.until(board + `?.includes("0/6")`)
	day := func() (n int) {
		t.Helper()
		if _, err := fmt.Sscanf(evaluate[string](b, board), "Wordle #%d", &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	wrong := "crane"
	if wordle.AnswerOf(day()) == wrong {
		wrong = "slate"
	}
	b.say(wrong)
	b.until(board + `?.includes("1/6")`)
	b.say("zzzzz")
	b.until(last("direct") + `?.includes("not in my list")`)
	b.say(wordle.AnswerOf(day())) // the board is the first guess's day's, should it be midnight
	b.until(board + `?.includes("2/6")`)
	tiles := evaluate[[]string](b, `[...document.querySelectorAll("[data-room=direct] .message .badge")].slice(5, 10).map((tile) => tile.textContent.trim() + getComputedStyle(tile).backgroundColor)`)
	const green = "rgb(83, 141, 78)"
	if got := strings.ToLower(strings.ReplaceAll(strings.Join(tiles, ""), green, "")); got != wordle.AnswerOf(day()) || strings.Count(strings.Join(tiles, ""), green) != 5 {
		t.Errorf("the last row is %q", tiles)
	}
	b.until(last("direct") + `?.includes("The next word comes")`)

	b.say("!wordle share")
	b.do(chromedp.Click(chromedp.CSS(`[href="#commands"]`)))
	b.until(last("commands") + `?.includes("🟩🟩🟩🟩🟩")`)
}
