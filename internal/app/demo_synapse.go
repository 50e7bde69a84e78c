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

// synapseHome is a real Synapse, whose rooms the page reads as its visitor.
type synapseHome struct {
	dir    string
	stderr io.Writer
	env    []string
	script string
	client *mautrix.Client
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

func (h *synapseHome) rooms(ctx context.Context, life *lifecycle, rooms []console.Room, invite string, log *demoLog) (map[string]string, error) {
	ids, names := map[string]string{}, map[id.RoomID]string{}
	for _, r := range rooms {
		made, err := h.client.CreateRoom(ctx, &mautrix.ReqCreateRoom{Name: r.Title, Topic: r.Topic, Invite: []id.UserID{id.UserID(invite)}})
		if err != nil {
			return nil, err
		}
		ids[r.Name], names[made.RoomID] = made.RoomID.String(), r.Name
	}
	syncer, ok := h.client.Syncer.(*mautrix.DefaultSyncer)
	if !ok {
		return nil, fmt.Errorf("unexpected syncer %T", h.client.Syncer)
	}
	syncer.OnEvent(func(_ context.Context, e *event.Event) {
		name, shown := names[e.RoomID]
		content, err := json.Marshal(e.Content.Raw)
		if !shown || err != nil || e.Mautrix.EventSource&event.SourceTimeline == 0 {
			return
		}
		log.add(console.Event{
			Room: name, ID: e.ID.String(), Sender: e.Sender.String(), Type: e.Type.Type, StateKey: e.StateKey,
			Content: content, Time: time.UnixMilli(e.Timestamp),
		})
	})
	life.run("visitor", h.client.SyncWithContext)
	return ids, nil
}
