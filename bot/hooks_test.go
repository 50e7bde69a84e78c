package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// desk is a gateway with an outbox that can be looked into.
type desk struct {
	mu      sync.Mutex
	hooks   []bot.HookState
	open    []bot.OpenMatter
	last    []bot.Delivery
	stories map[string]bot.Story // by room and event
	done    map[string]string    // by the name of a replay or a test
	refuse  error
}

func (d *desk) Hooks(context.Context) ([]bot.HookState, error) { return d.hooks, nil }

func (d *desk) Open(_ context.Context, hook string) (some []bot.OpenMatter, _ error) {
	for _, m := range d.open {
		if hook == "" || m.Hook == hook {
			some = append(some, m)
		}
	}
	return some, nil
}

func (d *desk) Last(_ context.Context, hook string, limit int) (some []bot.Delivery, _ error) {
	for _, m := range d.last {
		if (hook == "" || m.Hook == hook) && len(some) < limit {
			some = append(some, m)
		}
	}
	return some, nil
}

func (d *desk) Story(_ context.Context, room, event string) (bot.Story, error) {
	if s, ok := d.stories[room+" "+event]; ok {
		return s, nil
	}
	return bot.Story{}, bot.ErrNoCard
}

// once does something under a name.
func (d *desk) once(name, what string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refuse != nil {
		return d.refuse
	}
	if before, known := d.done[name]; known && before != what {
		return fmt.Errorf("%s was %s, and is %s", name, before, what)
	}
	d.done[name] = what
	return nil
}

func (d *desk) Replay(_ context.Context, id, place, name string) (int, error) {
	return 2, d.once(name, "replay "+id+" "+place)
}

func (d *desk) Test(_ context.Context, hook, name string) (bot.Tested, error) {
	return bot.Tested{Hook: hook, Sample: "Test", Deliveries: []bot.Delivery{
		{Room: "spam", State: "told"}, {Room: "ops", State: "pending", Reason: "not invited"}, {State: "filtered"},
	}}, d.once(name, "test "+hook)
}

// newDesk returns a house with three hooks, of which Ann is a moderator.
func newDesk(t *testing.T) (*house, *desk) {
	t.Helper()
	disk := bot.Delivery{
		ID: "id-1", Hook: "grafana", Formatter: "grafana", Title: "FIRING Disk <full>", Received: noon.Add(-10 * time.Minute),
		Room: "spam", Route: "the hook's own room", State: "told", Attempts: 3,
	}
	dead := bot.Delivery{ID: "id-2", Hook: "tv-4k", Formatter: "generic", Title: "GRABBED It", Received: noon.Add(-time.Hour), Room: "ops", State: "dead", Reason: "too large", ReplayOf: "id-0"}
	d := &desk{
		hooks: []bot.HookState{
			{Name: "grafana", Service: "grafana", Last: []bot.Delivery{disk}},
			{Name: "tv", Service: "sonarr"}, {Name: "tv-4k", Service: "sonarr", Last: []bot.Delivery{dead}}, {Name: "films", Service: "radarr"},
		},
		open: []bot.OpenMatter{{Hook: "grafana", Room: "spam", Title: "FIRING Disk <full>", Since: noon.Add(-2 * time.Hour), Link: "https://matrix.to/#/!a/$1"}},
		last: []bot.Delivery{disk, dead},
		stories: map[string]bot.Story{
			lobby + " $card":   {Place: "!spam", By: []bot.Delivery{disk}, Also: []bot.Delivery{dead}},
			lobby + " $digest": {Place: "!spam", By: []bot.Delivery{disk, dead}},
			lobby + " $timer":  {Place: "!spam", Also: []bot.Delivery{dead, disk}},
		},
		done: map[string]string{},
	}
	h := newHouseOn(t, storetest.SQLite(t), bot.Settings{}, feature(bot.Hooks(d, bot.Staff{Rooms: []string{lobby, den}}, time.UTC)))
	h.chat.power[ann] = 50
	return h, d
}

func TestHooks(t *testing.T) {
	t.Parallel()
	const usage = "Usage: !hooks [open [<hook>] | last [<hook>] | why | replay [<id>] | test <hook>]"
	const diskLine = "✅ FIRING Disk <full> · grafana, 10 min ago, told in spam · id-1"
	const diskWhy = "✅ 2026-03-01 11:50:00 to grafana, read as grafana, the hook's own room, told at attempt 3 · id-1"
	const deadWhy = "💀 2026-03-01 11:00:00 to tv-4k, read as generic, dead (too large), told again by request · id-2"
	for name, test := range map[string]struct{ args, to, want, done string }{
		"List": {want: "4 hooks.\n✅ grafana: 10 min ago, told: FIRING Disk <full> · 1 open\n💤 tv (sonarr): nothing came yet, or long ago\n" +
			"💀 tv-4k (sonarr): 1 h ago, dead: GRABBED It\n💤 films (radarr): nothing came yet, or long ago"},
		"Open":           {args: "open", want: "1 open.\n🔸 FIRING Disk <full> · grafana, in spam for 2 h"},
		"OpenNone":       {args: "open films", want: "✅ Nothing is open."},
		"Last":           {args: "last", want: "The latest webhooks.\n" + diskLine + "\n💀 GRABBED It · tv-4k, 1 h ago, dead in ops: too large · id-2"},
		"LastOfHook":     {args: "LAST Grafana", want: "The latest webhooks.\n" + diskLine},
		"LastNone":       {args: "last radarr", want: "No webhooks came yet."},
		"Why":            {args: "why", to: "$card", want: "grafana told this: FIRING Disk <full>\n" + diskWhy + "\nOf the same matter:\n" + deadWhy},
		"WhyDigest":      {args: "why", to: "$digest", want: "2 webhooks in one message:\n" + diskWhy + "\n" + deadWhy},
		"WhyTimer":       {args: "why", to: "$timer", want: "A timer made this: it reminds of what is not over. The webhooks of that matter:\n" + deadWhy + "\n" + diskWhy},
		"Replay":         {args: "replay id-7", want: "🔁 It is told again in 2 rooms.", done: "replay id-7 "},
		"ReplayCard":     {args: "replay", to: "$card", want: "🔁 It is told here again.", done: "replay id-1 !spam"},
		"ReplayTimer":    {args: "replay", to: "$timer", want: "🔁 It is told here again.", done: "replay id-2 !spam"},
		"Test":           {args: "test films", want: "🧪 I sent Test to films.\n✅ spam: told\n⏳ ops: pending, not invited\n🔇 Its filter drops it, so no room is told.", done: "test films"},
		"TestService":    {args: "test radarr", want: "🧪 I sent Test to films.\n✅ spam: told\n⏳ ops: pending, not invited\n🔇 Its filter drops it, so no room is told.", done: "test films"},
		"ErrWord":        {args: "dance", want: usage},
		"ErrList":        {args: "list grafana", want: usage},
		"ErrUnknown":     {args: "last nothing", want: "There is no hook of that name. I know grafana, tv, tv-4k and films. Usage: !hooks last [<hook>]"},
		"ErrWhichOne":    {args: "test sonarr", want: "Which one: tv or tv-4k? Usage: !hooks test <hook>"},
		"ErrTestNone":    {args: "test", want: "Which hook? Usage: !hooks test <hook>"},
		"ErrWhyNoReply":  {args: "why", want: "Send it as a reply to a card. Usage: !hooks why"},
		"ErrWhyWord":     {args: "why me", to: "$card", want: "Send it as a reply to a card. Usage: !hooks why"},
		"ErrWhyOther":    {args: "why", to: "$hello", want: "I know no webhook that was told by that message. It may be too long ago, or somebody else's."},
		"ErrReplayNone":  {args: "replay", want: "Send it as a reply to a card. Usage: !hooks replay [<id>]"},
		"ErrReplayWhich": {args: "replay", to: "$digest", want: `That card tells several webhooks. "why" shows their ids: say which one. Usage: !hooks replay <id>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, d := newDesk(t)
			got := one(t, h.replies(ann, lobby, test.to, "!hooks "+test.args))
			if got.Text != test.want {
				t.Errorf("got\n%s\nwant\n%s", got.Text, test.want)
			}
			if strings.Contains(got.HTML, "<full>") {
				t.Errorf("foreign text as it came: %s", got.HTML)
			}
			for _, done := range d.done {
				if done != test.done {
					t.Errorf("did %q, want %q", done, test.done)
				}
			}
			if test.done != "" && len(d.done) != 1 {
				t.Errorf("did %v", d.done)
			}
		})
	}
}

// TestHooksAreForStaff counts power only in the rooms that the configuration names.
func TestHooksAreForStaff(t *testing.T) {
	t.Parallel()
	h, d := newDesk(t)
	if got := h.says(bob, lobby, "!hooks test grafana"); len(got) > 0 {
		t.Errorf("without power: %+v", got)
	}
	if got := one(t, h.says(ann, "!room-of-ann", "!hooks test grafana")); got.Text != "I talk about webhooks only in the rooms that I was set up for." {
		t.Errorf("in a room of her own: %q", got.Text)
	}
	if len(d.done) > 0 {
		t.Errorf("did %v", d.done)
	}
	one(t, h.says(ann, lobby, "!hooks test grafana"))
	one(t, h.says(ann, den, "!hooks test grafana"))
	if len(d.done) != 2 {
		t.Errorf("in two rooms, did %v", d.done)
	}
}

// TestHooksReplayOnce has the answer to a replay lost, and the bot handle the call again.
func TestHooksReplayOnce(t *testing.T) {
	t.Parallel()
	h, d := newDesk(t)
	h.stop()
	id := h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!hooks replay id-1", Sent: h.time()})
	d.done["bot "+id] = "replay id-1 " // the process before this one got so far
	h.start(feature(bot.Hooks(d, bot.Staff{Rooms: []string{lobby}}, time.UTC)))
	if got := one(t, h.all()); got.Text != "🔁 It is told again in 2 rooms." || len(d.done) != 1 {
		t.Errorf("got %q, done %v", got.Text, d.done)
	}
}

func TestHooksErr(t *testing.T) {
	t.Parallel()
	h, d := newDesk(t)
	d.refuse = &bot.Refusal{Text: "There is no webhook with that id."}
	if got := one(t, h.says(ann, lobby, "!hooks replay x")); got.Text != "There is no webhook with that id." {
		t.Errorf("refused: %q", got.Text)
	}
	d.refuse = errors.New("disk of 10.0.0.9 is full")
	if got := one(t, h.says(ann, lobby, "!hooks replay x")); strings.Contains(got.Text, "10.0.0.9") {
		t.Errorf("failed: %q", got.Text)
	}
}
