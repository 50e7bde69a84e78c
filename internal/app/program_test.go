package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// house is a running program on a homeserver in memory.
type house struct {
	*program
	t       *testing.T
	dir     string
	home    *memoryHome
	room    string
	gateway string // its address
	metrics string
	ids     map[string]string // hook ids by service
	log     *lockedBuffer
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// secretMark is in every secret of the house's configuration.
const secretMark = "sesame-mark"

// open starts a program with a hook for each service.
func open(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), home: &memoryHome{}, ids: map[string]string{}, log: &lockedBuffer{}}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	life := newLifecycle(log)
	t.Cleanup(func() {
		if err := life.end(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(h.log.String())
		}
	})
	registration, err := config.NewRegistration(config.RegistrationParams{UserPrefix: "hookshot_", Domain: "demo"}, strings.NewReader(strings.Repeat(secretMark, 20)))
	if err != nil {
		t.Fatal(err)
	}
	if err := registration.WriteFile(filepath.Join(h.dir, "registration.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := h.home.start(t.Context(), life, registration, ""); err != nil {
		t.Fatal(err)
	}
	person := h.home.server.CreateAccount("person", "")
	if h.room, err = h.home.server.CreateRoom(person.UserID, homeserver.RoomOptions{Invite: []string{"@lotus-hooks:demo"}}); err != nil {
		t.Fatal(err)
	}
	h.gateway, h.metrics = freeAddress(t), freeAddress(t)
	h.write("")
	cfg, err := h.load()
	if err != nil {
		t.Fatal(err)
	}
	if h.program, err = startProgram(t.Context(), cfg, log, life, "test"); err != nil {
		t.Fatal(err)
	}
	return h
}

// freeAddress returns an address on which nobody listens. It is below the ports that Linux gives
// to those who ask for any, so that none of them takes it meanwhile.
func freeAddress(t *testing.T) string {
	t.Helper()
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 30000+rand.IntN(2700))
		l, err := net.Listen("tcp", address)
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() //nolint:errcheck // only its address is wanted
		return address
	}
}

// write writes the configuration: a hook for each service, with more fields.
func (h *house) write(more string) {
	h.t.Helper()
	var hooks strings.Builder
	for _, s := range formatters.Services() {
		h.ids[s.Name] = secretMark + "-" + s.Name
		fmt.Fprintf(&hooks, "  - {id: %s, service: %s, room: %q, get: true, wait: true%s}\n", h.ids[s.Name], s.Name, h.room, more)
	}
	h.writeHooks(hooks.String())
}

// writeHooks writes the configuration with these hooks. Each webhook is told by itself.
func (h *house) writeHooks(hooks string) {
	h.t.Helper()
	text := fmt.Sprintf(`homeserver: {url: %q, domain: demo}
appservice: {registration: registration.yaml, listen: 127.0.0.1:0}
gateway: {listen: %q}
metrics: {listen: %q, hookshot_names: true}
database: sqlite:lotus-hooks.db
digest: {enabled: false}
hooks:
%s`, h.home.url(), h.gateway, h.metrics, hooks)
	if err := os.WriteFile(filepath.Join(h.dir, "hooks.yaml"), []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) load() (*config.Config, error) {
	return config.Load(filepath.Join(h.dir, "hooks.yaml"), func(string) string { return "" })
}

// reload writes the configuration and puts its hooks in place.
func (h *house) reload(more string) {
	h.t.Helper()
	h.write(more)
	h.apply()
}

// apply puts the hooks of the configuration in place.
func (h *house) apply() {
	h.t.Helper()
	cfg, err := h.load()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.setHooks(cfg); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) post(service string, s payloads.Sample) string {
	h.t.Helper()
	answer, err := post(h.t.Context(), "http://"+h.gateway+"/webhook/"+h.ids[service], s)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer
}

func text(body string) payloads.Sample {
	return payloads.Sample{Method: http.MethodPost, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte(body)}
}

// messages returns the messages of the room, in order.
func (h *house) messages() []homeserver.Event {
	var all []homeserver.Event
	for _, e := range h.home.server.Timeline(h.room) {
		if e.Type == "m.room.message" {
			all = append(all, e)
		}
	}
	return all
}

func TestReload(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.reload(`, filter: 'not (summary contains "unwanted")'`)
	h.post("generic", payloads.Sample{Method: http.MethodPost, Header: http.Header{}, Body: []byte(`{"title":"x","message":"unwanted"}`)})
	h.post("generic", text("wanted"))
	if got := h.messages(); len(got) != 1 || !bytes.Contains(got[0].Content, []byte("wanted")) {
		t.Errorf("%d messages, want the one that the new filter keeps", len(got))
	}

	h.write(`, filter: 'nonsense'`)
	cfg, err := h.load()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.setHooks(cfg); err == nil || !strings.Contains(err.Error(), "hooks[0].filter") {
		t.Errorf("a wrong filter was taken: %v", err)
	}
	if answer := h.post("generic", text("still here")); !strings.HasPrefix(answer, "200") {
		t.Errorf("after a refused reload: %s", answer)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.post("generic", text("hello"))
	h.post("sonarr", text("hello"))
	scraped := h.get("/metrics")
	for _, line := range []string{
		`lotus_hooks_webhooks_total{hook="generic",result="accepted"} 1`,
		`lotus_hooks_webhooks_total{hook="grafana",result="accepted"} 0`,
		`lotus_hooks_webhooks_total{hook="unknown",result="not_found"} 0`,
		`lotus_hooks_request_duration_seconds_count 2`,
		`lotus_hooks_format_fallbacks_total{service="sonarr"} 1`,
		`lotus_hooks_deliveries_total{hook="generic",result="told"} 1`,
		`lotus_hooks_deliveries_total{hook="generic",result="dead"} 0`,
		`lotus_hooks_send_attempts_total{result="ok"} 2`,
		`lotus_hooks_send_duration_seconds_count 2`,
		`lotus_hooks_outbox_entries{state="pending"} 0`,
		`lotus_hooks_outbox_oldest_pending_seconds 0`,
		`lotus_hooks_lanes_parked 0`,
		`lotus_hooks_build_info{version="test"} 1`,
	} {
		if !strings.Contains(scraped, line+"\n") {
			t.Errorf("/metrics has no line %s", line)
		}
	}
	for _, name := range []string{"lotus_hooks_matrix_requests_total{code=", "go_goroutines", "process_resident_memory_bytes"} {
		if !strings.Contains(scraped, name) {
			t.Errorf("/metrics has no %s", name)
		}
	}
	if ready := h.get("/ready"); ready != `{"ready":true}` {
		t.Errorf("/ready is %s", ready)
	}
}

func (h *house) get(path string) string {
	h.t.Helper()
	resp, err := http.Get("http://" + h.metrics + path)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(body)
}

// TestServesWhileTheHomeserverIsAway starts without a homeserver, accepts, and tells later.
func TestServesWhileTheHomeserverIsAway(t *testing.T) {
	t.Parallel()
	h := open(t)
	remove := h.home.server.Inject(homeserver.Fault{Do: homeserver.Refuse()})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	answer, err := post(ctx, "http://"+h.gateway+"/webhook/"+h.ids["generic"], text("patience"))
	if err != nil || !strings.HasPrefix(answer, "202") {
		t.Errorf("while the homeserver is away: %s, %v", answer, err)
	}
	remove()
	for deadline := time.Now().Add(30 * time.Second); len(h.messages()) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it was not told after the homeserver came back")
		}
	}
}
