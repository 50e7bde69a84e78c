package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
)

// hookDesk is the gateway and its outbox as the bot sees them. It implements bot.Desk and
// bot.Works. Its gateway is set before the bot runs.
type hookDesk struct {
	box     *outbox.Outbox
	gateway *gateway.Gateway
	cfg     atomic.Pointer[config.Config] // replaced by a reload
}

// testWait is how long a test waits to be told.
const testWait = 5 * time.Second

// Outbox implements bot.Works.
func (d *hookDesk) Outbox(ctx context.Context) (bot.OutboxState, error) {
	s, err := d.box.Stats(ctx)
	if err != nil {
		return bot.OutboxState{}, err
	}
	state := bot.OutboxState{Pending: s.Pending, Held: s.Held, Dead: s.Dead, Oldest: s.OldestPending}
	names := roomNames(d.cfg.Load())
	for _, lane := range s.Lanes {
		if !lane.Parked.IsZero() {
			state.Parked = append(state.Parked, cmp.Or(names[lane.Room], lane.Room)+": "+oneLine(lane.Reason, 200))
		}
	}
	return state, nil
}

// Hooks implements bot.Works and bot.Desk.
func (d *hookDesk) Hooks(ctx context.Context) ([]bot.HookState, error) {
	latest, err := d.box.Latest(ctx)
	if err != nil {
		return nil, err
	}
	cfg := d.cfg.Load()
	var hooks []bot.HookState
	for _, h := range cfg.Hooks {
		hooks = append(hooks, bot.HookState{Name: h.Name, Service: h.Service, Last: deliveriesOf(cfg, latest[h.Name])})
	}
	return hooks, nil
}

// Open implements bot.Desk.
func (d *hookDesk) Open(ctx context.Context, hook string) ([]bot.OpenMatter, error) {
	open, err := d.box.OpenIncidents(ctx, hook)
	if err != nil {
		return nil, err
	}
	names := roomNames(d.cfg.Load())
	var matters []bot.OpenMatter
	for _, i := range open {
		m := bot.OpenMatter{Hook: i.Hook, Room: cmp.Or(names[i.Room], i.Room), Title: oneLine(cmp.Or(i.Title, i.Key), 120), Since: i.Since}
		if i.EventID != "" {
			m.Link = "https://matrix.to/#/" + i.Room + "/" + i.EventID
		}
		matters = append(matters, m)
	}
	return matters, nil
}

// Last implements bot.Desk.
func (d *hookDesk) Last(ctx context.Context, hook string, limit int) ([]bot.Delivery, error) {
	list, err := d.box.Deliveries(ctx, outbox.Filter{Hook: hook, Limit: limit})
	return deliveriesOf(d.cfg.Load(), list), err
}

// Story implements bot.Desk.
func (d *hookDesk) Story(ctx context.Context, room, event string) (bot.Story, error) {
	found, err := d.box.Story(ctx, room, event)
	if errors.Is(err, outbox.ErrUnknownEvent) {
		err = bot.ErrNoCard
	}
	if err != nil {
		return bot.Story{}, err
	}
	cfg := d.cfg.Load()
	s := bot.Story{Place: found.Room, By: deliveriesOf(cfg, found.By), Also: deliveriesOf(cfg, found.Also)}
	for i, delivery := range found.By {
		if s.By[i].Route, err = d.route(ctx, cfg, delivery); err != nil {
			return bot.Story{}, err
		}
	}
	return s, nil
}

// Replay implements bot.Desk.
func (d *hookDesk) Replay(ctx context.Context, id, place, name string) (int, error) {
	var rooms []string
	if place != "" {
		rooms = []string{place}
	}
	a, err := d.box.ReplayOnce(ctx, id, name, rooms...)
	switch {
	case errors.Is(err, outbox.ErrUnknownWebhook):
		return 0, &bot.Refusal{Text: "There is no webhook with that id, or no more."}
	case errors.Is(err, outbox.ErrNoRooms):
		return 0, &bot.Refusal{Text: "Its hook's filter dropped it, so there is no room to tell it in."}
	case err != nil || !a.Repeat:
		return a.Deliveries, err
	}
	told, err := d.box.DeliveriesOf(ctx, a.ID)
	return len(told), err
}

// deliveriesOf returns deliveries as the bot tells them.
func deliveriesOf(cfg *config.Config, list []outbox.Delivery) []bot.Delivery {
	names := roomNames(cfg)
	var all []bot.Delivery
	for _, d := range list {
		all = append(all, bot.Delivery{
			ID: d.Webhook, Hook: d.Hook, Formatter: d.Formatter, Title: oneLine(d.Title, 120), Received: d.Received,
			Room: cmp.Or(names[d.Room], d.Room), State: string(d.State), Reason: oneLine(d.Reason, 200), Attempts: d.Attempts, ReplayOf: d.ReplayOf,
		})
	}
	return all
}

// route says why a webhook was told in its room, by the routes as they are now, or "".
func (d *hookDesk) route(ctx context.Context, cfg *config.Config, delivery outbox.Delivery) (string, error) {
	hook, err := findHook(cfg, delivery.Hook)
	if err != nil || delivery.ReplayOf != "" || delivery.Room == "" {
		return "", nil //nolint:nilerr // the hook was removed since
	}
	own := ""
	if cfg.RoomReference(hook.Room) == delivery.Room {
		own = "the hook's own room"
	}
	if len(hook.Routes) == 0 {
		return own, nil
	}
	w, err := d.box.Stored(ctx, delivery.Webhook)
	if err != nil || w.Payload.Body == nil {
		return "", err
	}
	req, err := requestOf(ctx, hook, w.Payload)
	if err != nil {
		return "", err
	}
	seen, _ := d.gateway.Preview(req)
	for i, said := range seen.Routes {
		route := hook.Routes[i]
		if said.Holds && cfg.RoomReference(cmp.Or(route.Room, hook.Room)) == delivery.Room {
			return fmt.Sprintf("by route %d, %s", i+1, oneLine(route.When.Source, 100)), nil
		}
	}
	return own, nil
}

// requestOf returns the request that a stored payload came by, as far as it is kept.
func requestOf(ctx context.Context, hook config.Hook, p formatters.Payload) (*http.Request, error) {
	req, err := newRequest(ctx, hook, http.MethodPost, p.Body)
	if err != nil {
		return nil, err
	}
	req.URL.RawQuery = queryOf(p.Query)
	for name, values := range p.Header {
		req.Header[name] = values
	}
	if p.ContentType != "" {
		req.Header.Set("Content-Type", p.ContentType)
	}
	return req, nil
}
