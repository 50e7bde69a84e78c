package gateway

import (
	"fmt"
	"slices"
)

// rooms returns where a webhook is told: nowhere if the filter drops it.
func (g *Gateway) rooms(h *hook, in *input) []Routed {
	if h.Filter != nil {
		// One that cannot be decided is kept.
		if keep, err := h.Filter.holds(in); err != nil {
			g.noteExpr(h, "filter failed, the webhook is kept", err)
		} else if !keep {
			return nil
		}
	}
	var rooms []Routed
	for i := range h.Routes {
		route := &h.Routes[i]
		matches, err := route.When.holds(in)
		if err != nil {
			g.noteExpr(h, "route failed and is passed over", fmt.Errorf("routes[%d].when: %w", i, err))
		}
		if !matches {
			continue
		}
		rooms = addRoom(rooms, route, h.Room)
		if !route.Continue {
			break
		}
	}
	if rooms == nil {
		return h.fallback
	}
	return rooms
}

// exempt says whether a webhook is told by itself. One that cannot be decided is.
func (g *Gateway) exempt(h *hook, in *input) bool {
	if h.Exempt == nil {
		return false
	}
	exempt, err := h.Exempt.holds(in)
	if err != nil {
		g.noteExpr(h, "digest.except failed, the webhook is told by itself", err)
	}
	return exempt || err != nil
}

// addRoom adds a route's room. A room that is there already gets the mentions of both.
func addRoom(rooms []Routed, route *Route, fallback string) []Routed {
	room := route.Room
	if room == "" {
		room = fallback
	}
	i := slices.IndexFunc(rooms, func(r Routed) bool { return r.Room == room })
	if i < 0 {
		return append(rooms, Routed{Room: room, Mentions: slices.Clone(route.Mentions)})
	}
	for _, who := range route.Mentions {
		if !slices.Contains(rooms[i].Mentions, who) {
			rooms[i].Mentions = append(rooms[i].Mentions, who)
		}
	}
	return rooms
}

func (g *Gateway) noteExpr(h *hook, message string, err error) {
	g.metrics.ExprError(h.Name)
	h.warn(g.log, message, err)
}
