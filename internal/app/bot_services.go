package app

import (
	"slices"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/probe"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/welcome"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// healthOptions returns what !health looks at.
func healthOptions(p botParts) bot.HealthOptions {
	h := p.cfg.Bot.Health
	o := bot.HealthOptions{
		Version: p.version, Started: p.started, Line: p.chat, Works: p.desk,
		Limit: time.Duration(h.Deadline), Staff: staff(p.cfg, "health", h.DetailsPower),
	}
	for _, s := range h.Probes {
		o.Probes = append(o.Probes, probe.Probe{Name: s.Name, Check: checkOf(s)})
	}
	return o
}

// checkOf returns how a service is asked.
func checkOf(p config.BotProbe) probe.Check {
	switch way, address := p.Address(); way {
	case "http":
		return probe.HTTP{URL: address, Status: p.ExpectStatus, Text: p.ExpectText}
	case "tls":
		return probe.TLS{Address: address, Left: time.Duration(p.ExpectDays) * 24 * time.Hour, Now: time.Now}
	case "postgres":
		return probe.Postgres{Address: address}
	case "stun":
		return probe.STUN{Address: address}
	case "rcon":
		return probe.RCON{Address: address}
	case "ollama":
		return probe.Ollama{URL: address, Model: p.ExpectModel}
	default:
		return probe.TCP{Address: address}
	}
}

// staff returns those who may look behind the scenes with a command: who has the power in a
// room that the configuration names, and whom it names for the command.
func staff(cfg *config.Config, command string, power int) bot.Staff {
	s := bot.Staff{Power: power, Users: cfg.Bot.Commands[command].Users}
	for _, reference := range cfg.Rooms {
		s.Rooms = append(s.Rooms, reference)
	}
	for _, h := range cfg.Hooks {
		s.Rooms = append(s.Rooms, cfg.RoomReference(h.Room))
		for _, r := range h.Routes {
			s.Rooms = append(s.Rooms, cfg.RoomReference(r.Room))
		}
	}
	s.Rooms = append(s.Rooms, botRooms(cfg)...)
	slices.Sort(s.Rooms)
	s.Rooms = slices.Compact(s.Rooms)
	return s
}

// botRooms returns the references of the rooms that the bot's section names.
func botRooms(cfg *config.Config) []string {
	var names, references []string
	for _, c := range cfg.Bot.Commands {
		names = append(names, c.Rooms...)
	}
	if w := cfg.Bot.Welcome; w != nil {
		names = append(append(names, w.Space), w.Rooms...)
	}
	if room := cfg.Bot.Wordle.Room; room != "" {
		names = append(names, room)
	}
	for _, name := range names {
		references = append(references, cfg.RoomReference(name))
	}
	return references
}

// welcomeOptions returns how new members are greeted.
func welcomeOptions(p botParts) bot.WelcomeOptions {
	w := p.cfg.Bot.Welcome
	o := bot.WelcomeOptions{
		Space: p.cfg.RoomReference(w.Space), Text: w.Text, Ignore: isVirtual(p.cfg),
		Limit: welcome.Limit{Burst: w.Burst, Every: w.Rate.Per / time.Duration(w.Rate.Count)}, Log: p.log, Now: time.Now,
	}
	for _, room := range w.Rooms {
		o.Rooms = append(o.Rooms, p.cfg.RoomReference(room))
	}
	return o
}
