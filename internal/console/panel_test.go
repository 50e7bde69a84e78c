package console_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

// withProgram are the options of a page whose posts are remembered.
func withProgram(t *testing.T, room *fakeRoom) (console.Options, *fakeProgram) {
	program := new(fakeProgram)
	o := options(t, room)
	o.Program = program
	return o, program
}

// What the panel's buttons do.
func TestPanel(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	t.Run("OK", func(t *testing.T) {
		o, program := withProgram(t, newFakeRoom())
		tb := openTab(t, browser, o, desktop)
		tb.click(`[title="grafana/resolved-single"]`)
		tb.until(`document.querySelector('[data-outcome="sent"]')`)
		tb.click("#one-of-each")
		tb.until(`document.querySelector('#one-of-each[data-outcome="sent"]')`)
		tb.click(`[data-service="sonarr"]`)
		tb.click(`[title="sonarr/v5/Grab"]`)
		tb.until(`document.querySelector('[title="sonarr/v5/Grab"][data-outcome="sent"]')`)
		want := []string{"grafana resolved-single", "grafana firing-single", "sonarr Grab", "sonarr v5/Grab"}
		if diff := cmp.Diff(want, program.all()); diff != "" {
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
		tb.press("/") // from anywhere
		tb.until(`document.activeElement.id === "search"`)
		value[bool](tb, `(document.activeElement.value = "", true)`) // a real keyboard types no "/" there
		tb.press("grab")
		if diff := cmp.Diff([]string{"sonarr/Grab", "sonarr/v5/Grab"}, shown()); diff != "" {
			t.Errorf("found (-want +got):\n%s", diff)
		}
		value[bool](tb, `(document.activeElement.value = "", true)`)
		tb.press("graf single res")
		if diff := cmp.Diff([]string{"grafana/resolved-single"}, shown()); diff != "" {
			t.Errorf("found by words (-want +got):\n%s", diff)
		}
		tb.press("zzz")
		tb.until(`document.querySelector(".no-match").innerText === "No sample has such a name."`)
	})
	t.Run("OKPhone", func(t *testing.T) {
		o, program := withProgram(t, newFakeRoom())
		tb := openTab(t, browser, o, phone)
		if value[bool](tb, `document.querySelector(".sample").checkVisibility()`) {
			t.Error("the sheet is open at first")
		}
		tb.click("#sheet")
		tb.click(`[title="grafana/firing-single"]`)
		tb.until(`document.querySelector('[data-outcome="sent"]')`)
		if low := value[float64](tb, `Math.min(...[...document.querySelectorAll("button, input, .room-link")].filter((b) => b.checkVisibility()).map((b) => b.getBoundingClientRect().height))`); low < 34 {
			t.Errorf("a button is %.0f px high, too little for a finger", low)
		}
		tb.press(kb.Escape)
		tb.until(`!document.querySelector(".sample").checkVisibility() && document.activeElement.id === "sheet"`)
		if got := program.all(); len(got) != 1 {
			t.Errorf("posted %q", got)
		}
	})
	t.Run("ErrGateway", func(t *testing.T) {
		o := options(t, newFakeRoom())
		o.Program = &fakeProgram{err: errors.New("the disk is full")}
		tb := openTab(t, browser, o, desktop, "502")
		tb.click(`[title="grafana/firing-single"]`)
		tb.until(`document.getElementById("notice").innerText === "The program did not take it; its log says why."`)
		tb.until(`document.querySelector('[data-outcome="failed"]')`)
	})
}

// A story is told step by step in its room, until the visitor stops it or tells another.
func TestStory(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	t.Run("OK", func(t *testing.T) {
		o, program := withProgram(t, newFakeRoom())
		tb := openTab(t, browser, o, desktop)
		tb.click(".story-button")
		tb.until(`document.getElementById("view-title").textContent === "Ops" && document.querySelector(".story-text").innerText === "It begins."`)
		tb.until(`document.querySelector(".story-text").innerText === "It ends."`)
		tb.until(`document.getElementById("story").hidden`)
		if diff := cmp.Diff([]string{"tale 0", "tale 1"}, program.all()); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
	t.Run("OKStopped", func(t *testing.T) {
		o, program := withProgram(t, newFakeRoom())
		tb := openTab(t, browser, o, desktop)
		value[bool](tb, `(document.querySelector(".story-button").click(), true)`)
		tb.until(`!document.getElementById("story").hidden`)
		value[bool](tb, `(document.querySelector('[aria-label="Stop the story"]').click(), true)`)
		tb.until(`document.getElementById("story").hidden`)
		value[bool](tb, `new Promise((done) => setTimeout(done, 700, true))`)
		if got := program.all(); len(got) != 1 {
			t.Errorf("a stopped story went on: %q", got)
		}
	})
	t.Run("ErrGateway", func(t *testing.T) {
		o := options(t, newFakeRoom())
		o.Program = &fakeProgram{err: errors.New("the disk is full")}
		tb := openTab(t, browser, o, desktop, "502")
		tb.click(".story-button")
		tb.until(`document.querySelector(".story-text")?.innerText.includes("did not take it")`)
	})
}

// Each room has a view of its own; what comes to another is counted, and what a visitor has
// sent there is pointed to.
func TestRooms(t *testing.T) {
	t.Parallel()
	room := newFakeRoom()
	room.say("@a:demo", "in spam")
	o, _ := withProgram(t, room)
	tb := openTab(t, newBrowser(t), o, desktop)
	tb.until(`document.querySelector("[data-room=spam] .card")?.innerText === "in spam"`)
	room.addTo("ops", "@a:demo", "m.room.message", map[string]any{"msgtype": "m.text", "body": "in ops", "m.mentions": map[string]bool{"room": true}})
	tb.until(`document.querySelector('[href="#ops"] .unread.rings')?.innerText === "1"`)
	if value[bool](tb, `!document.getElementById("elsewhere").hidden`) {
		t.Error("the page points to what nobody has sent")
	}
	tb.click(`[title="grafana/firing-single"]`)
	tb.until(`document.querySelector('[data-outcome="sent"]')`)
	room.addTo("ops", "@a:demo", "m.room.message", map[string]string{"msgtype": "m.text", "body": "sent"})
	tb.until(`document.getElementById("elsewhere").innerText === "@a:demo tells it in Ops →"`)
	tb.click("#elsewhere")
	tb.until(`location.hash === "#ops" && document.title.startsWith("Ops") && document.getElementById("elsewhere").hidden`)
	if got := value[[]string](tb, `[...document.querySelectorAll(".card")].filter((c) => c.checkVisibility()).map((c) => c.innerText)`); strings.Join(got, ", ") != "in ops, sent" {
		t.Errorf("in Ops are shown %q", got)
	}
	tb.until(`document.querySelector('[href="#ops"] .unread').innerText === ""`)
	value[bool](tb, `(history.back(), true)`)
	tb.until(`document.querySelector("[data-room=spam]").checkVisibility()`)
}

// Everything can be reached and used with the keyboard, says its name, and shows the focus.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	room := newFakeRoom()
	room.say("@a:demo", "hello")
	o, program := withProgram(t, room)
	tb := openTab(t, newBrowser(t), o, desktop)
	tb.until(`document.querySelector(".card")`)
	focused := func() string {
		return value[string](tb, `(() => {
			const e = document.activeElement;
			if (!e.matches(":focus-visible") || getComputedStyle(e).outlineStyle === "none") return "no focus to be seen on " + e.outerHTML;
			return e.getAttribute("aria-label") ?? (e.querySelector(".tile-title") ?? e).textContent.trim();
		})()`)
	}
	for _, step := range []struct{ key, want string }{
		{kb.Tab, "#Spam and Stuff"}, {kb.Tab, "#Ops"}, {kb.Tab, "+Try a webhook"},
		{kb.Tab, "Push and plain text beside each card"}, {kb.Tab, "Switch to light"},
		{kb.Tab, "Spam and Stuff"}, {kb.Tab, "Plain text"},
		{kb.Tab, "Automatic samples"}, {kb.Tab, "A taleTwo steps"}, {kb.Tab, "Find a sample"}, {kb.Tab, "One of each"},
		{kb.Tab, "Grafana"}, {kb.ArrowRight, "Sonarr"}, {kb.ArrowLeft, "Grafana"}, {kb.ArrowRight, "Sonarr"},
		{kb.Tab, "Grab"}, {kb.ArrowDown, "Grab"}, {kb.ArrowRight, "Change Grab before it is sent"}, {kb.ArrowLeft, "Grab"},
		{kb.ArrowUp, "Grab"}, {kb.ArrowUp, "Find a sample"}, {kb.ArrowDown, "Grab"}, {kb.End, "Grab"},
	} {
		tb.press(step.key)
		if got := focused(); got != step.want {
			t.Fatalf("the focus is on %q, want %q", got, step.want)
		}
	}
	tb.press(kb.Enter)
	tb.until(`document.activeElement.dataset.outcome === "sent"`)
	if diff := cmp.Diff([]string{"sonarr v5/Grab"}, program.all()); diff != "" {
		t.Errorf("posted (-want +got):\n%s", diff)
	}
	if nameless := value[[]string](tb, `[...document.querySelectorAll("button, a, input, select, textarea, [tabindex]")]
		.filter((e) => e.checkVisibility() && !(e.getAttribute("aria-label") ?? (e.labels?.[0]?.textContent || e.textContent.trim()))).map((e) => e.outerHTML)`); len(nameless) > 0 {
		t.Errorf("without a name: %q", nameless)
	}
}
