package main

import (
	"context"
	"encoding/json"
	"fmt"
	"syscall"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

const (
	formatGoal = 4.0    // how many times as long as only decoding it a webhook may take to be told
	renameGoal = 5000.0 // µs for the largest webhook that is usual
	rename     = "Rename.long-132-files"
)

// format measures what it takes to format and draw each service's samples, against decoding
// them into map[string]any with encoding/json. Samples that are no JSON object, which only
// the generic service has, are left out of both.
func (b *bench) format(ctx context.Context) error {
	for _, service := range formatters.Services() {
		var samples, renames []formatters.Payload
		for _, s := range payloads.Of(service.Name) {
			var object map[string]any
			if json.Unmarshal(s.Body, &object) != nil {
				continue
			}
			samples = append(samples, service.PayloadOf(s.Method, s.Header, nil, s.Body, time.Now()))
			if s.Name == rename {
				renames = samples[len(samples)-1:]
			}
		}
		if len(samples) == 0 {
			continue
		}
		f, err := b.formatted(ctx, service, samples)
		if err != nil {
			return err
		}
		f.report(b, fmt.Sprintf("format and draw %s (%d samples)", service.Name, len(samples)), atMost(f.ratio, formatGoal, "%.0f ×"))
		if len(renames) == 0 {
			continue
		}
		if f, err = b.formatted(ctx, service, renames); err != nil {
			return err
		}
		f.report(b, fmt.Sprintf("the same of 132 renamed files, %d kB", len(renames[0].Body)/1000), atMost(f.ours, renameGoal, "%.0f µs"))
	}
	return nil
}

// formatting is what telling and decoding take, in µs for each sample.
type formatting struct{ ours, theirs, ratio float64 }

func (f formatting) report(b *bench, what string, g goal) {
	b.report.add(what, fmt.Sprintf("%.0f µs each", f.ours), fmt.Sprintf("%.0f µs: decode into map[string]any", f.theirs), f.ratio, g)
}

// formatted measures some samples of a service.
func (b *bench) formatted(ctx context.Context, service formatters.Service, samples []formatters.Payload) (formatting, error) {
	var ours, theirs []float64
	for range b.rounds {
		told, err := b.perSample(samples, func(p formatters.Payload) {
			formatters.Render(service.Format(p).Notification, formatters.RenderOptions{Now: p.Received})
		})
		if err != nil {
			return formatting{}, err
		}
		decoded, err := b.perSample(samples, func(p formatters.Payload) {
			var object map[string]any
			_ = json.Unmarshal(p.Body, &object) // it is JSON, as was seen above
		})
		if err != nil {
			return formatting{}, err
		}
		ours, theirs = append(ours, told), append(theirs, decoded)
		if ctx.Err() != nil {
			return formatting{}, ctx.Err()
		}
	}
	return formatting{median(ours), median(theirs), median(ratios(ours, theirs))}, nil
}

// perSample returns how many µs of processor time something takes per sample, the garbage
// collector's included: unlike time by the clock, it does not grow with what else runs.
func (b *bench) perSample(samples []formatters.Payload, do func(formatters.Payload)) (float64, error) {
	before, err := ownProcessorTime()
	if err != nil {
		return 0, err
	}
	n := 0
	for ends := time.Now().Add(b.period(100 * time.Millisecond)); time.Now().Before(ends); {
		for _, s := range samples {
			do(s)
			n++
		}
	}
	after, err := ownProcessorTime()
	return float64((after - before).Microseconds()) / float64(n), err
}

func ownProcessorTime() (time.Duration, error) {
	var used syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), err
}
