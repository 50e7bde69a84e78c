package incident_test

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

var update = flag.Bool("update", false, "write what the room reads into testdata")

// acts are what happens to a room, told with samples of real programs: the time since
// the step before, and the sample.
var acts = map[string][]string{
	"grafana": {
		"0s grafana/firing-single", "4m grafana/firing-single", "8m grafana/resolved-single",
	},
	"uptime-kuma": {
		"0s uptime-kuma/v2-down-port", "1h uptime-kuma/v2-down-port", "12m uptime-kuma/v1-up-port-empty-msg",
		"8m uptime-kuma/v1-down-http-nasty", "1h uptime-kuma/v1-down-resend", "1h uptime-kuma/v2-down-resend-unimportant",
	},
	"proxmox": {"0s proxmox/vzdump-failure", "24h proxmox/vzdump-success"},
	"owncast": {"0s owncast/STREAM_STARTED", "2h13m owncast/STREAM_STOPPED"},
	"seerr":   {"0s seerr/MEDIA_PENDING.tv-4k", "5m seerr/MEDIA_APPROVED", "2h seerr/MEDIA_AVAILABLE.tv"},
	"sonarr": {
		"0s sonarr/Health", "20m sonarr/HealthRestored",
		"1m sonarr/Grab", "12m sonarr/Download", "1m sonarr/Download.upgrade",
	},
	"tickets": {"0s tinker-tickets/created-nested", "10m tinker-tickets/assigned", "1h tinker-tickets/updated-status"},
}

// TestStories shows every event as the room gets it. Read the files: they are what people
// see of an incident.
func TestStories(t *testing.T) {
	t.Parallel()
	for name, steps := range acts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told strings.Builder
			now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
			states := map[string]incident.State{}
			for _, step := range steps {
				after, sample, _ := strings.Cut(step, " ")
				d, err := time.ParseDuration(after)
				if err != nil {
					t.Fatal(err)
				}
				now = now.Add(d)
				n, policy := read(t, sample, now)
				key := n.Incident.Key
				decision := incident.Decide(incident.Input{State: states[key], Hook: name, Policy: policy, Notification: &n, Now: now})
				states[key] = decision.State
				fmt.Fprintf(&told, "== %s %s (%s %s)\n", now.Format("15:04"), sample, n.Incident.State, key)
				for _, p := range decision.Parts {
					m := formatters.Render(*p.Notification, formatters.RenderOptions{Now: now, MsgType: p.MsgType})
					fmt.Fprintf(&told, "%s (%s)\n  %s\n", p.Kind, m.MsgType, strings.ReplaceAll(m.Body, "\n", "\n  "))
				}
			}
			file := filepath.Join("testdata", name+".story")
			if *update {
				if err := os.WriteFile(file, []byte(told.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), told.String()); diff != "" {
				t.Errorf("the room reads (-want +got):\n%s", diff)
			}
		})
	}
}

func read(t *testing.T, path string, now time.Time) (formatters.Notification, incident.Policy) {
	t.Helper()
	name, _, _ := strings.Cut(path, "/")
	service, ok := formatters.Lookup(name)
	if !ok {
		t.Fatalf("no service %s", name)
	}
	for _, s := range payloads.Of(name) {
		if s.Path() == path {
			return notificationOf(t, service, s, now)
		}
	}
	t.Fatalf("no sample %s", path)
	return formatters.Notification{}, incident.Policy{}
}

// notificationOf returns what a sample says, and how its service wants it told.
func notificationOf(t *testing.T, service formatters.Service, s payloads.Sample, now time.Time) (formatters.Notification, incident.Policy) {
	t.Helper()
	query, err := url.ParseQuery(s.Query)
	if err != nil {
		t.Fatal(err)
	}
	onUpdate, err := incident.ParseActions(service.OnUpdate)
	if err != nil {
		t.Fatal(err)
	}
	return service.Format(service.PayloadOf(s.Method, s.Header, query, s.Body, now)).Notification, incident.Policy{OnUpdate: onUpdate}
}
