package incident_test

import (
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
)

// TestClockSetBack sets the clock back by a day after a room was told as much as it bears, a
// card was changed and a digest has begun: nothing waits for the day to pass again.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	ahead := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	now := ahead.Add(-24 * time.Hour)
	n := &formatters.Notification{
		Version: 1, Severity: formatters.Error, Status: "firing", Subject: "cpu",
		Incident: formatters.Incident{Key: "cpu", State: formatters.Open},
	}
	soon := func(t *testing.T, d incident.Decision) {
		t.Helper()
		if d.Wake.After(now.Add(time.Minute)) {
			t.Errorf("it waits until %s, now is %s", d.Wake, now)
		}
	}
	t.Run("Room", func(t *testing.T) {
		t.Parallel()
		var room incident.Room
		for range 10 {
			room = incident.Decide(incident.Input{Room: room, Hook: "x", Notification: n, Now: ahead}).Room
		}
		if d := incident.Decide(incident.Input{Room: room, Hook: "x", Notification: n, Now: now}); d.Line != nil {
			t.Error("the room counts as full of what is yet to come")
		}
	})
	t.Run("Card", func(t *testing.T) {
		t.Parallel()
		d := incident.Decide(incident.Input{Hook: "x", Notification: n, Now: ahead})
		soon(t, incident.Decide(incident.Input{State: d.State, Hook: "x", Notification: n, Now: now}))
	})
	t.Run("Digest", func(t *testing.T) {
		t.Parallel()
		line := incident.Line{Hook: "x", Status: "firing", Text: "FIRING cpu", Window: 30 * time.Second}
		d := incident.Add(incident.Input{Hook: "x", Now: ahead}, line)
		until := d.State.Lines.Until
		soon(t, incident.Add(incident.Input{State: d.State, Room: d.Room, Hook: "x", Now: now}, line))
		soon(t, incident.Decide(incident.Input{State: d.State, Room: d.Room, Now: now}))
		if !d.State.Lines.Until.Equal(until) {
			t.Error("the state that was given was changed")
		}
	})
}
