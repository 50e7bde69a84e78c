package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// inside checks what the virtual users can do in a room that their inviter is in.
func (c *onlineCheck) inside(ctx context.Context, r *checkedRoom) {
	encrypted, ok := c.encryption(ctx, r)
	if !ok {
		return
	}
	levels, err := c.levels(ctx, r.id)
	if err != nil {
		c.problem(r.what(), "its power levels cannot be read: "+reason(err), "try again; then look into the homeserver's log")
		return
	}
	needs := event.EventMessage
	how := "not encrypted"
	if encrypted {
		needs, how = event.EventEncrypted, "encrypted"
	}
	if !c.enter(ctx, r, levels, encrypted) || !c.welcomes(r, levels) {
		return
	}
	if mute := below(levels, r.speakers, levels.GetEventLevel(needs)); len(mute) > 0 {
		c.problem(r.what(), fmt.Sprintf("%s may not speak: that takes power level %d", listed(mute), levels.GetEventLevel(needs)),
			"give them that in the room's settings, or let everybody send messages")
		return
	}
	if quiet := below(levels, r.callers, levels.Notifications.Room()); len(quiet) > 0 {
		c.problem(r.what(), fmt.Sprintf("%s may not ping @room: that takes power level %d", listed(quiet), levels.Notifications.Room()),
			"give them that in the room's settings, or mention people by their user ids")
		return
	}
	c.good(r.what(), "is joined and %s", how)
}

// welcomes checks that the bot can do with the room what the welcome of new members takes.
func (c *onlineCheck) welcomes(r *checkedRoom, levels *event.PowerLevelsEventContent) bool {
	if own := levels.GetUserLevel(c.inviter.UserID); r.welcomes && own < levels.Invite() {
		c.problem(r.what(), fmt.Sprintf("%s may not invite new members: it has power level %d, and that takes %d", c.inviter.UserID, own, levels.Invite()),
			fmt.Sprintf("give it %d in the room's settings", levels.Invite()))
		return false
	}
	if r.space && levels.CreateEvent.Content.Raw["type"] != string(event.RoomTypeSpace) {
		c.problem(r.what(), "is named as bot.welcome.space, and is no space", "name the space whose new members are to be greeted")
		return false
	}
	return true
}

// encryption says whether the room is encrypted, and whether we can do that.
func (c *onlineCheck) encryption(ctx context.Context, r *checkedRoom) (encrypted, ok bool) {
	var encryption event.EncryptionEventContent
	err := c.inviter.StateEvent(ctx, r.id, event.StateEncryption, "", &encryption)
	switch {
	case errors.Is(err, mautrix.MNotFound):
		return false, true
	case err != nil:
		c.problem(r.what(), "whether it is encrypted cannot be read: "+reason(err), "try again; then look into the homeserver's log")
	case encryption.Algorithm != id.AlgorithmMegolmV1:
		c.problem(r.what(), fmt.Sprintf("is encrypted by %q, which lotus-hooks does not know", encryption.Algorithm), "use another room")
	case !matrix.Encrypts:
		c.problem(r.what(), "is encrypted, and this program was built without encryption", "build it with -tags goolm, as make build does")
	default:
		return true, true
	}
	return true, false
}

// levels reads who may do what. Creators may do all, from room version 12 on.
func (c *onlineCheck) levels(ctx context.Context, room id.RoomID) (*event.PowerLevelsEventContent, error) {
	var levels event.PowerLevelsEventContent
	err := c.inviter.StateEvent(ctx, room, event.StatePowerLevels, "", &levels)
	if err != nil && !errors.Is(err, mautrix.MNotFound) { // without them, everybody may speak and invite
		return nil, err
	}
	create, err := c.inviter.FullStateEvent(ctx, room, event.StateCreate, "")
	if err != nil {
		return nil, err
	}
	levels.CreateEvent = create
	return &levels, nil
}

// enter checks that the virtual users are in the room, or can be let in.
func (c *onlineCheck) enter(ctx context.Context, r *checkedRoom, levels *event.PowerLevelsEventContent, encrypted bool) bool {
	users := slices.Clone(r.speakers)
	if encrypted && c.cfg.Bot == nil {
		users = append(users, c.homeserver.UserID(c.cfg.Appservice.UserPrefix+followerName))
	}
	var outside, banned []id.UserID
	for _, user := range users {
		switch c.membership(ctx, r.id, user) {
		case event.MembershipJoin, event.MembershipInvite:
		case event.MembershipBan:
			banned = append(banned, user)
		default:
			outside = append(outside, user)
		}
	}
	if len(banned) > 0 {
		c.problem(r.what(), listed(banned)+" may not enter: banned", "lift the ban in the room's settings")
		return false
	}
	if len(outside) == 0 {
		return true
	}
	var rules event.JoinRulesEventContent
	if err := c.inviter.StateEvent(ctx, r.id, event.StateJoinRules, "", &rules); err == nil && rules.JoinRule == event.JoinRulePublic {
		return true
	}
	if own := levels.GetUserLevel(c.inviter.UserID); own < levels.Invite() {
		c.problem(r.what(), fmt.Sprintf("%s may not invite %s: it has power level %d, and that takes %d", c.inviter.UserID, listed(outside), own, levels.Invite()),
			fmt.Sprintf("give it %d in the room's settings, or invite them yourself", levels.Invite()))
		return false
	}
	return true
}

// below returns the users whose power level is less than needed.
func below(levels *event.PowerLevelsEventContent, users []id.UserID, needed int) []id.UserID {
	return slices.DeleteFunc(slices.Clone(users), func(user id.UserID) bool { return levels.GetUserLevel(user) >= needed })
}

// listed names some users.
func listed(users []id.UserID) string {
	const most = 4
	var names []string
	for _, user := range users[:min(len(users), most)] {
		names = append(names, user.String())
	}
	if more := len(users) - most; more > 0 {
		return strings.Join(names, ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}
