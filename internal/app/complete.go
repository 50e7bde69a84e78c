package app

import (
	"slices"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// ServiceNames returns the names of the services, for the shell's completion.
func ServiceNames() []string {
	var names []string
	for _, s := range formatters.Services() {
		names = append(names, s.Name)
	}
	return names
}

// HookNames returns the names of the configured hooks, for the shell's completion: none where
// there is no configuration, or a wrong one.
func HookNames(e Env) []string {
	cfg, err := e.loadConfig()
	if err != nil {
		return nil
	}
	var names []string
	for _, h := range cfg.Hooks {
		names = append(names, h.Name)
	}
	return names
}

// States returns what deliveries can be listed by.
func States() []string { return slices.Clone(states) }
