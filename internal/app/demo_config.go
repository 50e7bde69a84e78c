package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

// demoRooms are the rooms that the demo tells.
var demoRooms = []console.Room{
	{Name: "spam", Title: "Spam and Stuff", Topic: "Everything but films and music"},
	{Name: "ops", Title: "Ops", Topic: "What wants a person: warnings and worse"},
	{Name: "media", Title: "Media", Topic: "Series, films, music, books, streams"},
	{
		Name: "commands", Title: "Commands", Topic: "The bot answers what you type here",
		Chat: &console.Chat{Hints: []string{"!help", "!wordle", `!poll "Pizza?"`, "!trivia", "!roll 2d6+3", "!rps rock", "!health", "!hooks test grafana"}},
	},
	{
		Name: directRoom, Title: "Lotus Bot", Topic: "Your direct chat: nobody else reads your guesses",
		Chat: &console.Chat{Direct: true, Hints: []string{"crane", "!wordle hard on", "!wordle stats", "!wordle share", "!wordle practice"}},
	},
}

// directRoom is the direct chat of the bot and the visitor, which the bot makes.
const directRoom = "direct"

// stormHook is the hook of the demo that has too much to tell. The others tell all one by one,
// so that a visitor sees what he has sent.
const stormHook = "storm"

// The hooks of the demo, by what they tell.
const (
	watchers = `room: spam, routes: [
      {when: severity == critical, room: ops, mention: ["@room"], continue: true},
      {when: severity >= warning, room: ops, continue: true},
      {when: "true", room: spam}]`
	media = `room: media, routes: [
      {when: severity >= error, room: ops, continue: true},
      {when: "true", room: media}]`
	others = `room: spam`
)

var demoHooks = map[string]string{
	"alertmanager": watchers, "grafana": watchers, "proxmox": watchers, "uptime-kuma": watchers,
	"bazarr": media, "lidarr": media, "owncast": media, "prowlarr": media, "radarr": media,
	"readarr": media, "seerr": media, "sonarr": media,
}

// passwordFile holds the bot's password, beside the configuration.
const passwordFile = "bot-password"

// writeConfig writes the configuration as a person would: a hook for each service. What a
// service's own filter leaves out is shown here, too.
func (d *demo) writeConfig(rooms map[string]string) error {
	d.Config = filepath.Join(d.dir, "hooks.yaml")
	d.ids = map[string]string{}
	var b strings.Builder
	fmt.Fprintf(&b, `homeserver: {url: %q, domain: %q}
appservice: {registration: registration.yaml, listen: "127.0.0.1:0"}
gateway: {listen: %q}
metrics: {listen: "127.0.0.1:0"}
database: sqlite:lotus-hooks.db
rooms:
`, d.home.url(), d.home.domain(), d.Gateway)
	for _, r := range demoRooms {
		if id := rooms[r.Name]; id != "" {
			fmt.Fprintf(&b, "  %s: %q\n", r.Name, id)
		}
	}
	fmt.Fprintf(&b, "bot: {user: %q, password_file: %q}\n", d.bot(), passwordFile)
	b.WriteString("hooks:\n")
	hook := func(name, service, more string) {
		d.ids[name] = uuid.NewString()
		fmt.Fprintf(&b, "  - {id: %q, name: %q, service: %q, get: true, %s}\n", d.ids[name], name, service, more)
	}
	for _, s := range demoServices() {
		more, known := demoHooks[s.Name]
		if !known {
			more = others
		}
		if s.DefaultFilter != "" {
			more += `, filter: "true"`
		}
		hook(s.Name, s.Name, more+", digest: {enabled: false}")
	}
	hook(stormHook, "uptime-kuma", "room: ops")
	return os.WriteFile(d.Config, []byte(b.String()), 0o600)
}

// shownRooms returns the rooms that the page can read.
func (d *demo) shownRooms() []console.Room {
	return slices.DeleteFunc(slices.Clone(demoRooms), func(r console.Room) bool { return r.Chat != nil && d.home.encrypted() })
}

// demoServices returns all services, the one that stands for any other last.
func demoServices() []formatters.Service {
	all := formatters.Services()
	slices.SortStableFunc(all, func(a, b formatters.Service) int {
		switch {
		case a.Name == "generic":
			return 1
		case b.Name == "generic":
			return -1
		}
		return strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title))
	})
	return all
}
