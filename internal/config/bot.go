package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// maxPrefix is the longest prefix of commands, in bytes.
const maxPrefix = 8

func (c *Config) validateBot() {
	if c.Bot == nil {
		return
	}
	switch {
	case !c.Bot.Password.IsZero() && !c.Bot.Token.IsZero():
		c.report.problem("bot.token", "is given together with a password", "keep one of the two")
	case !c.report.given("bot.password") && !c.report.given("bot.token"):
		c.report.problem("bot", "has neither password nor token", "give password_file or token_file")
	}
	switch {
	case c.Bot.User == "":
	case !isUserID(c.Bot.User):
		c.report.problem("bot.user", "is no user id", `write it as "@lotusbot:example.org"`)
	case c.Homeserver.Domain != "" && !strings.HasSuffix(c.Bot.User, ":"+c.Homeserver.Domain):
		c.report.problem("bot.user", "is on another homeserver", "use an account of "+c.Homeserver.Domain)
	}
	if p := c.Bot.Prefix; p == "" || len(p) > maxPrefix || strings.ContainsFunc(p, unicode.IsSpace) || strings.HasPrefix(p, "/") {
		c.report.problem("bot.prefix", "is no prefix", `use a few signs without space, such as "!"; clients keep what begins with / to themselves`)
	}
	if c.report.given("bot.invited_by") {
		c.validateInvitedBy()
	}
	for _, name := range slices.Sorted(maps.Keys(c.Bot.Commands)) {
		c.validateCommand(c.Bot.Commands[name], "bot.commands."+name)
	}
	c.validateRoom(c.Bot.Wordle.Room, "bot.wordle.room")
	c.validateBackends()
	c.validateHealth()
	c.validateWelcome()
}

func (c *Config) validateInvitedBy() {
	for i, who := range c.Bot.InvitedBy {
		domain, all := strings.CutPrefix(who, "@*:")
		if who != "*" && !isUserID(who) && (!all || !domainPattern.MatchString(domain)) {
			c.report.problem(fmt.Sprintf("bot.invited_by[%d]", i), "is no user", `write "@kim:example.org", "@*:example.org" for all users of a homeserver, or "*"`)
		}
	}
}

func (c *Config) validateCommand(command BotCommand, path string) {
	for i, room := range command.Rooms {
		c.validateRoom(room, fmt.Sprintf("%s.rooms[%d]", path, i))
	}
	for i, user := range command.Users {
		if !isUserID(user) {
			c.report.problem(fmt.Sprintf("%s.users[%d]", path, i), "is no user id", `write it as "@kim:example.org"`)
		}
	}
	if command.Cooldown != nil && *command.Cooldown < 0 {
		c.report.problem(path+".cooldown", "is negative", `write how long to wait, such as "30s", or 0s for no time`)
	}
}

// resolveBot fills in what the bot's configuration leaves out.
func (c *Config) resolveBot(d *decoder) {
	if c.Bot == nil {
		return
	}
	switch file := c.sqliteFile(); {
	case c.Bot.RecoveryKeyFile != "":
		c.Bot.RecoveryKeyFile = d.resolve(c.Bot.RecoveryKeyFile)
	case file != "":
		c.Bot.RecoveryKeyFile = strings.TrimSuffix(file, ".db") + "-recovery-key"
	default:
		c.Bot.RecoveryKeyFile = d.resolve("bot-recovery-key")
	}
	for _, file := range []*string{&c.Bot.ChampionsFile, &c.Bot.AgentsFile} {
		if *file != "" {
			*file = d.resolve(*file)
		}
	}
	for i := range c.Bot.FortuneFiles {
		c.Bot.FortuneFiles[i] = d.resolve(c.Bot.FortuneFiles[i])
	}
	if len(c.Bot.InvitedBy) == 0 {
		c.Bot.InvitedBy = []string{"@*:" + c.Homeserver.Domain}
	}
}
