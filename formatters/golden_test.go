package formatters_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// goldenTime is when every sample is received and drawn.
var goldenTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// TestGolden holds what each sample becomes. Read the diff of the .golden files in review.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, s := range payloads.Of("") {
		t.Run(s.Path(), func(t *testing.T) {
			t.Parallel()
			service, ok := formatters.Lookup(s.Service)
			if !ok {
				t.Fatalf("there are samples of %q, but no such service", s.Service)
			}
			query, _ := url.ParseQuery(s.Query)
			f := service.Format(service.PayloadOf(s.Method, s.Header, query, s.Body, goldenTime))
			got := goldenText(t, f)
			file := filepath.Join("..", "testdata", "payloads", filepath.FromSlash(s.Path())+".golden")
			if *update {
				if err := os.WriteFile(file, got, 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v (run go test ./formatters -update)", err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("what the sample becomes has changed (-want +got):\n%s", diff)
			}
		})
	}
}

// goldenText shows, in this order, what people read: the plain body, the HTML, and then
// what both were drawn from.
func goldenText(t *testing.T, f formatters.Formatted) []byte {
	t.Helper()
	m := formatters.Render(f.Notification, formatters.RenderOptions{Now: goldenTime, Zone: time.UTC})
	var notification bytes.Buffer
	enc := json.NewEncoder(&notification)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(f.Notification); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "-- body (%s) --\n%s\n", m.MsgType, m.Body)
	fmt.Fprintf(&b, "-- formatted_body --\n%s\n", bytes.ReplaceAll([]byte(m.FormattedBody), []byte("<br>"), []byte("<br>\n")))
	fmt.Fprintf(&b, "-- notification (%s, fallback %t) --\n%s", f.Formatter, f.Fallback, notification.Bytes())
	return b.Bytes()
}
