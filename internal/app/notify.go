package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// notifier tells the service manager how the program is, as sd_notify(3) says: lines of
// name=value in a datagram to the socket that NOTIFY_SOCKET names. Where there is none, it
// tells nobody.
type notifier struct {
	conn net.Conn // nil where nobody listens
	log  *slog.Logger
}

// newNotifier connects to the service manager. That it cannot be reached stops nothing.
func newNotifier(ctx context.Context, getenv func(string) string, log *slog.Logger) *notifier {
	n := &notifier{log: log}
	address := getenv("NOTIFY_SOCKET") // a path, or "@name" of an abstract socket, which Go knows by the "@"
	if address == "" {
		return n
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unixgram", address)
	if err != nil {
		log.Warn("the service manager cannot be told anything", "err", err)
		return n
	}
	n.conn = conn
	return n
}

func (n *notifier) tell(lines ...string) {
	if n.conn == nil {
		return
	}
	if _, err := n.conn.Write([]byte(strings.Join(lines, "\n"))); err != nil {
		n.log.Warn("the service manager was not told", "what", lines[0], "err", err)
	}
}

// ready says that the program serves, at the start and after a reload.
func (n *notifier) ready(status string) { n.tell("READY=1", "STATUS="+status) }

// reloading says that the configuration is read anew; ready ends it.
func (n *notifier) reloading() { n.tell("RELOADING=1") }

// stopping says that the program ends.
func (n *notifier) stopping() { n.tell("STOPPING=1", "STATUS=telling what is under way, then ending") }

func (n *notifier) close() error {
	if n.conn == nil {
		return nil
	}
	return n.conn.Close()
}

// watchdogInterval is how often the service manager wants a sign of life; 0 when it wants none.
func watchdogInterval(getenv func(string) string) time.Duration {
	if pid := getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0 // somebody else's
	}
	usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 {
		return 0
	}
	return time.Duration(usec) * time.Microsecond
}

// keepAlive gives the service manager its signs of life, for as long as alive finds the
// program well: three for each interval, so that one may be missed.
func (n *notifier) keepAlive(ctx context.Context, interval time.Duration, alive func(context.Context) error) error {
	ticks := time.NewTicker(interval / 3)
	defer ticks.Stop()
	for {
		check, cancel := context.WithTimeout(ctx, interval/3)
		err := alive(check)
		cancel()
		switch {
		case err == nil:
			n.tell("WATCHDOG=1")
		case ctx.Err() == nil:
			n.log.Warn("the program does not answer itself, and no sign of life is given", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
	}
}

// answers returns what asks the gateway at an address for /live, as a service would. So it
// fails when the program hangs, and also when nobody gets a connection any more.
func answers(address string) func(context.Context) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+local(address)+"/live", nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		_ = resp.Body.Close() // nothing of it is read
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("/live answers %d", resp.StatusCode)
		}
		return nil
	}
}
