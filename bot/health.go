package bot

import (
	"context"
	"net"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/probe"
)

// HealthOptions are what !health looks at, and what the configuration says of it.
type HealthOptions struct {
	Version string
	Started time.Time
	Line    Line
	Works   Works
	Probes  []probe.Probe
	Dialer  probe.Dialer  // nil is a plain one
	Limit   time.Duration // for all probes, which run at once
	Staff   Staff         // who is told addresses and errors
}

// Works is the gateway and its outbox, as far as !health looks at them.
type Works interface {
	Outbox(ctx context.Context) (OutboxState, error)
	// Hooks returns the configured hooks, in their order.
	Hooks(ctx context.Context) ([]HookState, error)
}

// OutboxState is how full the outbox is.
type OutboxState struct {
	Pending int64 // deliveries that wait for their turn
	Held    int64 // those that wait for a digest and the like
	Dead    int64 // those that could not be told
	Oldest  time.Duration
	Parked  []string // the rooms that cannot be told now, each with the reason
}

// HookState is a hook and its latest webhook.
type HookState struct {
	Name, Service string
	Last          []Delivery // of the latest webhook, one per room; nil when there is none
}

// healthCooldown keeps the probed services from being asked all the time.
const healthCooldown = 10 * time.Second

// Health is the command that says how the bot, the gateway and the services are.
func Health(o HealthOptions) Feature {
	if o.Dialer == nil {
		o.Dialer = &net.Dialer{}
	}
	return Feature{Name: "health", Commands: []Command{{
		Name:    "health",
		Aliases: []string{"status"},
		Usage:   "[details]",
		Summary: "how I am, and how our services are",
		Details: "details: with addresses and errors, for moderators in the rooms that I was set up for",
		Run:     o.run, Background: true, Cooldown: healthCooldown,
	}}}
}

func (o HealthOptions) run(ctx context.Context, c *Call) error {
	details := false
	switch strings.ToLower(c.Args) {
	case "":
	case "details":
		staff, err := o.Staff.includes(ctx, c)
		if err != nil {
			return err
		}
		if !staff {
			return &Refusal{Text: "Details are for moderators, in the rooms that I was set up for."}
		}
		details = true
	default:
		return &UsageError{}
	}
	report := healthReport{options: &o, now: c.Now, details: details, status: o.Line.Status()}
	report.outbox, report.outboxErr = o.Works.Outbox(ctx)
	report.hooks, report.hooksErr = o.Works.Hooks(ctx)
	report.services = probe.All(ctx, o.Dialer, o.Limit, o.Probes)
	_, err := c.Reply(ctx, report.draw())
	return err
}
