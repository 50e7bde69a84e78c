package app

import (
	"context"
	"errors"
	"fmt"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// errFindings says that a check has found something; it is printed already.
var errFindings = errors.New("the check has found problems")

// Check prints what is wrong with the configuration and, online, with what it refers to on
// the homeserver: a line per finding, with the remedy.
func Check(ctx context.Context, e Env, online bool) error {
	path, err := e.configPath()
	if err != nil {
		return err
	}
	cfg, err := config.Load(path, e.Getenv, checkHooks)
	if err != nil {
		return err
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintln(e.Stdout, "warning:", w)
	}
	if online {
		if err := checkOnline(ctx, e, cfg); err != nil {
			return err
		}
	}
	fmt.Fprintf(e.Stdout, "%s is good: %s\n", path, counted(len(cfg.Hooks), "hook"))
	return nil
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
