package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// TestDeskTest sends each service's sample to a hook, which tells it once.
func TestDeskTest(t *testing.T) {
	t.Parallel()
	h := open(t)
	for i, s := range formatters.Services() {
		if len(payloads.Of(s.Name)) == 0 {
			continue
		}
		for range 2 { // the call is handled again after a crash
			got, err := h.desk.Test(t.Context(), s.Name, "bot $"+s.Name)
			if err != nil {
				t.Fatalf("%s: %v", s.Name, err)
			}
			if len(got.Deliveries) != 1 || got.Deliveries[0].State != "told" || got.Deliveries[0].Formatter == "" || !strings.Contains(got.Sample, got.Deliveries[0].Title) {
				t.Errorf("%s: %+v", s.Name, got)
			}
		}
		if n := len(h.messages()); n != i+1 {
			t.Fatalf("after %s, %d messages, want %d", s.Name, n, i+1)
		}
	}
	for service, want := range map[string]string{"sonarr": "Test", "proxmox": "test", "uptime-kuma": "v1-test", "grafana": "test-notification-custom"} {
		if s, ok := testSample(service); !ok || s.Name != want {
			t.Errorf("the sample of %s is %q", service, s.Name)
		}
	}
}

// TestDeskTestGuarded sends samples to hooks that want more than an id, and to one without samples.
func TestDeskTestGuarded(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.writeHooks(fmt.Sprintf(`  - {id: %[1]s-a, name: signed, service: grafana, room: %[2]q, auth: {hmac: k, scheme: grafana, allow_from: [192.0.2.0/24]}}
  - {id: %[1]s-b, name: standard, service: sonarr, room: %[2]q, auth: {hmac: whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=, scheme: standard-webhooks}}
  - {id: %[1]s-c, name: dropping, service: sonarr, room: %[2]q, filter: "false", answer: {status: 204}}
  - {id: %[1]s-d, name: own, service: custom, room: %[2]q, format: {status: '"x"'}}
  - {id: %[1]s-e, name: slow, service: sonarr, room: %[2]q, rate: 1/d}
`, secretMark, h.room))
	h.apply()
	for name, want := range map[string]string{"signed": "told", "standard": "told", "dropping": "filtered", "slow": "told"} {
		got, err := h.desk.Test(t.Context(), name, "bot $1")
		if err != nil || len(got.Deliveries) != 1 || got.Deliveries[0].State != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for name, want := range map[string]string{"own": "I have no sample of custom.", "slow": "The hook answered 429 Too Many Requests."} {
		var refusal *bot.Refusal
		if _, err := h.desk.Test(t.Context(), name, "bot $2"); !errors.As(err, &refusal) || !strings.HasPrefix(refusal.Text, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDeskStory looks up what made a card, and tells it again.
func TestDeskStory(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.writeHooks(fmt.Sprintf(`  - {id: %[1]s-a, name: notes, service: generic, room: "!nowhere", wait: true,
     routes: [{when: 'summary contains "never"', room: %[2]q}, {when: 'summary contains "gold" || subject contains "gold"', room: %[2]q}]}
  - {id: %[1]s-b, name: alerts, service: grafana, room: %[2]q, wait: true}
rooms: {spam: %[2]q}
`, secretMark, h.room))
	h.apply()
	h.ids["generic"], h.ids["grafana"] = secretMark+"-a", secretMark+"-b"
	h.post("generic", text("gold & silver"))
	firing := slices.IndexFunc(payloads.Of("grafana"), func(s payloads.Sample) bool { return s.Name == "firing-single" })
	h.post("grafana", payloads.Of("grafana")[firing])
	cards := h.messages()
	if len(cards) != 2 {
		t.Fatalf("%d cards", len(cards))
	}

	story, err := h.desk.Story(t.Context(), h.room, cards[0].ID)
	if err != nil || story.Place != h.room || len(story.By) != 1 {
		t.Fatalf("got %+v, %v", story, err)
	}
	d := story.By[0]
	if d.Hook != "notes" || d.Formatter != "generic" || d.Room != "spam" || d.State != "told" || d.Attempts != 1 ||
		d.Route != `by route 2, summary contains "gold" || subject contains "gold"` {
		t.Errorf("got %+v", d)
	}
	if own, err := h.desk.Story(t.Context(), h.room, cards[1].ID); err != nil || own.By[0].Route != "the hook's own room" {
		t.Errorf("got %+v, %v", own, err)
	}
	if _, err := h.desk.Story(t.Context(), h.room, "$none"); !errors.Is(err, bot.ErrNoCard) {
		t.Errorf("no card: %v", err)
	}

	for range 2 {
		if n, err := h.desk.Replay(t.Context(), d.ID, story.Place, "bot $1"); n != 1 || err != nil {
			t.Errorf("replay: %d, %v", n, err)
		}
	}
	if last, err := h.desk.Last(t.Context(), "notes", 5); err != nil || len(last) != 2 || last[0].ReplayOf != d.ID {
		t.Errorf("last: %+v, %v", last, err)
	}
	var refusal *bot.Refusal
	if _, err := h.desk.Replay(t.Context(), "none", "", "bot $2"); !errors.As(err, &refusal) {
		t.Errorf("replay of none: %v", err)
	}

	open, err := h.desk.Open(t.Context(), "")
	if err != nil || len(open) != 1 || open[0].Hook != "alerts" || open[0].Room != "spam" || open[0].Link != "https://matrix.to/#/"+h.room+"/"+cards[1].ID {
		t.Errorf("open: %+v, %v", open, err)
	}
	hooks, err := h.desk.Hooks(t.Context())
	if err != nil || len(hooks) != 2 || hooks[0].Name != "notes" || len(hooks[0].Last) != 1 || hooks[1].Last[0].State != "told" {
		t.Errorf("hooks: %+v, %v", hooks, err)
	}
	if state, err := h.desk.Outbox(t.Context()); err != nil || state.Dead != 0 || state.Parked != nil {
		t.Errorf("outbox: %+v, %v", state, err)
	}
}

// TestStaffRooms counts power where the configuration names a room.
func TestStaffRooms(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.writeHooks(fmt.Sprintf(`  - {id: %s-a, service: grafana, room: spam, routes: [{when: "true", room: "#ops:demo"}]}
rooms: {spam: "!spam", spare: "!spare"}
bot: {user: "@bot:demo", token: t, commands: {hooks: {users: ["@kim:demo"]}, ask: {rooms: ["#talk:demo"]}},
      wordle: {room: "#games:demo"}, welcome: {space: spare, rooms: [spam, "#general:demo"], rate: 30/h},
      health: {probes: [{name: a, tls: "a:1"}, {name: b, postgres: "b:1"}, {name: c, stun: "c:1"}, {name: d, rcon: "d:1"}, {name: e, ollama: "http://e"}, {name: f, http: "http://f"}, {name: g, tcp: "g:1"}]}}
`, secretMark))
	cfg, err := h.load()
	if err != nil {
		t.Fatal(err)
	}
	if s := staff(cfg, "hooks", 7); s.Power != 7 || !slices.Equal(s.Rooms, []string{"!spam", "!spare", "#games:demo", "#general:demo", "#ops:demo", "#talk:demo"}) || !slices.Equal(s.Users, []string{"@kim:demo"}) {
		t.Errorf("staff %+v", s)
	}
	o := healthOptions(botParts{cfg: cfg})
	var targets []string
	for _, p := range o.Probes {
		targets = append(targets, fmt.Sprintf("%s %T %s", p.Name, p.Check, p.Target()))
	}
	if got := strings.Join(targets, ", "); got != "a probe.TLS a:1, b probe.Postgres b:1, c probe.STUN c:1, d probe.RCON d:1, e probe.Ollama http://e, f probe.HTTP http://f, g probe.TCP g:1" {
		t.Errorf("probes: %s", got)
	}
	if w := welcomeOptions(botParts{cfg: cfg}); w.Space != "!spare" || !slices.Equal(w.Rooms, []string{"!spam", "#general:demo"}) || w.Limit.Every.Minutes() != 2 || w.Limit.Burst != 5 ||
		!w.Ignore("@hookshot_sonarr:demo") || w.Ignore("@hookshot_sonarr:elsewhere") {
		t.Errorf("welcome %+v", w)
	}
}
