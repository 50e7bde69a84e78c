package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/synapse"
)

const demoSynapsePort = "18008"

// synapseHome is a real Synapse.
type synapseHome struct {
	dir    string
	stderr io.Writer
	env    []string
	script string
}

func (h *synapseHome) domain() string  { return "demo.test" }
func (h *synapseHome) url() string     { return "http://127.0.0.1:" + demoSynapsePort }
func (h *synapseHome) encrypted() bool { return true }
func (h *synapseHome) hint() string {
	return fmt.Sprintf("Any Matrix client on this machine can log in: homeserver %s, user %s, password %s\n"+
		"The bot is in the room Commands, which is encrypted: say !help there, or !wordle, and accept its invitation.\n",
		h.url(), visitorName, visitorPassword)
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
	return nil
}

func (h *synapseHome) account(ctx context.Context, localpart, password string) error {
	return h.run(ctx, "user", localpart, password)
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
