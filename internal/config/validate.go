package config

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// validate reports what is legal value by value and yet cannot be. What the decoder has
// already reported is empty or a default by now, and passed over.
func (c *Config) validate() {
	c.validateHomeserver()
	c.validatePublicURL()
	c.validateUserPrefix()
	c.validateListeners()
	c.validateLimits()
	c.validateDatabase()
	c.validateRooms()
	c.validateHooks()
	c.validateAuth()
	c.validateDigest()
	c.validateBot()
	c.validateUsers()
}

var domainPattern = regexp.MustCompile(`^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$`)

func (c *Config) validateHomeserver() {
	if d := c.Homeserver.Domain; d != "" && !domainPattern.MatchString(d) {
		c.report.problem("homeserver.domain", "is no server name", "write what stands behind the colon of user ids, such as example.org")
	}
}

func (c *Config) validatePublicURL() {
	if u, found := strings.CutSuffix(string(c.Gateway.PublicURL), "/webhook"); found {
		c.report.problem("gateway.public_url", "ends in /webhook, which is put behind it", "write "+u)
	}
}

// localpartPattern is what new user ids may hold (Matrix 1.15, appendices, "User Identifiers").
var localpartPattern = regexp.MustCompile(`^[a-z0-9._=/+-]+$`)

func (c *Config) validateUserPrefix() {
	if p := c.Appservice.UserPrefix; p != "" && !localpartPattern.MatchString(p) {
		c.report.problem("appservice.user_prefix", "holds what a user id may not", `use a-z, 0-9 and "._=/+-", without @ and domain`)
	}
}

func (c *Config) validateListeners() {
	listeners := []struct {
		path    string
		address Address
	}{
		{"appservice.listen", c.Appservice.Listen},
		{"gateway.listen", c.Gateway.Listen},
		{"metrics.listen", c.Metrics.Listen},
		{"console.listen", c.Console.Listen},
	}
	for i, a := range listeners {
		for _, b := range listeners[:i] {
			same := a.address == b.address || a.address.everywhere() || b.address.everywhere()
			if !same || a.address.port() != b.address.port() || a.address.port() == "0" {
				continue
			}
			path, other := a.path, b.path
			if !c.report.given(path) {
				path, other = other, path // blame what was written, not the default
			}
			c.report.problem(path, fmt.Sprintf("is the port of %s, too", other), "use another port")
		}
	}
}

// maxBody is the largest gateway.max_body, in bytes: bodies are read into memory.
const maxBody = 64 << 20

func (c *Config) validateLimits() {
	if n := c.Gateway.MaxBody; n < 1 || n > maxBody {
		c.report.problem("gateway.max_body", "is out of range", "use at most 64MiB")
	}
	if c.Gateway.MaxConnections < 1 {
		c.report.problem("gateway.max_connections", "is out of range", "use at least 1")
	}
	if c.MaxAge <= 0 {
		c.report.problem("max_age", "is out of range", `write how long to try, such as "7d"`)
	}
	if c.Retention < c.MaxAge {
		path, is := "retention", fmt.Sprintf("is shorter than max_age (%s)", c.MaxAge)
		if !c.report.given(path) {
			path, is = "max_age", fmt.Sprintf("is longer than retention (%s)", c.Retention)
		}
		c.report.problem(path, is+", so that webhooks would be forgotten before they are told", "make retention at least as long as max_age")
	}
}

func (c *Config) validateDatabase() {
	dsn := c.Database.Reveal()
	switch scheme, _, _ := strings.Cut(dsn, ":"); scheme {
	case "sqlite":
		if c.sqliteFile() == "" {
			c.report.problem("database", "names no file, and webhooks must be on disk", "write sqlite: and the path of a file")
		}
	case "postgres", "postgresql":
		if u, err := url.Parse(dsn); err != nil || u.Host == "" && u.Query().Get("host") == "" {
			c.report.problem("database", "is no PostgreSQL address", "write postgres://user:password@host/database; in the password, write special characters as %40")
		}
	case "":
	default:
		c.report.problem("database", "is of no kind that is known", "begin with sqlite: or postgres://")
	}
}

// resolve fills in what follows from other fields.
func (c *Config) resolve(d *decoder) {
	if file := c.sqliteFile(); file != "" {
		c.Database = NewSecret("sqlite:" + d.resolve(file))
	}
	for i := range c.Hooks {
		c.Hooks[i].resolve(c, d, fmt.Sprintf("hooks[%d]", i))
	}
	c.resolveBot(d)
}

// sqliteFile returns the path of the database file, "" when there is none.
func (c *Config) sqliteFile() string {
	file, found := strings.CutPrefix(c.Database.Reveal(), "sqlite:")
	if file = strings.TrimPrefix(file, "//"); !found || strings.HasPrefix(file, ":memory:") {
		return ""
	}
	return file
}

// Problem reports something wrong with a field, for those who find out later than Load:
// path is the field's, as in Problem.Path.
func (c *Config) Problem(path, message, remedy string) Problem {
	return Problem{c.report.at(path), path, message, remedy}
}

// String returns the span as it would be written: "7d", "36h0m0s".
func (d Duration) String() string {
	const day = 24 * time.Hour
	if span := time.Duration(d); span >= day && span%day == 0 {
		return fmt.Sprintf("%dd", span/day)
	}
	return time.Duration(d).String()
}
