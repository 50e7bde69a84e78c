package formatters

import (
	"strings"
	"testing"
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
