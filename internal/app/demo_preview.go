package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

// previewer has previews made by another process: what a visitor writes, an expression too,
// may take for ever, and only a process can be ended from outside.
type previewer struct {
	command []string // reads a console.Trial and writes a previewed, as DemoPreview does
	env     []string
}

// newPreviewer returns one that runs this program again.
func newPreviewer(configFile string) (previewer, error) {
	program, err := os.Executable()
	return previewer{command: []string{program, "-c", configFile, "demo", "preview"}, env: []string{"GOMEMLIMIT=256MiB"}}, err
}

// previewed is what the other process answers.
type previewed struct {
	Outcome console.Outcome `json:"outcome"`
	Refused console.Refusal `json:"refused,omitempty"`
}

// maxPreview is the longest answer that is read, in bytes: much more than a message.
const maxPreview = 4 << 20

func (p previewer) preview(ctx context.Context, t console.Trial) (console.Outcome, error) {
	in, err := json.Marshal(t)
	if err != nil {
		return console.Outcome{}, err
	}
	cmd := exec.CommandContext(ctx, p.command[0], p.command[1:]...) // killed when ctx ends
	cmd.Env, cmd.Stdin = p.env, bytes.NewReader(in)
	cmd.WaitDelay = time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return console.Outcome{}, err
	}
	if err := cmd.Start(); err != nil {
		return console.Outcome{}, fmt.Errorf("start preview: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(out, maxPreview))
	if err == nil && len(data) == maxPreview {
		err = errors.New("the answer is too long")
		_ = cmd.Process.Kill() // it may have ended
	}
	if err = errors.Join(err, cmd.Wait()); err != nil {
		return console.Outcome{}, fmt.Errorf("make preview: %w", err)
	}
	var answer previewed
	if err := json.Unmarshal(data, &answer); err != nil {
		return console.Outcome{}, fmt.Errorf("read preview: %w", err)
	}
	if answer.Refused != "" {
		return console.Outcome{}, answer.Refused
	}
	return answer.Outcome, nil
}

// DemoPreview is the other process: it reads a console.Trial and writes what its request
// would become by the demo's configuration.
func DemoPreview(e Env) error {
	var t console.Trial
	if err := json.NewDecoder(e.Stdin).Decode(&t); err != nil {
		return fmt.Errorf("read trial: %w", err)
	}
	cfg, err := e.loadConfig()
	if err != nil {
		return err
	}
	outcome, err := tried(cfg, t)
	answer := previewed{Outcome: outcome}
	if err != nil && !errors.As(err, &answer.Refused) {
		return err
	}
	return json.NewEncoder(e.Stdout).Encode(answer)
}

// tried returns what a request becomes for the hook that has the service's name.
func tried(cfg *config.Config, t console.Trial) (console.Outcome, error) {
	sample, err := readRequest(t.Request)
	if err != nil {
		return console.Outcome{}, err
	}
	hooks, err := compileHooks(cfg)
	if err != nil {
		return console.Outcome{}, err
	}
	i := slices.IndexFunc(hooks.gateway, func(h gateway.Hook) bool { return h.Name == t.Service })
	if i < 0 {
		return console.Outcome{}, fmt.Errorf("no hook %q", t.Service)
	}
	hook, source := hooks.gateway[i], filterOf(cfg.Hooks[i], hooks.gateway[i].Service).Source
	if t.Filter != "" {
		source = t.Filter
		var wrong *gateway.CompileError
		if hook.Filter, err = gateway.Compile(source); errors.As(err, &wrong) {
			return console.Outcome{}, console.Refusal("The filter, " + wrong.Error() + ".")
		}
	}
	g := gateway.New(gateway.Options{Log: slog.New(slog.DiscardHandler), Zone: cfg.Timezone.Location})
	g.SetHooks([]gateway.Hook{hook})
	r, err := http.NewRequest(sample.Method, "/webhook/"+hook.ID, bytes.NewReader(sample.Body)) //nolint:noctx // it goes nowhere
	if err != nil {
		return console.Outcome{}, err
	}
	r.Header, r.URL.RawQuery = sample.Header, sample.Query
	seen, _ := g.Preview(r)
	return outcomeOf(cfg, cfg.Hooks[i], source, hook.Service, seen)
}

func outcomeOf(cfg *config.Config, hook config.Hook, filter string, service formatters.Service, seen gateway.Preview) (console.Outcome, error) {
	w := &seen.Webhook
	var o console.Outcome
	if w.Formatter != service.Name {
		o.Fallback = fmt.Sprint(service.Format(w.Payload).Err)
	}
	message := formatters.Render(w.Notification, formatters.RenderOptions{Now: time.Now(), Zone: cfg.Timezone.Location})
	var err error
	if o.Notification, err = json.Marshal(w.Notification); err != nil {
		return o, err
	}
	if o.Content, err = json.Marshal(message); err != nil {
		return o, err
	}
	if seen.Filter != nil {
		o.Filter = conditionOf(filter, seen.Filter)
	}
	for i, r := range hook.Routes {
		var said *gateway.Said
		if i < len(seen.Routes) {
			said = &seen.Routes[i]
		}
		c := conditionOf(r.When.Source, said)
		room := r.Room
		if room == "" {
			room = hook.Room
		}
		c.To = &console.Destination{Room: room, Mentions: r.Mention}
		o.Routes = append(o.Routes, *c)
	}
	for _, to := range w.Rooms {
		i := slices.IndexFunc(demoRooms, func(r console.Room) bool { return cfg.RoomReference(r.Name) == to.Room })
		if i >= 0 {
			o.Rooms = append(o.Rooms, console.Destination{Room: demoRooms[i].Name, Mentions: to.Mentions})
		}
	}
	return o, nil
}

func conditionOf(source string, said *gateway.Said) *console.Condition {
	c := &console.Condition{Source: source, Said: console.NotAsked}
	switch {
	case said == nil:
	case said.Err != nil:
		c.Said, c.Failed = console.No, said.Err.Error()
	case said.Holds:
		c.Said = console.Yes
	default:
		c.Said = console.No
	}
	return c
}
