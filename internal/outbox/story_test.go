package outbox_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestStory looks up what each of a room's events told: a card, its end, and a digest.
func TestStory(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		clock, rooms := &clock{frozen: time.Now()}, newRooms()
		p := run(t, storetest.Open(t, url), rooms, func(o *outbox.Options) { o.Decide, o.Now = incident.Decide, clock.now })
		lasting := func(status string, state formatters.IncidentState) string {
			w := webhook("CPU", "!a", "!b")
			w.Notification.Status, w.Notification.Incident = status, formatters.Incident{Key: "cpu", State: state}
			return enqueue(t, p.Outbox, w).ID
		}
		firing := lasting("firing", formatters.Open)
		told(t, p.Outbox, firing)
		ended := lasting("resolved", formatters.Resolved)
		told(t, p.Outbox, ended)
		card, end := rooms.seen("!a")[0], rooms.seen("!a")[2] // the second is the card's change

		story := func(room, event string) outbox.Story {
			t.Helper()
			s, err := p.Story(t.Context(), room, event)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		ids := func(list []outbox.Delivery) (all []string) {
			for _, d := range list {
				all = append(all, d.Webhook)
			}
			return all
		}
		s := story("id of !a", rooms.eventID(card))
		if s.Room != "!a" || !slices.Equal(ids(s.By), []string{firing}) || !slices.Equal(ids(s.Also), []string{ended}) {
			t.Errorf("the card: %+v", s)
		}
		if d := s.By[0]; d.Hook != "sonarr" || d.Formatter != "sonarr" || d.Room != "!a" || d.State != outbox.Told || d.EventID != rooms.eventID(card) {
			t.Errorf("its webhook: %+v", d)
		}
		if s := story("id of !a", rooms.eventID(end)); !slices.Equal(ids(s.By), []string{ended}) || len(s.Also) != 0 {
			t.Errorf("the reply at its end: %+v", s)
		}
		for name, at := range map[string][2]string{"AnotherRoom": {"id of !b", rooms.eventID(card)}, "NoEvent": {"id of !a", ""}, "Unknown": {"id of !a", "$none"}} {
			if s, err := p.Story(t.Context(), at[0], at[1]); !errors.Is(err, outbox.ErrUnknownEvent) {
				t.Errorf("%s: %+v, %v", name, s, err)
			}
		}

		var storm []string
		for range 8 {
			storm = append(storm, enqueue(t, p.Outbox, webhook("storm", "!c")).ID)
		}
		eventually(t, "three are held", func() bool {
			stats, err := p.Stats(t.Context())
			return err == nil && stats.Held == 3 && stats.Pending == 0
		})
		clock.pass(time.Minute)
		eventually(t, "the digest is told", func() bool { return len(rooms.seen("!c")) == 6 })
		told(t, p.Outbox, storm[7])
		s = story("id of !c", rooms.eventID(rooms.seen("!c")[5]))
		slices.Reverse(storm)
		if !slices.Equal(ids(s.By), storm[:3]) {
			t.Errorf("the digest of %v: %v", storm, ids(s.By))
		}
	})
}

func TestLatest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		box := open(t, storetest.Open(t, url))
		if latest, err := box.Latest(t.Context()); err != nil || len(latest) != 0 {
			t.Errorf("of none: %v, %v", latest, err)
		}
		enqueue(t, box, webhook("old", "!a"))
		grafana := webhook("alone")
		grafana.Hook = "grafana"
		enqueue(t, box, grafana)
		enqueue(t, box, webhook("new", "!a", "!b"))
		latest, err := box.Latest(t.Context())
		if err != nil || len(latest) != 2 || len(latest["sonarr"]) != 2 || len(latest["grafana"]) != 1 {
			t.Fatalf("got %v, %v", latest, err)
		}
		if d := latest["sonarr"][1]; d.Title != "grabbed new" || d.Room != "!b" || d.State != outbox.Pending {
			t.Errorf("sonarr's: %+v", d)
		}
		if d := latest["grafana"][0]; d.State != outbox.Filtered {
			t.Errorf("grafana's: %+v", d)
		}
	})
}

func TestReplayOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		box := open(t, storetest.Open(t, url))
		id := enqueue(t, box, webhook("it", "!a", "!b")).ID
		first, err := box.ReplayOnce(t.Context(), id, "by $1", "!b")
		if err != nil || first.Repeat || first.Deliveries != 1 {
			t.Fatalf("got %+v, %v", first, err)
		}
		again, err := box.ReplayOnce(t.Context(), id, "by $1", "!b")
		if err != nil || !again.Repeat || again.ID != first.ID {
			t.Errorf("again: %+v, %v", again, err)
		}
		other, err := box.ReplayOnce(t.Context(), id, "by $2")
		if err != nil || other.Repeat || other.Deliveries != 2 {
			t.Errorf("asked for by another: %+v, %v", other, err)
		}
		if found, err := box.BySender(t.Context(), "sonarr", "by $1"); err != nil || found != first.ID {
			t.Errorf("by its name: %q, %v", found, err)
		}
		if found, err := box.BySender(t.Context(), "radarr", "by $1"); !errors.Is(err, outbox.ErrUnknownWebhook) {
			t.Errorf("by another hook's: %q, %v", found, err)
		}
		if list, err := box.DeliveriesOf(t.Context(), other.ID); err != nil || len(list) != 2 || list[0].ReplayOf != id {
			t.Errorf("its deliveries: %+v, %v", list, err)
		}
		if _, err := box.ReplayOnce(t.Context(), "none", "by $3"); !errors.Is(err, outbox.ErrUnknownWebhook) {
			t.Errorf("of none: %v", err)
		}
	})
}
