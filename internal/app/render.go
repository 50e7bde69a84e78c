package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// RenderFormat is how Render shows a message.
type RenderFormat string

// The formats of Render.
const (
	RenderText RenderFormat = "text" // the plain body
	RenderHTML RenderFormat = "html" // the formatted body
	RenderJSON RenderFormat = "json" // notification and event content
)

// rendered is what Render prints as JSON.
type rendered struct {
	Service      string                  `json:"service"`
	Formatter    string                  `json:"formatter"`
	Fallback     bool                    `json:"fallback"`
	Notification formatters.Notification `json:"notification"`
	Event        formatters.Message      `json:"event"`
}

// Render prints what a payload of a service becomes. The payload is read from the named
// file, or from standard input when the name is "" or "-".
func Render(ctx context.Context, e Env, service, file string, format RenderFormat) error {
	s, ok := formatters.Lookup(service)
	switch {
	case service == formatters.Custom:
		return errors.New("each custom hook has a format of its own: name the hook with --hook")
	case !ok:
		return fmt.Errorf("unknown service %q: use one of %s", service, strings.Join(ServiceNames(), ", "))
	}
	return render(ctx, e, s, file, format, time.Local)
}

// RenderHook prints what a payload becomes for a hook of the configuration.
func RenderHook(ctx context.Context, e Env, name, file string, format RenderFormat) error {
	cfg, err := e.loadConfig()
	if err != nil {
		return err
	}
	hook, err := findHook(cfg, name)
	if err != nil {
		return err
	}
	var problems config.Errors
	s := serviceOf(cfg, hook, &problems)
	if len(problems) > 0 {
		return problems
	}
	return render(ctx, e, s, file, format, cfg.Timezone.Location)
}

func render(ctx context.Context, e Env, s formatters.Service, file string, format RenderFormat, zone *time.Location) error {
	sample, err := readSample(ctx, e, file)
	if err != nil {
		return err
	}
	query, err := url.ParseQuery(sample.Query)
	if err != nil {
		return fmt.Errorf("read query of %s: %w", file, err)
	}
	now := time.Now()
	f := s.Format(s.PayloadOf(sample.Method, sample.Header, query, sample.Body, now))
	m := formatters.Render(f.Notification, formatters.RenderOptions{Now: now, Zone: zone})
	switch format {
	case RenderHTML:
		_, err = fmt.Fprintln(e.Stdout, m.FormattedBody)
	case RenderJSON:
		err = printJSON(e.Stdout, rendered{Service: s.Name, Formatter: f.Formatter, Fallback: f.Fallback, Notification: f.Notification, Event: m})
	case RenderText:
		_, err = fmt.Fprintln(e.Stdout, m.Body)
	}
	for _, failed := range f.Failed {
		fmt.Fprintf(e.Stderr, "note: a field failed and was told by the generic formatter: %v\n", failed)
	}
	if f.Fallback && format != RenderJSON {
		fmt.Fprintf(e.Stderr, "note: not a payload that the %s formatter reads, told by the generic one: %v\n", s.Name, f.Err)
	}
	return err
}

func readSample(ctx context.Context, e Env, file string) (payloads.Sample, error) {
	var data []byte
	var err error
	if file == "" || file == "-" {
		file = "standard input"
		data, err = readAll(ctx, e.Stdin)
	} else {
		data, err = os.ReadFile(file)
	}
	if err != nil {
		return payloads.Sample{}, err
	}
	s, err := payloads.Parse(file, data)
	if err != nil {
		return payloads.Sample{}, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// readAll reads to the end, unless ctx ends before: a person may have forgotten to name a file.
func readAll(ctx context.Context, r io.Reader) ([]byte, error) {
	type read struct {
		data []byte
		err  error
	}
	done := make(chan read, 1)
	go func() {
		data, err := io.ReadAll(r)
		done <- read{data, err}
	}()
	select {
	case all := <-done:
		return all.data, all.err
	case <-ctx.Done():
		return nil, errors.New("interrupted")
	}
}
