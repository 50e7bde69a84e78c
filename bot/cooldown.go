package bot

import (
	"fmt"
	"sync"
	"time"
)

// cooldowns remember when a command may be used again, per user, room and command.
type cooldowns struct {
	mu   sync.Mutex
	ends map[cooldownKey]time.Time
}

type cooldownKey struct{ command, room, user string }

func newCooldowns() cooldowns { return cooldowns{ends: map[cooldownKey]time.Time{}} }

// take begins a cooldown and returns 0, or how long the one that runs still lasts.
func (c *cooldowns) take(command, room, user string, d time.Duration, now time.Time) time.Duration {
	if d <= 0 {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, end := range c.ends {
		if !end.After(now) {
			delete(c.ends, key)
		}
	}
	key := cooldownKey{command, room, user}
	if end, ok := c.ends[key]; ok {
		return end.Sub(now)
	}
	c.ends[key] = now.Add(d)
	return 0
}

// giveBack ends a cooldown: the command could not do its work.
func (c *cooldowns) giveBack(command, room, user string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.ends, cooldownKey{command, room, user})
}

// untilThen writes how long somebody must wait, rounded up: "1 min 52 s".
func untilThen(d time.Duration) string {
	seconds := int((d + time.Second - 1) / time.Second)
	switch {
	case seconds < 60:
		return fmt.Sprintf("%d s", seconds)
	case seconds%60 == 0 || seconds >= 3600:
		return fmt.Sprintf("%d min", (seconds+59)/60)
	}
	return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
}
