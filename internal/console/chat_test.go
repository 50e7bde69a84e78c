package console_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

const (
	commands = `[data-room=commands] `
	direct   = `[data-room=direct] `
)

// openChat opens the page and goes to the chat in which commands are said.
func openChat(t *testing.T, browser context.Context, room *fakeRoom, err error, on screen, allowed ...string) tab {
	t.Helper()
	tb := openTab(t, browser, chatOptions(t, room, err), on, allowed...)
	tb.click(`[href="#commands"]`)
	tb.until(`!document.querySelector("[data-room=commands]").hidden`)
	return tb
}

// chat fills the chats: a question with reactions, a board that was edited, chatter.
func chat(room *fakeRoom) (asked string) {
	say := func(content map[string]any) string {
		return room.addTo("commands", "@bot:demo", "m.room.message", content)
	}
	called := room.addTo("commands", visitorID, "m.room.message", map[string]string{"msgtype": "m.text", "body": `!poll "Pizza?"`})
	asked = say(map[string]any{
		"msgtype": "m.text", "body": "📊 Pizza?", "format": "org.matrix.custom.html", "formatted_body": "<p>📊 <b>Pizza?</b></p><p>✅ Yes<br>❌ No</p>",
		"m.relates_to": map[string]any{"m.in_reply_to": map[string]string{"event_id": called}},
	})
	room.react("commands", "@bot:demo", asked, "✅")
	room.react("commands", "@bot:demo", asked, "❌")
	say(map[string]any{
		"msgtype": "m.notice", "body": "!help", "format": "org.matrix.custom.html",
		"formatted_body": `<ul><li><code>!help</code> this list</li></ul><script>broken = 1</script><a href="javascript:broken=1">More</a>`,
	})
	const tile = `<span data-mx-bg-color="#56575a" data-mx-color="#ffffff"> <b>C</b> </span>`
	board := room.addTo("direct", "@bot:demo", "m.room.message", map[string]string{"msgtype": "m.text", "body": "Wordle #1 · 0/6"})
	room.addTo("direct", "@bot:demo", "m.room.message", map[string]any{
		"msgtype": "m.text", "body": "* Wordle", "m.relates_to": map[string]string{"rel_type": "m.replace", "event_id": board},
		"m.new_content": map[string]string{"msgtype": "m.text", "body": "Wordle #1 · 1/6", "format": "org.matrix.custom.html", "formatted_body": "<p><b>Wordle #1</b> · 1/6</p><p>" + tile + tile + "</p>"},
	})
	return asked
}

func TestChatLook(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	light, darkPhone := desktop, phone
	light.theme, darkPhone.theme = "light", "dark"
	for name, on := range map[string]screen{"Dark": desktop, "Light": light, "Phone": phone, "DarkPhone": darkPhone} {
		t.Run(name, func(t *testing.T) {
			room := newFakeRoom()
			chat(room)
			tb := openChat(t, browser, room, nil, on)
			for _, view := range []string{"commands", "direct"} {
				tb.click(`[href="#` + view + `"]`)
				tb.until(`!document.querySelector("[data-room=` + view + `]").hidden`)
				if low := value[[]string](tb, contrast); len(low) > 0 {
					t.Errorf("%s: too little contrast:\n%s", view, strings.Join(low, "\n"))
				}
				if wide := value[int](tb, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
					t.Errorf("%s is %d px wider than the screen", view, wide)
				}
				if !value[bool](tb, `(() => { const box = document.querySelector("[data-room=`+view+`] .composer-line").getBoundingClientRect(); return box.height >= 40 && box.bottom <= innerHeight && box.width > 200; })()`) {
					t.Errorf("%s: the line to write in is not on the screen", view)
				}
			}
			got := value[[]string](tb, `[...document.querySelectorAll("`+direct+`.badge")].map((b) => b.textContent.trim() + " " + getComputedStyle(b).backgroundColor)`)
			if diff := cmp.Diff([]string{"C rgb(86, 87, 90)", "C rgb(86, 87, 90)"}, got); diff != "" {
				t.Errorf("tiles (-want +got):\n%s", diff)
			}
		})
	}
}

// TestChat says something, and sees what comes of it.
func TestChat(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	t.Run("OK", func(t *testing.T) {
		room := newFakeRoom()
		chat(room)
		tb := openChat(t, browser, room, nil, desktop)
		text := func(selector string) []string {
			t.Helper()
			return value[[]string](tb, `[...document.querySelectorAll("[data-room=commands] `+selector+`")].map((e) => e.innerText.replaceAll("\n", " ").trim())`)
		}
		for selector, want := range map[string][]string{
			".quote":    {`@visitor:demo !poll "Pizza?"`},
			".reaction": {"✅ 1", "❌ 1"},
			".hint":     {"!help", "!wordle"},
			".beside":   {},
			".notice":   {"!help this list More"},
		} {
			if diff := cmp.Diff(want, text(selector)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", selector, diff)
			}
		}
		if value[bool](tb, `"broken" in window || document.querySelector(".notice a").href !== ""`) {
			t.Error("foreign script is in the chat")
		}
		tb.click(commands + ".hint")
		tb.until(`document.querySelector("` + commands + `.message:last-child .card").innerText === "!help"`)
		tb.write("<b>mine</b>")
		tb.press(kb.Enter)
		tb.until(`document.querySelector("` + commands + `.message:last-child .card").innerText === "<b>mine</b>" && document.querySelector("` + commands + `input").value === ""`)
		tb.press(kb.ArrowUp)
		tb.press(kb.ArrowUp)
		if got := value[string](tb, `document.querySelector("`+commands+`input").value`); got != "!help" {
			t.Errorf("two arrows up give %q", got)
		}
		tb.press(kb.ArrowDown)
		tb.press(kb.ArrowDown)
		if got := value[string](tb, `document.querySelector("`+commands+`input").value`); got != "" {
			t.Errorf("two arrows down again give %q", got)
		}
	})
	t.Run("OKReactions", func(t *testing.T) {
		room := newFakeRoom()
		asked := chat(room)
		tb := openChat(t, browser, room, nil, desktop)
		shows := func(want string) {
			t.Helper()
			tb.until(`[...document.querySelectorAll("` + commands + `.reaction")].map((b) => b.getAttribute("aria-label") + " " + b.getAttribute("aria-pressed")).join() === "` + want + `"`)
		}
		shows("✅: 1 false,❌: 1 false")
		tb.click(commands + ".reaction")
		shows("✅: 2 true,❌: 1 false")
		tb.click(commands + ".reaction")
		shows("✅: 1 false,❌: 1 false")
		other := room.react("commands", "@kim:demo", asked, "👍")
		shows("✅: 1 false,❌: 1 false,👍: 1 false")
		room.addTo("commands", "@kim:demo", "m.room.redaction", map[string]string{"redacts": other})
		shows("✅: 1 false,❌: 1 false")
	})
	t.Run("OKTyping", func(t *testing.T) {
		room := newFakeRoom()
		chat(room)
		tb := openChat(t, browser, room, nil, desktop)
		room.pass("commands", "@bot:demo", visitorID)
		tb.until(`document.querySelector("` + commands + `.typing").textContent === "@bot:demo is typing…"`)
		room.pass("commands")
		tb.until(`document.querySelector("` + commands + `.typing").textContent === ""`)
	})
	t.Run("OKDirect", func(t *testing.T) {
		room := newFakeRoom()
		tb := openChat(t, browser, room, nil, desktop)
		if !value[bool](tb, `document.querySelector('[href="#direct"]').hidden`) {
			t.Error("a chat in which nothing was said is listed")
		}
		room.addTo("direct", "@bot:demo", "m.room.message", map[string]string{"msgtype": "m.text", "body": "Wordle #1 · 0/6"})
		tb.until(`document.querySelector('[href="#direct"] .unread').textContent === "1" && document.getElementById("elsewhere").textContent === "@bot:demo wrote to you →"`)
		tb.click(commands + ".hint")
		room.say("@sonarr:demo", "by itself") // which a visitor who is called has no need to hear of
		tb.until(`document.querySelector('[href="#spam"] .unread').textContent === "1"`)
		tb.click("#elsewhere")
		tb.until(`location.hash === "#direct" && document.activeElement === document.querySelector("` + direct + `input")`)
		board := room.history()[0].ID
		room.addTo("direct", "@bot:demo", "m.room.message", edit(board, "Wordle #1 · 1/6"))
		tb.until(`document.querySelector("` + direct + `.card").innerText === "Wordle #1 · 1/6" && document.querySelector("` + direct + `.was-edited")`)
	})
	t.Run("OKForgotten", func(t *testing.T) {
		room := newFakeRoom()
		tb := openChat(t, browser, room, nil, desktop, "Failed to load resource: net::ERR_") // as cut connections are
		room.addTo("direct", "@bot:demo", "m.room.message", map[string]string{"msgtype": "m.text", "body": "Wordle #1 · 0/6"})
		tb.until(`document.querySelector('[href="#direct"] .unread').textContent === "1"`)
		room.forget()
		tb.server.CloseClientConnections()
		tb.until(`document.querySelector('[href="#direct"]').hidden && document.querySelector('[href="#direct"] .unread').textContent === ""`)
	})
	t.Run("ErrRefused", func(t *testing.T) {
		tb := openChat(t, browser, newFakeRoom(), console.Refusal("Nobody is there yet."), desktop, "422")
		tb.write("!help")
		tb.press(kb.Enter)
		tb.until(`document.querySelector("` + commands + `[role=alert]").textContent === "Nobody is there yet." && document.querySelector("` + commands + `input").value === "!help"`)
	})
}

// write writes into what has the focus.
func (tb tab) write(text string) {
	tb.t.Helper()
	for _, r := range text {
		tb.press(string(r))
	}
}

// TestChatByKeyboard does all of it without a pointer.
func TestChatByKeyboard(t *testing.T) {
	t.Parallel()
	room := newFakeRoom()
	chat(room)
	tb := openTab(t, newBrowser(t), chatOptions(t, room, nil), desktop)
	focus := func() string {
		return value[string](tb, `(({ tagName, className, ariaLabel, textContent }) => [tagName.toLowerCase(), className.split(" ")[0], ariaLabel ?? textContent.trim()].join("|"))(document.activeElement)`)
	}
	// reach presses a key until the focus is there.
	reach := func(key, want string) {
		t.Helper()
		var seen []string
		for end := time.Now().Add(15 * time.Second); focus() != want; tb.press(key) {
			if seen = append(seen, focus()); time.Now().After(end) {
				t.Fatalf("the focus does not come to %s: %s", want, strings.Join(seen, ", "))
			}
		}
	}
	reach(kb.Tab, "a|room-link|#Commands")
	tb.press(kb.Enter)
	tb.until(`document.activeElement === document.querySelector("` + commands + `input")`)
	if got := focus(); got != "input||Message Commands" {
		t.Errorf("the focus is at %s", got)
	}
	tb.write("!roll")
	tb.press(kb.Enter)
	tb.until(`document.querySelector("` + commands + `.message:last-child .card").innerText === "!roll"`)
	reach(kb.Tab, "a|room-link|#Commands") // around the page
	reach(kb.Tab, "button|reaction|✅: 1")
	tb.press(" ")
	tb.until(`document.activeElement.getAttribute("aria-label") === "✅: 2" && document.activeElement.getAttribute("aria-pressed") === "true"`)
	reach(kb.Tab, "button|hint|!help")
	tb.press(kb.Enter)
	tb.until(`document.querySelector("` + commands + `.message:last-child .card").innerText === "!help"`)
	reach(kb.Tab, "input||Message Commands")
	if got := value[string](tb, `[...document.querySelectorAll("`+commands+`[role]")].map((e) => e.getAttribute("role")).join(" ")`); got != "region log group status group alert" {
		t.Errorf("roles are %q", got)
	}
}
