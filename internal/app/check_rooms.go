package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// checkedRoom is a room that hooks tell, or in which the bot is spoken to.
type checkedRoom struct {
	name      string    // as the configuration calls it
	reference string    // "!…" or "#…"
	id        id.RoomID // where it is now

	speakers []id.UserID // the virtual users that tell it, and the bot where it is spoken to
	callers  []id.UserID // those of them that ping the whole room
	hooks    bool        // whether hooks tell it
	welcomes bool        // whether the bot invites new members to it
	space    bool        // whether the bot greets its new members
}

func (r *checkedRoom) what() string { return "room " + r.name }

// told returns the rooms that hooks and routes tell and that the bot's section names, in the
// order of their references.
func (c *onlineCheck) told() []*checkedRoom {
	rooms := map[string]*checkedRoom{}
	named := func(name string) *checkedRoom {
		reference := c.cfg.RoomReference(name)
		if rooms[reference] == nil {
			rooms[reference] = &checkedRoom{name: name, reference: reference}
		}
		return rooms[reference]
	}
	add := func(name string, speaker id.UserID, mentions []string) *checkedRoom {
		r := named(name)
		if !slices.Contains(r.speakers, speaker) {
			r.speakers = append(r.speakers, speaker)
		}
		if slices.Contains(mentions, "@room") && !slices.Contains(r.callers, speaker) {
			r.callers = append(r.callers, speaker)
		}
		return r
	}
	for _, h := range c.cfg.Hooks {
		speaker := id.UserID(c.cfg.UserID(h))
		add(h.Room, speaker, nil).hooks = true
		for _, route := range h.Routes {
			room := route.Room
			if room == "" {
				room = h.Room
			}
			add(room, speaker, route.Mention).hooks = true
		}
	}
	if c.cfg.Bot != nil {
		for _, command := range c.cfg.Bot.Commands {
			for _, name := range command.Rooms {
				add(name, c.inviter.UserID, nil)
			}
		}
		if name := c.cfg.Bot.Wordle.Room; name != "" {
			add(name, c.inviter.UserID, nil)
		}
		if w := c.cfg.Bot.Welcome; w != nil {
			named(w.Space).space = true
			for _, name := range w.Rooms {
				named(name).welcomes = true
			}
		}
	}
	var list []*checkedRoom
	for _, reference := range slices.Sorted(maps.Keys(rooms)) {
		list = append(list, rooms[reference])
	}
	return list
}

// rooms checks each room, as the account that is invited to them.
func (c *onlineCheck) rooms(ctx context.Context) {
	if c.cfg.Bot != nil && c.cfg.Bot.Token.IsZero() {
		defer func() { _, _ = c.inviter.Logout(ctx) }() // the session of this check; one that stays does no harm
	}
	first := map[id.RoomID]string{}
	for _, r := range c.told() {
		if !c.resolve(ctx, r) || !c.join(ctx, r) || !c.follow(ctx, r) {
			continue
		}
		if r.hooks {
			if name := first[r.id]; name != "" {
				c.problem(r.what(), "is the same room as "+name, "use one name for it everywhere, so that its order holds")
				continue
			}
			first[r.id] = r.name
		}
		c.inside(ctx, r)
	}
}

// resolve finds the room's id.
func (c *onlineCheck) resolve(ctx context.Context, r *checkedRoom) bool {
	if r.reference[0] != '#' {
		r.id = id.RoomID(r.reference)
		return true
	}
	resp, err := c.inviter.ResolveAlias(ctx, id.RoomAlias(r.reference))
	if err != nil {
		c.problem(r.what(), fmt.Sprintf("the alias %s leads nowhere: %s", r.reference, reason(err)),
			"give the room this address in its settings, or use the room's id")
		return false
	}
	r.id = resp.RoomID
	return true
}

// join checks that the inviter is in the room. An invitation is accepted when it is first
// needed, so that it is accepted here.
func (c *onlineCheck) join(ctx context.Context, r *checkedRoom) bool {
	if c.membership(ctx, r.id, c.inviter.UserID) == event.MembershipJoin {
		return true
	}
	_, err := c.inviter.JoinRoomByID(ctx, r.id)
	switch {
	case err == nil:
		return true
	case errors.Is(err, mautrix.MForbidden):
		c.problem(r.what(), fmt.Sprintf("%s may not join: %s", c.inviter.UserID, reason(err)), "invite it to the room once; it then lets the virtual users in")
	default:
		c.problem(r.what(), fmt.Sprintf("%s cannot join: %s", c.inviter.UserID, reason(err)),
			"copy the id from the room's settings, under Advanced, and invite "+c.inviter.UserID.String()+" to the room")
	}
	return false
}

func (c *onlineCheck) membership(ctx context.Context, room id.RoomID, user id.UserID) event.Membership {
	var member event.MemberEventContent
	if err := c.inviter.StateEvent(ctx, room, event.StateMember, user.String(), &member); err != nil {
		return event.MembershipLeave
	}
	return member.Membership
}

// maxUpgrades bounds how often in a row a room may have been upgraded.
const maxUpgrades = 10

// follow goes on to the room that has taken the room's place.
func (c *onlineCheck) follow(ctx context.Context, r *checkedRoom) bool {
	upgraded := false
	for range maxUpgrades {
		var tombstone event.TombstoneEventContent
		err := c.inviter.StateEvent(ctx, r.id, event.StateTombstone, "", &tombstone)
		if err != nil || tombstone.ReplacementRoom == "" {
			break
		}
		r.id, upgraded = tombstone.ReplacementRoom, true
		if !c.join(ctx, r) {
			return false
		}
	}
	if upgraded {
		c.good(r.what(), "was upgraded: its messages go to %s, which you may write in the place of %s", r.id, r.reference)
	}
	return true
}
