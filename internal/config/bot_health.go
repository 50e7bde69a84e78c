package config

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

const (
	maxProbes   = 50 // a message has no place for more
	maxDeadline = 30 * time.Second
)

// Address returns the way in which a probe asks, and where.
func (p BotProbe) Address() (way, address string) {
	for _, w := range p.ways() {
		if w[1] != "" {
			return w[0], w[1]
		}
	}
	return "", ""
}

// ways returns all ways, each with its address.
func (p BotProbe) ways() [][2]string {
	return [][2]string{
		{"http", string(p.HTTP)}, {"tcp", p.TCP}, {"tls", p.TLS}, {"postgres", p.Postgres},
		{"stun", p.STUN}, {"rcon", p.RCON}, {"ollama", string(p.Ollama)},
	}
}

func (c *Config) validateHealth() {
	h := c.Bot.Health
	if h.Deadline <= 0 || time.Duration(h.Deadline) > maxDeadline {
		c.report.problem("bot.health.deadline", "is out of range", `use at most 30s`)
	}
	if len(h.Probes) > maxProbes {
		c.report.problem("bot.health.probes", "are too many", fmt.Sprintf("use at most %d", maxProbes))
	}
	names := map[string]bool{}
	for i, p := range h.Probes {
		path := fmt.Sprintf("bot.health.probes[%d]", i)
		if p.Name != "" && (names[p.Name] || !printable(p.Name)) {
			c.report.problem(path+".name", "is given twice, or cannot be shown", "give each probe a name of its own")
		}
		names[p.Name] = true
		c.validateProbe(p, path)
	}
}

func (c *Config) validateProbe(p BotProbe, path string) {
	var given, all []string
	for _, w := range p.ways() {
		all = append(all, w[0])
		at := path + "." + w[0]
		if !c.report.given(at) {
			continue
		}
		given = append(given, w[0])
		isURL := w[0] == "http" || w[0] == "ollama"
		isSocket := w[0] == "postgres" && strings.HasPrefix(w[1], "/")
		if w[1] != "" && !isURL && !isSocket && !isHostPort(w[1]) {
			c.report.problem(at, "is no address", `write it as "host:port"`)
		}
	}
	if len(given) != 1 {
		c.report.problem(path, fmt.Sprintf("says %d ways to ask", len(given)), "give one of "+strings.Join(all, ", "))
		return
	}
	for _, expect := range [][2]string{{"expect_status", "http"}, {"expect_text", "http"}, {"expect_days", "tls"}, {"expect_model", "ollama"}} {
		if at := path + "." + expect[0]; c.report.given(at) && given[0] != expect[1] {
			c.report.problem(at, "says nothing to "+given[0], "leave it out: it belongs to "+expect[1])
		}
	}
	if at := path + ".expect_status"; c.report.given(at) && (p.ExpectStatus < 100 || p.ExpectStatus > 599) {
		c.report.problem(at, "is no status", "use one such as 200")
	}
	if p.ExpectDays < 0 {
		c.report.problem(path+".expect_days", "is negative", "use 0 for any time")
	}
}

// isHostPort says whether a text is where a client connects to.
func isHostPort(s string) bool {
	host, port, err := net.SplitHostPort(s)
	n, portErr := strconv.ParseUint(port, 10, 16)
	return err == nil && portErr == nil && host != "" && n > 0
}
