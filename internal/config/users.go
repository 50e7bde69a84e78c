package config

import (
	"fmt"
	"regexp"
)

// validateUsers reports virtual users that the registration does not give us, and
// accounts that would be in each other's way.
func (c *Config) validateUsers() {
	r := c.Appservice.Registration
	if r.ID == "" || !domainPattern.MatchString(c.Homeserver.Domain) || !localpartPattern.MatchString(c.Appservice.UserPrefix) {
		return // reported already
	}
	covers, readable := r.namespace()
	if !readable {
		c.report.warn("appservice.registration", "has a user namespace that cannot be checked here", "")
	}
	sender := "@" + r.SenderLocalpart + ":" + c.Homeserver.Domain
	if c.Bot != nil && c.Bot.User == sender {
		c.report.problem("bot.user", "is the appservice's own user, which has no password", "use an account of its own")
	} else if c.Bot != nil && readable && c.Bot.User != "" && covers(c.Bot.User) {
		c.report.problem("bot.user", "is a user of the appservice, by the namespaces of the registration", "use an account whose name does not begin with appservice.user_prefix")
	}
	prefix := "@" + c.Appservice.UserPrefix
	if readable && !covers(prefix+"x:"+c.Homeserver.Domain) {
		c.report.problem(c.prefixPath(), fmt.Sprintf("the registration gives us no users %s…:%s", prefix, c.Homeserver.Domain), fmt.Sprintf("let a regex of its namespaces match them, such as '%s.*:%s'", prefix, regexp.QuoteMeta(c.Homeserver.Domain)))
		return
	}
	for i, h := range c.Hooks {
		path := fmt.Sprintf("hooks[%d].user.localpart", i)
		switch id := c.UserID(h); {
		case h.User.Localpart == "":
		case id == sender:
			c.report.problem(path, "makes the appservice's own user tell webhooks", "use another localpart")
		case readable && !covers(id):
			c.report.problem(path, "makes a user that the registration does not give us", "use another localpart, or widen the namespaces of the registration")
		}
	}
}

// prefixPath is the field to blame for the prefix.
func (c *Config) prefixPath() string {
	if c.report.given("appservice.user_prefix") {
		return "appservice.user_prefix"
	}
	return "appservice.registration"
}

// namespace returns what says whether a user id is ours. It cannot be relied on when a
// regex is written in a way that only the homeserver's language reads.
func (r Registration) namespace() (covers func(userID string) bool, readable bool) {
	var users []*regexp.Regexp
	for _, n := range r.Namespaces.Users {
		re, err := regexp.Compile(`^(?:` + n.Regex + `)`) // Synapse matches from the start, not to the end
		if err != nil {
			return nil, false
		}
		users = append(users, re)
	}
	return func(userID string) bool {
		for _, re := range users {
			if re.MatchString(userID) {
				return true
			}
		}
		return false
	}, true
}
