package console_test

import (
	_ "embed"
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

//go:embed testdata/contrast.js
var contrast string

//go:embed testdata/html.json
var htmlCases []byte

const (
	// outOfRail lists what is cut off or crosses the edge of the list of rooms, with counts beside the names.
	outOfRail = `(() => {
		for (const count of document.querySelectorAll(".room-link:not([aria-current]) .unread")) count.textContent = "88";
		const rail = document.querySelector(".rail");
		if (getComputedStyle(rail).borderRightWidth === "0px") return []; // it scrolls
		const edge = rail.getBoundingClientRect().right - parseFloat(getComputedStyle(rail).paddingRight);
		const out = [...document.querySelectorAll(".brand span, .room-link")].filter((e) => e.getBoundingClientRect().right > edge + 1);
		const cut = [...document.querySelectorAll(".room-title")].filter((e) => e.scrollWidth > e.clientWidth);
		return [...out, ...cut].map((e) => e.textContent);
	})()`
	// coveredPill is how much of the pill at the top the head of the columns covers, in pixels.
	coveredPill = `(() => {
		const room = document.querySelector(".room:not([hidden])"), pill = room.querySelector(".pill.changed");
		pill.hidden = false;
		const covered = room.querySelector(".beside-head").getBoundingClientRect().bottom - pill.getBoundingClientRect().top;
		pill.hidden = true;
		return covered;
	})()`
)

// What the page looks like, on each screen and in each theme.
func TestLook(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	light, darkPhone := desktop, phone
	light.theme, darkPhone.theme = "light", "dark"
	for name, on := range map[string]screen{"Dark": desktop, "Light": light, "Phone": phone, "DarkPhone": darkPhone} {
		t.Run(name, func(t *testing.T) {
			room := newFakeRoom()
			tell(t, room)
			tb := openTab(t, browser, storyOptions(t, room), on)
			if got := value[string](tb, `document.documentElement.dataset.theme`); got != on.theme {
				t.Errorf("theme is %q, want %q", got, on.theme)
			}
			if got := value[string](tb, `document.getElementById("view-title").textContent`); got != "Spam and Stuff" {
				t.Errorf("the room is called %q", got)
			}
			badges := value[[]string](tb, `[...document.querySelectorAll("[data-room=spam] .badge")].map((b) => b.textContent.trim() + " " + getComputedStyle(b).backgroundColor)`)
			want := []string{
				"DOWN rgb(198, 40, 40)", "DOWN rgb(198, 40, 40)", "REQUEST rgb(21, 101, 192)", "IMPORTED rgb(46, 125, 50)",
				"BACKUP FAILED rgb(198, 40, 40)", "RESOLVED rgb(46, 125, 50)", "RESOLVED rgb(46, 125, 50)",
			}
			if diff := cmp.Diff(want, badges); diff != "" {
				t.Errorf("badges (-want +got):\n%s", diff)
			}
			if low := value[[]string](tb, contrast); len(low) > 0 {
				t.Errorf("too little contrast:\n%s", strings.Join(low, "\n"))
			}
			if wide := value[int](tb, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
				t.Errorf("the page is %d px wider than the screen", wide)
			}
			if out := value[[]string](tb, outOfRail); len(out) > 0 {
				t.Errorf("reach beyond the list of rooms: %q", out)
			}
			if hidden := value[float64](tb, coveredPill); hidden > 0 {
				t.Errorf("%.0f px of the pill are below the head", hidden)
			}
			if below := value[float64](tb, `(() => { const s = document.querySelector(".scroller"); return s.scrollHeight - s.scrollTop - s.clientHeight; })()`); below > 1 {
				t.Errorf("the newest message is %.0f px below the view", below)
			}
		})
	}
}

// What events become: heads, lines, days, quotes, edits.
func TestTimeline(t *testing.T) {
	t.Parallel()
	room := newFakeRoom()
	tell(t, room)
	tb := openTab(t, newBrowser(t), storyOptions(t, room), desktop)
	text := func(selector string) []string {
		t.Helper()
		return value[[]string](tb, `[...document.querySelectorAll("[data-room=spam] `+selector+`")].map((e) => e.innerText.replaceAll("\u00a0", " ").trim())`)
	}
	for selector, want := range map[string][]string{
		".day":                             {"Sunday, November 22, 2026"},
		".line-text":                       {"Uptime Kuma, Seerr, Radarr, Proxmox and Grafana joined the room"},
		".message:not(.grouped) .name":     {"Uptime Kuma", "Seerr", "Radarr", "Proxmox", "Grafana", "lonely", "Grafana"},
		".message.grouped .badge":          {"DOWN"},
		".quote":                           {"Grafana RESOLVED HighCPU on pve1:9100 after 3 min"},
		".message:has(.edited) .badge":     {"IMPORTED", "RESOLVED"},
		".card.notice .badge":              {"IMPORTED", "RESOLVED", "RESOLVED"},
		".push-text":                       {"DOWN Postgres: Connection failed", "DOWN DNS pihole: queryA ECONNREFUSED nope.invalid", "REQUEST Home Recordings by sam", "BACKUP FAILED pve1 3 of 5 guests failed: 101 pihole, 102 web and 1 more", "FIRING HighCPU: CPU above 90% on pve1", "on it, pve1 was out of memory"},
		".push.silent":                     {"No push: a notice disturbs nobody", "No push: a notice disturbs nobody"},
		".message:last-child > * > * time": {"10:49 AM"},
	} {
		if diff := cmp.Diff(want, text(selector)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", selector, diff)
		}
	}
	tb.click(".edited")
	if diff := cmp.Diff([]string{"10:37 AM GRABBED L’Été Rouge & the Last Train (2025)", "10:48 AM IMPORTED L’Été Rouge & the Last Train (2025)"}, text(".message:has(.edited[aria-expanded=true]) .versions li")); diff != "" {
		t.Errorf("the states of a card (-want +got):\n%s", diff)
	}
	if value[bool](tb, `document.querySelector(".card details").open`) {
		t.Error("the fold is open")
	}
	tb.click(".card summary")
	if !value[bool](tb, `document.querySelector(".card details").open`) {
		t.Error("the fold does not open")
	}

	// An edit of another's message is none, and a redacted message says no more what it said.
	person := room.say("@lonely:demo", "mine")
	room.add("@mallory:demo", "m.room.message", edit(person, "not mine"))
	gone := room.say("@lonely:demo", "a secret")
	room.add("@lonely:demo", "m.room.redaction", map[string]string{"redacts": gone})
	room.say("@lonely:demo", "<b>plain</b>")
	tb.until(`document.querySelector(".message:last-child .card").innerText === "<b>plain</b>"`)
	if got := value[string](tb, `document.querySelector(".timeline").innerText`); strings.Contains(got, "not mine") || strings.Contains(got, "a secret") {
		t.Error("the room shows an edit by another, or what was redacted")
	}
	room.add("@lonely:demo", "m.room.message", edit(person, "mine, edited"))
	tb.until(`document.querySelector(".flash .card")?.textContent === "mine, edited" && document.querySelector(".flash .edited").textContent === "edited"`)
	tb.prefers("prefers-reduced-motion", "reduce")
	if got := value[string](tb, `getComputedStyle(document.querySelector(".flash")).animationName`); got != "none" {
		t.Errorf("with reduced motion, the animation %q runs", got)
	}
}

func edit(eventID, text string) map[string]any {
	return map[string]any{
		"msgtype": "m.text", "body": "* " + text,
		"m.new_content": map[string]string{"msgtype": "m.text", "body": text},
		"m.relates_to":  map[string]string{"rel_type": "m.replace", "event_id": eventID},
	}
}

func TestForeignHTML(t *testing.T) {
	t.Parallel()
	var cases []struct{ Name, In, Out string }
	if err := json.Unmarshal(htmlCases, &cases); err != nil {
		t.Fatal(err)
	}
	// The policy holds in the parsed document too, and what it refuses there is reported.
	tb := openTab(t, newBrowser(t), options(t, newFakeRoom()), desktop, "inline style", "inline event handler", "TrustedHTML")
	draw := func(html string) string {
		t.Helper()
		in, err := json.Marshal(html)
		if err != nil {
			t.Fatal(err)
		}
		return value[string](tb, `import("/web/html.js").then(({ fragment }) => {
			const box = document.createElement("div");
			box.append(fragment(`+string(in)+`));
			document.body.append(box); // so that what could run, runs
			const html = box.innerHTML;
			box.remove();
			return html;
		})`)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if got := draw(c.In); got != c.Out {
				t.Errorf("got  %s\nwant %s", got, c.Out)
			}
		})
	}
	t.Run("depth", func(t *testing.T) {
		got := draw(strings.Repeat("<b>", 300) + "t")
		if n := strings.Count(got, "<b>"); n > 100 || !strings.Contains(got, "t") {
			t.Errorf("%d tags deep, or without the text", n)
		}
	})
	if value[bool](tb, `"broken" in window`) {
		t.Error("foreign script has run")
	}
	// The policy is in force: a string is refused as HTML, and so is a style in an attribute.
	if value[bool](tb, `(() => { try { document.createElement("p").innerHTML = "<b>"; return true; } catch { return false; } })()`) {
		t.Error("innerHTML takes a string")
	}
}

// The switch turns to the other theme, and the choice outlasts the page.
func TestTheme(t *testing.T) {
	t.Parallel()
	tb := openTab(t, newBrowser(t), options(t, newFakeRoom()), desktop)
	theme := func() string { return value[string](tb, `document.documentElement.dataset.theme`) }
	background := `getComputedStyle(document.querySelector(".stage")).backgroundColor`
	dark := value[string](tb, background)
	tb.click("#theme")
	if got := theme(); got != "light" || value[string](tb, background) == dark {
		t.Errorf("theme is %q with a background of %s", got, value[string](tb, background))
	}
	if got := value[string](tb, `document.getElementById("theme").getAttribute("aria-label")`); got != "Switch to dark" {
		t.Errorf("the switch is called %q", got)
	}
	tb.do(chromedp.Reload())
	if got := theme(); got != "light" {
		t.Errorf("theme is %q after a reload", got)
	}
	tb.click("#theme") // as the system wants it again: follows the system from here
	tb.prefers("prefers-color-scheme", "light")
	tb.until(`document.documentElement.dataset.theme === "light"`)
}
