package gateway_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

// pack runs text through a compressor.
func pack(t testing.TB, text string, with func(io.Writer) io.WriteCloser) string {
	t.Helper()
	var buf bytes.Buffer
	w := with(&buf)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func asGzip(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func asZlib(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
func asFlate(w io.Writer) io.WriteCloser {
	f, err := flate.NewWriter(w, flate.BestSpeed)
	if err != nil {
		panic(err)
	}
	return f
}

func TestBody(t *testing.T) {
	t.Parallel()
	const text = "disk full on nas-1"
	const limit = 1 << 18 // of newHouse
	packed := pack(t, text, asGzip)
	for name, c := range map[string]struct {
		encoding, body string
		want           string // of the webhook; "" when refused
	}{
		"OK":                 {"", text, text},
		"OKIdentity":         {"identity", text, text},
		"OKGzip":             {"gzip", packed, text},
		"OKGzipUpper":        {"GZIP", packed, text},
		"OKXGzip":            {"x-gzip", packed, text},
		"OKDeflateZlib":      {"deflate", pack(t, text, asZlib), text},
		"OKDeflateRaw":       {"deflate", pack(t, text, asFlate), text},
		"OKSeveral":          {"deflate, gzip", pack(t, pack(t, text, asZlib), asGzip), text},
		"OKGzipTwoMembers":   {"gzip", packed + packed, text + text},
		"OKAtLimit":          {"", strings.Repeat("x", limit), strings.Repeat("x", limit)},
		"OKInflatesToLimit":  {"gzip", pack(t, strings.Repeat("x", limit), asGzip), strings.Repeat("x", limit)},
		"OKUnknown":          {"br", "\x0b\x02", "\x0b\x02"},
		"OKUnknownWithKnown": {"br, gzip", packed, packed},
		"OKBroken":           {"gzip", packed[:len(packed)-4], packed[:len(packed)-4]},
		"OKNotAtAll":         {"gzip", text, text},
		"OKEmptyGzip":        {"gzip", "", "-"},
		"OKTooManyCodings":   {"gzip,gzip,gzip,gzip", packed, packed},
		"OKOdd":              {", ,", text, text},
		"ErrOver":            {"", strings.Repeat("x", limit+1), ""},
		"ErrBomb":            {"gzip", pack(t, strings.Repeat("x", 20*limit), asGzip), ""},
		"ErrBombInside":      {"deflate, gzip", pack(t, pack(t, strings.Repeat("x", 20*limit), asZlib), asGzip), ""},
		"ErrPackedOver":      {"gzip", packed + strings.Repeat("x", limit), ""},
	} {
		for _, chunked := range []bool{false, true} {
			mode := map[bool]string{false: "/Length", true: "/Chunked"}[chunked]
			t.Run(name+mode, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, generic(t))
				r := request("POST", "/webhook/"+anID, c.body, "Content-Type", "text/plain")
				if c.encoding != "" {
					r.Header.Set("Content-Encoding", c.encoding)
				}
				if chunked {
					r.ContentLength = -1
				}
				got := h.serve(r)
				if c.want == "" {
					check(t, got, 413, `{"ok":false,"error":"The body is too large"}`)
					if len(h.outbox.webhooks()) != 0 || h.metrics.String() != "backups too_large" {
						t.Errorf("%d enqueued, metrics %q", len(h.outbox.webhooks()), h.metrics)
					}
					return
				}
				check(t, got, 202, accepted)
				if body := string(h.outbox.webhooks()[0].Payload.Body); body != strings.TrimSuffix(c.want, "-") && c.want != "-" {
					t.Errorf("body %.60q, want %.60q", body, c.want)
				}
			})
		}
	}
	t.Run("OKBuffersAreNotShared", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t))
		for _, text := range []string{"a first text", "second"} {
			h.serve(request("POST", "/"+anID, text))
		}
		if got := h.outbox.webhooks(); string(got[0].Payload.Body) != "a first text" || string(got[1].Payload.Body) != "second" {
			t.Errorf("bodies %q and %q", got[0].Payload.Body, got[1].Payload.Body)
		}
	})
	t.Run("ErrTooLargeClosesConnection", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, generic(t))
		if got := h.serve(request("POST", "/"+anID, strings.Repeat("x", limit+1))); !got.Close && got.Header.Get("Connection") != "close" {
			t.Error("the connection stays open for a body that nobody reads")
		}
	})
	t.Run("OKDefaultLimit", func(t *testing.T) {
		t.Parallel()
		box := &outbox{}
		g := gateway.New(gateway.Options{Enqueuer: box, Log: discard()})
		g.SetHooks([]gateway.Hook{generic(t)})
		h := &house{Gateway: g}
		check(t, h.serve(request("POST", "/"+anID, strings.Repeat("x", 2<<20))), 202, accepted)
		check(t, h.serve(request("POST", "/"+anID, strings.Repeat("x", 2<<20+1))), 413, `{"ok":false,"error":"The body is too large"}`)
	})
}
