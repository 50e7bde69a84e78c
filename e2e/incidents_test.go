//go:build goolm && linux

package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// incidents are what senders tell, and what a person sees when all is told: every message,
// with its first line as it is at last. Each sequence goes through an end without a
// beginning, a beginning, a repetition, a change, the end, another beginning, a change after
// a person has deleted the card, its end, and something that lasts.
//
//nolint:misspell // it stumbles over "Æther"
var incidents = map[string]sequence{
	"grafana": {
		steps: []string{
			"nodata-resolved", "firing-single", "firing-single", "custom-title-message", "resolved-single",
			"firing-single", "delete custom-title-message", "resolved-single",
			"group-3-firing group-3-firing",
		},
		view: `
1: RESOLVED ZFS pool health had no data for 3 min
2: RESOLVED CRITICAL: HighCPU on pve1:9100 (changed 3×)
3 to 2: RESOLVED CRITICAL: HighCPU on pve1:9100
4: (deleted)
5: RESOLVED CRITICAL: HighCPU on pve1:9100 (changed 1×)
6 to 5: RESOLVED CRITICAL: HighCPU on pve1:9100
7: 3 FIRING DiskSpaceLow: docker01:9100, nas1:9100, pve2:9100 (changed 1×)
`,
	},
	"uptime-kuma": {
		steps: []string{
			"v2-up-http", "v2-down-port", "v2-down-port", "v1-down-port", "v1-up-port-empty-msg",
			"v1-down-port", "delete v2-down-port", "v1-up-port-empty-msg", "v1-down-http-nasty v1-down-resend",
		},
		view: `
1: UP Jellyfin (retries)
2: UP Postgres (changed 3×)
3 to 2: UP Postgres
4: (deleted)
5: UP Postgres (changed 1×)
6 to 5: UP Postgres
7: STILL DOWN Nextcloud <b>Cloud</b> & "files" 🚀: Request failed with status code 503 (changed 1×)
`,
	},
	"sonarr": {
		steps: []string{
			"HealthRestored", "Health.warning", "Health.warning", "Health", "HealthRestored",
			"Health", "delete Health.warning", "HealthRestored", "Grab Download ManualInteractionRequired",
		},
		view: `
1: HEALTH RESTORED Sonarr resolved: All indexers are unavailable due to failures
2: HEALTH RESTORED Sonarr resolved: All indexers are unavailable due to failures (changed 3×)
3 to 2: HEALTH ERROR Sonarr: All indexers are unavailable due to failures
4 to 2: HEALTH RESTORED Sonarr resolved: All indexers are unavailable due to failures
5: (deleted)
6: HEALTH RESTORED Sonarr resolved: All indexers are unavailable due to failures (changed 1×)
7 to 6: HEALTH RESTORED Sonarr resolved: All indexers are unavailable due to failures
8: MANUAL INTERACTION Tide & <Ember>: "The Æther Coast" S02E03–E04: Not an upgrade for existing episode file(s). Existing quality: WEBDL-2160p v2. New quality WEBDL-2160p. (changed 1×)
9 to 8: MANUAL INTERACTION Tide & <Ember>: "The Æther Coast" S02E03–E04: Not an upgrade for existing episode file(s). Existing quality: WEBDL-2160p v2. New quality WEBDL-2160p.
`,
	},
	"owncast": {
		steps: []string{
			"STREAM_STOPPED", "STREAM_STARTED", "STREAM_STARTED", "STREAM_STARTED", "STREAM_STOPPED.duration",
			"STREAM_STARTED", "delete STREAM_STARTED", "STREAM_STOPPED", "STREAM_STARTED",
		},
		view: `
1: ENDED Garage Radio <Live> & Friends
2: ENDED Garage Radio <Live> & Friends (changed 3×)
3 to 2: ENDED Garage Radio <Live> & Friends
4: (deleted)
5: ENDED Garage Radio <Live> & Friends (changed 1×)
6 to 5: ENDED Garage Radio <Live> & Friends
7: LIVE Garage Radio <Live> & Friends: Friday night modular ⚡ <b>b</b>
`,
	},
	"proxmox": {
		steps: []string{
			"vzdump-success", "vzdump-failure", "vzdump-failure", "vzdump-multiple-problems", "vzdump-success",
			"vzdump-failure", "delete backup-failed-3-of-5", "vzdump-success",
			"replication-failure replication-failure-3rd",
		},
		view: `
1: BACKED UP pve1: 3 guests
2: BACKED UP pve1: 3 guests (changed 3×)
3 to 2: BACKED UP pve1: 3 guests
4: (deleted)
5: BACKED UP pve1: 3 guests (changed 1×)
6 to 5: BACKED UP pve1: 3 guests
7: REPLICATION FAILED 100-0 from pve1 to pve2: no tunnel IP received (changed 1×)
`,
	},
}

// sequence is what a sender tells, in steps of samples, and what a person sees of it.
type sequence struct {
	steps []string
	view  string
}

// deletes is what stands before the samples of a step before which the newest card is
// deleted.
const deletes = "delete "

// TestIncidents plays sequences of real senders' webhooks into plain and encrypted rooms. A
// person sees the same, whether or not the program is killed at each step.
func TestIncidents(t *testing.T) {
	t.Parallel()
	for name, kills := range map[string]bool{"Calm": false, "Killed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			playIncidents(t, kills)
		})
	}
}

func playIncidents(t *testing.T, kills bool) {
	h := newHouse(t, storetest.SQLite)
	ann := newPerson(t, h.startSynapse(), "ann").withKeys()
	var stages []*stage
	for service, s := range incidents {
		for place, encrypted := range map[string]bool{"plain": false, "secret": true} {
			name, room := service+"-"+place, ann.newRoom(encrypted, sender)
			h.room(name, room.String())
			stages = append(stages, &stage{sequence: s, name: name, service: service, url: h.hook(name, service, name, ""), room: room, encrypted: encrypted})
		}
	}
	h.write()
	h.start()

	for n := range incidents["grafana"].steps {
		for _, s := range stages {
			s.play(ann, n)
		}
		if kills {
			time.Sleep(random(400 * time.Millisecond))
			h.kill()
			h.start()
		}
		h.awaitTold(time.Minute)
		if t.Failed() {
			return
		}
	}
	for _, s := range stages {
		t.Run(s.name, func(t *testing.T) {
			told := ann.everything(s.room)
			if diff := cmp.Diff(strings.TrimPrefix(s.view, "\n"), view(told)); diff != "" {
				t.Errorf("a person sees (-want +got):\n%s", diff)
			}
			if slices.ContainsFunc(told, func(m message) bool { return m.encrypted != s.encrypted }) {
				t.Errorf("not every message has encrypted: %t", s.encrypted)
			}
		})
	}
}

// stage is a room in which a sequence is played.
type stage struct {
	sequence

	name, service, url string
	room               id.RoomID
	encrypted          bool
}

// play does one step of the sequence.
func (s *stage) play(ann *person, n int) {
	ann.t.Helper()
	names, afterDeletion := strings.CutPrefix(s.steps[n], deletes)
	if afterDeletion {
		ann.deleteCard(s.room)
	}
	all := payloads.Of(s.service)
	for name := range strings.FieldsSeq(names) {
		at := slices.IndexFunc(all, func(p payloads.Sample) bool { return p.Name == name })
		if at < 0 {
			ann.t.Fatalf("no sample %s/%s", s.service, name)
		}
		postSample(ann.t, s.url, all[at])
	}
}

// deleteCard redacts the newest card of a room.
func (p *person) deleteCard(room id.RoomID) {
	p.t.Helper()
	for _, m := range slices.Backward(p.everything(room)) {
		if target, _ := m.relation(); target != "" || len(m.content) == 0 {
			continue
		}
		if _, err := p.RedactEvent(p.t.Context(), room, id.EventID(m.id)); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	p.t.Fatalf("room %s has no card", room)
}
