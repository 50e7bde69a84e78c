package incident_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	earlier := now.Add(-time.Hour)
	alone := &formatters.Notification{Status: "grabbed"}
	firing := &formatters.Notification{
		Status: "firing", Items: []formatters.Item{{Key: "a"}},
		Incident: formatters.Incident{Key: "cpu", State: formatters.Open},
	}
	for _, test := range []struct {
		name string
		in   incident.Input
		want incident.Decision
	}{
		{
			"StandaloneIsACard", incident.Input{Notification: alone, Now: now},
			incident.Decision{
				State: incident.State{Version: incident.StateVersion, Opened: now, Told: 1},
				Parts: []incident.Part{{Kind: incident.New, Notification: alone}},
			},
		},
		{
			"OpeningIsTheIncidentsCard", incident.Input{Notification: firing, Now: now},
			incident.Decision{
				State: incident.State{Version: incident.StateVersion, Card: true, Opened: now, Told: 1, Items: firing.Items},
				Parts: []incident.Part{{Kind: incident.New, Card: true, Notification: firing}},
			},
		},
		{
			"ChangeKeepsWhenItOpened",
			incident.Input{State: incident.State{Card: true, Opened: earlier, Told: 1}, Notification: firing, Now: now},
			incident.Decision{
				State: incident.State{Version: incident.StateVersion, Card: true, Opened: earlier, Told: 2, Items: firing.Items},
				Parts: []incident.Part{{Kind: incident.New, Card: true, Notification: firing}},
			},
		},
		{
			"TimerReleasesWhatIsHeld", incident.Input{Now: now, Held: 2},
			incident.Decision{State: incident.State{Version: incident.StateVersion}, Release: true},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, incident.Decide(test.in)); diff != "" {
				t.Errorf("decided (-want +got):\n%s", diff)
			}
		})
	}
}
