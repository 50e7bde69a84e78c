// Package synapse gives tests a real Synapse, set up as people run it: room version 12,
// no experimental features, and appservices known by their registration alone.
//
// A test that calls Start is skipped unless LOTUS_E2E=1. The first use on a host downloads
// Synapse from Debian (about 280 MB unpacked, 15 s); each instance is then forked from one
// process, and takes half a second to start. Packages tested at the same time share the download
// and nothing else. The work is done by synapse.sh, which people may run by hand.
package synapse

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/synapse"
)

// sharedSecret lets whoever holds it make accounts. The instance listens on loopback only.
const sharedSecret = "synapse-test"

// Options say how an instance differs from the usual one. The zero value is good.
type Options struct {
	ServerName    string   // the Matrix domain; default "synapse.test"
	Registrations []string // appservice registrations, as YAML
	RateLimits    bool     // keep the rate limits that Synapse ships with
	Postgres      string   // libpq connection string of an empty database; default SQLite
}

// Instance is a running Synapse.
type Instance struct {
	URL        string // without a slash at the end
	ServerName string

	env []string
}

// forkServer starts the process that this one's instances are forked from, and returns its
// input. It ends when nobody has that open any more, as after this process.
var forkServer = sync.OnceValues(func() (*os.File, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }() // it has its own
	cmd := script("fork-server")
	cmd.Stdin = out
	return in, cmd.Start()
})

// script is a run of synapse.sh.
func script(args ...string) *exec.Cmd {
	return exec.Command("bash", append([]string{"-c", string(synapse.Script), "synapse.sh"}, args...)...)
}

// Start runs a Synapse until the test ends. It skips the test where LOTUS_E2E=1 is not set,
// and fails it when Synapse cannot run. A failed test logs the end of Synapse's own log.
func Start(t testing.TB, o Options) *Instance {
	t.Helper()
	if os.Getenv("LOTUS_E2E") != "1" {
		t.Skip("needs a real Synapse: set LOTUS_E2E=1 to download and run one")
	}
	if o.ServerName == "" {
		o.ServerName = "synapse.test"
	}
	limits := "off"
	if o.RateLimits {
		limits = "default"
	}
	dir := folder(t)
	port := freePort(t)
	i := &Instance{URL: "http://127.0.0.1:" + port, ServerName: o.ServerName}
	var registrations []string
	for n, yaml := range o.Registrations {
		registrations = append(registrations, write(t, dir, fmt.Sprintf("registration-%d.yaml", n), []byte(yaml)))
	}
	i.env = append(os.Environ(),
		"SYNAPSE_DIR="+filepath.Join(dir, "instance"),
		"SYNAPSE_PORT="+port,
		"SYNAPSE_SERVER_NAME="+o.ServerName,
		"SYNAPSE_REGISTRATIONS="+strings.Join(registrations, ":"),
		"SYNAPSE_RATE_LIMITS="+limits,
		"SYNAPSE_LEAN=yes",
		"SYNAPSE_POSTGRES="+o.Postgres,
		"SYNAPSE_SECRET="+sharedSecret,
		"SYNAPSE_OWNER="+strconv.Itoa(os.Getpid()),
		"SYNAPSE_FORK_SERVER=3", // the first of cmd.ExtraFiles
	)
	t.Cleanup(func() { i.Stop(t) })
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the end of Synapse's log:\n%s", i.run(t, "log", "40"))
		}
	})
	i.Up(t)
	return i
}

// Up starts the instance again after Stop or Kill, with the same data and the same URL.
func (i *Instance) Up(t testing.TB) { t.Helper(); i.run(t, "up") }

// Stop ends the instance in order.
func (i *Instance) Stop(t testing.TB) { t.Helper(); i.run(t, "down") }

// Kill ends the instance as a power cut would.
func (i *Instance) Kill(t testing.TB) { t.Helper(); i.run(t, "kill9") }

// Restart ends the instance in order and starts it again.
func (i *Instance) Restart(t testing.TB) { t.Helper(); i.run(t, "restart") }

func (i *Instance) run(t testing.TB, args ...string) string {
	t.Helper()
	forks, err := forkServer()
	if err != nil {
		t.Fatalf("start synapse.sh: %v", err)
	}
	cmd := script(args...)
	cmd.Env = i.env
	cmd.ExtraFiles = []*os.File{forks}
	// Files, not pipes: Synapse outlives the script and would hold a pipe open.
	out, err := os.CreateTemp(t.TempDir(), "output")
	if err != nil {
		t.Fatalf("run synapse.sh: %v", err)
	}
	defer func() { _ = out.Close() }()
	cmd.Stdout, cmd.Stderr = out, out
	runErr := cmd.Run()
	text, err := os.ReadFile(out.Name())
	if runErr != nil || err != nil {
		t.Fatalf("synapse.sh %s: %v %v\n%s", args[0], runErr, err, text)
	}
	return string(text)
}

// folder returns one for an instance: in memory where there is enough of it, because the
// homeserver's disk is not what is tested, and waiting for it takes a fifth of an event's time.
func folder(t testing.TB) string {
	t.Helper()
	const memory, enough = "/dev/shm", 2 << 30
	var is syscall.Statfs_t
	if err := syscall.Statfs(memory, &is); err != nil || is.Bavail*uint64(is.Bsize) < enough {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "lotus-hooks-synapse-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// freePort returns a port that nobody listens on. Another process could take it before
// Synapse does; synapse.sh then says so.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("find a free port: %v", err)
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatalf("find a free port: %v", err)
	}
	return port
}

func write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatalf("write %s: %v", name, err)
	}
	return path
}
