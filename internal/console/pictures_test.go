package console_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

var updatePictures = flag.Bool("update-pictures", false, "draw the pictures of docs/pictures anew")

// maxPicture is how large a picture in the documentation may be, in bytes.
const maxPicture = 300 << 10

// pictured are the samples of the cards in the documentation, by service.
var pictured = map[string]string{
	"alertmanager":   "v4-mixed",
	"apprise":        "api-notify",
	"bazarr":         "EpisodeDownloaded",
	"generic":        "teams-adaptive",
	"grafana":        "group-3-firing",
	"lidarr":         "Grab",
	"owncast":        "STREAM_STARTED",
	"prowlarr":       "Health.error",
	"proxmox":        "backup-failed-3-of-5",
	"radarr":         "Download.upgrade",
	"readarr":        "Download",
	"seerr":          "MEDIA_PENDING.with-url",
	"sonarr":         "v5/Grab",
	"tinker-tickets": "critical-words",
	"uptime-kuma":    "v2-down-keyword",
}

var (
	lightDesktop = screen{width: 1440, height: 1000, scale: 1.25, theme: "light"}
	cardScreen   = screen{width: 640, height: 900, scale: 1.5, theme: "light"}
)

// TestPictures draws what the README and the documentation show with -update-pictures, and
// otherwise looks only whether it is there: fonts differ between machines. They are drawn with
// Debian's chromium and fonts-inter.
func TestPictures(t *testing.T) {
	for name, on := range map[string]screen{"room-dark": desktop, "room-light": lightDesktop, "room-phone": phone} {
		t.Run(name, func(t *testing.T) {
			if *updatePictures {
				room := newFakeRoom()
				tell(t, room)
				tb := openTab(t, newBrowser(t), storyOptions(t, room), on)
				tb.save(name, chromedp.CaptureScreenshot())
			}
			checkPicture(t, name, on)
		})
	}
	t.Run("trial", func(t *testing.T) {
		if *updatePictures {
			o := storyOptions(t, newFakeRoom())
			o.Program = pictureProgram(t)
			tb := openTab(t, newBrowser(t), o, lightDesktop)
			tb.click(`[href="#try"]`)
			tb.click(`[data-service="grafana"]`)
			tb.click(`[title="grafana/firing-single"] + .edit`)
			tb.until(`document.querySelector("#trial-out .card")`)
			tb.save("trial", chromedp.CaptureScreenshot())
		}
		checkPicture(t, "trial", lightDesktop)
	})
	for view, on := range map[string]screen{"commands": desktop, "direct": phone} {
		t.Run(view, func(t *testing.T) {
			if *updatePictures {
				room := newFakeRoom()
				converse(t, room)
				tb := openTab(t, newBrowser(t), storyOptions(t, room), on)
				tb.click(`[href="#` + view + `"]`)
				tb.until(`document.querySelector("[data-room=` + view + `]:not([hidden]) .card")`)
				value[bool](tb, `(document.activeElement.blur(), true)`)
				tb.save(view, chromedp.CaptureScreenshot())
			}
			checkPicture(t, view, on)
		})
	}
	t.Run("cards", func(t *testing.T) {
		room := newFakeRoom()
		events := map[string]string{}
		for _, s := range formatters.Services() {
			if pictured[s.Name] == "" {
				t.Errorf("%s has no card in the documentation", s.Name)
				continue
			}
			events[s.Name] = room.add(userOf(s.Name), "m.room.message", render(t, s.Name, pictured[s.Name]))
		}
		if *updatePictures {
			tb := openTab(t, newBrowser(t), storyOptions(t, room), cardScreen)
			for name, event := range events {
				card := `[data-event="` + event + `"]`
				value[bool](tb, `(() => {
					const card = document.querySelector('`+card+`');
					card.style.paddingBlock = "14px";
					card.scrollIntoView({ block: "center" });
					return true;
				})()`)
				tb.save(name, chromedp.Screenshot(chromedp.CSS(card)))
			}
		}
		for name := range events {
			checkPicture(t, name, cardScreen)
		}
	})
}

// pictureProgram previews one sample, as the demo's program would.
func pictureProgram(t *testing.T) *fakeProgram {
	t.Helper()
	notification, err := json.Marshal(format(t, "grafana", "firing-single"))
	if err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(render(t, "grafana", "firing-single"))
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if err := json.Indent(&body, sample(t, "grafana", "firing-single").Body, "", "  "); err != nil {
		t.Fatal(err)
	}
	ops, spam := console.Destination{Room: "ops", Mentions: []string{"@room"}}, console.Destination{Room: "spam"}
	return &fakeProgram{
		sample: body.String(),
		outcome: console.Outcome{
			Notification: notification, Content: content, Rooms: []console.Destination{ops, spam},
			Routes: []console.Condition{
				{Source: "severity == critical", To: &ops, Said: console.Yes},
				{Source: "severity >= warning", To: &console.Destination{Room: "ops"}, Said: console.Yes},
				{Source: "true", To: &spam, Said: console.Yes},
			},
		},
	}
}

func pictureFile(name string) string {
	return filepath.Join("..", "..", "docs", "pictures", name+".png")
}

// save keeps a screenshot as a picture of the documentation.
func (tb tab) save(name string, shoot chromedp.Action[[]byte]) {
	tb.t.Helper()
	tb.until(`[...document.images].every((image) => image.complete)`)
	shot, err := chromedp.Run(tb.ctx, shoot)
	if err != nil {
		tb.t.Fatal(err)
	}
	if err := os.WriteFile(pictureFile(name), smaller(tb.t, shot), 0o644); err != nil {
		tb.t.Fatal(err)
	}
}

func checkPicture(t *testing.T, name string, on screen) {
	t.Helper()
	data, err := os.ReadFile(pictureFile(name))
	if err != nil {
		t.Fatalf("%v (run go test ./internal/console -run Pictures -update-pictures)", err)
	}
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if want := int(float64(on.width) * on.scale); config.Width != want || len(data) > maxPicture {
		t.Errorf("%s has %d px and %d bytes, want %d px and at most %d bytes", name, config.Width, len(data), want, maxPicture)
	}
}

// smaller draws a screenshot with its 256 most frequent colours, which are all that a page of
// text has but for the finest steps at the edges of letters.
func smaller(t *testing.T, shot []byte) []byte {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	bounds := picture.Bounds()
	count := map[color.Color]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[picture.At(x, y)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return count[b] - count[a] })
	small := image.NewPaletted(bounds, colors[:min(len(colors), 256)])
	draw.Draw(small, bounds, picture, bounds.Min, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
