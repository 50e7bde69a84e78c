package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// demoProgram is the demo as its page sees it.
type demoProgram struct {
	*demo
	previews previewer
}

var _ console.Program = demoProgram{}

// Sample implements console.Program.
func (p demoProgram) Sample(service, name string) (string, error) {
	s, err := findSample(service, name)
	if err != nil {
		return "", err
	}
	return requestText(s), nil
}

// SendSample implements console.Program.
func (p demoProgram) SendSample(ctx context.Context, service, name string) error {
	s, err := findSample(service, name)
	if err != nil {
		return err
	}
	return p.post(ctx, service, s)
}

// Send implements console.Program.
func (p demoProgram) Send(ctx context.Context, service, request string) error {
	s, err := readRequest(request)
	if err != nil {
		return err
	}
	return p.post(ctx, service, s)
}

// Preview implements console.Program.
func (p demoProgram) Preview(ctx context.Context, t console.Trial) (console.Outcome, error) {
	return p.previews.preview(ctx, t)
}

// Tell implements console.Program.
func (p demoProgram) Tell(ctx context.Context, name string, began time.Time, step int) error {
	for _, s := range demoStories {
		if s.Name != name {
			continue
		}
		for _, body := range s.bodies(began, step) {
			if err := p.post(ctx, s.hook, jsonSample(body)); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("no story %q", name)
}

func findSample(service, name string) (payloads.Sample, error) {
	for _, s := range payloads.Of(service) {
		if s.Name == name {
			return s, nil
		}
	}
	return payloads.Sample{}, fmt.Errorf("%s has no sample %q", service, name)
}

// post posts a sample to one of the demo's hooks.
func (d *demo) post(ctx context.Context, hook string, s payloads.Sample) error {
	if _, err := post(ctx, "http://"+local(d.Gateway)+"/webhook/"+d.ids[hook], s); err != nil {
		return errors.New("the gateway does not answer") // the error's own text holds the hook's id
	}
	return nil
}
