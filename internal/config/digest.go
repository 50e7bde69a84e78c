package config

import (
	"fmt"
	"time"
)

const (
	maxBurst  = 1000 // which bounds what is remembered of a room
	minWindow = 10 * time.Second
	maxWindow = time.Hour
	minRemind = time.Minute
)

func (c *Config) validateDigest() {
	c.validateBurst(c.Digest.Burst, "digest.burst")
	c.validateBurst(c.Digest.RoomBurst, "digest.room_burst")
	c.validateWindow(c.Digest.Window, "digest.window")
	c.validateWindow(c.Digest.RoomWindow, "digest.room_window")
	for i, h := range c.Hooks {
		path := fmt.Sprintf("hooks[%d]", i)
		c.validateBurst(h.Digest.Burst, path+".digest.burst")
		c.validateWindow(h.Digest.Window, path+".digest.window")
		if c.report.usable(path+".remind") && h.Remind < Duration(minRemind) {
			c.report.problem(path+".remind", "is too often", "use at least 1m, or leave it out")
		}
		if c.report.usable(path+".reopen_after") && h.ReopenAfter < Duration(minRemind) {
			c.report.problem(path+".reopen_after", "is too short", "use at least 1m")
		}
		c.validateActions(h.OnUpdate, path+".on_update")
		c.validateActions(h.OnResolve, path+".on_resolve")
	}
}

func (c *Config) validateActions(names []string, path string) {
	if c.report.usable(path) && len(names) == 0 {
		c.report.problem(path, "is an empty list", "name what it does, such as [edit], or leave the key out")
	}
}

func (c *Config) validateBurst(n int, path string) {
	if c.report.usable(path) && (n < 1 || n > maxBurst) {
		c.report.problem(path, "is out of range", fmt.Sprintf("use a number from 1 to %d; enabled: false tells everything by itself", maxBurst))
	}
}

func (c *Config) validateWindow(d Duration, path string) {
	if c.report.usable(path) && (d < Duration(minWindow) || d > Duration(maxWindow)) {
		c.report.problem(path, "is out of range", "use a time from 10s to 1h")
	}
}
