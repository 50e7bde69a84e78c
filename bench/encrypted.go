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
	h, s, err := b.newReal(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop(ctx)) }()
	return b.idleEncrypted(ctx, h, s, "idle memory, %d hooks, an encrypted room", idleGoal)
}

// newReal starts a Synapse with an encrypted room, and writes a configuration for it.
func (b *bench) newReal(ctx context.Context, bot bool) (h *realHome, s *setup, err error) {
	dir, err := b.folder()
	if err != nil {
		return nil, nil, err
	}
	registration, err := newRegistration()
	if err != nil {
		return nil, nil, err
	}
	h = &realHome{dir: dir}
	if err := h.start(ctx, registration); err != nil {
		return nil, nil, err
	}
	invited := "@" + registration.SenderLocalpart + ":" + domain
	if bot {
		invited = botUser
		err = h.run(ctx, "user", botName, botPassword)
	}
	if err == nil {
		h.room, err = h.encryptedRoom(ctx, invited)
	}
	if err == nil {
		h.wire, err = listenBetween(h.url)
	}
	if err == nil {
		dir, err = b.folder()
	}
	if err == nil {
		s, err = newSetup(dir, registration, h.wire.url, []string{h.room}, serviceNames(hooksAtHome))
	}
	if err == nil && bot {
		err = s.addBot()
	}
	if err != nil {
		return nil, nil, errors.Join(err, h.stop(ctx))
	}
	return h, s, nil
}

func (h *realHome) stop(ctx context.Context) (err error) {
	if h.wire != nil {
		err = h.wire.close()
	}
	return errors.Join(err, h.run(context.WithoutCancel(ctx), "down"))
}

func (b *bench) idleEncrypted(ctx context.Context, h *realHome, s *setup, what string, goal float64) error {
	var idle []float64
	for round := range b.rounds {
		p, err := b.serveReady(ctx, s)
		if err != nil {
			return err
		}
		rss, err := h.idle(ctx, p, hooksAtHome+round, b.period(idleTime))
		if err := errors.Join(err, p.stop()); err != nil {
			return err
		}
		idle = append(idle, rss)
	}
	b.report.add(fmt.Sprintf(what, hooksAtHome), fmt.Sprintf("%.0f MiB", median(idle)), "", 0, atMost(median(idle), goal, "%.0f MiB"))
	return nil
}

// owner is the person's name and password.
const owner = "owner"

// realHome is a Synapse with one person.
type realHome struct {
	dir   string
	url   string
	env   []string
	token string // the person's
	room  string
	wire  *wire // by which lotus-hooks reaches it
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
	if err := h.run(ctx, "user", owner, owner); err != nil {
		return err
	}
	var login struct {
		Token string `json:"access_token"`
	}
	err = h.call(ctx, http.MethodPost, "/login", map[string]any{
		"type": "m.login.password", "identifier": map[string]any{"type": "m.id.user", "user": owner}, "password": owner,
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

// idle returns the resident memory of a process some time after the room has so many events:
// after the first round, a digest may take several webhooks.
func (h *realHome) idle(ctx context.Context, p *process, events int, d time.Duration) (float64, error) {
	filter := `{"types":["m.room.encrypted"]}`
	for ends := time.Now().Add(tellPatience); ; time.Sleep(100 * time.Millisecond) {
		var page struct{ Chunk []json.RawMessage }
		err := h.call(ctx, http.MethodGet, "/rooms/"+h.room+"/messages?dir=b&limit=1000&filter="+filter, nil, &page)
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
