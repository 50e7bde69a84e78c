package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// setup is a folder with a configuration of lotus-hooks in it.
type setup struct {
	dir          string
	address      string // of the gateway
	registration config.Registration
	hooks        []hook
}

// hook is one address of the gateway.
type hook struct{ path, service, name string }

// hooksAtHome is how many hooks a community has.
const hooksAtHome = 11

// newSetup writes a configuration with a hook for each room, and as many more as it takes
// to have as many as a community has. The services take turns.
func newSetup(dir string, registration config.Registration, homeserver string, rooms []string, services []string) (*setup, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &setup{dir: dir, address: address, registration: registration}
	if err := registration.WriteFile(filepath.Join(dir, "registration.yaml")); err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `homeserver: {url: %q, domain: %q}
appservice: {registration: registration.yaml, listen: "127.0.0.1:0"}
gateway: {listen: %q}
metrics: {listen: "127.0.0.1:0"}
console: {listen: "127.0.0.1:0"}
database: sqlite:%s
hooks:
`, homeserver, domain, address, databaseName)
	for i := range max(len(rooms), hooksAtHome) {
		id := uuid.NewString()
		h := hook{path: "/webhook/" + id, service: services[i%len(services)], name: fmt.Sprintf("hook-%d", i)}
		s.hooks = append(s.hooks, h)
		fmt.Fprintf(&b, "  - {id: %q, name: %q, service: %q, room: %q}\n", id, h.name, h.service, rooms[i%len(rooms)])
	}
	return s, os.WriteFile(s.file(), []byte(b.String()), 0o600)
}

// add adds fields to the configuration, which is else that of a new installation.
func (s *setup) add(fields string) (err error) {
	f, err := os.OpenFile(s.file(), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = f.WriteString(fields)
	return err
}

// noDigest has many webhooks told one by one, where a digest would gather them.
const noDigest = "digest: {enabled: false}\n"

// The bot's account.
const (
	botName     = "lotusbot"
	botUser     = "@" + botName + ":" + domain
	botPassword = "a password"
)

// addBot adds a bot to the configuration.
func (s *setup) addBot() error {
	return errors.Join(
		os.WriteFile(filepath.Join(s.dir, "bot-password"), []byte(botPassword), 0o600),
		s.add(fmt.Sprintf("bot: {user: %q, password_file: bot-password}\n", botUser)),
	)
}

const (
	domain       = "bench.test"
	databaseName = "lotus-hooks.db"
)

func (s *setup) file() string { return filepath.Join(s.dir, "hooks.yaml") }

func (s *setup) paths() []string {
	var paths []string
	for _, h := range s.hooks {
		paths = append(paths, h.path)
	}
	return paths
}

// serve starts lotus-hooks as its users do.
func (b *bench) serve(s *setup) (*process, error) {
	return b.launch(exec.Command(b.binary, "serve", "-c", s.file()), s.dir, s.address) //nolint:noctx // stop ends it
}

// serveReady starts lotus-hooks and returns when it has accepted a webhook for each hook.
func (b *bench) serveReady(ctx context.Context, s *setup) (*process, error) {
	p, err := b.serve(s)
	if err != nil {
		return nil, err
	}
	for _, h := range s.hooks {
		if _, err := p.firstAccepted(ctx, h.path, []byte(`{"text":"hello"}`)); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// newRegistration makes an appservice registration.
func newRegistration() (config.Registration, error) {
	return config.NewRegistration(config.RegistrationParams{UserPrefix: "hookshot_", Domain: domain}, randomReader)
}

// serviceNames returns the names of all services, at most n.
func serviceNames(n int) []string {
	var names []string
	for _, s := range formatters.Services() {
		names = append(names, s.Name)
	}
	return names[:min(n, len(names))]
}

// folder makes a folder of its own for one measurement.
func (b *bench) folder() (string, error) { return os.MkdirTemp(b.dir, "run-") }
