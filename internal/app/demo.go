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
	"sync/atomic"
	"syscall"
	"time"

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

// demoHome is the homeserver of a demo.
type demoHome interface {
	// start runs the homeserver with an appservice registration.
	start(ctx context.Context, life *lifecycle, r config.Registration, file string) error
	// account makes an ordinary account.
	account(ctx context.Context, localpart, password string) error
	// domain and url are the homeserver's.
	domain() string
	url() string
	// encrypted says whether the bot's rooms are. The page cannot read those.
	encrypted() bool
	// hint says how to look at the rooms with something else than the page.
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
	fmt.Fprintf(e.Stdout, "The rooms are on http://%s\nWebhooks are received on http://%s; the demo's configuration is %s\n%sStop it with Ctrl-C.\n",
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
	ids  map[string]string // hook ids by the hook's name
	who  *visitor
	seen demoLog     // what happens in the rooms
	auto atomic.Bool // whether samples come by themselves
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
	if err := d.makeAccounts(ctx); err != nil {
		return err
	}
	if d.who, err = newVisitor(ctx, d.home, d.bot(), &d.seen); err != nil {
		return err
	}
	rooms, err := d.who.makeRooms(ctx, demoRooms, "@"+registration.SenderLocalpart+":"+d.home.domain())
	if err != nil {
		return err
	}
	life.run("visitor", d.who.follow)
	if err := d.writeConfig(rooms); err != nil {
		return err
	}
	cfg, err := d.loadConfig()
	if err != nil {
		return err
	}
	if _, err := startProgram(ctx, cfg, d.log, life, d.Version); err != nil {
		return err
	}
	d.who.awaitBot(ctx, rooms)
	if err := d.servePage(ctx, life); err != nil {
		return err
	}
	d.auto.Store(d.Every > 0)
	life.run("samples", d.sendSamples)
	return nil
}

// botName is the localpart of the demo's bot.
const botName = "lotusbot"

func (d *demo) bot() string { return "@" + botName + ":" + d.home.domain() }

// makeAccounts makes the accounts of the visitor and of the bot.
func (d *demo) makeAccounts(ctx context.Context) error {
	password := rand.Text()
	if err := os.WriteFile(filepath.Join(d.dir, passwordFile), []byte(password), 0o600); err != nil {
		return err
	}
	return errors.Join(d.home.account(ctx, visitorName, visitorPassword), d.home.account(ctx, botName, password))
}

// servePage serves the page that shows the rooms.
func (d *demo) servePage(ctx context.Context, life *lifecycle) error {
	previews, err := newPreviewer(d.Config)
	if err != nil {
		return err
	}
	profiles := map[string]console.Profile{
		d.who.User(): {Name: visitorTitle},
		d.bot():      {Name: "Lotus Bot", Avatar: console.Picture{Data: virtualusers.Avatar("lotus").Data(), ContentType: "image/png"}},
	}
	o := console.Options{
		Rooms: d.shownRooms(), Visitor: d.who, History: d.seen.history, Subscribe: d.seen.subscribe, Log: d.log,
		Profile: func(user string) console.Profile { return profiles[user] },
		Program: demoProgram{d, previews}, Auto: (*demoSwitch)(&d.auto),
	}
	for _, s := range demoServices() {
		avatar := console.Picture{Data: virtualusers.Avatar(s.Name).Data(), ContentType: "image/png"}
		profiles["@hookshot_"+formatters.Localpart(s.Name)+":"+d.home.domain()] = console.Profile{Name: s.Title, Avatar: avatar}
		shown := console.Service{Name: s.Name, Title: s.Title, Avatar: avatar}
		for _, sample := range payloads.Of(s.Name) {
			shown.Samples = append(shown.Samples, sample.Name)
		}
		o.Services = append(o.Services, shown)
	}
	for _, s := range demoStories {
		o.Stories = append(o.Stories, s.Story)
	}
	server := &http.Server{Handler: console.New(o), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelWarn)}
	server.BaseContext = func(net.Listener) context.Context { return ctx } // ends the streams of open pages
	return listenHTTP(ctx, life, "page", d.Listen, server, server.Serve)
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
			if d.auto.Load() {
				if err := d.post(ctx, s.Name, samples[(round*7)%len(samples)]); err != nil && ctx.Err() == nil { // not in alphabetic order
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

// demoSwitch is the page's switch of the samples that come by themselves.
type demoSwitch atomic.Bool

// On implements console.Switch.
func (s *demoSwitch) On() bool { return (*atomic.Bool)(s).Load() }

// Set implements console.Switch.
func (s *demoSwitch) Set(on bool) { (*atomic.Bool)(s).Store(on) }
