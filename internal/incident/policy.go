package incident

import (
	"fmt"
	"strings"
	"time"
)

// Policy is how a hook wants its incidents told.
type Policy struct {
	OnUpdate    Actions       // what a change does; 0 is Edit, and Reply too when it got worse
	OnResolve   Actions       // what the end does; 0 is Edit and Reply
	Remind      time.Duration // after which an open incident is told anew; 0 is never
	ReopenAfter time.Duration // a card older than this is not changed any more, but told anew; 0 is a week
	Digest      Limits
}

// Limits say when a room is told too much.
type Limits struct {
	Off        bool          // nothing is digested
	Burst      int           // deliveries of one hook within Window that are told one by one; 0 is 5
	Window     time.Duration // 0 is 30 s
	RoomBurst  int           // the same over all hooks; 0 is 10
	RoomWindow time.Duration // 0 is 60 s
}

// withDefaults fills what is not said.
func (p Policy) withDefaults() Policy {
	fill := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	if p.OnResolve == 0 {
		p.OnResolve = ActionEdit | ActionReply
	}
	fill(&p.ReopenAfter, 7*24*time.Hour)
	fill(&p.Digest.Window, 30*time.Second)
	fill(&p.Digest.RoomWindow, time.Minute)
	if p.Digest.Burst == 0 {
		p.Digest.Burst = 5
	}
	if p.Digest.RoomBurst == 0 {
		p.Digest.RoomBurst = 10
	}
	return p
}

// Actions is a set of ways to tell a change.
type Actions uint8

// The ways to tell a change.
const (
	ActionEdit   Actions = 1 << iota // the card changes
	ActionReply                      // a line answers the card
	ActionReact                      // an emoji on the card
	ActionThread                     // a line in the card's thread
	ActionNew                        // a new card; the old one turns grey
)

var actionNames = []string{"edit", "reply", "react", "thread", "new"}

// ActionNames returns the names of all actions, as the configuration writes them.
func ActionNames() []string { return append([]string(nil), actionNames...) }

// ParseActions returns the set of the named actions.
func ParseActions(names []string) (Actions, error) {
	var set Actions
next:
	for _, name := range names {
		for i, known := range actionNames {
			if name == known {
				set |= 1 << i
				continue next
			}
		}
		return 0, fmt.Errorf("unknown action %q: use %s", name, strings.Join(actionNames, ", "))
	}
	return set, nil
}

func (a Actions) has(one Actions) bool { return a&one != 0 }
