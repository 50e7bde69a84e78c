package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

const (
	pings    = 50
	warmUp   = 5 // pings before, which share keys and fill caches
	pingGoal = 50.0
	pingRest = 100 * time.Millisecond // between two, so that none waits for what the last one left
)

// bot measures gateway and bot together with an encrypted room, on a real Synapse: idle
// memory, and how long the answer to !ping takes. It runs only where it is asked for.
func (b *bench) bot(ctx context.Context) (err error) {
	if !b.synapse {
		return nil
	}
	h, s, err := b.newReal(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop(ctx)) }()
	if err := b.idleEncrypted(ctx, h, s, "idle memory, %d hooks and the bot, an encrypted room", botIdleGoal); err != nil {
		return err
	}
	return b.ping(ctx, h, s)
}

// ping measures from the arrival of a !ping, when the response of /sync that holds it is
// handed to the bot, to the departure of its answer, when the bot's request begins. Both are
// seen on the wire between the bot and the homeserver.
func (b *bench) ping(ctx context.Context, h *realHome, s *setup) (err error) {
	p, err := b.serveReady(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	who, err := b.newPerson(ctx, h)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, who.close()) }()
	var took, asked, sent []time.Duration
	for i := range warmUp + pings {
		event, err := who.say(h.room, "!ping")
		if err != nil {
			return err
		}
		t, err := h.wire.answerTo(ctx, event)
		if err != nil {
			return p.explain(err)
		}
		if i >= warmUp {
			took, asked, sent = append(took, t.departed.Sub(t.arrived)), append(asked, t.asked), append(sent, t.sent)
		}
		time.Sleep(pingRest)
	}
	slices.Sort(took)
	middle := milliseconds(median(took))
	b.report.add(fmt.Sprintf("!ping arrives to answer departs, encrypted room, %d times", pings),
		fmt.Sprintf("%.1f ms, p95 %.1f ms", middle, milliseconds(took[len(took)*95/100])),
		fmt.Sprintf("%.1f ms: the homeserver's part of it (its send takes %.1f ms)", milliseconds(median(asked)), milliseconds(median(sent))),
		middle/milliseconds(median(asked)), atMost(middle, pingGoal, "%.0f ms"))
	return nil
}

// person is the program that says something in encrypted rooms.
type person struct {
	cmd     *exec.Cmd
	says    io.WriteCloser
	answers *bufio.Scanner
}

// newPerson builds the person's program and starts it.
func (b *bench) newPerson(ctx context.Context, h *realHome) (*person, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, err
	}
	program := filepath.Join(dir, "person")
	if err := b.build(ctx, program, "./bench/person"); err != nil {
		return nil, err
	}
	p := &person{cmd: exec.CommandContext(ctx, program, h.url, owner, owner, dir)}
	p.cmd.Stderr = b.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.answers = bufio.NewScanner(out)
	if p.says, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	return p, p.cmd.Start()
}

// say sends a text, encrypted, and returns its event's id.
func (p *person) say(room, text string) (string, error) {
	if _, err := fmt.Fprintln(p.says, room, text); err != nil {
		return "", err
	}
	if !p.answers.Scan() {
		return "", errors.New("the person says nothing")
	}
	return p.answers.Text(), nil
}

func (p *person) close() error { return errors.Join(p.says.Close(), p.cmd.Wait()) }
