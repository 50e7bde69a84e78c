package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a started program: lotus-hooks, or this one in a role.
type process struct {
	cmd     *exec.Cmd
	address string // where it takes webhooks
	log     string // file that holds its standard error
	started time.Time
	done    chan struct{} // closed when it has ended
	err     error         // how it ended; read after done
}

const (
	startPatience = 30 * time.Second
	stopPatience  = 30 * time.Second
)

// launch starts a program whose output goes to a file.
func (b *bench) launch(cmd *exec.Cmd, dir, address string) (*process, error) {
	p := &process{cmd: cmd, address: address, log: filepath.Join(dir, "log"), done: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own
	cmd.Stdout, cmd.Stderr = log, log
	p.started = time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	b.launched = append(b.launched, p)
	return p, nil
}

// killRest ends what a failed measurement has left running.
func (b *bench) killRest() {
	for _, p := range b.launched {
		_ = p.cmd.Process.Kill() // it has ended already, unless something failed
		<-p.done
	}
}

// stop ends the process in order and waits for it.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.done:
		return p.explain(p.err)
	case <-time.After(stopPatience):
		return errors.Join(errors.New("did not stop in time"), p.cmd.Process.Kill())
	}
}

// explain adds the end of the process's log to an error.
func (p *process) explain(err error) error {
	if err == nil {
		return nil
	}
	log, readErr := os.ReadFile(p.log)
	if readErr != nil {
		return errors.Join(err, readErr)
	}
	return fmt.Errorf("%w\n%s", err, log[max(0, len(log)-2000):])
}

// firstAccepted posts a webhook every millisecond until one is accepted, and returns how
// long that was after the start.
func (p *process) firstAccepted(ctx context.Context, path string, body []byte) (time.Duration, error) {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for time.Since(p.started) < startPatience {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.address+path, bytes.NewReader(body))
		if err != nil {
			return 0, err
		}
		resp, err := client.Do(req)
		if err == nil {
			_ = resp.Body.Close() // the status is all
			if resp.StatusCode == http.StatusAccepted {
				return time.Since(p.started), nil
			}
			return 0, p.explain(fmt.Errorf("the first webhook was answered %s", resp.Status))
		}
		select {
		case <-p.done:
			return 0, p.explain(fmt.Errorf("ended by itself: %w", p.err))
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
	return 0, p.explain(errors.New("did not accept a webhook in time"))
}

// memory returns a field of /proc/<pid>/status, such as VmRSS, in MiB.
func (p *process) memory(field string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, field+":"); found {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("no %s in /proc/<pid>/status", field)
}

// ticks is how many of its units /proc/<pid>/stat counts in a second: USER_HZ, which Linux
// shows to programs as 100 everywhere.
const ticks = 100

// processorTime returns how long the process has used processors.
func (p *process) processorTime() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := strings.Cut(string(stat), ") ") // the name before may hold anything
	fields := strings.Fields(rest)
	if !found || len(fields) < 13 {
		return 0, errors.New("cannot read /proc/<pid>/stat")
	}
	var sum int64
	for _, field := range fields[11:13] { // utime and stime, fields 14 and 15 of proc(5)
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return time.Duration(sum) * time.Second / ticks, nil
}

// freeAddress returns an address on which nobody listens, below the ports that Linux gives
// to clients: the load's own connections must not take it meanwhile.
func freeAddress() (string, error) {
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+mathrand.IntN(10000)) //nolint:gosec // any will do
		l, err := net.Listen("tcp", address)                               //nolint:noctx // returns at once
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		if err != nil {
			return "", err
		}
		return address, l.Close()
	}
}
