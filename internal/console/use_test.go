package console_test

import (
	"fmt"
	"testing"
)

// What happens while the page is open.
func TestLive(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	t.Run("OK", func(t *testing.T) {
		room := newFakeRoom()
		tb := openTab(t, browser, options(t, room), desktop)
		tb.until(`!document.querySelector(".empty").hidden`)
		room.say("@a:demo", "hello")
		tb.until(`document.querySelector(".card")?.innerText === "hello" && document.querySelector(".empty").hidden`)
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
		atEnd := `(() => { const s = document.querySelector(".scroller"); return s.scrollHeight - s.scrollTop - s.clientHeight < 2; })()`
		tb.until(atEnd)
		room.say("@a:demo", "followed")
		tb.until(`document.querySelector(".message:last-child").innerText.includes("followed") && ` + atEnd)
		value[bool](tb, `(document.querySelector(".scroller").scrollTop = 100, true)`)
		tb.until(`!document.querySelector(".newest").hidden`)
		room.say("@a:demo", "unseen")
		room.say("@a:demo", "unseen")
		tb.until(`document.querySelector(".newest").textContent === "2 new messages ↓"`)
		if got := value[int](tb, `document.querySelector(".scroller").scrollTop`); got != 100 {
			t.Errorf("new messages moved the reader to %d", got)
		}
		tb.click(".newest")
		tb.until(`document.querySelector(".newest").hidden && ` + atEnd)
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
		if got := value[int](tb, `document.querySelector(".timeline").childElementCount`); got != 1000 {
			t.Errorf("the page keeps %d lines, want 1000", got)
		}
	})
}
