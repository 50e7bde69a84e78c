//go:build goolm && linux

package e2e_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

const (
	domain = "synapse.test"
	sender = "@lotus-hooks:" + domain // the appservice's own user
)

// house is an installation of the program: a folder with its files, and the process.
type house struct {
	t          *testing.T
	dir        string
	database   string // URL
	homeserver string // URL

	webhooks, metrics, transactions, console string // addresses

	rooms   []string // entries of hooks.yaml
	hooks   []hook
	bot     string // the bot's entry, as YAML inside braces; "" for none
	zone    string // the time zone; "" for UTC
	process *process
	config  *config.Config    // as the program sees it; set by write
	more    map[string]string // further secrets, and what they are
}

// hook is an entry of hooks.yaml.
type hook struct {
	name    string
	id      string
	service string
	room    string
	more    string // further keys, as YAML inside braces
}

// newHouse makes a folder with a registration. It skips the test unless LOTUS_E2E=1.
func newHouse(t *testing.T, database func(testing.TB) string) *house {
	t.Helper()
	if !enabled() {
		t.Skip("runs the program on a real homeserver: set LOTUS_E2E=1")
	}
	h := &house{
		t: t, dir: t.TempDir(), homeserver: "http://127.0.0.1:1", database: database(t),
		webhooks: freeAddress(t), metrics: freeAddress(t), transactions: freeAddress(t), console: freeAddress(t),
	}
	h.writeFile("hooks.yaml", h.yaml())
	h.run("registration", "-o", h.path("registration.yaml"))
	t.Cleanup(func() {
		h.kill()
		if t.Failed() {
			t.Logf("the end of the program's log:\n%s", lastLines(h.log(), 60))
		}
		h.checkSecrets()
	})
	return h
}

func (h *house) path(name string) string { return filepath.Join(h.dir, name) }

// room gives a room a name in the configuration.
func (h *house) room(name, reference string) {
	h.rooms = append(h.rooms, fmt.Sprintf("%s: %q", name, reference))
}

// hook adds a hook with a fresh id and returns where it is posted to.
func (h *house) hook(name, service, room, more string) string {
	h.t.Helper()
	id := strings.TrimSpace(h.run("id"))
	h.hooks = append(h.hooks, hook{name: name, id: id, service: service, room: room, more: more})
	return "http://" + h.webhooks + "/webhook/" + id
}

// write writes hooks.yaml.
func (h *house) write() {
	h.t.Helper()
	h.writeFile("hooks.yaml", h.yaml())
	loaded, err := config.Load(h.path("hooks.yaml"), os.Getenv)
	if err != nil {
		h.t.Fatal(err)
	}
	h.config = loaded
}

func (h *house) writeFile(name, text string) {
	h.t.Helper()
	if err := os.WriteFile(h.path(name), []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// yaml returns the configuration: each webhook is told by itself, however many there are.
func (h *house) yaml() string {
	var b strings.Builder
	fmt.Fprintf(&b, `homeserver: {url: %q, domain: %s}
appservice: {registration: registration.yaml, listen: %q}
gateway: {listen: %q}
metrics: {listen: %q}
console: {listen: %q}
database: %q
log: {level: debug}
timezone: %s
digest: {enabled: false}
rooms: {%s}
%shooks:
`, h.homeserver, domain, h.transactions, h.webhooks, h.metrics, h.console, h.database, cmp.Or(h.zone, "UTC"), strings.Join(h.rooms, ", "), h.botYAML())
	for _, k := range h.hooks {
		fmt.Fprintf(&b, "  - {id: %q, name: %s, service: %s, room: %s, %s}\n", k.id, k.name, k.service, k.room, cmp.Or(k.more, "get: true"))
	}
	return b.String()
}

func (h *house) botYAML() string {
	if h.bot == "" {
		return ""
	}
	return "bot: {" + h.bot + "}\n"
}

// run runs a subcommand that must succeed, and returns what it prints.
func (h *house) run(args ...string) string {
	h.t.Helper()
	cmd := exec.CommandContext(h.t.Context(), binary, append([]string{"-c", h.path("hooks.yaml")}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		h.t.Fatalf("lotus-hooks %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// registration returns the file that the homeserver reads.
func (h *house) registration() string {
	h.t.Helper()
	text, err := os.ReadFile(h.path("registration.yaml"))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(text)
}

func (h *house) log() string {
	text, err := os.ReadFile(h.path("log"))
	if err != nil && !os.IsNotExist(err) {
		h.t.Error(err)
	}
	return string(text)
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// handedOut are the addresses that freeAddress has returned: they are free until they are used.
var handedOut sync.Map

// freeAddress returns an address that nobody listens on. Its port is not one that the
// kernel gives to outgoing connections, which could take it while the program is down.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 20_000+rand.N(12_000))
		if _, taken := handedOut.LoadOrStore(address, true); taken {
			continue
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return address
	}
	t.Fatal("no free port")
	return ""
}

// eventually waits until a condition holds, or fails the test.
func eventually(t *testing.T, patience time.Duration, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}
