//go:build goolm && linux

package e2e_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// process is a running "lotus-hooks serve".
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // how; set before
}

// launch starts the program and does not wait for it.
func (h *house) launch() {
	h.t.Helper()
	log, err := os.OpenFile(h.path("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		h.t.Fatal(err)
	}
	p := &process{cmd: exec.Command(binary, "serve", "-c", h.path("hooks.yaml")), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // Pdeathsig looks at the thread that started the process
		err := p.cmd.Start()
		started <- err
		_ = log.Close()
		if err == nil {
			p.err = p.cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		h.t.Fatal(err)
	}
	h.process = p
}

// start starts the program and waits until it is ready.
func (h *house) start() {
	h.t.Helper()
	h.launch()
	eventually(h.t, 30*time.Second, "the program is ready", h.ready)
}

// kill ends the program, if it runs, as a power cut would.
func (h *house) kill() {
	if h.process == nil {
		return
	}
	_ = h.process.cmd.Process.Kill() // it may have ended by itself
	<-h.process.done
	h.process = nil
}

// stop ends the program in order.
func (h *house) stop() {
	h.t.Helper()
	h.signal(syscall.SIGTERM)
	select {
	case <-h.process.done:
		if h.process.err != nil {
			h.t.Errorf("the program ended with %v", h.process.err)
		}
	case <-time.After(20 * time.Second):
		h.t.Error("the program does not stop")
		_ = h.process.cmd.Process.Kill()
		<-h.process.done
	}
	h.process = nil
}

func (h *house) signal(s os.Signal) {
	h.t.Helper()
	if err := h.process.cmd.Process.Signal(s); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) ready() bool {
	status, _ := get(h.t.Context(), "http://"+h.webhooks+"/ready")
	return status == http.StatusOK
}

// get returns the status and the body of an address; 0 when nobody answers.
func get(ctx context.Context, url string) (int, string) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, ""
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, ""
	}
	return resp.StatusCode, string(body)
}

var pendingMetric = regexp.MustCompile(`(?m)^lotus_hooks_outbox_entries\{state="(pending|held|dead)"\} (\d+)$`)

// outbox returns how many deliveries are not told yet, and how many never will be, as the
// metrics say.
func (h *house) outbox() (pending, dead int, ok bool) {
	_, page := get(h.t.Context(), "http://"+h.metrics+"/metrics")
	found := pendingMetric.FindAllStringSubmatch(page, -1)
	for _, m := range found {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			return 0, 0, false
		}
		if m[1] == "dead" {
			dead = n
		} else {
			pending += n
		}
	}
	return pending, dead, len(found) == 3
}

// awaitTold waits until all that was accepted is told, as long as something is told within
// the patience: how fast the homeserver is, is not our matter.
func (h *house) awaitTold(patience time.Duration) {
	h.t.Helper()
	started := time.Now()
	least, progressed := -1, started
	for ; ; time.Sleep(500 * time.Millisecond) { // the metrics page is a third of what the program has to do
		pending, dead, ok := h.outbox()
		switch {
		case ok && pending == 0 && dead == 0:
			h.t.Logf("all was told %s after the last was accepted", time.Since(started).Round(100*time.Millisecond))
			return
		case ok && (least < 0 || pending < least):
			least, progressed = pending, time.Now()
		case time.Since(progressed) > patience || ok && pending == 0:
			h.t.Errorf("nothing was told for %s: %d deliveries are pending and %d dead", patience, pending, dead)
			return
		}
	}
}
