package console_test

import (
	_ "embed"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// storyOptions are those of a page as the demo has it: all samples of all services, with their
// own pictures.
func storyOptions(t *testing.T, room *fakeRoom) console.Options {
	t.Helper()
	o := options(t, room)
	o.Services = nil
	o.Rooms = []console.Room{
		{Name: "spam", Title: "Spam and Stuff", Topic: "All that happens, but for films and music"},
		{Name: "ops", Title: "Ops", Topic: "What wants a person: warnings and worse"},
		{Name: "media", Title: "Media", Topic: "Series, films, music, books, streams"},
		{Name: "commands", Title: "Commands", Topic: "The bot answers what you type here", Chat: &console.Chat{
			Hints: []string{"!help", "!wordle", `!poll "Pizza?"`, "!trivia", "!roll 2d6+3", "!rps rock", "!health", "!hooks test grafana"},
		}},
		{Name: "direct", Title: "Lotus Bot", Topic: "Your direct chat: nobody else reads your guesses", Chat: &console.Chat{
			Direct: true, Hints: []string{"crane", "!wordle hard on", "!wordle stats", "!wordle share", "!wordle practice"},
		}},
	}
	o.Visitor = fakeVisitor{room, nil}
	o.Stories = []console.Story{
		{Name: "incident", Title: "An incident, start to end", About: "One matter, six webhooks of Grafana, one card", Room: "ops"},
		{Name: "storm", Title: "A storm", About: "Eighty webhooks of Uptime Kuma in half a minute, a handful of messages", Room: "ops"},
	}
	lotus, err := os.ReadFile(filepath.Join("..", "..", "virtualusers", "avatars", "lotus.png"))
	if err != nil {
		t.Fatal(err)
	}
	profiles := map[string]console.Profile{
		visitorID:        {Name: "Visitor"},
		"@lotusbot:demo": {Name: "Lotus Bot", Avatar: console.Picture{Data: lotus, ContentType: "image/png"}},
	}
	for _, service := range formatters.Services() {
		name := service.Name
		avatar, err := os.ReadFile(filepath.Join("..", "..", "virtualusers", "avatars", name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		s := console.Service{Name: name, Title: service.Title, Avatar: console.Picture{Data: avatar, ContentType: "image/png"}}
		for _, sample := range payloads.Of(name) {
			s.Samples = append(s.Samples, sample.Name)
		}
		o.Services = append(o.Services, s)
		profiles[userOf(name)] = console.Profile{Name: s.Title, Avatar: s.Avatar}
	}
	o.Profile = func(user string) console.Profile { return profiles[user] }
	return o
}

func userOf(service string) string { return "@hookshot_" + formatters.Localpart(service) + ":demo" }

func lookup(t *testing.T, name string) formatters.Service {
	t.Helper()
	service, ok := formatters.Lookup(name)
	if !ok {
		t.Fatalf("no service %q", name)
	}
	return service
}

// hard is what stands in the samples' names to be hard to escape. A picture is better with
// names to be read.
var hard = []struct {
	found *regexp.Regexp
	into  string
}{
	{regexp.MustCompile(`\\u003c`), "<"},
	{regexp.MustCompile(`\\u003e`), ">"},
	{regexp.MustCompile(`\\u0026`), "&"},
	{regexp.MustCompile(` *<b>([^<"]*</b>)? ?🔥?`), ""},
	{regexp.MustCompile(`<([\pL\d][\pL\d ]*)>`), "$1"},
	{regexp.MustCompile(`\\"([\pL\d][\pL\d ]*)\\"`), "$1"},
}

// sample returns a sample, with names to be read.
func sample(t *testing.T, service, name string) payloads.Sample {
	t.Helper()
	samples := payloads.Of(service)
	i := slices.IndexFunc(samples, func(s payloads.Sample) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("no sample %s/%s", service, name)
	}
	s := samples[i]
	for _, h := range hard {
		s.Body = h.found.ReplaceAll(s.Body, []byte(h.into))
	}
	return s
}

// storyTime is when the story's webhooks are received.
var storyTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// format returns what a sample means.
func format(t *testing.T, service, name string) formatters.Notification {
	t.Helper()
	s := sample(t, service, name)
	query, err := url.ParseQuery(s.Query)
	if err != nil {
		t.Fatal(err)
	}
	sender := lookup(t, service)
	return sender.Format(sender.PayloadOf(s.Method, s.Header, query, s.Body, storyTime)).Notification
}

// render returns the card that a sample becomes.
func render(t *testing.T, service, name string) formatters.Message {
	t.Helper()
	return formatters.Render(format(t, service, name), formatters.RenderOptions{Now: storyTime, Zone: time.UTC})
}

// tell fills the rooms with a morning: a request, a download, a backup that failed, an
// incident that opens and ends on one card, a person. The first room gets most of it.
func tell(t *testing.T, room *fakeRoom) {
	t.Helper()
	post := func(service string, m formatters.Message) string {
		return room.add(userOf(service), "m.room.message", m)
	}
	for _, service := range []string{"uptime-kuma", "seerr", "radarr", "proxmox", "grafana"} {
		room.join(userOf(service))
	}
	post("uptime-kuma", render(t, "uptime-kuma", "v2-down-port"))
	post("uptime-kuma", render(t, "uptime-kuma", "v2-down-dns"))
	room.wait(time.Minute)
	post("seerr", render(t, "seerr", "MEDIA_PENDING.with-url"))
	room.wait(4 * time.Minute)
	grabbed := post("radarr", render(t, "radarr", "Grab"))
	room.wait(7 * time.Minute)
	post("proxmox", render(t, "proxmox", "backup-failed-3-of-5"))
	room.wait(3 * time.Minute)
	fired := post("grafana", render(t, "grafana", "firing-single"))
	room.wait(time.Minute)
	room.say("@lonely:demo", "on it, pve1 was out of memory")
	post("radarr", render(t, "radarr", "Download").Edit(grabbed))
	room.wait(time.Minute)
	over := render(t, "grafana", "resolved-single")
	post("grafana", over.Edit(fired))
	line := formatters.Notification{Severity: formatters.Success, Status: "resolved", Subject: "HighCPU", Summary: "on pve1:9100 after 3 min"}
	post("grafana", formatters.Render(line, formatters.RenderOptions{MsgType: formatters.MsgNotice}).Reply(fired))

	rings := render(t, "grafana", "firing-single")
	rings.Mentions.Room = true
	room.addTo("ops", userOf("grafana"), "m.room.message", rings)
	room.addTo("media", userOf("sonarr"), "m.room.message", render(t, "sonarr", "Grab"))
}

// recorded is what the demo's bot says when it is asked for this and that, as the demo's page
// got it.
//
//go:embed testdata/chat.json
var recorded []byte

// converse fills the chats with what was recorded.
func converse(t *testing.T, room *fakeRoom) {
	t.Helper()
	var events []struct {
		ID, Room, Sender, Type string
		Content                json.RawMessage
	}
	if err := json.Unmarshal(recorded, &events); err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	quoted := regexp.MustCompile(`"\$\d+"`)
	for _, e := range events {
		content := quoted.ReplaceAllFunc(e.Content, func(id []byte) []byte { return []byte(`"` + ids[string(id[1:len(id)-1])] + `"`) })
		ids[e.ID] = room.addTo(e.Room, e.Sender, e.Type, json.RawMessage(content))
	}
}
