//go:build goolm && linux

package e2e_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/stories"
)

// killedStories are those of each service that are played once more, while the program is
// killed at each of their steps.
var killedStories = map[string][]string{
	"grafana":     {"repeats, changes and resolves", "told anew after its card was deleted"},
	"uptime-kuma": {"flaps", "up after its card was deleted"},
	"sonarr":      {"health that gets worse", "grabbed, its card deleted, imported"},
	"owncast":     {"a chat while it is live", "over after its card was deleted"},
	"proxmox":     {"fails again and again", "failed, its card deleted, failed"},
}

// TestIncidents plays the stories of testdata/stories on one program, in a plain and an
// encrypted room of each service. A person sees at last what the stories say, whether or not
// the program is killed at each step.
func TestIncidents(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite)
	theatre := &theatre{house: h, ann: newPerson(t, h.startSynapse(), "ann").withKeys()}
	var calm, killed []*scene
	for service, again := range killedStories {
		rooms := theatre.newRooms(service)
		all, err := stories.Of(service)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			calm = append(calm, theatre.newScene(service, s, rooms))
			if slices.Contains(again, s.Name) {
				killed = append(killed, theatre.newScene(service, s, rooms))
			}
		}
	}
	if len(calm) < 50 || len(killed) != 2*len(killedStories) {
		t.Fatalf("%d stories, and %d with kills", len(calm), len(killed))
	}
	h.write()
	h.start()
	t.Run("Calm", func(t *testing.T) {
		for theatre.playOn(t, calm, 1<<10) {
		}
		theatre.check(t, calm)
		theatre.checkOpen(t, calm)
	})
	t.Run("Killed", func(t *testing.T) {
		for theatre.playOn(t, killed, 1) {
			time.Sleep(random(400 * time.Millisecond))
			h.kill()
			h.start()
		}
		theatre.check(t, killed)
	})
}

// theatre is where stories are played.
type theatre struct {
	house *house
	ann   *person
}

// scene is a story on its way. Each has a hook of its own.
type scene struct {
	stories.Story
	hook, url string
	rooms     [2]id.RoomID // a plain and an encrypted one
	next      int          // step
}

func (th *theatre) newRooms(service string) (rooms [2]id.RoomID) {
	for i, encrypted := range []bool{false, true} {
		rooms[i] = th.ann.newRoom(encrypted, sender)
		th.house.room(fmt.Sprint(service, i), rooms[i].String())
	}
	return rooms
}

func (th *theatre) newScene(service string, s stories.Story, rooms [2]id.RoomID) *scene {
	h := th.house
	k := hook{
		name: fmt.Sprint("story-", len(h.hooks)), id: uuid.NewString(), service: service, room: service + "0",
		more: fmt.Sprintf(`filter: "true", routes: [{when: "true", room: %[1]s0, continue: true}, {when: "true", room: %[1]s1}]`, service),
	}
	h.hooks = append(h.hooks, k)
	return &scene{Story: s, hook: k.name, url: "http://" + h.webhooks + "/webhook/" + k.id, rooms: rooms}
}

// playOn plays so many steps of each scene, but no further than to one before which all must
// be told. It reports whether there are more.
func (th *theatre) playOn(t *testing.T, scenes []*scene, steps int) (more bool) {
	t.Helper()
	if slices.ContainsFunc(scenes, (*scene).waits) {
		th.house.awaitTold(time.Minute)
		th.deleteCards(t, scenes)
	}
	for _, s := range scenes {
		for range steps {
			if s.next == len(s.Steps) || s.waits() {
				break
			}
			postSample(t, s.url, s.Steps[s.next].Sample)
			s.next++
		}
		more = more || s.next < len(s.Steps)
	}
	return more
}

// waits reports whether all must be told before the next step.
func (s *scene) waits() bool {
	return s.next < len(s.Steps) && (s.Steps[s.next].Deletes || s.Steps[s.next].Waits)
}

// deleteCards does what scenes wait for: the newest card of some is deleted.
func (th *theatre) deleteCards(t *testing.T, scenes []*scene) {
	t.Helper()
	seen := th.read(t, scenes)
	for _, s := range scenes {
		if !s.waits() {
			continue
		}
		s.next++
		if s.Steps[s.next-1].Waits {
			continue
		}
		for _, room := range s.rooms {
			messages := seen[room][s.hook]
			at := slices.IndexFunc(messages, func(m message) bool {
				target, _ := m.relation()
				return target == "" && len(m.content) > 0
			})
			if at < 0 {
				t.Fatalf("%s has no card to delete", s.Name)
			}
			if _, err := th.ann.RedactEvent(t.Context(), room, id.EventID(messages[at].id)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// read returns the messages of all scenes' rooms by room and hook, oldest first.
func (th *theatre) read(t *testing.T, scenes []*scene) map[id.RoomID]map[string][]message {
	t.Helper()
	hooks := th.house.eventHooks()
	seen := map[id.RoomID]map[string][]message{}
	for _, s := range scenes {
		for i, room := range s.rooms {
			if seen[room] != nil {
				continue
			}
			seen[room] = map[string][]message{}
			for _, m := range th.ann.everything(room) {
				if m.encrypted != (i == 1) {
					t.Errorf("message %s has encrypted: %t", m.id, m.encrypted)
				}
				seen[room][hooks[m.id]] = append(seen[room][hooks[m.id]], m)
			}
			if strange := seen[room][""]; len(strange) > 0 {
				t.Errorf("%d messages of %s are of no hook", len(strange), room)
			}
		}
	}
	return seen
}

// check compares what a person sees of each scene at last.
func (th *theatre) check(t *testing.T, scenes []*scene) {
	t.Helper()
	th.house.awaitTold(time.Minute)
	if t.Failed() {
		return
	}
	seen := th.read(t, scenes)
	for _, s := range scenes {
		for _, room := range s.rooms {
			if diff := cmp.Diff(s.View, view(seen[room][s.hook])); diff != "" {
				t.Errorf("of %q (%s) in %s a person sees (-want +got):\n%s", s.Name, s.hook, room, diff)
			}
		}
	}
}

// checkOpen compares what the program says is open, in the two rooms of some scenes, as a
// list and as a metric.
func (th *theatre) checkOpen(t *testing.T, scenes []*scene) {
	t.Helper()
	var list []struct{ Hook, Title string }
	if err := json.Unmarshal([]byte(th.house.run("incidents", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	_, page := get(t.Context(), "http://"+th.house.metrics+"/metrics")
	for _, s := range scenes {
		want, known := map[string]int{
			"fires and resolves": 0, "several matters side by side": 2, "still down, and others beside it": 4, "health and its end": 0,
			"two downloads side by side": 4, "two servers": 2, "another job is no end": 2, "replication fails thrice": 2,
		}[s.Name]
		if !known {
			continue
		}
		listed := 0
		for _, i := range list {
			if i.Hook == s.hook && i.Title != "" {
				listed++
			}
		}
		metric := fmt.Sprintf("lotus_hooks_incidents_open{hook=%q} %d\n", s.hook, want)
		if listed != want || !strings.Contains(page, metric) {
			t.Errorf("after %q, %d incidents are listed, want %d; and as a metric %s", s.Name, listed, want, metric)
		}
	}
}

// eventHooks returns whose every event is, by its id.
func (h *house) eventHooks() map[string]string {
	h.t.Helper()
	db := h.openDatabase()
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(h.t.Context(), `SELECT s.event_id, coalesce(w.hook, i.hook) FROM sends s
		LEFT JOIN webhooks w ON w.id = s.webhook LEFT JOIN incidents i ON i.id = s.incident WHERE s.event_id <> ''`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	hooks := map[string]string{}
	for rows.Next() {
		var event, hook string
		if err := rows.Scan(&event, &hook); err != nil {
			h.t.Fatal(err)
		}
		hooks[event] = hook
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
	return hooks
}
