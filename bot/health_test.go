package bot_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/probe"
)

// service is a service that is asked.
type service struct {
	note string
	err  error
}

func (s service) Ask(context.Context, probe.Dialer) (string, error) { return s.note, s.err }
func (service) Target() string                                      { return "10.0.0.7:1234" }

// wire is what the bot hears through.
type wire struct{ status bot.SyncStatus }

func (wire) Homeserver() string         { return "test" }
func (wire) Ping(context.Context) error { return nil }
func (l wire) Status() bot.SyncStatus   { return l.status }

// works is a gateway with its outbox.
type works struct {
	outbox bot.OutboxState
	hooks  []bot.HookState
	err    error
}

func (w works) Outbox(context.Context) (bot.OutboxState, error) { return w.outbox, w.err }
func (w works) Hooks(context.Context) ([]bot.HookState, error)  { return w.hooks, w.err }

var (
	noon     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	alive    = wire{bot.SyncStatus{Last: noon, Lag: 300 * time.Millisecond}}
	healthy  = bot.HealthOptions{Version: "1.2.3", Started: noon.Add(-76 * time.Hour), Line: alive, Works: works{}, Limit: time.Second, Staff: bot.Staff{Power: 50, Rooms: []string{"#gone:test", lobby}}}
	duration = regexp.MustCompile(`\d+ ms`)
)

// health asks and returns the text, without how long anything took.
func health(t *testing.T, h *house, user, room, args string) string {
	t.Helper()
	return duration.ReplaceAllString(one(t, h.says(user, room, "!health"+args)).Text, "… ms")
}

func TestHealth(t *testing.T) {
	t.Parallel()
	ago := func(d time.Duration, states ...string) (last []bot.Delivery) {
		for _, s := range states {
			last = append(last, bot.Delivery{Received: noon.Add(-d), State: s})
		}
		return last
	}
	busy := works{
		outbox: bot.OutboxState{Pending: 3, Held: 2, Dead: 1, Oldest: 4 * time.Minute, Parked: []string{"ops: not invited"}},
		hooks: []bot.HookState{
			{Name: "grafana", Last: ago(5*time.Minute, "told", "told")}, {Name: "sonarr", Last: ago(49*time.Hour, "told", "dead", "pending")},
			{Name: "radarr", Last: ago(time.Second, "filtered")}, {Name: "backups"},
		},
	}
	refused := &probe.Trouble{Text: "no connection", Cause: errors.New("dial 10.0.0.7: refused")}
	for name, test := range map[string]struct {
		change func(*bot.HealthOptions)
		want   string
	}{
		"Nothing": {func(*bot.HealthOptions) {}, "✅ All is well.\n🤖 Version 1.2.3, up for 3 d 4 h, … ms behind my homeserver\n📬 Outbox: empty"},
		"Good": {func(o *bot.HealthOptions) {
			o.Probes = []probe.Probe{{Name: "Synapse", Check: service{}}, {Name: "Certificate", Check: service{note: "42 days left"}}}
		}, "✅ All services answer.\n✅ Synapse: … ms\n✅ Certificate: … ms, 42 days left\n🤖 Version 1.2.3, up for 3 d 4 h, … ms behind my homeserver\n📬 Outbox: empty"},
		"Bad": {func(o *bot.HealthOptions) {
			o.Probes = []probe.Probe{{Name: "Synapse", Check: service{}}, {Name: "coturn", Check: service{err: refused}}}
			o.Works, o.Line = busy, wire{bot.SyncStatus{Last: noon.Add(-5 * time.Minute)}}
		}, "❌ 1 of 2 services in trouble: coturn.\n✅ Synapse: … ms\n❌ coturn: no connection (… ms)\n" +
			"🤖 Version 1.2.3, up for 3 d 4 h, without word from my homeserver for 5 min\n" +
			"📬 Outbox: 3 waiting, the oldest for 4 min, 2 held for a digest, 1 dead letter\n" +
			"🪝 Last webhooks: grafana 5 min ago, sonarr 2 d 1 h ago (dead), radarr 1 s ago (filtered), backups never"},
		"Parked":   {func(o *bot.HealthOptions) { o.Works = works{outbox: bot.OutboxState{Parked: []string{"a", "b"}}} }, "⚠️ 2 rooms cannot be told now.\n🤖 Version 1.2.3, up for 3 d 4 h, … ms behind my homeserver\n📬 Outbox: empty"},
		"Database": {func(o *bot.HealthOptions) { o.Works = works{err: errors.New("disk of 10.0.0.9 is full")} }, "❌ My database is in trouble.\n🤖 Version 1.2.3, up for 3 d 4 h, … ms behind my homeserver\n📬 Outbox: it cannot be read"},
		"Young":    {func(o *bot.HealthOptions) { o.Line, o.Started = wire{}, noon.Add(-61*time.Minute) }, "✅ All is well.\n🤖 Version 1.2.3, up for 1 h 1 min, not in touch with my homeserver yet\n📬 Outbox: empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := healthy
			test.change(&o)
			h := newHouse(t, feature(bot.Health(o)))
			if got := health(t, h, bob, den, ""); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestHealthDetails are for those who have power where that means something.
func TestHealthDetails(t *testing.T) {
	t.Parallel()
	o := healthy
	o.Probes = []probe.Probe{{Name: "coturn", Check: service{err: &probe.Trouble{Text: "no connection", Cause: errors.New("<refused>")}}}}
	o.Works = works{outbox: bot.OutboxState{Parked: []string{"ops: not invited"}}}
	o.Staff.Users = []string{"@kim:test"}
	h := newHouse(t, feature(bot.Health(o)))
	h.chat.power[ann] = 50
	got := one(t, h.says(ann, lobby, "!health details"))
	for _, want := range []string{"10.0.0.7:1234: <refused>", "⚠️ ops: not invited"} {
		if !strings.Contains(got.Text, want) {
			t.Errorf("%q is not in\n%s", want, got.Text)
		}
	}
	if !got.Board || strings.Contains(got.HTML, "<refused>") || !strings.Contains(got.HTML, "&lt;refused&gt;<br>") {
		t.Errorf("got %+v", got)
	}
	if got := one(t, h.says("@kim:test", den, "!health details")); !strings.Contains(got.Text, "10.0.0.7") {
		t.Errorf("named people: %q", got.Text)
	}
	const no = "Details are for moderators, in the rooms that I was set up for."
	if got := one(t, h.says(bob, lobby, "!health details")); got.Text != no {
		t.Errorf("without power: %q", got.Text)
	}
	if got := one(t, h.says(ann, "!room-of-ann", "!health details")); got.Text != no {
		t.Errorf("in a room of her own: %q", got.Text)
	}
	if got := one(t, h.says(bob, lobby, "!health")); strings.Contains(got.Text, "10.0.0.7") || strings.Contains(got.Text, "refused") || strings.Contains(got.Text, "ops") {
		t.Errorf("for everybody: %q", got.Text)
	}
	if got := one(t, h.says(ann, den, "!status now")); got.Text != "Usage: !health [details]" {
		t.Errorf("wrong use: %q", got.Text)
	}
	h.says(bob, den, "!health")
	again := h.says(bob, den, "!health")
	if len(again) > 0 {
		t.Errorf("at once again: %+v", again)
	}
}
