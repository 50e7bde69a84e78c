package console_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

// anOutcome is one whose every text wants to be HTML.
func anOutcome() console.Outcome {
	const evil = `<img src=x onerror="broken=1">`
	return console.Outcome{
		Notification: json.RawMessage(`{"version":1,"severity":"critical","status":"firing","subject":"` + strings.ReplaceAll(evil, `"`, `\"`) + `","labels":{"team":"ops"},"incident":{"key":"k","state":"open"}}`),
		Content:      json.RawMessage(`{"msgtype":"m.text","body":"FIRING nas","format":"org.matrix.custom.html","formatted_body":"<p>FIRING <b>nas</b><script>broken=1</script></p>"}`),
		Filter:       &console.Condition{Source: evil, Said: console.Yes},
		Routes: []console.Condition{
			{Source: "severity == critical", To: &console.Destination{Room: "ops", Mentions: []string{"@room"}}, Said: console.Yes},
			{Source: "payload.x > 1", To: &console.Destination{Room: "spam"}, Said: console.No, Failed: "1:9: there is no x"},
			{Source: "true", To: &console.Destination{Room: "spam"}, Said: console.NotAsked},
		},
		Rooms: []console.Destination{{Room: "ops", Mentions: []string{"@room"}}},
	}
}

// What a visitor writes is shown as the card, the push and the plain text that it becomes, and
// where it would go and why.
func TestTrial(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	text := func(tb tab, selector string) []string {
		return value[[]string](tb, `[...document.querySelectorAll("#trial-out `+selector+`")].map((e) => e.innerText.replace(/\s+/g, " ").trim())`)
	}
	t.Run("OK", func(t *testing.T) {
		o, program := withProgram(t, newFakeRoom())
		program.outcome = anOutcome()
		tb := openTab(t, browser, o, desktop)
		tb.click(`[href="#try"]`)
		tb.click("#trial-request")
		tb.press("hello")
		tb.click("#trial-filter")
		tb.press("true")
		tb.click("#trial-see")
		tb.until(`document.querySelector("#trial-out .card")`)
		for selector, want := range map[string][]string{
			".to-room":       {"# Ops @room"},
			".conditions li": {"✓ filter <img src=x onerror=\"broken=1\"> keeps it", "✓ when severity == critical → Ops @room", "– when payload.x > 1 → Spam and Stuff 1:9: there is no x", "when true → Spam and Stuff"},
			".card":          {"FIRING nas"},
			".push":          {"G Grafana Ops FIRING nas @room: rings everyone"},
			".plain-text":    {"FIRING nas"},
			"dt":             {"severity", "status", "subject", "incident", "labels"},
		} {
			if diff := cmp.Diff(want, text(tb, selector)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", selector, diff)
			}
		}
		if value[bool](tb, `"broken" in window || document.querySelectorAll("#trial-out img").length > 0`) {
			t.Error("foreign HTML was drawn as such")
		}
		if low := value[[]string](tb, contrast); len(low) > 0 {
			t.Errorf("too little contrast:\n%s", strings.Join(low, "\n"))
		}
		tb.click("#trial-send")
		tb.until(`document.querySelector('#trial-send[data-outcome="sent"]')`)
		if diff := cmp.Diff([]string{"preview grafana: hello true", "grafana: hello"}, program.all()); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	})
	t.Run("OKSample", func(t *testing.T) {
		o, program := withProgram(t, newFakeRoom())
		program.outcome = anOutcome()
		tb := openTab(t, browser, o, phone)
		tb.click("#sheet")
		tb.click(`[data-service="sonarr"]`)
		tb.click(`[title="sonarr/v5/Grab"] + .edit`)
		tb.until(`document.querySelector("#trial-out .card") && document.getElementById("trial-request").checkVisibility()`)
		if got := value[string](tb, `document.getElementById("trial-service").value + " " + document.getElementById("trial-request").value`); got != `sonarr {"sample": "sonarr v5/Grab"}` {
			t.Errorf("the workbench has %s", got)
		}
		if wide := value[int](tb, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
			t.Errorf("the page is %d px wider than the screen", wide)
		}
	})
	t.Run("OKDropped", func(t *testing.T) {
		o, program := withProgram(t, newFakeRoom())
		program.outcome = anOutcome()
		program.outcome.Rooms, program.outcome.Filter.Said = nil, console.No
		tb := openTab(t, browser, o, desktop)
		tb.click(`[href="#try"]`)
		tb.click("#trial-sample")
		tb.until(`document.querySelector(".nowhere")?.innerText === "Nowhere: the filter drops it"`)
	})
	t.Run("ErrRefused", func(t *testing.T) {
		o := options(t, newFakeRoom())
		o.Program = &fakeProgram{err: console.Refusal("The filter, 1:1: unknown name x.")}
		tb := openTab(t, browser, o, desktop, "422")
		tb.click(`[href="#try"]`)
		tb.click("#trial-see")
		tb.until(`document.querySelector("#trial-out .wrong")?.innerText.startsWith("Paste what the service sends")`)
		tb.click("#trial-request")
		tb.press("x")
		tb.click("#trial-see")
		tb.until(`document.querySelector("#trial-out .wrong")?.innerText === "The filter, 1:1: unknown name x."`)
	})
}
