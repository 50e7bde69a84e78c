package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/synapse"
)

const (
	demoSynapsePort = "18008"
	demoUser        = "visitor"
	demoPassword    = "visitor"
)

// synapseHome is a real Synapse, whose room the page reads as its visitor.
type synapseHome struct {
	dir    string
	stderr io.Writer
	env    []string
	script string
	client *mautrix.Client

	mu      sync.Mutex
	events  []console.Event
	listens map[int]func(console.Event)
	next    int
}

func (h *synapseHome) domain() string { return "demo.test" }
func (h *synapseHome) url() string    { return "http://127.0.0.1:" + demoSynapsePort }
func (h *synapseHome) hint() string {
	return fmt.Sprintf("Any Matrix client on this machine can log in: homeserver %s, user %s, password %s\n", h.url(), demoUser, demoPassword)
}

func (h *synapseHome) start(ctx context.Context, life *lifecycle, _ config.Registration, file string) error {
	h.script = filepath.Join(h.dir, "synapse.sh")
	if err := os.WriteFile(h.script, synapse.Script, 0o700); err != nil { //nolint:gosec // it is to be run
		return err
	}
	h.env = append(os.Environ(), "SYNAPSE_DIR="+filepath.Join(h.dir, "synapse"), "SYNAPSE_PORT="+demoSynapsePort,
		"SYNAPSE_SERVER_NAME="+h.domain(), "SYNAPSE_REGISTRATIONS="+file, "SYNAPSE_OWNER="+strconv.Itoa(os.Getpid()))
	fmt.Fprintln(h.stderr, "starting Synapse; the first time, it is fetched from Debian (about 15 seconds)")
	if err := h.run(ctx, "up"); err != nil {
		return err
	}
	life.onEnd("synapse", func() error { return h.run(context.Background(), "down") })
	if err := h.run(ctx, "user", demoUser, demoPassword); err != nil {
		return err
	}
	client, err := mautrix.NewClient(h.url(), "", "")
	if err != nil {
		return err
	}
	h.client = client
	_, err = client.Login(ctx, &mautrix.ReqLogin{
		Type:       mautrix.AuthTypePassword,
		Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: demoUser},
		Password:   demoPassword, StoreCredentials: true,
	})
	return err
}

// run runs the script. Synapse outlives it, so its output goes to a file instead of a pipe.
func (h *synapseHome) run(ctx context.Context, args ...string) error {
	out, err := os.Create(filepath.Join(h.dir, "synapse-output"))
	if err != nil {
		return err
	}
	defer out.Close() //nolint:errcheck // read by its name below
	cmd := exec.CommandContext(ctx, "bash", append([]string{h.script}, args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = h.env, out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("run Synapse: %w\n%s", err, strings.TrimSpace(string(text)))
	}
	return nil
}

func (h *synapseHome) room(ctx context.Context, life *lifecycle, invite string) (string, console.Room, error) {
	made, err := h.client.CreateRoom(ctx, &mautrix.ReqCreateRoom{Name: demoRoomName, Invite: []id.UserID{id.UserID(invite)}})
	if err != nil {
		return "", console.Room{}, err
	}
	syncer, ok := h.client.Syncer.(*mautrix.DefaultSyncer)
	if !ok {
		return "", console.Room{}, fmt.Errorf("unexpected syncer %T", h.client.Syncer)
	}
	syncer.OnEvent(func(_ context.Context, e *event.Event) {
		if e.RoomID == made.RoomID && e.Mautrix.EventSource&event.SourceTimeline != 0 {
			h.add(e)
		}
	})
	life.run("visitor", h.client.SyncWithContext)
	return made.RoomID.String(), console.Room{Name: demoRoomName, History: h.history, Subscribe: h.subscribe}, nil
}

// add shows an event to all pages.
func (h *synapseHome) add(e *event.Event) {
	content, err := json.Marshal(e.Content.Raw)
	if err != nil {
		return // it came as JSON
	}
	shown := console.Event{
		ID: e.ID.String(), Sender: e.Sender.String(), Type: e.Type.Type, StateKey: e.StateKey, Content: content, Time: time.UnixMilli(e.Timestamp),
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, shown)
	for _, listen := range h.listens {
		listen(shown)
	}
}

func (h *synapseHome) history() []console.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]console.Event(nil), h.events...)
}

func (h *synapseHome) subscribe(listen func(console.Event)) (cancel func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listens == nil {
		h.listens = map[int]func(console.Event){}
	}
	n := h.next
	h.next++
	h.listens[n] = listen
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.listens, n)
	}
}
