package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/synapse"
)

// encrypted measures idle memory with an encrypted room, on a real Synapse. It runs only
// where it is asked for.
func (b *bench) encrypted(ctx context.Context) (err error) {
	if !b.synapse {
		return nil
	}
	dir, err := b.folder()
	if err != nil {
		return err
	}
	registration, err := newRegistration()
	if err != nil {
		return err
	}
	real := &realHome{dir: dir}
	if err := real.start(ctx, registration); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, real.run(context.WithoutCancel(ctx), "down")) }()
	room, err := real.encryptedRoom(ctx, "@"+registration.SenderLocalpart+":"+domain)
	if err != nil {
		return err
	}
	if dir, err = b.folder(); err != nil {
		return err
	}
	s, err := newSetup(dir, registration, real.url, []string{room}, serviceNames(hooksAtHome))
	if err != nil {
		return err
	}
	var idle []float64
	for round := range b.rounds {
		p, err := b.serveReady(ctx, s)
		if err != nil {
			return err
		}
		rss, err := real.idle(ctx, p, room, (round+1)*hooksAtHome, b.period(idleTime))
		if err := errors.Join(err, p.stop()); err != nil {
			return err
		}
		idle = append(idle, rss)
	}
	b.report.add(fmt.Sprintf("idle memory, %d hooks, an encrypted room", hooksAtHome), fmt.Sprintf("%.0f MiB", median(idle)), "",
		0, atMost(median(idle), idleGoal, "%.0f MiB"))
	return nil
}

// realHome is a Synapse with one person.
type realHome struct {
	dir   string
	url   string
	env   []string
	token string
}

func (h *realHome) start(ctx context.Context, registration config.Registration) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	file := filepath.Join(h.dir, "registration.yaml")
	if err := registration.WriteFile(file); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(h.dir, "synapse.sh"), synapse.Script, 0o600); err != nil {
		return err
	}
	h.url = "http://" + address
	h.env = append(os.Environ(), "SYNAPSE_DIR="+filepath.Join(h.dir, "synapse"), "SYNAPSE_PORT="+port,
		"SYNAPSE_SERVER_NAME="+domain, "SYNAPSE_REGISTRATIONS="+file, "SYNAPSE_OWNER="+strconv.Itoa(os.Getpid()))
	if err := h.run(ctx, "up"); err != nil {
		return err
	}
	if err := h.run(ctx, "user", "owner", "owner"); err != nil {
		return err
	}
	var login struct {
		Token string `json:"access_token"`
	}
	err = h.call(ctx, http.MethodPost, "/login", map[string]any{
		"type": "m.login.password", "identifier": map[string]any{"type": "m.id.user", "user": "owner"}, "password": "owner",
	}, &login)
	h.token = login.Token
	return err
}

// run runs the script. Synapse outlives it, so its output goes to a file instead of a pipe.
func (h *realHome) run(ctx context.Context, args ...string) error {
	out, err := os.Create(filepath.Join(h.dir, "output"))
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }() // read by its name below
	cmd := exec.CommandContext(ctx, "bash", append([]string{filepath.Join(h.dir, "synapse.sh")}, args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = h.env, out, out
	if err := cmd.Run(); err != nil {
		text, readErr := os.ReadFile(out.Name())
		return errors.Join(fmt.Errorf("run Synapse: %w\n%s", err, text), readErr)
	}
	return nil
}

// call makes a request as the person.
func (h *realHome) call(ctx context.Context, method, path string, body, answer any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, h.url+"/_matrix/client/v3"+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	if h.token != "" {
		req.Header.Set("Authorization", "Bearer "+h.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // it is read whole
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(answer)
}

func (h *realHome) encryptedRoom(ctx context.Context, invite string) (string, error) {
	var room struct {
		ID string `json:"room_id"`
	}
	err := h.call(ctx, http.MethodPost, "/createRoom", map[string]any{
		"preset": "private_chat", "invite": []string{invite},
		"initial_state": []any{map[string]any{
			"type": "m.room.encryption", "state_key": "", "content": map[string]any{"algorithm": "m.megolm.v1.aes-sha2"},
		}},
	}, &room)
	return room.ID, err
}

// idle returns the resident memory of a process some time after it has told so many events.
func (h *realHome) idle(ctx context.Context, p *process, room string, events int, d time.Duration) (float64, error) {
	filter := `{"types":["m.room.encrypted"]}`
	for ends := time.Now().Add(tellPatience); ; time.Sleep(100 * time.Millisecond) {
		var page struct{ Chunk []json.RawMessage }
		err := h.call(ctx, http.MethodGet, "/rooms/"+room+"/messages?dir=b&limit=1000&filter="+filter, nil, &page)
		if err != nil {
			return 0, err
		}
		if len(page.Chunk) >= events {
			break
		}
		if time.Now().After(ends) {
			return 0, p.explain(fmt.Errorf("%d of %d events were made", len(page.Chunk), events))
		}
	}
	time.Sleep(d)
	return p.memory("VmRSS")
}
