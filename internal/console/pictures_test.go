package console_test

import (
	"bytes"
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
)

var updatePictures = flag.Bool("update-pictures", false, "draw the pictures of docs/pictures anew")

// maxPicture is how large a picture in the documentation may be, in bytes.
const maxPicture = 300 << 10

// TestPictures draws what the README shows with -update-pictures, and otherwise looks only
// whether it is there: fonts differ between machines. They are drawn with Debian's chromium
// and fonts-inter.
func TestPictures(t *testing.T) {
	for name, on := range map[string]screen{"room-dark": desktop, "room-phone": phone} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("..", "..", "docs", "pictures", name+".png")
			if *updatePictures {
				room := newFakeRoom()
				tell(t, room)
				tb := openTab(t, newBrowser(t), storyOptions(t, room), on)
				tb.until(`[...document.images].every((image) => image.complete)`)
				shot, err := chromedp.Run(tb.ctx, chromedp.CaptureScreenshot())
				if err != nil {
					t.Fatal(err)
				}
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, smaller(t, shot), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v (run go test ./internal/console -run Pictures -update-pictures)", err)
			}
			config, err := png.DecodeConfig(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if want := int(float64(on.width) * on.scale); config.Width != want || len(data) > maxPicture {
				t.Errorf("%s has %d px and %d bytes, want %d px and at most %d bytes", file, config.Width, len(data), want, maxPicture)
			}
		})
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
