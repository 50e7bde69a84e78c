package incident_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/stories"
)

// TestViews plays the stories of testdata/stories and compares what a person sees at last.
// The same stories are played on a real homeserver by TestIncidents of package e2e.
func TestViews(t *testing.T) {
	t.Parallel()
	for _, service := range []string{"grafana", "uptime-kuma", "sonarr", "owncast", "proxmox"} {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			all, err := stories.Of(service)
			if err != nil {
				t.Fatal(err)
			}
			if len(all) < 10 {
				t.Errorf("%d stories, want ten", len(all))
			}
			for i := range all {
				s := newScene(t, service)
				s.play(all[i].Steps)
				got := stories.View(s.room)
				if diff := cmp.Diff(all[i].View, got); diff != "" && !*update {
					t.Errorf("%s: a person sees (-want +got):\n%s", all[i].Name, diff)
				}
				all[i].View = got
			}
			if *update {
				file := filepath.Join("..", "..", "testdata", "stories", service+".txt")
				if err := os.WriteFile(file, []byte(stories.Format(all)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// scene is a room in which a story is played.
type scene struct {
	t       *testing.T
	service formatters.Service
	now     time.Time
	states  map[string]incident.State
	cards   map[string]int // the message that is an incident's card
	held    map[string]int
	wakes   map[string]time.Time
	room    []stories.Message
}

func newScene(t *testing.T, service string) *scene {
	t.Helper()
	s, ok := formatters.Lookup(service)
	if !ok {
		t.Fatalf("no service %s", service)
	}
	return &scene{
		t: t, service: s, now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), states: map[string]incident.State{},
		cards: map[string]int{}, held: map[string]int{}, wakes: map[string]time.Time{},
	}
}

func (s *scene) play(steps []stories.Step) {
	for _, step := range steps {
		s.pass(step.After)
		if step.Deletes {
			s.delete()
		}
		if step.Deletes || step.Waits {
			continue
		}
		n, policy := notificationOf(s.t, s.service, step.Sample, s.now)
		policy.Digest.Off = true
		key := n.Incident.Key
		s.store(key, incident.Decide(incident.Input{State: s.states[key], Policy: policy, Notification: &n, Now: s.now, Held: s.held[key]}))
	}
	s.pass(time.Minute)
}

// pass lets time pass, and timers ring.
func (s *scene) pass(d time.Duration) {
	end := s.now.Add(d)
	for key, wake := range s.wakes {
		if !wake.After(end) {
			s.now = wake
			s.store(key, incident.Decide(incident.Input{State: s.states[key], Now: wake, Held: s.held[key]}))
		}
	}
	s.now = end
}

func (s *scene) delete() {
	for i := len(s.room) - 1; i >= 0; i-- {
		if s.room[i].Answers == 0 && !s.room[i].Deleted {
			s.room[i].Deleted = true
			return
		}
	}
	s.t.Fatal("there is no card to delete")
}

func (s *scene) store(key string, d incident.Decision) {
	s.states[key] = d.State
	if d.Hold {
		s.held[key]++
	} else if d.TellHeld {
		s.held[key] = 0
	}
	if delete(s.wakes, key); !d.Wake.IsZero() {
		s.wakes[key] = d.Wake
	}
	retold := false
	for _, p := range d.Parts {
		m := stories.Message{Body: formatters.Render(*p.Notification, formatters.RenderOptions{Now: s.now, MsgType: p.MsgType}).Body}
		at, stands := s.cards[key]
		gone := !stands || s.room[at].Deleted
		switch {
		case gone && (p.Kind == incident.Retire || p.Kind == incident.React), retold && p.Kind == incident.Reply:
			continue
		case !gone && (p.Kind == incident.Edit || p.Kind == incident.Retire):
			s.room[at].Body = m.Body
			continue
		case !gone && p.Kind == incident.Reply:
			m.Answers = at + 1
		}
		if s.room = append(s.room, m); p.Card || p.Kind == incident.Edit {
			retold = p.Kind == incident.Edit
			s.cards[key] = len(s.room) - 1
		}
	}
}
