//go:build goolm && linux

package e2e_test

import (
	"regexp"
	"slices"
	"testing"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// hooks looks after webhooks in both rooms, first as who has made them, then as a moderator.
func (p *parlour) hooks(t *testing.T) {
	t.Parallel()
	samples := payloads.Of("grafana")
	firing := slices.IndexFunc(samples, func(s payloads.Sample) bool { return s.Name == "firing-single" })
	postSample(t, p.alert, samples[firing])
	inPlain := p.ann.await(t, "the alert", func(h heard) bool { return h.room == p.plain && p.told(h) })
	p.converse(t, p.secret, []exchange{{"!hooks test sonarr", `🧪 I sent the sample ".*" \(.*\) to series\.\n. secret: \w+`}})
	inSecret := p.ann.await(t, "the test", func(h heard) bool { return h.room == p.secret && p.told(h) })

	ids := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)
	for _, card := range []heard{inPlain, inSecret} {
		room := card.room
		why := p.ann.reply(t, room, card.id, "!hooks why")
		got := p.ann.await(t, "why", func(h heard) bool { return h.answers(why) })
		p.check(t, exchange{"!hooks why", `board: (?:alerts|series) told this: .*\n. \d{4}-\d\d-\d\d .* to (?:alerts|series), read as (?:grafana|sonarr), the hook's own room, \w+.* · [0-9a-f-]+`}, got)

		p.converse(t, room, []exchange{
			{"bob: !hooks", `🚫`},
			{"!hooks", `board: 3 hooks\.\n.+ alerts \(grafana\): \d+ (?:s|min) ago, \w+: .* · 1 open\n💤 builds \(generic\): nothing came yet, or long ago\n. series \(sonarr\): .*`},
			{"!hooks open", `board: 1 open\.\n🔸 .* · alerts, in plain for .*`},
			{"!hooks open series", `✅ Nothing is open\.`},
			{"!hooks last series", `board: The latest webhooks\.\n. .* · series, .* ago, \w+ in secret.*`},
			{"!hooks last builds", `No webhooks came yet\.`},
			{"!hook replay " + ids.FindString(got.text()), `🔁 It is told again in 1 room\.`},
		})
	}
	p.power(t, p.secret, 50)
	again := p.bob.reply(t, p.secret, inSecret.id, "!hooks replay")
	got := p.ann.await(t, "the replay", func(h heard) bool { return h.answers(again) })
	p.check(t, exchange{"!hooks replay", `🔁 It is told here again\.`}, got)
	p.ann.awaitMany(t, 3, "the test, and twice again", func(h heard) bool { return h.room == p.secret && p.told(h) })
	p.power(t, p.secret, 0)
}

// told says whether a webhook was told by an event.
func (p *parlour) told(h heard) bool {
	return h.kind == "m.room.message" && !slices.Contains([]string{botUser, p.ann.user, p.bob.user}, h.sender)
}

// power sets Bob's power level in a room: 50 is enough for !hooks and for nothing else that is
// tried meanwhile.
func (p *parlour) power(t *testing.T, room id.RoomID, level int) {
	t.Helper()
	var levels map[string]any
	if err := p.maker.StateEvent(t.Context(), room, event.StatePowerLevels, "", &levels); err != nil {
		t.Fatal(err)
	}
	users, _ := levels["users"].(map[string]any)
	if users == nil {
		users = map[string]any{}
	}
	users[p.bob.user] = level
	levels["users"] = users
	if _, err := p.maker.SendStateEvent(t.Context(), room, event.StatePowerLevels, "", levels); err != nil {
		t.Fatal(err)
	}
}
