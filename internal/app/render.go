package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
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

// Render prints what a payload becomes. The payload is read from the named file, or from
// standard input when the name is "" or "-".
func Render(e Env, service, file string, format RenderFormat) error {
	s, ok := formatters.Lookup(service)
	if !ok {
		return fmt.Errorf("unknown service %q: use one of %s", service, serviceNames())
	}
	sample, err := readSample(e, file)
	if err != nil {
		return err
	}
	query, err := url.ParseQuery(sample.Query)
	if err != nil {
		return fmt.Errorf("read query of %s: %w", file, err)
	}
	now := time.Now()
	f := s.Format(s.PayloadOf(sample.Method, sample.Header, query, sample.Body, now))
	m := formatters.Render(f.Notification, formatters.RenderOptions{Now: now, Zone: time.Local})
	switch format {
	case RenderHTML:
		_, err = fmt.Fprintln(e.Stdout, m.FormattedBody)
	case RenderJSON:
		enc := json.NewEncoder(e.Stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		err = enc.Encode(rendered{Service: s.Name, Formatter: f.Formatter, Fallback: f.Fallback, Notification: f.Notification, Event: m})
	case RenderText:
		_, err = fmt.Fprintln(e.Stdout, m.Body)
	}
	if f.Fallback && format != RenderJSON {
		fmt.Fprintf(e.Stderr, "note: not a payload that the %s formatter reads, told by the generic one: %v\n", s.Name, f.Err)
	}
	return err
}

func serviceNames() string {
	var names []string
	for _, s := range formatters.Services() {
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}

func readSample(e Env, file string) (payloads.Sample, error) {
	var data []byte
	var err error
	if file == "" || file == "-" {
		file = "standard input"
		data, err = io.ReadAll(e.Stdin)
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
