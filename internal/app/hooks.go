package app

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

// hooks is what follows from the part of the configuration that a reload changes.
type hooks struct {
	gateway  []gateway.Hook
	profiles map[string]virtualusers.Profile // by hook
}

// compileHooks makes the hooks of a configuration. The error is of type config.Errors and
// says all that is wrong.
func compileHooks(cfg *config.Config) (hooks, error) {
	var problems config.Errors
	h := hooks{profiles: map[string]virtualusers.Profile{}}
	for i, hook := range cfg.Hooks {
		service, _ := formatters.Lookup(hook.Service) // config.Load has checked it
		g := gateway.Hook{
			ID: hook.ID.Reveal(), Name: hook.Name, Service: service, Room: cfg.RoomReference(hook.Room),
			Filter: compile(hook.Filter, &problems), Get: hook.Get, Wait: hook.Wait,
		}
		for _, r := range hook.Routes {
			g.Routes = append(g.Routes, gateway.Route{
				When: compile(r.When, &problems), Room: cfg.RoomReference(r.Room), Mentions: r.Mention, Continue: r.Continue,
			})
		}
		h.gateway = append(h.gateway, g)
		profile, err := profileOf(cfg.Appservice.UserPrefix, hook, service)
		if err != nil {
			path := fmt.Sprintf("hooks[%d].user.avatar", i)
			problems = append(problems, cfg.Problem(path, err.Error(), "name a picture file (PNG, JPEG, GIF or WebP), or a service whose picture comes with the program"))
		}
		h.profiles[hook.Name] = profile
	}
	if len(problems) > 0 {
		return hooks{}, problems
	}
	return h, nil
}

// checkHooks returns what is wrong with the hooks of a configuration, beside what package
// config finds.
func checkHooks(cfg *config.Config) config.Errors {
	_, err := compileHooks(cfg)
	var problems config.Errors
	errors.As(err, &problems)
	return problems
}

func compile(e config.Expr, problems *config.Errors) *gateway.Condition {
	if e.IsZero() {
		return nil
	}
	c, err := gateway.Compile(e.Source)
	var wrong *gateway.CompileError
	if errors.As(err, &wrong) {
		*problems = append(*problems, e.Problem(wrong.Line, wrong.Column-1, wrong.Message, wrong.Remedy))
	}
	return c
}

// profileOf returns who tells a hook's webhooks. What is not configured is only given to a
// user who has none yet.
func profileOf(prefix string, hook config.Hook, service formatters.Service) (virtualusers.Profile, error) {
	p := virtualusers.Profile{
		Localpart:      prefix + hook.User.Localpart,
		Name:           hook.User.Name,
		DefaultName:    service.Title,
		DefaultPicture: virtualusers.Avatar(service.Name),
	}
	if hook.User.Avatar == "" {
		return p, nil
	}
	shipped := strings.TrimSuffix(filepath.Base(hook.User.Avatar), ".png")
	data, err := os.ReadFile(hook.User.Avatar)
	if err != nil {
		if p.Picture = virtualusers.Avatar(shipped); p.Picture.IsZero() {
			return p, fmt.Errorf("no picture %s", hook.User.Avatar)
		}
		return p, nil
	}
	kind := http.DetectContentType(data)
	if !strings.HasPrefix(kind, "image/") {
		return p, fmt.Errorf("%s is not a picture but %s", hook.User.Avatar, kind)
	}
	p.Picture = virtualusers.NewPicture(data, kind)
	return p, nil
}
