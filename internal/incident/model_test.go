package incident_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
)

// A sequence of what may happen to an incident, and to a second one beside it.
type step byte

const (
	opens     step = 'o' // a new occurrence
	changes   step = 'c' // another entry of the same occurrence
	repeats   step = 'r'
	resolves  step = 's'
	other     step = 'x' // the other incident opens, or repeats
	restarts  step = '!'
	redaction step = '-' // a person takes the newest card back
)

var steps = []step{opens, changes, repeats, resolves, other, restarts, redaction}

// world is a room as people see it, with just enough of an outbox to hold and to wake.
type world struct {
	t      *testing.T
	policy incident.Policy
	trace  string
	now    time.Time
	states map[string]incident.State
	held   map[string]int
	wakes  map[string]time.Time
	room   incident.Room
	cards  []*card
	told   int
	sent   int

	occurrence time.Time
	entries    int
}

// card is a message with what it reads now.
type card struct {
	key   string
	reads formatters.Notification
	gone  bool
}

func newWorld(t *testing.T, trace string, policy incident.Policy) *world {
	return &world{
		t: t, trace: trace, policy: policy, now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		states: map[string]incident.State{}, held: map[string]int{}, wakes: map[string]time.Time{},
	}
}

func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("after %q: %s", w.trace, fmt.Sprintf(format, args...))
}

func (w *world) alert(key string, state formatters.IncidentState) *formatters.Notification {
	n := &formatters.Notification{
		Version: 1, Severity: formatters.Error, Status: "firing", Subject: key, Time: w.now,
		Incident: formatters.Incident{Key: key, State: state},
	}
	if state == formatters.Resolved {
		n.Status = "resolved" // as red as before: not every sender thinks of it
	}
	for i := range w.entries {
		n.Items = append(n.Items, formatters.Item{Key: fmt.Sprint(i), Status: "critical", Severity: n.Severity, Since: w.occurrence})
	}
	return n
}

func (w *world) take(s step) {
	switch s {
	case opens:
		w.occurrence, w.entries = w.now, 1
		w.deliver(w.alert("a", formatters.Open))
	case changes:
		if w.entries == 0 {
			w.occurrence = w.now
		}
		w.entries++
		w.deliver(w.alert("a", formatters.Open))
	case repeats:
		if w.entries == 0 {
			w.occurrence, w.entries = w.now, 1
		}
		w.deliver(w.alert("a", formatters.Open))
	case resolves:
		w.deliver(w.alert("a", formatters.Resolved))
		w.entries = 0
	case other:
		n := w.alert("b", formatters.Open)
		n.Items = nil
		w.deliver(n)
	case restarts: // what is known is what was stored
		for key, state := range w.states {
			data, err := json.Marshal(state)
			if err != nil {
				w.fail("store: %v", err)
			}
			var stored incident.State
			if err := json.Unmarshal(data, &stored); err != nil {
				w.fail("load: %v", err)
			}
			w.states[key] = stored
		}
	case redaction:
		for i := len(w.cards) - 1; i >= 0; i-- {
			if !w.cards[i].gone {
				w.cards[i].gone = true
				return
			}
		}
	}
}

func (w *world) deliver(n *formatters.Notification) {
	w.sent++
	key := n.Incident.Key
	d := incident.Decide(incident.Input{
		State: w.states[key], Room: w.room, Hook: "hook", Policy: w.policy, Notification: n, Now: w.now, Held: w.held[key],
	})
	w.store(key, d)
	switch {
	case len(d.Parts) > 0:
		w.told++
	case d.Hold:
		w.held[key]++
	default:
		w.fail("a notification is neither told nor held")
	}
	if n.Incident.State == formatters.Resolved {
		for _, c := range w.open(key) {
			w.fail("it is resolved, and a card reads %s %s", c.reads.Status, c.reads.Severity)
		}
	}
}

// store applies a decision.
func (w *world) store(key string, d incident.Decision) {
	w.states[key], w.room = d.State, d.Room
	if d.TellHeld && len(d.Parts) > 0 {
		w.told += w.held[key]
		w.held[key] = 0
	}
	if d.Release && w.held[key] > 0 {
		w.fail("deliveries are released that a decision had held")
	}
	delete(w.wakes, key)
	if !d.Wake.IsZero() {
		w.wakes[key] = d.Wake
	}
	for _, p := range d.Parts {
		w.apply(key, p)
	}
	if open := w.open(key); len(open) > 1 {
		w.fail("two cards of %s are open", key)
	}
}

// apply makes an event as the outbox and the virtual users do.
func (w *world) apply(key string, p incident.Part) {
	if p.Notification == nil {
		w.fail("a part says nothing")
	}
	if strings.HasPrefix(p.Notification.Status, "resolved") {
		worst := p.Notification.Severity
		for _, it := range p.Notification.Items {
			worst = max(worst, it.Severity)
		}
		if worst > formatters.Success {
			w.fail("a resolved card is %s", worst)
		}
	}
	var standing *card
	for _, c := range w.cards {
		if c.key == key {
			standing = c
		}
	}
	switch {
	case p.Kind == incident.Edit && standing != nil && !standing.gone:
		standing.reads = *p.Notification
	case p.Kind == incident.Retire:
		if standing != nil && !standing.gone {
			standing.reads = *p.Notification
		}
	case p.Kind == incident.Edit, p.Kind == incident.New && p.Card:
		w.cards = append(w.cards, &card{key: key, reads: *p.Notification})
	}
}

// open returns the cards of an incident that say that it goes on.
func (w *world) open(key string) []*card {
	var open []*card
	for _, c := range w.cards {
		if c.key == key && !c.gone && c.reads.Incident.State == formatters.Open && c.reads.Severity > formatters.Success {
			open = append(open, c)
		}
	}
	return open
}

// settle lets time pass until nothing waits.
func (w *world) settle() {
	for range 100 {
		key, at := "", time.Time{}
		for k, wake := range w.wakes {
			if w.held[k] > 0 && (key == "" || wake.Before(at)) {
				key, at = k, wake
			}
		}
		if key == "" {
			break
		}
		if at.After(w.now) {
			w.now = at
		}
		w.store(key, incident.Decide(incident.Input{
			State: w.states[key], Room: w.room, Hook: "hook", Policy: w.policy, Now: w.now, Held: w.held[key],
		}))
	}
	if w.told != w.sent {
		w.fail("%d notifications came, %d are told", w.sent, w.told)
	}
	for key, held := range w.held {
		if held > 0 {
			w.fail("%d of %s wait for nothing", held, key)
		}
	}
}

// play takes the steps of a sequence, with a time between two of them.
func play(t *testing.T, sequence []step, between time.Duration, policy incident.Policy) {
	t.Helper()
	w := newWorld(t, string(sequence), policy)
	for _, s := range sequence {
		for key, wake := range w.wakes {
			if !wake.After(w.now) {
				w.store(key, incident.Decide(incident.Input{
					State: w.states[key], Room: w.room, Hook: "hook", Policy: policy, Now: w.now, Held: w.held[key],
				}))
			}
		}
		w.take(s)
		w.now = w.now.Add(between)
	}
	w.settle()
}

func policies() map[string]incident.Policy {
	alone := incident.Limits{Off: true}
	return map[string]incident.Policy{
		"Default":  {Digest: alone},
		"New":      {OnUpdate: incident.ActionNew, OnResolve: incident.ActionNew, Digest: alone},
		"Reply":    {OnUpdate: incident.ActionReply | incident.ActionEdit, OnResolve: incident.ActionEdit | incident.ActionThread | incident.ActionReact, Digest: alone},
		"Remind":   {Remind: 20 * time.Second, Digest: alone},
		"OldCards": {ReopenAfter: 5 * time.Second, Digest: alone},
	}
}

// TestEverySequence plays all sequences of up to depth steps, with other settings than the
// default of one less.
func TestEverySequence(t *testing.T) {
	t.Parallel()
	for name, policy := range policies() {
		for _, between := range []time.Duration{time.Second, time.Minute} {
			if name == "OldCards" && between > policy.ReopenAfter {
				continue // cards too old to be changed stay as they are, which is the point of the setting
			}
			t.Run(name+"/"+between.String(), func(t *testing.T) {
				t.Parallel()
				sequences := [][]step{{}}
				longest := depth - 1
				if name == "Default" {
					longest = depth
				}
				for range longest {
					var longer [][]step
					for _, s := range sequences {
						for _, next := range steps {
							longer = append(longer, append(append([]step(nil), s...), next))
						}
					}
					for _, s := range longer {
						play(t, s, between, policy)
					}
					sequences = longer
				}
			})
		}
	}
}

// TestLongSequences plays random ones of twelve steps.
func TestLongSequences(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 3_000 {
		sequence := make([]step, 12)
		for i := range sequence {
			sequence[i] = steps[random.IntN(len(steps))]
		}
		for name, policy := range policies() {
			if name != "OldCards" {
				play(t, sequence, time.Duration(1+random.IntN(30))*time.Second, policy)
			}
		}
	}
}
