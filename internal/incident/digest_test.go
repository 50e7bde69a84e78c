package incident_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
)

// digest plays what an outbox does with the lines of one room.
type digest struct {
	t         *testing.T
	now       time.Time
	room      incident.Room
	state     incident.State
	held      int
	wake      time.Time
	encrypted bool
	behind    bool
	cards     []formatters.Notification // events that told by themselves, and the digest's cards as they read now
	events    int
}

func newDigest(t *testing.T) *digest {
	return &digest{t: t, now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
}

func (d *digest) say(hook, subject string, exempt bool) {
	n := &formatters.Notification{Version: 1, Status: "renamed", Subject: subject, Severity: formatters.Info}
	dec := incident.Decide(incident.Input{Room: d.room, Hook: hook, Exempt: exempt, Notification: n, Now: d.now})
	d.room = dec.Room
	if dec.Line == nil {
		if len(dec.Parts) != 1 {
			d.t.Fatalf("%s is told by %d parts and no line", subject, len(dec.Parts))
		}
		d.cards = append(d.cards, *dec.Parts[0].Notification)
		d.events++
		return
	}
	added := incident.Add(incident.Input{State: d.state, Room: d.room, Hook: hook, Now: d.now, Held: d.held, Encrypted: d.encrypted, Behind: d.behind}, *dec.Line)
	d.store(added)
	switch {
	case added.Hold:
		d.held++
	case len(added.Parts) == 0:
		d.t.Fatalf("%s is neither told nor held", subject)
	}
}

func (d *digest) store(dec incident.Decision) {
	d.state, d.room, d.wake = dec.State, dec.Room, dec.Wake
	for _, p := range dec.Parts {
		d.events++
		if p.Kind == incident.Edit {
			d.cards[len(d.cards)-1] = *p.Notification
		} else {
			d.cards = append(d.cards, *p.Notification)
		}
	}
	if dec.TellHeld {
		d.held = 0
	}
}

// pass lets time pass, and the digest's timer ring.
func (d *digest) pass(t time.Duration) {
	end := d.now.Add(t)
	for !d.wake.IsZero() && !d.wake.After(end) {
		if d.wake.After(d.now) {
			d.now = d.wake
		}
		d.wake = time.Time{}
		d.store(incident.Decide(incident.Input{State: d.state, Room: d.room, Now: d.now, Held: d.held}))
	}
	d.now = end
}

// all returns everything that can be read in the room.
func (d *digest) all() string {
	var b strings.Builder
	for _, c := range d.cards {
		b.WriteString(formatters.Render(c, formatters.RenderOptions{Now: d.now}).Body + "\n")
	}
	return b.String()
}

// TestStorm has a thousand webhooks within ten seconds, whose first lines are long, make few
// events, in which each is found in its place, also where events are a third larger.
func TestStorm(t *testing.T) {
	t.Parallel()
	for name, storm := range map[string]struct {
		text      string
		encrypted bool
		events    int // at most
	}{
		"Short":          {"subject %03d.", false, 13},
		"Long":           {"subject %03d. " + strings.Repeat("words ", 11), false, 14},
		"LongEncrypted":  {"subject %03d. " + strings.Repeat("words ", 11), true, 15},
		"Markup":         {"subject %03d. <b> & \"more\" <@room> \\", false, 15},
		"OtherAlphabets": {"subject %03d. Größe 日本語 🚀 été", true, 15},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDigest(t)
			d.encrypted = storm.encrypted
			for i := range 1000 {
				d.say(fmt.Sprintf("hook-%d", i%3), fmt.Sprintf(storm.text, i), false)
				d.pass(10 * time.Millisecond)
			}
			d.pass(2 * time.Minute)
			if d.held > 0 || d.room.Waiting {
				t.Errorf("%d deliveries wait for nothing", d.held)
			}
			if d.events > storm.events {
				t.Errorf("%d events, want at most %d", d.events, storm.events)
			}
			t.Logf("%d events", d.events)
			d.checkOrder(1000)
		})
	}
}

// checkOrder fails the test unless the subjects are found in order, in either body, and
// nothing is cut.
func (d *digest) checkOrder(n int) {
	d.t.Helper()
	limit := formatters.LargeBytes
	if d.encrypted {
		limit = formatters.LargeEncryptedBytes
	}
	var bodies [2]strings.Builder
	for _, c := range d.cards {
		m := formatters.Render(c, formatters.RenderOptions{Now: d.now, MaxBytes: limit})
		bodies[0].WriteString(m.Body)
		bodies[1].WriteString(m.FormattedBody)
		if strings.Contains(m.Body, "(cut)") {
			d.t.Error("a digest is cut")
		}
	}
	for _, b := range bodies {
		all, at := b.String(), 0
		for i := range n {
			next := strings.Index(all[at:], fmt.Sprintf("subject %03d.", i))
			if next < 0 {
				d.t.Fatalf("subject %d is not to be found behind the ones before", i)
			}
			at += next
		}
	}
}

func TestCalmRoomHasNoDigest(t *testing.T) {
	t.Parallel()
	d := newDigest(t)
	for i := range 40 {
		d.say("hook", fmt.Sprint(i), false)
		d.pass(7 * time.Second)
	}
	if len(d.cards) != 40 {
		t.Errorf("%d cards, want one each", len(d.cards))
	}
}

func TestBurstBecomesADigest(t *testing.T) {
	t.Parallel()
	d := newDigest(t)
	for i := range 12 {
		d.say("hook", fmt.Sprintf("file %d", i), false)
		d.pass(time.Second)
	}
	d.pass(time.Minute)
	last := d.cards[len(d.cards)-1]
	if len(d.cards) != 6 || last.Subject != "7 more in 6 s" || last.Summary != ": 7 renamed" || last.Severity != formatters.Muted {
		t.Errorf("%d cards, the last is %q %q", len(d.cards), last.Subject, last.Summary)
	}
	d.say("hook", "later", false)
	if d.cards[len(d.cards)-1].Subject != "later" {
		t.Error("after the burst, the room is told one by one again")
	}
}

func TestExemptBreaksOut(t *testing.T) {
	t.Parallel()
	d := newDigest(t)
	for i := range 20 {
		d.say("hook", fmt.Sprint(i), false)
	}
	before := d.events
	d.say("hook", "critical", true)
	if d.events != before+1 || d.cards[len(d.cards)-1].Subject != "critical" {
		t.Error("what is exempt is not told by itself")
	}
}

// TestOrder has nothing overtake the lines that wait.
func TestOrder(t *testing.T) {
	t.Parallel()
	d := newDigest(t)
	for i := range 6 {
		d.say("hook", fmt.Sprintf("first %d", i), false)
	}
	d.say("calm", "second", false)
	d.pass(time.Minute)
	all := d.all()
	if strings.Index(all, "first 5") > strings.Index(all, "second") {
		t.Errorf("what came later is told first:\n%s", all)
	}
}

func TestSeveralHooksAreNamed(t *testing.T) {
	t.Parallel()
	d := newDigest(t)
	for i := range 30 {
		d.say([]string{"sonarr", "radarr"}[i%2], fmt.Sprint("file ", i), false)
	}
	d.pass(time.Minute)
	if last := d.cards[len(d.cards)-1]; !strings.Contains(last.Details, "sonarr: renamed file 12") {
		t.Errorf("the digest does not say whose line is whose:\n%s", last.Details)
	}
}

// TestWorseBreaksOut has a card that gets worse call a person, however much the room is told.
func TestWorseBreaksOut(t *testing.T) {
	t.Parallel()
	d := newDigest(t)
	n := &formatters.Notification{Version: 1, Status: "slow", Severity: formatters.Info, Incident: formatters.Incident{Key: "a", State: formatters.Open}}
	opened := incident.Decide(incident.Input{Hook: "hook", Notification: n, Now: d.now})
	for i := range 20 {
		d.say("hook", fmt.Sprint(i), false)
	}
	worse := *n
	worse.Status, worse.Severity = "down", formatters.Error
	dec := incident.Decide(incident.Input{State: opened.State, Room: d.room, Hook: "hook", Notification: &worse, Now: d.now})
	if dec.Line != nil || len(dec.Parts) != 2 || dec.Parts[1].Kind != incident.Reply {
		t.Errorf("told by %+v and line %v, want an edit and a reply", dec.Parts, dec.Line)
	}
}

// TestDigestOfOne has the only line told as what it stands for.
func TestDigestOfOne(t *testing.T) {
	t.Parallel()
	d := newDigest(t)
	for i := range 6 {
		d.say("hook", fmt.Sprint("file ", i), false)
	}
	d.pass(time.Minute)
	if last := d.cards[len(d.cards)-1]; len(d.cards) != 6 || last.Subject != "file 5" || last.Status != "renamed" {
		t.Errorf("%d cards, the last is %q %q", len(d.cards), last.Status, last.Subject)
	}
}

// TestDigestGrowsSlowly has a digest changed every ten seconds, however often it gets a line.
func TestDigestGrowsSlowly(t *testing.T) {
	t.Parallel()
	d := newDigest(t)
	for i := range 600 {
		d.say("hook", fmt.Sprintf("subject %03d.", i), false)
		d.pass(100 * time.Millisecond)
	}
	d.pass(time.Minute)
	if d.events > 5+8 {
		t.Errorf("%d events in a minute, want a few", d.events)
	}
	d.checkOrder(600)
}

// TestDigestIsNotChangedWhenHalfFull has it go on in a further card.
func TestDigestIsNotChangedWhenHalfFull(t *testing.T) {
	t.Parallel()
	d := newDigest(t)
	long := "subject %03d. " + strings.Repeat("words ", 11)
	for i := range 255 { // of 300 that a card holds, within the five seconds before it is told
		d.say("hook", fmt.Sprintf(long, i), false)
		d.pass(18 * time.Millisecond)
	}
	d.pass(5 * time.Second)
	told := len(d.cards)
	for i := 255; i < 400; i++ {
		d.say("hook", fmt.Sprintf(long, i), false)
	}
	d.pass(time.Minute)
	if len(d.cards) != told+1 || d.events != told+1 {
		t.Errorf("%d cards and %d events, want one of each more than %d", len(d.cards), d.events, told)
	}
	d.checkOrder(400)
}

// TestDigestWaitsForWhatPiledUp has a digest that is due take in what waits for its turn.
func TestDigestWaitsForWhatPiledUp(t *testing.T) {
	t.Parallel()
	d := newDigest(t)
	for i := range 7 {
		d.say("hook", fmt.Sprint(i), false)
	}
	told := d.events
	d.behind = true
	for i, after := range []time.Duration{5 * time.Second, 3 * time.Second, 8 * time.Second} {
		d.now = d.now.Add(after) // the outbox lets the timer ring later
		d.say("hook", fmt.Sprint("late ", i), false)
		if i < 2 && d.events != told {
			t.Errorf("it is told %s after it was due, while others wait", after)
		}
	}
	d.say("hook", "much later", false)
	if d.events != told+1 {
		t.Errorf("%d events, want it told by now", d.events-told)
	}
}
