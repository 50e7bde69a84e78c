package homeserver

import (
	"encoding/json"
	"math"
	"slices"
)

// powerLevels is the content of m.room.power_levels. A level that is not there is nil where
// its default is not 0.
type powerLevels struct {
	Users         map[string]int `json:"users"`
	UsersDefault  int            `json:"users_default"`
	Events        map[string]int `json:"events"`
	EventsDefault int            `json:"events_default"`
	StateDefault  *int           `json:"state_default"`
	Invite        int            `json:"invite"`
	Kick          *int           `json:"kick"`
	Ban           *int           `json:"ban"`
	Redact        *int           `json:"redact"`
}

func parseLevels(content json.RawMessage) powerLevels {
	var levels powerLevels
	_ = json.Unmarshal(content, &levels) // checked before the event was made
	return levels
}

func or50(level *int) int {
	if level == nil {
		return 50
	}
	return *level
}

// toSend returns the level that sending an event asks for.
func (l powerLevels) toSend(kind string, state bool) int {
	if level, named := l.Events[kind]; named {
		return level
	}
	if state {
		return or50(l.StateDefault)
	}
	return l.EventsDefault
}

// toChange returns the level that changing another's membership asks for.
func (l powerLevels) toChange(action string) int {
	switch action {
	case "invite":
		return l.Invite
	case "kick":
		return or50(l.Kick)
	default:
		return or50(l.Ban)
	}
}

// level returns a user's power. Creators have more than a number can say, from version 12
// on; before, the power levels name them.
func (rm *room) level(userID string) int {
	if roomVersions[rm.version].creatorPower && slices.Contains(rm.creators, userID) {
		return math.MaxInt
	}
	if level, named := rm.levels.Users[userID]; named {
		return level
	}
	return rm.levels.UsersDefault
}

// mayChangeLevels checks new power levels: nobody gives more than they have, nor takes from
// those who have as much.
func (rm *room) mayChangeLevels(sender string, content json.RawMessage) error {
	var levels powerLevels
	if err := json.Unmarshal(content, &levels); err != nil {
		return errBadRequest("M_BAD_JSON", "power levels: %v", err)
	}
	for _, creator := range rm.creators {
		if _, named := levels.Users[creator]; named && roomVersions[rm.version].creatorPower {
			return errBadRequest("M_UNKNOWN", "Creator user %s must not appear in content.users", creator)
		}
	}
	own := rm.level(sender)
	changed := func(user string) (before, after int, changed bool) {
		before, wasNamed := rm.levels.Users[user]
		after, isNamed := levels.Users[user]
		return before, after, before != after || wasNamed != isNamed
	}
	for _, users := range []map[string]int{rm.levels.Users, levels.Users} {
		for user := range users {
			before, after, changes := changed(user)
			if changes && (after > own || before >= own && user != sender) {
				return errForbidden("You don't have permission to change the level of %s", user)
			}
		}
	}
	return nil
}
