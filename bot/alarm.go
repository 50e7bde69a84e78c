package bot

import (
	"context"
	"fmt"
	"maps"
	"time"
)

// maxAlarms is how many alarms are raised in one look, so that a long absence floods nobody.
const maxAlarms = 100

// watchAlarms raises alarms until ctx ends. What was said while the bot was down is handled
// first: a vote that was cast in time counts, although its poll should have closed by now.
func (b *Bot) watchAlarms(ctx context.Context) {
	look := time.NewTicker(alarmPoll)
	defer look.Stop()
	began, caughtUp := time.Now(), false
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		caughtUp = caughtUp || b.isIdle() || time.Since(began) > backlogTime
		if caughtUp {
			b.raiseAlarms(ctx)
		}
	}
}

// isIdle says whether no room has an event that waits or is handled.
func (b *Bot) isIdle() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.rooms) == 0
}

// raiseAlarms calls the features whose alarms are due, side by side. One that is being handled
// is not raised again, and one that failed waits: those behind it are not held up.
func (b *Bot) raiseAlarms(ctx context.Context) {
	due, err := b.dueAlarms(ctx)
	if err != nil {
		if ctx.Err() == nil {
			b.log.Warn("looking for alarms failed", "err", err)
		}
		return
	}
	begun := 0
	for _, a := range due {
		f := b.featureNamed(a.feature) // nil for one that is not configured any more
		if f == nil || f.Handle == nil || !b.beginAlarm(a) {
			continue
		}
		b.handlers.Go(func() {
			e := Event{Kind: KindAlarm, ID: fmt.Sprintf("%s-%s-%d", a.feature, a.key, a.due), Key: a.key, Sent: time.UnixMilli(a.due)}
			call := &Call{Event: e, Now: b.now(), Chat: b.chat}
			err := b.protect(handlerTime, call, func(ctx context.Context) error { return f.Handle(ctx, call) })
			b.complain("handling an alarm failed", f.Name, e, err)
			b.endAlarm(a, err)
		})
		if begun++; begun == maxAlarms {
			break
		}
	}
}

// alarm is a value of a feature that wants to be looked at.
type alarm struct {
	feature, key string
	due          int64
}

func (b *Bot) dueAlarms(ctx context.Context) ([]alarm, error) {
	rows, err := b.db.Query(ctx, `SELECT feature, key, alarm FROM bot_memory WHERE alarm > 0 AND alarm <= $1 ORDER BY alarm`, b.now().UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var due []alarm
	for rows.Next() {
		var a alarm
		if err := rows.Scan(&a.feature, &a.key, &a.due); err != nil {
			return nil, err
		}
		due = append(due, a)
	}
	return due, rows.Err()
}

func (b *Bot) featureNamed(name string) *Feature {
	for i := range b.features {
		if b.features[i].Name == name {
			return &b.features[i]
		}
	}
	return nil
}

// beginAlarm says whether an alarm is to be handled now: it is not being handled already,
// and if that failed, a while has passed.
func (b *Bot) beginAlarm(a alarm) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if b.stopping || now.Before(b.alarms[a]) {
		return false
	}
	maps.DeleteFunc(b.alarms, func(_ alarm, until time.Time) bool { return now.After(until) }) // of values that have changed since
	b.alarms[a] = now.Add(2 * handlerTime)
	return true
}

// endAlarm notes how handling an alarm ended.
func (b *Bot) endAlarm(a alarm, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		delete(b.alarms, a)
	} else {
		b.alarms[a] = b.now().Add(alarmPause)
	}
}
