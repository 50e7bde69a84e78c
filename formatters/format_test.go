package formatters

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestFormatBoundsIncidentKey(t *testing.T) {
	t.Parallel()
	grafana, _ := Lookup("grafana")
	format := func(groupKey string) Notification {
		body := `{"status":"firing","groupKey":"` + groupKey + `","alerts":[{"labels":{"alertname":"A"}}]}`
		return grafana.Format(Payload{Body: []byte(body)}).Notification
	}
	if got := format("{}:short").Incident.Key; !strings.HasSuffix(got, "{}:short") {
		t.Errorf("a short key became %q", got)
	}
	long := strings.Repeat("x", 4000)
	first, second := format(long+"1").Incident.Key, format(long+"2").Incident.Key
	if len(first) > maxIncidentKey {
		t.Errorf("the key has %d bytes, more than %d", len(first), maxIncidentKey)
	}
	if first == second {
		t.Error("two groups share a key")
	}
	if again := format(long + "1").Incident.Key; again != first {
		t.Error("the same group has two keys")
	}
}

// timed is a formatter whose sender says impossible times.
type timed time.Time

func (t timed) Format(Payload) (Notification, error) {
	at := time.Time(t)
	return Notification{Time: at, Facts: []Fact{{Time: at}}, Items: []Item{{Since: at}}}, nil
}

// TestFormatTimesCanBeStored holds that no sender's time keeps its webhook out of the outbox.
func TestFormatTimesCanBeStored(t *testing.T) {
	t.Parallel()
	newYear := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		at, want time.Time
	}{
		{"OK", newYear, newYear},
		{"None", time.Time{}, time.Time{}},
		{"ZoneOfAWholeDay", newYear.In(time.FixedZone("", 24*60*60)), newYear},
		{"ZoneOfAWholeDayWest", newYear.In(time.FixedZone("", -24*60*60)), newYear},
		{"Year10000", newYear.AddDate(8000, 0, 0), time.Time{}},
		{"BeforeYear1", newYear.AddDate(-3000, 0, 0), time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := Service{Formatter: timed(c.at)}.Format(Payload{}).Notification
			for _, got := range []time.Time{n.Time, n.Facts[0].Time, n.Items[0].Since} {
				if !got.Equal(c.want) {
					t.Errorf("%v became %v, want %v", c.at, got, c.want)
				}
			}
			if _, err := json.Marshal(n); err != nil {
				t.Error(err)
			}
		})
	}
	generic, _ := Lookup("generic")
	n := generic.Format(Payload{Body: []byte(`{"title":"t","timestamp":"2026-01-01T00:00:00+24:00"}`)}).Notification
	if _, err := json.Marshal(n); err != nil {
		t.Errorf("a time of the generic formatter: %v", err)
	}
}
