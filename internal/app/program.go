package app

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

// program is the running parts that a reload, or the demo, reaches into.
type program struct {
	gateway *gateway.Gateway
	sender  *sender
	metrics *metrics
	relay   *outbox.Relay
	decider decider
	desk    hookDesk
	systemd *notifier // set by Serve
	version string
	started time.Time
}

// startProgram makes all parts and starts them: what is accepted first, what tells it last.
// It asks nothing of the homeserver, which may be away.
func startProgram(ctx context.Context, cfg *config.Config, log *slog.Logger, life *lifecycle, version string) (*program, error) {
	p := &program{metrics: newMetrics(version), version: version, started: time.Now()}
	if cfg.Metrics.HookshotNames {
		p.metrics.addHookshotNames()
	}
	release, err := store.Reserve(ctx, cfg.Database.Reveal())
	if err != nil {
		return nil, err
	}
	life.onEnd("reservation", release)
	db, err := store.Open(ctx, cfg.Database.Reveal())
	if err != nil {
		return nil, err
	}
	life.onEnd("database", db.Close)
	if err := db.CheckDurable(ctx); err != nil {
		log.Error("what is accepted may not outlive a power cut", "err", err)
	}
	box := outbox.New(outbox.Options{
		DB: db, Log: log.With("component", "outbox"), Metrics: p.metrics, Decide: p.decider.decide,
		MaxAge: time.Duration(cfg.MaxAge), Retention: time.Duration(cfg.Retention),
	})
	life.onEnd("outbox", func() error { box.Close(); return nil })
	p.metrics.registry.MustRegister(newOutboxCollector(box, p.hookNames))

	p.desk.box = box
	users, err := p.newUsers(ctx, cfg, db, log, life)
	if err != nil {
		return nil, err
	}
	p.sender = &sender{users: users, retired: virtualusers.Profile{Localpart: cfg.Appservice.UserPrefix + "retired", DefaultName: "Retired hook"}}
	p.gateway = gateway.New(gateway.Options{
		Enqueuer: enqueuer{box}, Log: log.With("component", "gateway"), Metrics: p.metrics,
		Zone: cfg.Timezone.Location, MaxBody: int64(cfg.Gateway.MaxBody),
		TrustedProxies: prefixes(cfg.Gateway.TrustedProxies),
	})
	p.desk.gateway = p.gateway
	if err := p.setHooks(cfg); err != nil {
		return nil, err
	}
	p.relay = box.Relay(p.sender)
	life.run("retention", box.RunRetention)
	life.run("virtual users", users.Run)
	life.run("relay", p.relay.Run)
	if err := serveMetrics(ctx, life, string(cfg.Metrics.Listen), p.metrics, p.gateway, log); err != nil {
		return nil, err
	}
	if err := serveTransactions(ctx, life, cfg, p, log); err != nil {
		return nil, err
	}
	return p, serveGateway(ctx, life, cfg.Gateway, p.gateway, log)
}

// hookNames returns the names of the configured hooks.
func (p *program) hookNames() []string {
	policies := p.decider.policies.Load()
	if policies == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(*policies))
}

// setHooks applies the part of a configuration that can change while the program runs.
func (p *program) setHooks(cfg *config.Config) error {
	h, err := compileHooks(cfg)
	if err != nil {
		return err
	}
	var names []string
	for _, hook := range h.gateway {
		p.metrics.initHook(hook.Name)
		names = append(names, hook.Name)
	}
	p.metrics.hookshot.setHooks(names)
	p.sender.profiles.Store(&h.profiles)
	p.decider.policies.Store(&h.policies)
	p.gateway.SetHooks(h.gateway)
	p.desk.cfg.Store(cfg)
	return nil
}

// lead notes that this process has begun, or ceased, to tell encrypted rooms.
func (p *program) lead(leads bool) {
	p.metrics.setLeader(leads)
	if leads {
		p.relay.Unpark()
	}
}

// newUsers makes the virtual users and what they encrypt with.
func (p *program) newUsers(ctx context.Context, cfg *config.Config, db *store.DB, log *slog.Logger, life *lifecycle) (*virtualusers.Users, error) {
	r := cfg.Appservice.Registration
	hs, err := matrix.New(matrix.Options{
		URL: string(cfg.Homeserver.URL), Domain: cfg.Homeserver.Domain, Token: r.ASToken.Reveal(), Count: p.metrics.matrixRequest,
	})
	if err != nil {
		return nil, fmt.Errorf("homeserver: %w", err)
	}
	keys, err := openKeys(cfg.Database.Reveal(), db, log, life)
	if err != nil {
		return nil, err
	}
	o := virtualusers.Options{
		Homeserver: hs, Sender: r.SenderLocalpart, Follower: cfg.Appservice.UserPrefix + followerName,
		DB: db.SQL(), Keys: keys, OnLead: p.lead, Zone: cfg.Timezone.Location, Log: log, Now: time.Now,
	}
	if cfg.Bot != nil {
		commands, err := botCommands(cfg)
		if err != nil {
			return nil, err
		}
		p.metrics.initCommands(commands)
		runner := &botRunner{keys: keys, cfg: cfg, db: db, log: log.With("component", "bot"), metrics: p.metrics, desk: &p.desk, version: p.version, started: p.started}
		account := virtualusers.NewAccount(virtualusers.AccountOptions{
			Homeserver: hs, User: id.UserID(cfg.Bot.User), Password: cfg.Bot.Password.Reveal(), Token: cfg.Bot.Token.Reveal(),
			DB: db.SQL(), Log: log, Also: runner.hear, Events: bot.SyncEvents,
		})
		runner.account = account
		o.Member, o.Keys = account, runner
	}
	return virtualusers.New(ctx, o)
}

// followerName is, behind the prefix, the localpart of the virtual user that follows
// encrypted rooms where there is no bot.
const followerName = "lotus-hooks-follower"
