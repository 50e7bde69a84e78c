package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"maunium.net/go/mautrix"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia/opentdb"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

// openTDBTime bounds a request for questions.
const openTDBTime = 20 * time.Second

// botPause is the time between attempts to run a bot that cannot start.
const botPause = 10 * time.Second

// botRunner runs the bot while this process has the keys. It implements virtualusers.Keys on
// the keys that it borrows.
type botRunner struct {
	keys    virtualusers.Keys
	account bot.Account
	cfg     *config.Config
	db      *store.DB
	log     *slog.Logger
	metrics *metrics
	desk    *hookDesk
	version string
	started time.Time
	current atomic.Pointer[runningBot] // nil until the first time
}

// runningBot is the bot of one time with the keys.
type runningBot struct {
	chat *bot.Matrix
	bot  *bot.Bot
	work func(context.Context) // fetches questions, if it is to
}

// hear takes in a response of /sync.
func (r *botRunner) hear(ctx context.Context, resp *mautrix.RespSync, since string) error {
	b := r.current.Load()
	if b == nil {
		return errors.New("the bot does not run yet")
	}
	return b.chat.Handle(ctx, resp, since, b.bot.Receive)
}

// Hold implements virtualusers.Keys. The bot ends what it does before the keys are given back.
func (r *botRunner) Hold(ctx context.Context, use func(context.Context, matrix.Crypto) error) error {
	return r.keys.Hold(ctx, func(ctx context.Context, crypto matrix.Crypto) error {
		b, err := r.newBot(crypto)
		if err != nil {
			return err
		}
		r.current.Store(b)
		g, ctx := errgroup.WithContext(ctx)
		g.Go(func() error { return r.run(ctx, b) })
		g.Go(func() error { return b.chat.Run(ctx) })
		g.Go(func() error { b.work(ctx); return nil })
		g.Go(func() error { return use(ctx, crypto) })
		return g.Wait()
	})
}

// run runs the bot. Without it, webhooks are told all the same.
func (r *botRunner) run(ctx context.Context, b *runningBot) error {
	for ctx.Err() == nil {
		if err := b.bot.Run(ctx); err != nil && ctx.Err() == nil {
			r.log.Error("the bot does not run; it is tried again", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(botPause):
		}
	}
	return nil
}

func (r *botRunner) newBot(crypto matrix.Crypto) (*runningBot, error) {
	chat := bot.NewMatrix(bot.MatrixOptions{
		Account: r.account, User: r.cfg.Bot.User, Crypto: crypto, DB: r.db, InvitedBy: r.cfg.Bot.InvitedBy,
		Identity: matrix.IdentityOptions{Recovery: toldRecovery{recoveryFile(r.cfg.Bot.RecoveryKeyFile), r.log}, Password: r.cfg.Bot.Password.Reveal()},
		Deaf:     isVirtual(r.cfg),
		Log:      r.log, Now: time.Now,
	})
	parts, work := botParts{
		cfg: r.cfg, db: r.db, chat: chat, desk: r.desk, log: r.log, version: r.version, started: r.started,
	}, func(context.Context) {}
	if r.cfg.Bot.Trivia.OpenTDB {
		source := opentdb.New(opentdb.Options{Client: &http.Client{Timeout: openTDBTime}, Log: r.log, Now: time.Now})
		parts.live, work = source, source.Run
	}
	features, err := botFeatures(parts)
	if err != nil {
		return nil, fmt.Errorf("make the bot: %w", err)
	}
	b, err := bot.New(bot.Options{
		Chat: chat, DB: r.db, Log: r.log, Now: time.Now, Metrics: r.metrics, Settings: botSettings(r.cfg),
		Ready: chat.Following(),
	}, features...)
	if err != nil {
		return nil, fmt.Errorf("make the bot: %w", err)
	}
	return &runningBot{chat, b, work}, nil
}

// isVirtual returns what tells virtual users from people.
func isVirtual(cfg *config.Config) func(user string) bool {
	virtual, domain := "@"+cfg.Appservice.UserPrefix, ":"+cfg.Homeserver.Domain
	return func(user string) bool { return strings.HasPrefix(user, virtual) && strings.HasSuffix(user, domain) }
}

// botSettings returns the rules of the configuration.
func botSettings(cfg *config.Config) bot.Settings {
	s := bot.Settings{Prefix: cfg.Bot.Prefix, Rooms: staff(cfg, "", 0).Rooms, Rules: map[string]bot.Rule{}}
	for name, c := range cfg.Bot.Commands {
		rule := bot.Rule{Off: !c.Enabled, Power: c.Power, Users: c.Users, Cooldown: (*time.Duration)(c.Cooldown)}
		for _, room := range c.Rooms {
			rule.Rooms = append(rule.Rooms, cfg.RoomReference(room))
		}
		s.Rules[name] = rule
	}
	return s
}

// checkBot returns what is wrong with the bot's configuration, beside what package config
// finds.
func checkBot(cfg *config.Config) config.Errors {
	if cfg.Bot == nil {
		return nil
	}
	names, err := botCommands(cfg)
	if problems, are := errors.AsType[config.Errors](err); are {
		return problems
	}
	if err != nil {
		return config.Errors{cfg.Problem("bot", err.Error(), "")}
	}
	var problems config.Errors
	for name := range cfg.Bot.Commands {
		if !slices.Contains(names, name) {
			problems = append(problems, cfg.Problem("bot.commands."+name, "is no command", "use one of "+strings.Join(names, ", ")))
		}
	}
	return problems
}

// botCommands returns the names of all commands.
func botCommands(cfg *config.Config) ([]string, error) {
	features, err := botFeatures(botParts{cfg: cfg})
	if err != nil {
		return nil, err
	}
	b, err := bot.New(bot.Options{}, features...)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(slices.Values(b.Commands())), nil
}
