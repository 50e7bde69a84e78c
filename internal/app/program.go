package app

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"maunium.net/go/mautrix/id"

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
}

// startProgram makes all parts and starts them: what is accepted first, what tells it last.
// It asks nothing of the homeserver, which may be away.
func startProgram(ctx context.Context, cfg *config.Config, log *slog.Logger, life *lifecycle, version string) (*program, error) {
	p := &program{metrics: newMetrics(version)}
	db, err := store.Open(ctx, cfg.Database.Reveal())
	if err != nil {
		return nil, err
	}
	life.onEnd("database", db.Close)
	box := outbox.New(outbox.Options{
		DB: db, Log: log.With("component", "outbox"), Metrics: p.metrics,
		MaxAge: time.Duration(cfg.MaxAge), Retention: time.Duration(cfg.Retention),
	})
	life.onEnd("outbox", func() error { box.Close(); return nil })
	p.metrics.registry.MustRegister(newOutboxCollector(box))

	users, err := p.newUsers(ctx, cfg, db, log, life)
	if err != nil {
		return nil, err
	}
	p.sender = &sender{users: users, retired: virtualusers.Profile{Localpart: cfg.Appservice.UserPrefix + "retired", DefaultName: "Retired hook"}}
	p.gateway = gateway.New(gateway.Options{
		Enqueuer: enqueuer{box}, Log: log.With("component", "gateway"), Metrics: p.metrics,
		Zone: cfg.Timezone.Location, MaxBody: int64(cfg.Gateway.MaxBody),
	})
	if err := p.setHooks(cfg); err != nil {
		return nil, err
	}
	life.run("retention", box.RunRetention)
	life.run("virtual users", users.Run)
	p.relay = box.Relay(p.sender)
	life.run("relay", p.relay.Run)
	if err := serveMetrics(ctx, life, string(cfg.Metrics.Listen), p.metrics, p.gateway, log); err != nil {
		return nil, err
	}
	if err := serveTransactions(ctx, life, cfg, p.relay, log); err != nil {
		return nil, err
	}
	return p, serveGateway(ctx, life, cfg.Gateway, p.gateway, log)
}

// setHooks applies the part of a configuration that can change while the program runs.
func (p *program) setHooks(cfg *config.Config) error {
	h, err := compileHooks(cfg)
	if err != nil {
		return err
	}
	for _, hook := range h.gateway {
		p.metrics.initHook(hook.Name)
	}
	p.sender.profiles.Store(&h.profiles)
	p.gateway.SetHooks(h.gateway)
	return nil
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
	keys, err := openKeys(cfg.Database.Reveal(), db)
	if err != nil {
		return nil, err
	}
	life.onEnd("keys", keys.close)
	crypto, err := matrix.OpenCrypto(ctx, keys.db, db.Postgres(), log.With("component", "crypto"))
	if err != nil {
		return nil, err
	}
	var member virtualusers.Member
	if cfg.Bot != nil {
		member = virtualusers.NewAccount(virtualusers.AccountOptions{
			Homeserver: hs, User: id.UserID(cfg.Bot.User), Password: cfg.Bot.Password.Reveal(), Token: cfg.Bot.Token.Reveal(),
			DB: db.SQL(), Crypto: crypto, Log: log,
		})
	}
	users, err := virtualusers.New(ctx, virtualusers.Options{
		Member:     member,
		Homeserver: hs, Sender: r.SenderLocalpart, Follower: cfg.Appservice.UserPrefix + followerName,
		DB: db.SQL(), Crypto: crypto, Zone: cfg.Timezone.Location, Log: log, Now: time.Now,
	})
	if err != nil {
		return nil, err
	}
	return users, nil
}

// followerName is, behind the prefix, the localpart of the virtual user that follows
// encrypted rooms where there is no bot.
const followerName = "lotus-hooks-follower"

// keyStore is the database that holds encryption keys.
type keyStore struct {
	db    *sql.DB
	close func() error
}

// openKeys opens the database of keys: beside SQLite's file one of its own, because each of
// the two has a writer that must not wait for the other; with PostgreSQL the same.
func openKeys(url string, db *store.DB) (keyStore, error) {
	if db.Postgres() {
		return keyStore{db.SQL(), func() error { return nil }}, nil
	}
	path := strings.TrimPrefix(strings.TrimPrefix(url, "sqlite:"), "//")
	keys, err := store.OpenSQLiteFile(strings.TrimSuffix(path, ".db") + "-keys.db")
	if err != nil {
		return keyStore{}, fmt.Errorf("open database of keys: %w", err)
	}
	return keyStore{keys, keys.Close}, nil
}
