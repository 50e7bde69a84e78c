package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

// resetTime bounds a reset of the bot's identity.
const resetTime = time.Minute

// errNoBot says that a command for the bot has none to work on.
var errNoBot = errors.New("there is no bot: hooks.yaml has no section bot")

// BotRecoveryKey prints the recovery key of the bot's account, once.
func BotRecoveryKey(e Env) error {
	cfg, err := e.loadConfig()
	if err != nil {
		return err
	}
	if cfg.Bot == nil {
		return errNoBot
	}
	return recoveryFile(cfg.Bot.RecoveryKeyFile).show(e.Stdout, time.Now())
}

// BotResetIdentity makes new cross-signing keys for the bot's account in the place of those
// that it has, and prints their recovery key. The program must not run.
func BotResetIdentity(ctx context.Context, e Env, yes bool) (err error) {
	cfg, err := e.loadConfig()
	if err != nil {
		return err
	}
	if cfg.Bot == nil {
		return errNoBot
	}
	if !yes {
		return fmt.Errorf("this replaces the cross-signing keys of %s: the account's other sessions are no longer verified, "+
			"people who have verified it see a warning once, and the old recovery key opens nothing any more. If you want that, add --yes", cfg.Bot.User)
	}
	log := e.logger(cfg.Log)
	life := newLifecycle(log)
	defer func() { err = errors.Join(err, life.end()) }()
	ctx, cancel := context.WithTimeout(mautrix.WithMaxRetries(ctx, 0), resetTime)
	defer cancel()
	keys, account, err := openBot(ctx, cfg, log, life)
	if err != nil {
		return err
	}
	err = errors.New("another process leads: stop all that share the database first")
	if held := keys.Hold(ctx, func(ctx context.Context, crypto matrix.Crypto) error {
		defer cancel()
		err = resetIdentity(ctx, cfg, crypto, account, log)
		return nil
	}); held != nil {
		return held
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Stderr, "%s has new cross-signing keys. Keep a copy of their recovery key where you keep passwords. It is shown this once; %s holds it:\n", cfg.Bot.User, cfg.Bot.RecoveryKeyFile)
	return BotRecoveryKey(e)
}

// openBot opens what holds the bot's keys and session, while the program does not run.
func openBot(ctx context.Context, cfg *config.Config, log *slog.Logger, life *lifecycle) (*keyring, *virtualusers.Account, error) {
	release, err := store.Reserve(ctx, cfg.Database.Reveal())
	if err != nil {
		return nil, nil, err
	}
	life.onEnd("reservation", release)
	db, err := store.Open(ctx, cfg.Database.Reveal())
	if err != nil {
		return nil, nil, err
	}
	life.onEnd("database", db.Close)
	keys, err := openKeys(cfg.Database.Reveal(), db, log, life)
	if err != nil {
		return nil, nil, err
	}
	hs, err := matrix.New(matrix.Options{
		URL: string(cfg.Homeserver.URL), Domain: cfg.Homeserver.Domain, Token: cfg.Appservice.Registration.ASToken.Reveal(),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("homeserver: %w", err)
	}
	return keys, virtualusers.NewAccount(virtualusers.AccountOptions{
		Homeserver: hs, User: id.UserID(cfg.Bot.User), Password: cfg.Bot.Password.Reveal(), Token: cfg.Bot.Token.Reveal(),
		DB: db.SQL(), Log: log,
	}), nil
}

func resetIdentity(ctx context.Context, cfg *config.Config, crypto matrix.Crypto, account *virtualusers.Account, log *slog.Logger) error {
	reset := func(client *mautrix.Client) error {
		device, err := crypto.Account(ctx, client, matrix.AccountOptions{Log: log})
		if errors.Is(err, matrix.ErrDeviceLost) {
			return errors.Join(err, account.Renew(ctx, client))
		}
		if err != nil {
			return err
		}
		_, err = device.Identify(ctx, matrix.IdentityOptions{
			Recovery: recoveryFile(cfg.Bot.RecoveryKeyFile), Password: cfg.Bot.Password.Reveal(), Reset: true,
		})
		return err
	}
	err := account.As(ctx, reset)
	if errors.Is(err, matrix.ErrDeviceLost) {
		err = account.As(ctx, reset)
	}
	if errors.Is(err, mautrix.MForbidden) || errors.Is(err, mautrix.MUnknownToken) {
		return fmt.Errorf("the homeserver does not let the bot replace its keys: is bot.password right? %w", err)
	}
	return err
}
