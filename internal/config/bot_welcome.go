package config

import (
	"fmt"
	"strings"
)

// maxWelcome is the longest greeting, in bytes: it is sent as text and as HTML.
const maxWelcome = 8 << 10

func (c *Config) validateWelcome() {
	w := c.Bot.Welcome
	if w == nil {
		return
	}
	c.validateRoom(w.Space, "bot.welcome.space")
	for i, room := range w.Rooms {
		c.validateRoom(room, fmt.Sprintf("bot.welcome.rooms[%d]", i))
	}
	if len(w.Rooms) == 0 && !c.report.wrong("bot.welcome.rooms") && c.report.given("bot.welcome.rooms") {
		c.report.problem("bot.welcome.rooms", "names no room", "name the rooms that a ✅ invites to")
	}
	if len(w.Text) > maxWelcome || c.report.given("bot.welcome.text") && w.Text != "" && strings.TrimSpace(w.Text) == "" {
		c.report.problem("bot.welcome.text", "is blank, or longer than 8 KiB", "write what new members are to read")
	}
	if w.Burst < 1 || w.Burst > 1000 {
		c.report.problem("bot.welcome.burst", "is out of range", "use a number from 1 to 1000")
	}
}
