package config_test

import (
	"slices"
	"testing"
	"time"
)

// botWith returns a right file with these lines in its bot's section, the first in line 9.
func botWith(lines string) string {
	return minimal + "bot:\n  user: '@bot:example.org'\n  token: t\n" + lines
}

func TestBotServices(t *testing.T) {
	t.Parallel()
	c := load(t, botWith(`  health:
    probes:
      - {name: Synapse, http: "http://127.0.0.1:8008/health"}
      - {name: Database, postgres: /run/postgresql/.s.PGSQL.5432}
      - {name: coturn, stun: "[::1]:3478"}
  welcome: {space: spam, rooms: ["#general:example.org"]}
`))
	h, w := c.Bot.Health, c.Bot.Welcome
	if time.Duration(h.Deadline) != 5*time.Second || h.DetailsPower != 50 || len(h.Probes) != 3 || h.Probes[2].ExpectDays != 14 {
		t.Errorf("health %+v", h)
	}
	for i, want := range [][2]string{{"http", "http://127.0.0.1:8008/health"}, {"postgres", "/run/postgresql/.s.PGSQL.5432"}, {"stun", "[::1]:3478"}} {
		if way, address := h.Probes[i].Address(); way != want[0] || address != want[1] {
			t.Errorf("probe %d asks %s at %s", i, way, address)
		}
	}
	if w.Text == "" || w.Rate.Count != 20 || w.Rate.Per != time.Hour || w.Burst != 5 {
		t.Errorf("welcome %+v", w)
	}
	if c := load(t, botWith("")); c.Bot.Welcome != nil || len(c.Bot.Health.Probes) != 0 {
		t.Errorf("without: %+v", c.Bot)
	}
}

func TestBotServicesWrong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, lines string
		want        []string
	}{
		{"ErrNoWay", "  health: {probes: [{name: a}]}\n", []string{
			`hooks.yaml:9:21: bot.health.probes[0]: says 0 ways to ask: give one of http, tcp, tls, postgres, stun, rcon, ollama`}},
		{"ErrTwoWays", "  health: {probes: [{name: a, tcp: 'a:1', stun: 'a:1'}]}\n", []string{
			`hooks.yaml:9:21: bot.health.probes[0]: says 2 ways to ask: give one of http, tcp, tls, postgres, stun, rcon, ollama`}},
		{"ErrAddress", "  health: {probes: [{name: a, tcp: a}, {name: b, tls: ':443'}, {name: c, rcon: 'c:0'}]}\n", []string{
			`hooks.yaml:9:36: bot.health.probes[0].tcp: is no address: write it as "host:port"`,
			`hooks.yaml:9:55: bot.health.probes[1].tls: is no address: write it as "host:port"`,
			`hooks.yaml:9:80: bot.health.probes[2].rcon: is no address: write it as "host:port"`}},
		{"ErrName", "  health: {probes: [{name: a, tcp: 'a:1'}, {name: a, tcp: 'a:2'}]}\n", []string{
			`hooks.yaml:9:51: bot.health.probes[1].name: is given twice, or cannot be shown: give each probe a name of its own`}},
		{"ErrExpect", "  health: {probes: [{name: a, tcp: 'a:1', expect_text: OK}, {name: b, http: 'http://b', expect_status: 7}, {name: c, tls: 'c:1', expect_days: -1}]}\n", []string{
			`hooks.yaml:9:56: bot.health.probes[0].expect_text: says nothing to tcp: leave it out: it belongs to http`,
			`hooks.yaml:9:104: bot.health.probes[1].expect_status: is no status: use one such as 200`,
			`hooks.yaml:9:143: bot.health.probes[2].expect_days: is negative: use 0 for any time`}},
		{"ErrDeadline", "  health: {deadline: 2m}\n", []string{
			`hooks.yaml:9:22: bot.health.deadline: is out of range: use at most 30s`}},
		{"ErrWelcomeIncomplete", "  welcome: {text: hi}\n", []string{
			`hooks.yaml:9:12: bot.welcome.space: is missing`,
			`hooks.yaml:9:12: bot.welcome.rooms: is missing`}},
		{"ErrWelcomeRooms", "  welcome: {space: spamm, rooms: [], burst: 0}\n", []string{
			`hooks.yaml:9:20: bot.welcome.space: unknown room "spamm": did you mean "spam"?`,
			`hooks.yaml:9:34: bot.welcome.rooms: names no room: name the rooms that a ✅ invites to`,
			`hooks.yaml:9:45: bot.welcome.burst: is out of range: use a number from 1 to 1000`}},
		{"ErrWordleRoom", "  wordle: {room: spamm}\n", []string{
			`hooks.yaml:9:18: bot.wordle.room: unknown room "spamm": did you mean "spam"?`}},
		{"ErrWelcomeText", "  welcome: {space: spam, rooms: [spam], text: ' '}\n", []string{
			`hooks.yaml:9:47: bot.welcome.text: is blank, or longer than 8 KiB: write what new members are to read`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := problemsOf(t, directory(t, botWith(test.lines)), environment())
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
