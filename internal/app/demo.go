package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/google/uuid"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

// DemoOptions says what the demo does.
type DemoOptions struct {
	Version string
	Synapse bool          // a real Synapse in the place of the homeserver in memory
	Listen  string        // where the page is
	Gateway string        // where webhooks are received
	Every   time.Duration // between samples that come by themselves; 0 sends none
}

// demoRoomName is the room that the demo tells.
const demoRoomName = "Spam and Stuff"

// demoHome is the homeserver of a demo.
type demoHome interface {
	// start runs the homeserver with an appservice registration.
	start(ctx context.Context, life *lifecycle, r config.Registration, file string) error
	// room makes the room, invites a user, and returns its id and what the page shows of it.
	room(ctx context.Context, life *lifecycle, invite string) (id string, page console.Room, err error)
	// domain and url are the homeserver's.
	domain() string
	url() string
	// hint says how to look at the room with something else than the page.
	hint() string
}

// Demo runs the whole program against a homeserver of its own, until ctx ends: the same
// program as Serve, on a configuration in a temporary folder.
func Demo(ctx context.Context, e Env, o DemoOptions) (err error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP) // the terminal was closed
	defer stop()
	dir, err := os.MkdirTemp("", "lotus-hooks-demo-")
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(e.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	life := newLifecycle(log)
	life.onEnd("folder", func() error { return os.RemoveAll(dir) })
	defer func() { err = errors.Join(err, life.end()) }()

	var home demoHome = &memoryHome{}
	if o.Synapse {
		home = &synapseHome{dir: dir, stderr: e.Stderr}
	}
	d := &demo{Env: e, DemoOptions: o, dir: dir, home: home, log: log}
	if err := d.start(ctx, life); err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "The room is on http://%s\nWebhooks are received on http://%s; the demo's configuration is %s\n%sStop it with Ctrl-C.\n",
		o.Listen, o.Gateway, d.Config, home.hint())
	return life.wait(ctx)
}

// demo is a running demo.
type demo struct {
	Env
	DemoOptions
	dir  string
	home demoHome
	log  *slog.Logger
	ids  map[string]string // hook ids by service
	auto atomic.Bool       // whether samples come by themselves
}

func (d *demo) start(ctx context.Context, life *lifecycle) error {
	registration, err := config.NewRegistration(config.RegistrationParams{
		UserPrefix: "hookshot_", Domain: d.home.domain(),
	}, rand.Reader)
	if err != nil {
		return err
	}
	file := filepath.Join(d.dir, "registration.yaml")
	if err := registration.WriteFile(file); err != nil {
		return err
	}
	if err := d.home.start(ctx, life, registration, file); err != nil {
		return err
	}
	roomID, page, err := d.home.room(ctx, life, "@"+registration.SenderLocalpart+":"+d.home.domain())
	if err != nil {
		return err
	}
	if err := d.writeConfig(roomID); err != nil {
		return err
	}
	cfg, err := d.loadConfig()
	if err != nil {
		return err
	}
	if _, err := startProgram(ctx, cfg, d.log, life, d.Version); err != nil {
		return err
	}
	if err := d.servePage(ctx, life, page); err != nil {
		return err
	}
	d.auto.Store(d.Every > 0)
	life.run("samples", d.sendSamples)
	return nil
}

// writeConfig writes the configuration as a person would: a hook for each service.
func (d *demo) writeConfig(roomID string) error {
	d.Config = filepath.Join(d.dir, "hooks.yaml")
	d.ids = map[string]string{}
	var b strings.Builder
	fmt.Fprintf(&b, `homeserver: {url: %q, domain: %q}
appservice: {registration: registration.yaml, listen: "127.0.0.1:0"}
gateway: {listen: %q}
metrics: {listen: "127.0.0.1:0"}
database: sqlite:lotus-hooks.db
rooms:
  spam: %q
hooks:
`, d.home.url(), d.home.domain(), d.Gateway, roomID)
	for _, s := range demoServices() {
		id := uuid.NewString()
		d.ids[s.Name] = id
		fmt.Fprintf(&b, "  - {id: %q, service: %q, room: spam, get: true}\n", id, s.Name)
	}
	return os.WriteFile(d.Config, []byte(b.String()), 0o600)
}

// servePage serves the page that shows the room.
func (d *demo) servePage(ctx context.Context, life *lifecycle, room console.Room) error {
	profiles := map[string]console.Profile{}
	var services []console.Service
	for _, s := range demoServices() {
		avatar := console.Picture{Data: virtualusers.Avatar(s.Name).Data(), ContentType: "image/png"}
		profiles["@hookshot_"+s.Name+":"+d.home.domain()] = console.Profile{Name: s.Title, Avatar: avatar}
		shown := console.Service{Name: s.Name, Title: s.Title, Avatar: avatar}
		for _, sample := range payloads.Of(s.Name) {
			shown.Samples = append(shown.Samples, sample.Name)
		}
		services = append(services, shown)
	}
	page := console.New(console.Options{
		Room: room, Services: services, Post: d.postSample, Log: d.log,
		Profile: func(user string) console.Profile { return profiles[user] },
		Auto:    (*demoSwitch)(&d.auto),
	})
	server := &http.Server{Handler: page, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelWarn)}
	server.BaseContext = func(net.Listener) context.Context { return ctx } // ends the streams of open pages
	return listenHTTP(ctx, life, "page", d.Listen, server, server.Serve)
}

// postSample posts a sample of a service to its hook.
func (d *demo) postSample(ctx context.Context, service, name string) error {
	for _, s := range payloads.Of(service) {
		if s.Name == name {
			_, err := post(ctx, "http://"+d.Gateway+"/webhook/"+d.ids[service], s)
			if err != nil {
				return errors.New("the gateway does not answer") // the error's own text holds the hook's id
			}
			return nil
		}
	}
	return fmt.Errorf("%s has no sample %q", service, name)
}

// sendSamples sends one sample after the other, the services taking turns.
func (d *demo) sendSamples(ctx context.Context) error {
	if d.Every <= 0 {
		return nil
	}
	tick := time.NewTicker(d.Every)
	defer tick.Stop()
	for round := 0; ; round++ {
		for _, s := range demoServices() {
			samples := payloads.Of(s.Name)
			sample := samples[(round*7)%len(samples)] // not in alphabetic order
			if d.auto.Load() {
				if err := d.postSample(ctx, s.Name, sample.Name); err != nil && ctx.Err() == nil {
					d.log.Warn("a sample was not sent", "err", err)
				}
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}

// demoServices returns all services, the one that stands for any other last.
func demoServices() []formatters.Service {
	all := formatters.Services()
	slices.SortStableFunc(all, func(a, b formatters.Service) int {
		switch {
		case a.Name == "generic":
			return 1
		case b.Name == "generic":
			return -1
		}
		return 0
	})
	return all
}

// demoSwitch is the page's switch of the samples that come by themselves.
type demoSwitch atomic.Bool

// On implements console.Switch.
func (s *demoSwitch) On() bool { return (*atomic.Bool)(s).Load() }

// Set implements console.Switch.
func (s *demoSwitch) Set(on bool) { (*atomic.Bool)(s).Store(on) }
