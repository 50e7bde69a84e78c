package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

const (
	drainTime    = 300 * time.Millisecond // between "not ready" and the listener's end
	shutdownTime = 10 * time.Second       // for requests in flight
)

// Serve runs the gateway until ctx ends. SIGHUP reloads hooks and rooms.
func Serve(ctx context.Context, e Env, version string) error {
	hangups := make(chan os.Signal, 1) // caught from the start to the end: a hangup must not kill us
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	path, err := e.configPath()
	if err != nil {
		return err
	}
	cfg, err := config.Load(path, e.Getenv, checkHooks)
	if err != nil {
		return err
	}
	log := e.logger(cfg.Log)
	for _, w := range cfg.Warnings {
		log.Warn("the configuration may be wrong", "problem", w.String())
	}
	tuneMemory(e.Getenv)
	life := newLifecycle(log)
	systemd := newNotifier(ctx, e.Getenv, log)
	life.onEnd("notifier", systemd.close)
	p, err := startProgram(ctx, cfg, log, life, version)
	if err != nil {
		return errors.Join(err, life.end())
	}
	p.systemd = systemd
	if interval := watchdogInterval(e.Getenv); interval > 0 {
		life.run("watchdog", func(ctx context.Context) error {
			return systemd.keepAlive(ctx, interval, answers(string(cfg.Gateway.Listen)))
		})
	}
	life.run("reload", func(ctx context.Context) error { return reloadOnHangup(ctx, hangups, e, path, cfg, p, log) })
	log.Info("serving", "version", version, "webhooks", string(cfg.Gateway.Listen), "metrics", string(cfg.Metrics.Listen), "hooks", len(cfg.Hooks))
	systemd.ready(fmt.Sprintf("%d hooks", len(cfg.Hooks)))
	err = life.wait(ctx)
	systemd.stopping()
	log.Info("stopping")
	return errors.Join(err, life.end())
}

// tuneMemory lets garbage wait longer, which a gateway with a small live heap can afford:
// at most some 64 MiB more, and only under load. GOGC and GOMEMLIMIT overrule it.
func tuneMemory(getenv func(string) string) {
	if getenv("GOGC") == "" && getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(96 << 20)
	}
}

// listenHTTP serves a handler at an address until the program's end. A busy port is an error
// of the start.
func listenHTTP(ctx context.Context, life *lifecycle, name, address string, server *http.Server, serve func(net.Listener) error) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen for %s: %w", name, err)
	}
	serveHTTP(life, name, l, server, serve)
	return nil
}

// serveHTTP serves an open listener until the program's end.
func serveHTTP(life *lifecycle, name string, l net.Listener, server *http.Server, serve func(net.Listener) error) {
	life.run(name, func(ctx context.Context) error {
		done := make(chan error, 1)
		go func() { done <- serve(l) }()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
		}
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		err := server.Shutdown(grace)
		if err == nil {
			return nil
		}
		if errors.Is(err, context.DeadlineExceeded) { // a sender that never ends its body is no failure of ours
			life.log.Warn("requests that did not end were cut off", "part", name, "after", shutdownTime)
			err = nil
		}
		return errors.Join(err, server.Close())
	})
}

// serveMetrics serves /metrics, /live and /ready.
func serveMetrics(ctx context.Context, life *lifecycle, address string, m *metrics, health http.Handler, log *slog.Logger) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.handler(log))
	mux.Handle("GET /live", health)
	mux.Handle("GET /ready", health)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	return listenHTTP(ctx, life, "metrics", address, server, server.Serve)
}

// serveGateway serves webhooks. Its end begins with /ready failing, while webhooks are still
// accepted: their senders do not repeat them.
func serveGateway(ctx context.Context, life *lifecycle, cfg config.Gateway, g *gateway.Gateway, log *slog.Logger) error {
	server := gateway.NewServer(g, gateway.Limits{Connections: cfg.MaxConnections}, log)
	if err := listenHTTP(ctx, life, "webhooks", string(cfg.Listen), server.Server, server.Serve); err != nil {
		return err
	}
	life.onEnd("readiness", func() error {
		g.SetDraining()
		time.Sleep(drainTime)
		return nil
	})
	return nil
}

// reloadOnHangup applies a changed configuration at each SIGHUP. A wrong one changes nothing.
func reloadOnHangup(ctx context.Context, hangups <-chan os.Signal, e Env, path string, running *config.Config, p *program, log *slog.Logger) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangups:
		}
		p.systemd.reloading()
		loaded, err := config.Load(path, e.Getenv, checkHooks)
		if err == nil {
			err = p.setHooks(loaded)
		}
		if err != nil {
			log.Error("the new configuration is wrong; the old one stays", "err", err)
			p.systemd.ready("the new configuration is wrong; the old one stays")
			continue
		}
		p.systemd.ready(fmt.Sprintf("%d hooks", len(loaded.Hooks)))
		if fields := config.RestartNeeded(running, loaded); len(fields) > 0 {
			log.Warn("some changes need a restart", "fields", fields)
		}
		log.Info("reloaded", "hooks", len(loaded.Hooks))
	}
}
