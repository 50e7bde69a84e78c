//go:build goolm && linux

package e2e_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
)

// binary is the path of the program: LOTUS_HOOKS_BINARY, or one built for this run.
var binary = os.Getenv("LOTUS_HOOKS_BINARY")

// parallel is how many tests run at once unless -parallel says so: most of their time they
// wait, for homeservers that are away, backoffs and leases. One of them, TestSamples, has four
// houses.
const parallel = 5

// tortureParallel is the same of "make torture", where several installations share the rounds
// of one fault.
const tortureParallel = 10

func TestMain(m *testing.M) {
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		n := parallel
		if os.Getenv("LOTUS_TORTURE") != "" {
			n = tortureParallel
		}
		if err := p.Value.Set(strconv.Itoa(n)); err != nil {
			panic(err)
		}
	}
	if !enabled() || binary != "" {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "lotus-hooks-e2e-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "lotus-hooks")
	status := 1
	out, err := exec.Command("go", "build", "-tags", "goolm", "-o", binary, "../cmd/lotus-hooks").CombinedOutput()
	if err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
	} else {
		status = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// subtest is a part of a test that can run beside others.
type subtest struct {
	name string
	run  func(t *testing.T)
}

// atOnce runs parts of a test side by side. With t.Parallel, each would first wait behind all
// tests that have not begun yet.
func atOnce(t *testing.T, parts ...subtest) {
	t.Helper()
	var ended sync.WaitGroup
	for _, p := range parts {
		ended.Go(func() { t.Run(p.name, p.run) })
	}
	ended.Wait()
}

func enabled() bool { return os.Getenv("LOTUS_E2E") == "1" }

// sideBySide lets a fault happen as often as rounds says. Many rounds of a fault after which
// the program mostly waits are shared out among several installations, so that they end
// within the hour.
func sideBySide(t *testing.T, usual, installations int, test func(t *testing.T, rounds int)) {
	t.Helper()
	const enough = 25 // rounds that are no reason for one more installation
	total := rounds(t, usual)
	n := min(installations, 1+(total-1)/enough)
	if n == 1 {
		test(t, total)
		return
	}
	for i := range n {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			test(t, (i+1)*total/n-i*total/n)
		})
	}
}

// rounds is how often a fault happens: as often as it is usual, or LOTUS_TORTURE times.
func rounds(t *testing.T, usual int) int {
	t.Helper()
	value := os.Getenv("LOTUS_TORTURE")
	if value == "" {
		return usual
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		t.Fatalf("LOTUS_TORTURE=%s is not a number of rounds", value)
	}
	return n
}
