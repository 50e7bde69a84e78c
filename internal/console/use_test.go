package console_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// What happens while the page is open.
func TestLive(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	t.Run("OK", func(t *testing.T) {
		room := newFakeRoom()
		tb := openTab(t, browser, options(t, room), desktop)
		tb.until(`!document.getElementById("empty").hidden`)
		room.say("@a:demo", "hello")
		tb.until(`document.querySelector(".card")?.innerText === "hello" && document.getElementById("empty").hidden`)
		if got := value[string](tb, `document.querySelector("[role=log]").getAttribute("aria-live")`); got != "polite" {
			t.Errorf("aria-live is %q", got)
		}
	})
	t.Run("OKScrolledUp", func(t *testing.T) {
		room := newFakeRoom()
		for i := range 100 {
			room.say("@a:demo", fmt.Sprint("message ", i))
		}
		tb := openTab(t, browser, options(t, room), desktop)
		atEnd := `(() => { const s = document.getElementById("scroller"); return s.scrollHeight - s.scrollTop - s.clientHeight < 2; })()`
		tb.until(atEnd)
		room.say("@a:demo", "followed")
		tb.until(`document.querySelector(".message:last-child").innerText.includes("followed") && ` + atEnd)
		value[bool](tb, `(document.getElementById("scroller").scrollTop = 100, true)`)
		tb.until(`!document.getElementById("newest").hidden`)
		room.say("@a:demo", "unseen")
		room.say("@a:demo", "unseen")
		tb.until(`document.getElementById("newest").textContent === "2 new messages ↓"`)
		if got := value[int](tb, `document.getElementById("scroller").scrollTop`); got != 100 {
			t.Errorf("new messages moved the reader to %d", got)
		}
		tb.click("#newest")
		tb.until(`document.getElementById("newest").hidden && ` + atEnd)
	})
	t.Run("OKReconnected", func(t *testing.T) {
		room := newFakeRoom()
		room.say("@a:demo", "one")
		tb := openTab(t, browser, options(t, room), desktop, "Failed to load resource: net::ERR_") // as cut connections are, wherever the cut falls
		value[bool](tb, `(window.states = [], new MutationObserver(() => states.push(document.getElementById("connection").dataset.state))
			.observe(document.getElementById("connection"), { attributes: true }), true)`)
		tb.server.CloseClientConnections()
		tb.until(`states.includes("reconnecting")`)
		room.say("@a:demo", "two")
		tb.until(`states.at(-1) === "live"`)
		tb.until(`document.querySelectorAll(".message").length === 2`)

		room.forget() // another program behind the same address: what was is not shown beside what is
		tb.server.CloseClientConnections()
		room.say("@a:demo", "new")
		tb.until(`document.querySelector(".card").innerText === "new" && document.querySelectorAll(".message").length === 1`)
	})
	t.Run("OKBounded", func(t *testing.T) {
		room := newFakeRoom()
		for i := range 1100 {
			room.say("@a:demo", fmt.Sprint("message ", i))
		}
		tb := openTab(t, browser, options(t, room), desktop)
		tb.until(`document.querySelector(".message:last-child").innerText.includes("message 1099")`)
		if got := value[int](tb, `document.getElementById("timeline").childElementCount`); got != 1000 {
			t.Errorf("the page keeps %d lines, want 1000", got)
		}
	})
}

// What the panel's buttons do.
func TestPanel(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	t.Run("OK", func(t *testing.T) {
		gateway := new(fakeGateway)
		o := options(t, newFakeRoom())
		o.Post = gateway.post
		tb := openTab(t, browser, o, desktop)
		tb.click(`[title="grafana/resolved-single"]`)
		tb.until(`document.querySelector('[data-outcome="sent"]')`)
		tb.click("#one-of-each")
		tb.until(`document.querySelector('#one-of-each[data-outcome="sent"]')`)
		tb.click(`[aria-label="Send a sample of Sonarr"]`)
		tb.until(`document.querySelector('[aria-label="Send a sample of Sonarr"][data-outcome="sent"]')`)
		want := []string{"grafana resolved-single", "grafana firing-single", "sonarr Grab", "sonarr v5/Grab"}
		if diff := cmp.Diff(want, gateway.all()); diff != "" {
			t.Errorf("posted (-want +got):\n%s", diff)
		}
	})
	t.Run("OKAuto", func(t *testing.T) {
		o := options(t, newFakeRoom())
		tb := openTab(t, browser, o, desktop)
		tb.click("#auto")
		tb.until(`document.getElementById("auto").getAttribute("aria-checked") === "false"`)
		if o.Auto.On() {
			t.Error("the samples are still on")
		}
		tb.click("#auto")
		tb.until(`document.getElementById("auto").getAttribute("aria-checked") === "true"`)
	})
	t.Run("OKSearch", func(t *testing.T) {
		tb := openTab(t, browser, options(t, newFakeRoom()), desktop)
		shown := func() []string {
			return value[[]string](tb, `[...document.querySelectorAll(".sample")].filter((b) => b.checkVisibility()).map((b) => b.title)`)
		}
		if diff := cmp.Diff([]string{"grafana/firing-single", "grafana/resolved-single"}, shown()); diff != "" {
			t.Errorf("at first (-want +got):\n%s", diff)
		}
		tb.click("#search")
		tb.press("grab")
		if diff := cmp.Diff([]string{"sonarr/Grab", "sonarr/v5/Grab"}, shown()); diff != "" {
			t.Errorf("found (-want +got):\n%s", diff)
		}
		tb.press("zzz")
		tb.until(`document.querySelector(".no-match").innerText === "No sample has such a name."`)
	})
	t.Run("OKPhone", func(t *testing.T) {
		gateway := new(fakeGateway)
		o := options(t, newFakeRoom())
		o.Post = gateway.post
		tb := openTab(t, browser, o, phone)
		if value[bool](tb, `document.querySelector(".sample").checkVisibility()`) {
			t.Error("the sheet is open at first")
		}
		tb.click("#sheet")
		tb.click(`[title="grafana/firing-single"]`)
		tb.until(`document.querySelector('[data-outcome="sent"]')`)
		if low := value[float64](tb, `Math.min(...[...document.querySelectorAll("button")].filter((b) => b.checkVisibility()).map((b) => b.getBoundingClientRect().height))`); low < 36 {
			t.Errorf("a button is %.0f px high, too little for a finger", low)
		}
		tb.press(kb.Escape)
		tb.until(`!document.querySelector(".sample").checkVisibility() && document.activeElement.id === "sheet"`)
		if got := gateway.all(); len(got) != 1 {
			t.Errorf("posted %q", got)
		}
	})
	t.Run("ErrGateway", func(t *testing.T) {
		o := options(t, newFakeRoom())
		o.Post = (&fakeGateway{err: errors.New("the disk is full")}).post
		tb := openTab(t, browser, o, desktop, "502")
		tb.click(`[title="grafana/firing-single"]`)
		tb.until(`document.getElementById("notice").innerText === "The gateway did not take it; the log says why."`)
		tb.until(`document.querySelector('[data-outcome="failed"]')`)
	})
}

// Everything can be reached and used with the keyboard, says its name, and shows the focus.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	gateway := new(fakeGateway)
	room := newFakeRoom()
	room.say("@a:demo", "hello")
	o := options(t, room)
	o.Post = gateway.post
	tb := openTab(t, newBrowser(t), o, desktop)
	focused := func() string {
		return value[string](tb, `(() => {
			const e = document.activeElement;
			if (!e.matches(":focus-visible") || getComputedStyle(e).outlineStyle === "none") return "no focus to be seen on " + e.outerHTML;
			return e.getAttribute("aria-label") ?? e.textContent.trim();
		})()`)
	}
	for _, want := range []string{
		"Switch to light", "Messages", "Automatic samples", "Find a sample", "Send one of each",
		"Grafana, 2 samples", "Send a sample of Grafana", "firing single", "resolved single",
		"Sonarr, 2 samples", "Send a sample of Sonarr",
	} {
		tb.press(kb.Tab)
		if got := focused(); got != want {
			t.Fatalf("the focus is on %q, want %q", got, want)
		}
	}
	tb.press(kb.Enter)
	tb.until(`document.activeElement.dataset.outcome === "sent"`)
	if diff := cmp.Diff([]string{"sonarr Grab"}, gateway.all()); diff != "" {
		t.Errorf("posted (-want +got):\n%s", diff)
	}
	if nameless := value[[]string](tb, `[...document.querySelectorAll("button, input, [tabindex]")]
		.filter((e) => !(e.getAttribute("aria-label") ?? e.textContent.trim())).map((e) => e.outerHTML)`); len(nameless) > 0 {
		t.Errorf("without a name: %q", nameless)
	}
}
