package console_test

import (
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

// shown are the services of the story, in the order of their sections.
var shown = []string{"grafana", "uptime-kuma", "sonarr", "generic"}

// storyOptions are those of a page as the demo has it: all samples of four services, their
// own pictures.
func storyOptions(t *testing.T, room *fakeRoom) console.Options {
	t.Helper()
	o := options(t, room)
	o.Services = nil
	profiles := map[string]console.Profile{}
	for _, name := range shown {
		service := lookup(t, name)
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

// hardName is the name of the samples' series, which is to be hard to escape. A picture is
// better with one to be read.
var hardName = regexp.MustCompile(`Tide & [^,]+ Coast\\"`)

// render returns the card that a sample becomes.
func render(t *testing.T, service, name string) formatters.Message {
	t.Helper()
	samples := payloads.Of(service)
	i := slices.IndexFunc(samples, func(s payloads.Sample) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("no sample %s/%s", service, name)
	}
	s := samples[i]
	s.Body = hardName.ReplaceAll(s.Body, []byte("Tide & Ember"))
	query, err := url.ParseQuery(s.Query)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	sender := lookup(t, service)
	f := sender.Format(sender.PayloadOf(s.Method, s.Header, query, s.Body, now))
	return formatters.Render(f.Notification, formatters.RenderOptions{Now: now, Zone: time.UTC})
}

// tell fills a room with a morning of all four services: an incident that opens and ends, a
// group, chatter, a card that was edited, a person.
func tell(t *testing.T, room *fakeRoom) {
	t.Helper()
	post := func(service string, m formatters.Message) string {
		return room.add(userOf(service), "m.room.message", m)
	}
	room.join("@lonely:demo")
	room.join(userOf("generic"))
	room.wait(time.Minute)
	post("generic", render(t, "generic", "teams-adaptive"))
	room.wait(7 * time.Minute)
	room.join(userOf("sonarr"))
	post("sonarr", render(t, "sonarr", "v5/Grab"))
	room.wait(3 * time.Minute)
	room.join(userOf("grafana"))
	fired := post("grafana", render(t, "grafana", "firing-single"))
	room.wait(time.Minute)
	post("grafana", render(t, "grafana", "group-3-firing"))
	room.wait(time.Minute)
	room.join(userOf("uptime-kuma"))
	down := post("uptime-kuma", render(t, "uptime-kuma", "v2-down-port"))
	post("uptime-kuma", render(t, "uptime-kuma", "v2-down-dns"))
	room.wait(time.Minute)
	room.say("@lonely:demo", "on it, pve1 was out of memory")
	room.wait(2 * time.Minute)
	post("grafana", render(t, "grafana", "resolved-single").Reply(fired))
	post("uptime-kuma", render(t, "uptime-kuma", "v1-up-port-empty-msg").Edit(down))
	room.wait(time.Minute)
}
