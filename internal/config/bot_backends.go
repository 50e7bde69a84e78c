package config

import (
	"fmt"
	"net"
	"time"
)

// maxTokens bounds an answer; a longer one would not fit a message.
const maxTokens = 8000

func (c *Config) validateBackends() {
	if a := c.Bot.Ask; a != nil {
		if a.Tokens < 1 || a.Tokens > maxTokens {
			c.report.problem("bot.ask.tokens", "is out of range", fmt.Sprintf("use a number from 1 to %d", maxTokens))
		}
		if t := time.Duration(a.Time); t < time.Second || t > time.Hour {
			c.report.problem("bot.ask.time", "is out of range", "use a time from 1s to 1h")
		}
	}
	if m := c.Bot.Minecraft; m != nil && m.Address != "" {
		if _, port, err := net.SplitHostPort(m.Address); err != nil || port == "" {
			c.report.problem("bot.minecraft.address", "is no address", `write it as "127.0.0.1:25575"`)
		}
	}
}
