package app

import (
	"cmp"
	"context"
	"fmt"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
)

// decider decides by the policies of the hooks as they are configured now.
type decider struct {
	policies atomic.Pointer[map[string]incident.Policy] // by hook; replaced by a reload
}

func (d *decider) decide(in incident.Input) incident.Decision {
	if policies := d.policies.Load(); policies != nil {
		in.Policy = (*policies)[in.Hook]
	}
	return incident.Decide(in)
}

// policyOf returns how a hook wants its incidents told.
func policyOf(cfg *config.Config, hook config.Hook, service formatters.Service) incident.Policy {
	onUpdate := hook.OnUpdate
	if onUpdate == nil {
		onUpdate = service.OnUpdate
	}
	update, _ := incident.ParseActions(onUpdate) // config.Load and a test have checked the names
	resolve, _ := incident.ParseActions(hook.OnResolve)
	return incident.Policy{
		OnUpdate: update, OnResolve: resolve,
		Remind: time.Duration(hook.Remind), ReopenAfter: time.Duration(hook.ReopenAfter),
		Digest: incident.Limits{
			Off:        !cfg.Digest.Enabled || !hook.Digest.Enabled,
			Burst:      cmp.Or(hook.Digest.Burst, cfg.Digest.Burst),
			Window:     time.Duration(cmp.Or(hook.Digest.Window, cfg.Digest.Window)),
			RoomBurst:  cfg.Digest.RoomBurst,
			RoomWindow: time.Duration(cfg.Digest.RoomWindow),
		},
	}
}

// Incidents prints what is open, of all hooks with "".
func Incidents(ctx context.Context, e Env, hook string, asJSON bool) error {
	return withOutbox(ctx, e, func(cfg *config.Config, box *outbox.Outbox) error {
		list, err := box.OpenIncidents(ctx, hook)
		if err != nil {
			return err
		}
		if len(list) == 0 && hook != "" { // a hook of yesterday may have some
			if _, err := findHook(cfg, hook); err != nil {
				return err
			}
		}
		if asJSON {
			return printJSON(e.Stdout, list)
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(e.Stdout, "none")
			return err
		}
		names := roomNames(cfg)
		t := tabwriter.NewWriter(e.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "SINCE\tHOOK\tROOM\tWHAT")
		for _, i := range list {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", i.Since.In(cfg.Timezone.Location).Format("2006-01-02 15:04:05"),
				i.Hook, cmp.Or(names[i.Room], i.Room), oneLine(cmp.Or(i.Title, i.Key), 100))
		}
		return t.Flush()
	})
}

// roomNames returns what the configuration calls each room reference.
func roomNames(cfg *config.Config) map[string]string {
	names := map[string]string{}
	for name, reference := range cfg.Rooms {
		names[reference] = name
	}
	return names
}
