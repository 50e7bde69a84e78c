package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// warnOf adds what works and yet may be wrong.
func (c *Config) warnOf(d *decoder) {
	c.warnRooms()
	c.warnProfiles()
	c.warnAddresses()
	if len(c.Hooks) == 0 {
		c.report.warn("hooks", "there are none, so nothing is told", "")
	}
	for _, path := range d.inline {
		if d.exposed && (path != "database" || strings.Contains(c.Database.Reveal(), "@")) {
			c.report.warn(path, "is a secret in a file that every user can read", "chmod 600 "+c.report.file)
			return // once is enough
		}
	}
}

func (c *Config) warnRooms() {
	used := map[string]bool{}
	for _, h := range c.Hooks {
		used[h.Room] = true
		for _, r := range h.Routes {
			used[r.Room] = true
		}
	}
	if c.Bot != nil {
		for _, command := range c.Bot.Commands {
			for _, room := range command.Rooms {
				used[room] = true
			}
		}
		if w := c.Bot.Welcome; w != nil {
			used[w.Space] = true
			for _, room := range w.Rooms {
				used[room] = true
			}
		}
	}
	first := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Rooms)) {
		path := join("rooms", name)
		if !used[name] {
			c.report.warn(path, "no hook uses this room", "")
		}
		if other, taken := first[c.Rooms[name]]; taken {
			c.report.warn(path, fmt.Sprintf("is the same room as rooms.%s", other), "use one name, or the order of the two may differ")
			continue
		}
		first[c.Rooms[name]] = name
	}
}

// warnProfiles finds hooks that share a virtual user and want it to look different.
func (c *Config) warnProfiles() {
	first := map[string]int{}
	for i, h := range c.Hooks {
		j, shared := first[h.User.Localpart]
		if !shared {
			first[h.User.Localpart] = i
			continue
		}
		other := c.Hooks[j].User
		if h.User.Name != "" && other.Name != "" && h.User.Name != other.Name {
			c.report.warn(fmt.Sprintf("hooks[%d].user.name", i), fmt.Sprintf("is another name for the virtual user of hooks[%d]", j), "give one of them a localpart of its own")
		}
		if h.User.Avatar != "" && other.Avatar != "" && h.User.Avatar != other.Avatar {
			c.report.warn(fmt.Sprintf("hooks[%d].user.avatar", i), fmt.Sprintf("is another picture for the virtual user of hooks[%d]", j), "give one of them a localpart of its own")
		}
	}
}
