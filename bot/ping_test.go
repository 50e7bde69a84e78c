package bot_test

import (
	"context"
	"errors"
	"regexp"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
)

type line struct{ err error }

func (line) Homeserver() string           { return "example.org" }
func (l line) Ping(context.Context) error { return l.err }
func (line) Status() bot.SyncStatus       { return bot.SyncStatus{} }

func TestPing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, feature(bot.Ping(line{})))
	for lag, want := range map[time.Duration]string{
		0:                        `^Pong! \d+ ms to example\.org and back; your message took 0 ms to reach me\.$`,
		1400 * time.Millisecond:  `took 1\.4 s to reach me\.$`,
		125 * time.Second:        `took 2m5s to reach me\.$`,
		-3 * time.Second:         `took 0 ms to reach me\.$`, // another clock
		12300 * time.Microsecond: `took 12 ms to reach me\.$`,
	} {
		got := one(t, h.do(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!ping", Sent: h.time().Add(-lag)}))
		if !regexp.MustCompile(want).MatchString(got.Text) {
			t.Errorf("%s: %q", lag, got.Text)
		}
	}
	h = newHouse(t, feature(bot.Ping(line{errors.New("away")})))
	if got := one(t, h.says(ann, lobby, "!ping")); got.Text != "Pong! But my homeserver does not answer me." {
		t.Errorf("the homeserver is away: %q", got.Text)
	}
}
