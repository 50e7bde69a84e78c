package app

import (
	"errors"
	"io"
	"log/slog"
	"os"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// Env is what a command sees of the world.
type Env struct {
	Args   []string
	Getenv func(string) string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Config string // the path of hooks.yaml; "" looks in the usual places
}

// usualPlaces is where the configuration is looked for when no path is given.
var usualPlaces = []string{"hooks.yaml", "/etc/lotus-hooks/hooks.yaml"}

// configPath returns the path of the configuration.
func (e Env) configPath() (string, error) {
	if e.Config != "" {
		return e.Config, nil
	}
	for _, path := range usualPlaces {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no configuration: write ./hooks.yaml or /etc/lotus-hooks/hooks.yaml, or name one with -c (hooks.example.yaml shows all of it)")
}

// loadConfig reads the configuration.
func (e Env) loadConfig() (*config.Config, error) {
	path, err := e.configPath()
	if err != nil {
		return nil, err
	}
	return config.Load(path, e.Getenv, checkHooks)
}

// logger returns the log that the configuration asks for.
func (e Env) logger(c config.Log) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.Level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(e.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(e.Stderr, options))
}
