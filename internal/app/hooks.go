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
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

// hooks is what follows from the part of the configuration that a reload changes.
type hooks struct {
	gateway  []gateway.Hook
	profiles map[string]virtualusers.Profile // by hook
	policies map[string]incident.Policy      // by hook
}

// compileHooks makes the hooks of a configuration. The error is of type config.Errors and
// says all that is wrong.
func compileHooks(cfg *config.Config) (hooks, error) {
	var problems config.Errors
	h := hooks{profiles: map[string]virtualusers.Profile{}, policies: map[string]incident.Policy{}}
	for i, hook := range cfg.Hooks {
		service := serviceOf(cfg, hook, &problems)
		g := gateway.Hook{
			ID: hook.ID.Reveal(), Name: hook.Name, Service: service, Room: cfg.RoomReference(hook.Room),
			Filter: compile(filterOf(hook, service), &problems), Get: hook.Get, Wait: hook.Wait,
			Exempt: compile(hook.Digest.Except, &problems),
			Auth:   authOf(cfg, hook, fmt.Sprintf("hooks[%d].auth", i), &problems), Rate: rateOf(hook), Answer: answerOf(hook),
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
		h.policies[hook.Name] = policyOf(cfg, hook, service)
	}
	if len(problems) > 0 {
		return hooks{}, problems
	}
	return h, nil
}

// checkHooks returns what is wrong with the hooks and the bot of a configuration, beside what
// package config finds.
func checkHooks(cfg *config.Config) config.Errors {
	_, err := compileHooks(cfg)
	var problems config.Errors
	errors.As(err, &problems)
	return append(problems, checkBot(cfg)...)
}

// filterOf returns the hook's own filter, whatever it keeps, or else its service's.
func filterOf(hook config.Hook, service formatters.Service) config.Expr {
	if hook.Filter.IsZero() {
		return config.Expr{Source: service.DefaultFilter}
	}
	return hook.Filter
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

// serviceOf returns a hook's service, or for a custom hook the one that its format makes.
func serviceOf(cfg *config.Config, hook config.Hook, problems *config.Errors) formatters.Service {
	if hook.Service != formatters.Custom {
		s, _ := formatters.Lookup(hook.Service) // config.Load has checked it
		return s
	}
	sources := map[string]config.Expr{}
	var fields []formatters.CustomField
	for _, e := range hook.Format.Exprs() {
		sources[e.Name] = e.Expr
		fields = append(fields, formatters.CustomField{Name: e.Name, Source: e.Source})
	}
	s, err := formatters.CompileCustom(hook.Name, cfg.Timezone.Location, fields)
	var wrong formatters.FieldErrors
	if errors.As(err, &wrong) {
		for _, w := range wrong {
			*problems = append(*problems, sources[w.Field].Problem(w.Line, w.Column-1, w.Message, w.Remedy))
		}
	}
	return s
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
	if hook.Service == formatters.Custom {
		p.DefaultPicture = virtualusers.Avatar("generic")
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
