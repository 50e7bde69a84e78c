//go:build goolm && linux

package e2e_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// incidents are what senders tell, and what a person sees when all is told: every message
// that stands, by its first line. Each sequence goes through an end without a beginning, a
// beginning, a repetition, a change, the end, another beginning, a change after a person has
// deleted the card, and its end.
var incidents = map[string]struct {
	steps []string
	view  string
}{
	"grafana": {
		steps: []string{
			"nodata-resolved", "firing-single", "firing-single", "custom-title-message", "resolved-single",
			"firing-single", "delete custom-title-message", "resolved-single",
		},
	},
	"uptime-kuma": {
		steps: []string{
			"v2-up-http", "v2-down-port", "v2-down-port", "v1-down-port", "v1-up-port-empty-msg",
			"v1-down-port", "delete v2-down-port", "v1-up-port-empty-msg",
		},
	},
	"sonarr": {
		steps: []string{
			"HealthRestored", "Health.warning", "Health.warning", "Health", "HealthRestored",
			"Health", "delete Health.warning", "HealthRestored",
		},
	},
	"owncast": {
		steps: []string{
			"STREAM_STOPPED", "STREAM_STARTED", "STREAM_STARTED", "STREAM_STARTED", "STREAM_STOPPED.duration",
			"STREAM_STARTED", "delete STREAM_STARTED", "STREAM_STOPPED",
		},
	},
	"proxmox": {
		steps: []string{
			"vzdump-success", "vzdump-failure", "vzdump-failure", "vzdump-multiple-problems", "vzdump-success",
			"vzdump-failure", "delete backup-failed-3-of-5", "vzdump-success",
		},
	},
}

// deletes is what stands before the sample of a step that comes when the newest card has
// been deleted.
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
	for service, i := range incidents {
		for _, encrypted := range []bool{false, true} {
			s := &stage{name: service + map[bool]string{false: "-plain", true: "-encrypted"}[encrypted], want: i.view, steps: i.steps, service: service}
			s.room = ann.newRoom(encrypted, sender)
			h.room(s.name, s.room.String())
			s.url = h.hook(s.name, service, s.name, "user: {localpart: "+service+"}")
			stages = append(stages, s)
		}
	}
	h.writeDigested()
	h.start()

	for n := range stages[0].steps {
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
			if diff := cmp.Diff(s.want, view(ann.everything(s.room))); diff != "" {
				t.Errorf("a person sees (-want +got):\n%s", diff)
			}
		})
	}
}

// stage is a room in which a sequence is played.
type stage struct {
	name, service, url, want string
	steps                    []string
	room                     id.RoomID
}

// play does one step of the sequence.
func (s *stage) play(ann *person, n int) {
	ann.t.Helper()
	name, afterDeletion := strings.CutPrefix(s.steps[n], deletes)
	if afterDeletion {
		ann.deleteCard(s.room)
	}
	all := payloads.Of(s.service)
	at := slices.IndexFunc(all, func(p payloads.Sample) bool { return p.Name == name })
	if at < 0 {
		ann.t.Fatalf("no sample %s/%s", s.service, name)
	}
	postSample(ann.t, s.url, all[at])
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

// everything returns the messages of a room as read does. Those that were redacted have no
// content.
func (p *person) everything(room id.RoomID) []message {
	p.t.Helper()
	var all []message
	for _, evt := range p.timeline(room) {
		if evt.Type != event.EventMessage && evt.Type != event.EventEncrypted {
			continue
		}
		m := message{id: evt.ID.String(), sender: evt.Sender.String(), encrypted: evt.Type == event.EventEncrypted}
		switch {
		case evt.Unsigned.RedactedBecause != nil:
		case !m.encrypted:
			m.content = evt.Content.Raw
		default:
			plain := p.decrypt(evt, 20*time.Second)
			if plain == nil {
				p.t.Errorf("%s cannot read %s", p.UserID, evt.ID)
				continue
			}
			m.content = plain.Content.Raw
		}
		all = append(all, m)
	}
	return all
}

// howLong is at the end of a first line. How long something took depends on how late the
// test is, where the sender does not say.
var howLong = regexp.MustCompile(` after \d.*`)

// view returns what a person sees of a room at last: its messages, numbered, each with its
// first line, with what it replies to, and with how often it was changed.
func view(all []message) string {
	number, changed := map[string]int{}, map[string]int{}
	for _, m := range all {
		if target, kind := m.relation(); kind == "m.replace" {
			changed[target]++
		} else {
			number[m.id] = len(number) + 1
		}
	}
	stands := map[string]message{}
	for _, m := range standing(all) {
		stands[m.id] = m
	}
	var b strings.Builder
	for _, m := range all {
		target, kind := m.relation()
		if kind == "m.replace" {
			continue
		}
		fmt.Fprintf(&b, "%d", number[m.id])
		if kind == "reply" {
			fmt.Fprintf(&b, " to %d", number[target])
		}
		first, _, _ := strings.Cut(stands[m.id].body(), "\n")
		if len(m.content) == 0 {
			first = "(deleted)"
		}
		fmt.Fprintf(&b, ": %s", howLong.ReplaceAllString(first, ""))
		if n := changed[m.id]; n > 0 {
			fmt.Fprintf(&b, " (changed %d×)", n)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
