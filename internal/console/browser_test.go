package console_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

// browserTime bounds what one test does in its tab.
const browserTime = 2 * time.Minute

// chromium starts the browser in which all tests have tabs: starting one takes seconds.
var chromium = sync.OnceValues(startChromium)

// stopChromium ends it.
var stopChromium = func() {}

func TestMain(m *testing.M) {
	status := m.Run()
	stopChromium()
	os.Exit(status)
}

var errNoChromium = errors.New("no Chromium in the path (Debian: apt install chromium)")

func startChromium() (context.Context, error) {
	var binary string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			binary = path
			break
		}
	}
	if binary == "" {
		return nil, errNoChromium
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(binary),
		chromedp.NoSandbox, // as root, which is what containers are, there is no other way
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-US"),
	)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx)
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, fmt.Errorf("start %s: %w", binary, err)
	}
	stopChromium = func() {
		_ = chromedp.Cancel(ctx) // waits for its end, and deletes its folder
		stop()
	}
	return ctx, nil
}

// newBrowser returns the context of a browser's tabs.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds to start")
	}
	ctx, err := chromium()
	switch {
	case errors.Is(err, errNoChromium) && os.Getenv("LOTUS_HOOKS_REQUIRE_CHROMIUM") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return ctx
}

// tab is a page in a browser that has the console's page open.
type tab struct {
	t      *testing.T
	ctx    context.Context
	server *httptest.Server
}

// screen is what a page is shown on.
type screen struct {
	width, height int64
	scale         float64
	theme         string // what the system prefers: "dark" or "light"
}

var (
	desktop = screen{width: 1440, height: 1000, scale: 1.25, theme: "dark"}
	phone   = screen{width: 390, height: 844, scale: 2, theme: "light"}
)

// openTab opens the console's page and waits until it is live. What the page logs fails the
// test, but for what holds one of the allowed texts.
func openTab(t *testing.T, browser context.Context, o console.Options, s screen, allowed ...string) tab {
	t.Helper()
	server := httptest.NewServer(console.New(o))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(browser, browserTime)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	tb := tab{t: t, ctx: ctx, server: server}
	tb.expectNoLog(allowed)
	call(tb, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "UTC"})
	tb.prefers("prefers-color-scheme", s.theme)
	tb.do(chromedp.EmulateViewport(s.width, s.height, chromedp.EmulateScale(s.scale)), chromedp.Navigate(server.URL))
	tb.until(`document.getElementById("connection").dataset.state === "live" && document.querySelector(".tile") && document.querySelector(".view:not([hidden])")`)
	return tb
}

// expectNoLog fails the test when the page has written to its console, thrown an exception,
// or broken its policy.
func (tb tab) expectNoLog(allowed []string) {
	messages := chromedp.Console(tb.ctx)
	var mu sync.Mutex
	var logged []string
	go func() {
		for m, err := range messages { // ends with the tab
			if err != nil {
				return
			}
			if slices.ContainsFunc(allowed, func(text string) bool { return strings.Contains(m.Text, text) }) {
				continue
			}
			mu.Lock()
			logged = append(logged, m.String())
			mu.Unlock()
		}
	}()
	tb.t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		if len(logged) > 0 {
			tb.t.Errorf("the page logged:\n%s", strings.Join(logged, "\n"))
		}
	})
}

// prefers sets what a media query sees.
func (tb tab) prefers(feature, value string) {
	tb.t.Helper()
	call(tb, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: feature, Value: value}},
	})
}

func call[P, R any](tb tab, command cdp.Command[P, R], params P) {
	tb.t.Helper()
	if _, err := chromedp.Call(tb.ctx, command, params); err != nil {
		tb.t.Fatal(err)
	}
}

func (tb tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tb.t.Helper()
	if err := chromedp.Do(tb.ctx, steps...); err != nil {
		tb.t.Fatal(err)
	}
}

// value returns what an expression is; a promise is awaited.
func value[T any](tb tab, expression string) T {
	tb.t.Helper()
	v, err := chromedp.Run(tb.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		tb.t.Fatalf("evaluate %s: %v", expression, err)
	}
	return v
}

// until waits for an expression to be true.
func (tb tab) until(expression string) {
	tb.t.Helper()
	for end := time.Now().Add(15 * time.Second); !value[bool](tb, "Boolean("+expression+")"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			tb.t.Fatalf("it does not become true: %s", expression)
		}
	}
}

func (tb tab) press(key string) {
	tb.t.Helper()
	tb.do(chromedp.KeyEvent(key))
}

func (tb tab) click(selector string) {
	tb.t.Helper()
	tb.do(chromedp.Click(chromedp.CSS(selector)))
}
