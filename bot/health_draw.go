package bot

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/probe"
)

// healthReport is what !health has found.
type healthReport struct {
	options   *HealthOptions
	now       time.Time
	details   bool // whether addresses and errors are told
	status    SyncStatus
	outbox    OutboxState
	outboxErr error
	hooks     []HookState
	hooksErr  error
	services  []probe.Result
}

func (r *healthReport) draw() Answer {
	b := board{first: r.first()}
	for _, s := range r.services {
		b.line(r.service(s))
	}
	b.line(r.self())
	for _, line := range r.works() {
		b.line(line)
	}
	return b.answer()
}

// first is the line that says it all.
func (r *healthReport) first() string {
	var down []string
	for _, s := range r.services {
		if s.Err != nil {
			down = append(down, s.Name)
		}
	}
	switch {
	case len(down) > 0:
		return fmt.Sprintf("❌ %d of %s in trouble: %s.", len(down), counted(int64(len(r.services)), "service", "services"), listing(down, "and"))
	case r.outboxErr != nil || r.hooksErr != nil:
		return "❌ My database is in trouble."
	case len(r.outbox.Parked) > 0:
		return "⚠️ " + counted(int64(len(r.outbox.Parked)), "room", "rooms") + " cannot be told now."
	case len(r.services) > 0:
		return "✅ All services answer."
	}
	return "✅ All is well."
}

func (r *healthReport) service(s probe.Result) string {
	took := brief(s.Took)
	if s.Err == nil {
		line := "✅ " + s.Name + ": " + took
		if s.Note != "" {
			line += ", " + s.Note
		}
		return line + r.detail(s.Target)
	}
	var trouble *probe.Trouble
	word, cause := "down", s.Err.Error()
	if errors.As(s.Err, &trouble) {
		word, cause = trouble.Text, ""
		if trouble.Cause != nil {
			cause = ": " + trouble.Cause.Error()
		}
	}
	return fmt.Sprintf("❌ %s: %s (%s)", s.Name, word, took) + r.detail(s.Target+cause)
}

// detail is the part of a line that is for the staff.
func (r *healthReport) detail(text string) string {
	if !r.details {
		return ""
	}
	return " · " + shorten(strings.ReplaceAll(text, "\n", " "), 300)
}

// self says how the bot is.
func (r *healthReport) self() string {
	sync := "not in touch with my homeserver yet"
	if !r.status.Last.IsZero() {
		sync = brief(r.status.Lag) + " behind my homeserver"
		if silent := r.now.Sub(r.status.Last); silent > syncSilence {
			sync = "without word from my homeserver for " + span(silent)
		}
	}
	return fmt.Sprintf("🤖 Version %s, up for %s, %s", r.options.Version, span(r.now.Sub(r.options.Started)), sync)
}

// syncSilence is how long /sync takes at most when nothing happens, and a while more.
const syncSilence = 90 * time.Second

// works says how the gateway is, a line each.
func (r *healthReport) works() []string {
	if r.outboxErr != nil || r.hooksErr != nil {
		return []string{"📬 Outbox: it cannot be read" + r.detail(fmt.Sprint(errors.Join(r.outboxErr, r.hooksErr)))}
	}
	var parts []string
	if o := r.outbox; o.Pending > 0 {
		parts = append(parts, fmt.Sprintf("%d waiting, the oldest for %s", o.Pending, span(o.Oldest)))
	}
	if r.outbox.Held > 0 {
		parts = append(parts, fmt.Sprintf("%d held for a digest", r.outbox.Held))
	}
	if r.outbox.Dead > 0 {
		parts = append(parts, counted(r.outbox.Dead, "dead letter", "dead letters"))
	}
	if parts == nil {
		parts = []string{"empty"}
	}
	lines := []string{"📬 Outbox: " + strings.Join(parts, ", ")}
	if r.details {
		for _, room := range r.outbox.Parked {
			lines = append(lines, "⚠️ "+room)
		}
	}
	var last []string
	for _, h := range r.hooks {
		last = append(last, h.Name+" "+r.last(h))
	}
	if last != nil {
		lines = append(lines, "🪝 Last webhooks: "+strings.Join(last, ", "))
	}
	return lines
}

func (r *healthReport) last(h HookState) string {
	if len(h.Last) == 0 {
		return "never"
	}
	text := span(r.now.Sub(h.Last[0].Received)) + " ago"
	if state := h.state(); state != "told" {
		text += " (" + state + ")"
	}
	return text
}

// counted writes a number with its noun.
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// span writes how long something is as people do, in its one or two largest units.
func span(d time.Duration) string {
	d = max(0, d)
	units := func(large int64, l string, small int64, s string) string {
		if small == 0 {
			return fmt.Sprintf("%d %s", large, l)
		}
		return fmt.Sprintf("%d %s %d %s", large, l, small, s)
	}
	switch minutes := int64(d / time.Minute); {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int64(d/time.Second))
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	case minutes < 24*60:
		return units(minutes/60, "h", minutes%60, "min")
	default:
		return units(minutes/(24*60), "d", minutes/60%24, "h")
	}
}
