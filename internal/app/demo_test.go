package app

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// TestMain lets this program be the one that a previewer runs again.
func TestMain(m *testing.M) {
	if n := len(os.Args); n < 5 || os.Args[n-1] != "preview" {
		os.Exit(m.Run())
	}
	if err := DemoPreview(Env{Config: os.Args[2], Getenv: os.Getenv, Stdin: os.Stdin, Stdout: os.Stdout}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// aDemo returns a demo whose configuration is written, and that does not run.
func aDemo(t *testing.T) *demo {
	t.Helper()
	d := &demo{dir: t.TempDir(), home: &memoryHome{address: "127.0.0.1:1"}, DemoOptions: DemoOptions{Gateway: "127.0.0.1:1"}}
	r, err := config.NewRegistration(config.RegistrationParams{UserPrefix: "hookshot_", Domain: "demo"}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.WriteFile(filepath.Join(d.dir, "registration.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.dir, passwordFile), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.writeConfig(map[string]string{"spam": "!spam:demo", "ops": "!ops:demo", "media": "!media:demo", "commands": "!commands:demo"}); err != nil {
		t.Fatal(err)
	}
	d.Getenv = func(string) string { return "" }
	return d
}

// TestRequestText writes every sample as a visitor would, and reads it as it was.
func TestRequestText(t *testing.T) {
	t.Parallel()
	for _, s := range payloads.Of("") {
		t.Run(s.Path(), func(t *testing.T) {
			t.Parallel()
			got, err := readRequest(requestText(s))
			if err != nil {
				t.Fatal(err)
			}
			header := s.Header.Clone()
			for _, name := range unsaid {
				header.Del(name)
			}
			if got.Method != s.Method || got.Query != s.Query || !reflect.DeepEqual(got.Header, header) {
				t.Errorf("got %s ?%s %v, want %s ?%s %v", got.Method, got.Query, got.Header, s.Method, s.Query, header)
			}
			var a, b bytes.Buffer
			switch {
			case json.Compact(&a, s.Body) == nil && json.Compact(&b, got.Body) == nil:
				if a.String() != b.String() {
					t.Errorf("got body %s, want %s", b.String(), a.String())
				}
			case utf8.Valid(s.Body) && !bytes.Equal(s.Body, got.Body):
				t.Errorf("got body %q, want %q", got.Body, s.Body)
			}
		})
	}
}

func TestReadRequest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want payloads.Sample
	}{
		"OKJSON": {`{"a":1}`, payloads.Sample{Method: "POST", Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"a":1}`)}},
		"OKText": {"backup {done", payloads.Sample{Method: "POST", Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte("backup {done")}},
		"OKRequest": {"PUT /x?a=b HTTP/1.1\nx-run: 7\nContent-Length: 3\n\nlonger\nthan three", payloads.Sample{
			Method: "PUT", Query: "a=b", Header: http.Header{"X-Run": {"7"}}, Body: []byte("longer\nthan three"),
		}},
		"OKNoBody": {"GET /?title=x HTTP/1.1\r\nHost: y\r\n", payloads.Sample{Method: "GET", Query: "title=x", Header: http.Header{}, Body: []byte{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := readRequest(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
		})
	}
	for name, text := range map[string]string{
		"ErrHeader": "POST / HTTP/1.1\nno colon here\n\nx",
		"ErrMethod": "DELETE / HTTP/1.1\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := readRequest(text); reflect.TypeOf(err) != reflect.TypeFor[console.Refusal]() {
				t.Errorf("got %v, want a refusal", err)
			}
		})
	}
}

// TestPreviewSamples previews every sample as the other process does: all are told somewhere.
func TestPreviewSamples(t *testing.T) {
	t.Parallel()
	cfg, err := aDemo(t).loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range payloads.Of("") {
		o, err := tried(cfg, console.Trial{Service: s.Service, Request: requestText(s)})
		if err != nil || len(o.Rooms) == 0 {
			t.Errorf("%s: told in %v, %v", s.Path(), o.Rooms, err)
		}
	}
}

// TestPreview has previews made by another process.
func TestPreview(t *testing.T) {
	t.Parallel()
	previews, err := newPreviewer(aDemo(t).Config)
	if err != nil {
		t.Fatal(err)
	}
	body := string(jsonSample(diskAlert(time.Now(), diskSteps[1])).Body)
	ops, spam := console.Destination{Room: "ops", Mentions: []string{"@room"}}, console.Destination{Room: "spam"}
	for name, c := range map[string]struct {
		trial  console.Trial
		filter *console.Condition
		rooms  []console.Destination
		said   []console.Verdict
		wrong  string
	}{
		"OK": {
			trial: console.Trial{Service: "grafana", Request: body},
			rooms: []console.Destination{ops, spam}, said: []console.Verdict{console.Yes, console.Yes, console.Yes},
		},
		"OKDropped": {
			trial:  console.Trial{Service: "grafana", Request: body, Filter: `subject == "x"`},
			filter: &console.Condition{Source: `subject == "x"`, Said: console.No}, said: []console.Verdict{console.NotAsked, console.NotAsked, console.NotAsked},
		},
		"OKFallback": {
			trial: console.Trial{Service: "generic", Request: "no json"},
			rooms: []console.Destination{spam},
		},
		"OKFilterFails": {
			trial:  console.Trial{Service: "generic", Request: "x", Filter: "payload.a.b > 1"},
			filter: &console.Condition{Source: "payload.a.b > 1", Said: console.No}, rooms: []console.Destination{spam},
		},
		"ErrFilter":  {trial: console.Trial{Service: "grafana", Request: body, Filter: "severty > 1"}, wrong: "The filter, 1:1: unknown name severty"},
		"ErrRequest": {trial: console.Trial{Service: "grafana", Request: "POST / HTTP/1.1\n:\n\n"}, wrong: "headers cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := previews.preview(t.Context(), c.trial)
			if err != nil || c.wrong != "" {
				if c.wrong == "" || err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Fatalf("got %v, want %q", err, c.wrong)
				}
				return
			}
			if o.Filter != nil {
				o.Filter.Failed = ""
			}
			var said []console.Verdict
			for _, r := range o.Routes {
				said = append(said, r.Said)
			}
			if diff := cmp.Diff([]any{c.filter, c.rooms, c.said}, []any{o.Filter, o.Rooms, said}); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
			if !bytes.Contains(o.Content, []byte(`"formatted_body"`)) || !bytes.Contains(o.Notification, []byte(`"severity"`)) {
				t.Errorf("no card: %s %s", o.Content, o.Notification)
			}
		})
	}
	t.Run("ErrTooLong", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := previewer{command: []string{"sleep", "60"}}.preview(ctx, console.Trial{})
		if err == nil || ctx.Err() == nil {
			t.Errorf("got %v", err)
		}
	})
	t.Run("ErrTooMuch", func(t *testing.T) {
		t.Parallel()
		_, err := previewer{command: []string{"cat", "/dev/zero"}}.preview(t.Context(), console.Trial{})
		if err == nil || !strings.Contains(err.Error(), "too long") {
			t.Errorf("got %v", err)
		}
	})
}

// runDemo runs the demo until the test ends, and returns the page's address. It must log nothing.
func runDemo(t *testing.T) (url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	page, gateway := freeAddress(t), freeAddress(t)
	log := &lockedBuffer{}
	ended := make(chan error, 1)
	go func() {
		ended <- Demo(ctx, Env{Stdout: io.Discard, Stderr: log, Getenv: os.Getenv}, DemoOptions{Version: "test", Listen: page, Gateway: gateway})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if got := log.String(); got != "" {
			t.Errorf("the demo logged:\n%s", got)
		}
	})
	url = "http://" + page
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if r, err := http.Get(url + "/api/page"); err == nil {
			_ = r.Body.Close()
			return url
		} else if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// TestDemo runs the demo and has it tell its stories.
func TestDemo(t *testing.T) {
	t.Parallel()
	url := runDemo(t)
	ask := func(path, body string) {
		t.Helper()
		r, err := http.Post(url+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close() //nolint:errcheck // read to its end
		if text, _ := io.ReadAll(r.Body); r.StatusCode >= 300 {
			t.Fatalf("%s: %d %s", path, r.StatusCode, text)
		}
	}
	began := time.Now().UnixMilli()
	for _, step := range []int{0, 1, 5} {
		ask("/api/stories", fmt.Sprintf(`{"story":"incident","began":%d,"step":%d}`, began, step))
	}
	ask("/api/stories", fmt.Sprintf(`{"story":"storm","began":%d,"step":0}`, began))
	ask("/api/previews", `{"service":"sonarr","request":"{}"}`)
	ask("/api/requests", `{"service":"generic","request":"the last one"}`)

	var ops, spam []string // each message's sender and first line; those of an edit begin with "* "
	ready := func() bool {
		return slices.ContainsFunc(ops, func(s string) bool { return strings.Contains(s, "DIGEST 35 more") }) &&
			slices.Contains(spam, "generic: MESSAGE the last one")
	}
	for e := range messages(t, url) {
		line := strings.TrimPrefix(e.Sender.ID, "@hookshot_")
		line, _, _ = strings.Cut(line, ":")
		first, _, _ := strings.Cut(e.Content.Body, "\n")
		line += ": " + first
		switch e.Room {
		case "ops":
			ops = append(ops, line)
		case "spam":
			spam = append(spam, line)
		}
		if ready() {
			break
		}
	}
	incident := []string{
		"grafana: FIRING DiskSpaceLow: Disk /data is 91.2% full on nas-1",
		"grafana: * FIRING DiskSpaceLow: Disk /data is 97.5% full on nas-1",
		"grafana: FIRING DiskSpaceLow: Disk /data is 97.5% full on nas-1",
		"grafana: * 2 RESOLVED DiskSpaceLow: nas-1, pve-2",
		"grafana: RESOLVED DiskSpaceLow: nas-1, pve-2",
	}
	if diff := cmp.Diff(append(slices.Clone(incident), "generic: MESSAGE the last one"), spam); diff != "" {
		t.Errorf("spam (-want +got):\n%s", diff)
	}
	if len(ops) != 11 || !cmp.Equal(ops[:5], incident) || !strings.HasPrefix(ops[5], "uptime-kuma: DOWN Chat Berlin") {
		t.Errorf("ops: %q", ops)
	}
}

// pageEvent is an event as the page gets it.
type pageEvent struct {
	Room    string
	Type    string
	Sender  struct{ ID string }
	Content struct{ Body string }
}

// messages yields the messages that a page gets.
func messages(t *testing.T, url string) func(func(pageEvent) bool) {
	return func(yield func(pageEvent) bool) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close() //nolint:errcheck // read as far as is wanted
		in := bufio.NewScanner(response.Body)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			var e pageEvent
			data, found := strings.CutPrefix(in.Text(), "data: ")
			if !found || json.Unmarshal([]byte(data), &e) != nil || e.Type != "m.room.message" {
				continue
			}
			if !yield(e) {
				return
			}
		}
		t.Error("the stream ended")
	}
}

// TestStories holds the stories to what the page promises of them.
func TestStories(t *testing.T) {
	t.Parallel()
	webhooks := map[string]int{"incident": 6, "storm": 80}
	for _, s := range demoStories {
		n := 0
		for step := range s.Steps {
			for _, body := range s.bodies(time.Now(), step) {
				n++
				service, _ := formatters.Lookup(map[string]string{"grafana": "grafana", stormHook: "uptime-kuma"}[s.hook])
				if f := service.Format(formatters.Payload{Body: jsonSample(body).Body}); f.Fallback {
					t.Errorf("%s %d: %v", s.Name, step, f.Err)
				}
			}
		}
		if n != webhooks[s.Name] {
			t.Errorf("%s posts %d webhooks, want %d", s.Name, n, webhooks[s.Name])
		}
	}
}
