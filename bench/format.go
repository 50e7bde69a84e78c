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

// formatGoal is how many times as long as only decoding it a webhook may take to be told.
const formatGoal = 4.0

// format measures what it takes to format and draw each service's samples, against decoding
// them into map[string]any with encoding/json. Samples that are no JSON object, which only
// the generic service has, are left out of both.
func (b *bench) format(ctx context.Context) error {
	for _, service := range formatters.Services() {
		var samples []formatters.Payload
		for _, s := range payloads.Of(service.Name) {
			var object map[string]any
			if json.Unmarshal(s.Body, &object) == nil {
				samples = append(samples, service.PayloadOf(s.Method, s.Header, nil, s.Body, time.Now()))
			}
		}
		if len(samples) == 0 {
			continue
		}
		var ours, theirs []float64
		for range b.rounds {
			took, err := b.perSample(samples, func(p formatters.Payload) {
				formatters.Render(service.Format(p).Notification, formatters.RenderOptions{Now: p.Received})
			})
			if err != nil {
				return err
			}
			ours = append(ours, took)
			took, err = b.perSample(samples, func(p formatters.Payload) {
				var object map[string]any
				_ = json.Unmarshal(p.Body, &object) // it is JSON, as was seen above
			})
			if err != nil {
				return err
			}
			theirs = append(theirs, took)
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		ratio := median(ratios(ours, theirs))
		b.report.add(fmt.Sprintf("format and draw %s (%d samples)", service.Name, len(samples)),
			fmt.Sprintf("%.0f µs each", median(ours)), fmt.Sprintf("%.0f µs: decode into map[string]any", median(theirs)),
			ratio, atMost(ratio, formatGoal, "%.0f ×"))
	}
	return nil
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
